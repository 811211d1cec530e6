"""The whole day with JavaScript off, on phones: an organizer sets up, imports, plans, checks in; people register, answer,
sit down, sit alone, come late, leave, write what they agreed on, and say in the evening whether to stay in touch. Everybody
taps what is on the page and knows no address but those in mails, and the one that hangs at the entrance."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.browser.walker import Walker
from tests.journeys.conference import Conference
from tests.journeys.embedded import EmbeddedWorld
from tests.journeys.world import Visitor

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.slow]
DAY = date(2026, 11, 23)
BEGINS = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
OWNER = "robin@plain-day.example.org"
MENTORS = ("Max", "Mia", "Mo", "Nia", "Oli")
MENTEES = ("Cem", "Dea")


@pytest.fixture
def world(tmp_path: Path, template: Path) -> Iterator[EmbeddedWorld]:
    """`rapport up`, three days before."""
    made = EmbeddedWorld(tmp_path, template, BEGINS)
    yield made
    made.close()


class Cast:
    """Everybody of this day, each with a phone."""

    def __init__(self, browser: Any, world: EmbeddedWorld) -> None:
        self.world, self.story = world, Visitor(world)
        self.seen: dict[str, list[str]] = {}
        self._browser, self._base = browser, f"http://localhost:{world.port}"
        self._phones: dict[str, Walker] = {}
        self.here = Conference(self.story, "plain-day", DAY)

    def __getitem__(self, name: str) -> Walker:
        if name not in self._phones:
            address = OWNER if name == "Robin" else f"{name.lower()}@plain-day.example.org"
            self._phones[name] = Walker(self._browser, self.story, self._base, address, self.seen)
        return self._phones[name]

    def close(self) -> None:
        for phone in self._phones.values():
            phone.close()

    def partner_of(self, name: str) -> str:
        """Who is across the table from her, as her newest mail about a meeting says."""
        (who,) = re.findall(r"meet (\w+)", self[name].mail("meet ").subject)
        return str(who)

    def start_of(self, name: str) -> str:
        """When her meeting begins, as her newest mail about a meeting says."""
        (start,) = re.findall(r"^(\d\d:\d\d)|, (\d\d:\d\d),", self[name].mail("meet ").subject)
        return start[0] or start[1]


@pytest.fixture
def cast(browser: Any, world: EmbeddedWorld) -> Iterator[Cast]:
    """Everybody."""
    made = Cast(browser, world)
    yield made
    made.close()


def test_a_whole_day_is_lived_through_without_javascript(cast: Cast) -> None:
    _set_up(cast)
    _import(cast)
    _register(cast)
    _plan(cast)
    _answer_before_the_day(cast)
    cast.here.go_to("09:00")
    _check_in(cast)
    _walk_in(cast)
    _look_around(cast)
    at_their_tables = {"Ana": _meet, "Dea": _sit_alone}
    for name in sorted(at_their_tables, key=cast.start_of):
        at_their_tables[name](cast)
    _late_and_gone(cast)
    _evening(cast)
    assert {title: found for title, found in cast.seen.items() if found} == {}
    assert len(cast.seen) > 25


def _set_up(cast: Cast) -> None:
    robin = cast["Robin"]
    robin.follow(cast.world.installation.rapport("login-link", OWNER).strip())
    robin.tap("Log in")
    robin.tap("New conference")
    robin.fill(name="Plain Day", slug="plain-day", timezone="Europe/Berlin", days="2026-11-23 10:00-12:00")
    robin.fill(slot_minutes="20", change_minutes="5", meeting_points="Foyer | by the blue sofa | 6")
    robin.fill(topics="Testing\nGrants")
    robin.unfold("Rules, with sensible defaults")
    robin.fill(policy__introductions_per_mentee="1", policy__introductions_at_most="1")
    robin.tap("Save")
    robin.reads("Plain Day", "5 slots of 20 minutes")


def _import(cast: Cast) -> None:
    robin = cast["Robin"]
    robin.tap("Or bring a list of people")
    rows = ["name,email,role,offers,wants,languages"]
    rows += [f"{name} Example,{cast[name].address},mentor,Testing,,en" for name in MENTORS]
    rows += [f"{name} Example,{cast[name].address},mentee,,Testing,en" for name in MENTEES]
    rows += ["Nobody,not-an-address,mentee,,Testing,en"]
    file = {"name": "people.csv", "mimeType": "text/csv", "buffer": "\n".join(rows).encode()}
    robin.page.get_by_label("A CSV or XLSX file").set_input_files(file)
    robin.tick("being introduced", "follow-up mails", "anonymous statistics")
    robin.tap("Read the list")
    robin.waits_for("This was a dry run: nothing was changed.")
    robin.reads("Rows to correct")
    robin.tap("Import now: 7 people")
    robin.waits_for("7 added, 0 known already, 1 to correct.")
    robin.tap("See everybody")
    robin.tap("Mentors to approve")
    robin.reads("Nobody fits what you look for.")  # whom an organizer vouches for is approved, too
    robin.tap("Overview")
    robin.reads("Plain Day")


def _register(cast: Cast) -> None:
    ana = cast["Ana"]
    ana.type_address("/")
    ana.tap("Take part")
    ana.fill(name="Ana Silva", email="not an address")
    ana.tap("Register")
    ana.reads("There is a problem")
    ana.fill(email=ana.address)
    ana.tick("Mentee: I look for advice", "Testing", "Introduce me, and share", "Ask me by mail that evening")
    ana.tap("Show what the other will see")
    ana.tap("Register")
    ana.reads("Check your mail")
    ana.open_mail("Please confirm", "/c/confirm/")
    ana.tap("Yes, I take part")
    ana.reads("Hello Ana", "You are registered for Plain Day.")
    ana.tap("Save")
    ana.reads("Saved.")


def _plan(cast: Cast) -> None:
    robin = cast["Robin"]
    cast.world.quiet()
    robin.tap("Draft of a plan")
    robin.tap("Make a draft")
    robin.waits_for("First introductions")
    robin.tap("Publish: ask 3 pairs")
    robin.waits_for("Published: all 3 meetings were proposed.")
    cast.world.quiet()


def _answer_before_the_day(cast: Cast) -> None:
    for mentee in ("Ana", *MENTEES):
        mentor = cast.partner_of(mentee)
        for name in (mentee, mentor):
            cast[name].open_mail("meet ", "/i/")
            cast[name].tap("Yes, I'll be there")
        cast[mentor].reads("both said yes", "You are both coming.")


def _log_in_again(robin: Walker) -> None:
    """Half an hour later her session is over: she is asked for her address and comes back to where she wanted to go."""
    robin.fill(email=OWNER)
    robin.tap("Send me the link")
    robin.open_mail("Your login link", "/login/")
    robin.tap("Log in")


def _check_in(cast: Cast) -> None:
    robin = cast["Robin"]
    robin.tap("Desk")
    _log_in_again(robin)
    robin.reads("Check-in", "0 here today")
    robin.fill(q="silv")
    robin.tap("Search")
    robin.tap("Check in")
    robin.reads("Ana Silva is checked in.", "1 here today")
    robin.tap("Undo")
    robin.reads("Ana Silva is not checked in any more.")
    robin.tap("Check in")
    robin.tap("Check several in at once")
    robin.fill(lines="\n".join(cast[name].address for name in (*MENTORS, *MENTEES)) + "\nnobody@example.org")
    robin.tap("Look first")
    robin.reads("7 people would be checked in.")
    robin.tap("Check in 7 people")
    robin.reads("7 people are checked in.")


def _walk_in(cast: Cast) -> None:
    robin, wanda = cast["Robin"], cast["Wanda"]
    robin.tap("Overview")
    robin.tap("Posters")
    code = robin.page.locator(".poster .code").inner_text()
    wanda.type_address(f"/c/plain-day/here/{code.lower()}")  # what the poster's code says
    wanda.fill(name="Wanda Walk", email=wanda.address)
    wanda.tick("Testing", "Introduce me, and share", "Ask me by mail that evening")
    wanda.tap("Register and check in")
    wanda.reads("You are in, and checked in")
    wanda.tap("See my day")
    cast.world.quiet()
    wanda.page.reload()
    wanda.tap("Answer")
    wanda.tap("Yes, I'll be there")
    wanda.reads("you said yes, we wait for the other answer")
    wanda.open_mail("Please confirm", "/c/confirm/")
    wanda.tap("Yes, I take part")
    cast.world.quiet()
    _say_yes(cast)


def _say_yes(cast: Cast) -> None:
    """Whoever is asked opens each mail and says yes, where there is still something to say."""
    cast.world.quiet()
    for name in ("Ana", "Wanda", *MENTORS, *MENTEES):
        for letter in [one for one in _letters(cast, name) if "meet " in one.subject]:
            cast[name].follow(letter.link("/i/"))
            if cast[name].sees("Yes, I'll be there"):
                cast[name].tap("Yes, I'll be there")
    cast.world.quiet()


def _look_around(cast: Cast) -> None:
    """Every page that an organizer has for the day."""
    robin = cast["Robin"]
    robin.tap("Introductions")
    robin.reads("Both said yes 4")
    for name in ("What if …", "Introductions", "What to print"):
        robin.tap(name)
    for name in ("Slips for people", "Sheets for tables", "Signs for tables", "Lists by time", "Everybody by name"):
        robin.page.locator(".card", has_text=name).first.get_by_role("link").click()
        robin.tap("What to print")
    for name in ("Outcomes", "Overview", "What was done", "Overview", "Team", "Overview", "Settings", "Desk"):
        robin.tap(name)
    robin.tap("Somebody new")
    robin.tap("Desk")
    robin.tap("Devices at the door")


def _meet(cast: Cast) -> None:
    """Ana and her mentor sit down, write one sentence, and say that they met."""
    ana, mentor = cast["Ana"], cast[cast.partner_of("Ana")]
    start = cast.start_of("Ana")
    cast.here.go_to(_before(start, 4))
    for number, phone in enumerate((ana, mentor)):
        phone.open_mail("meet ", "/i/")
        phone.tap("I'm here")
        phone.reads("You are both here." if number else "You're in the right place.")
    cast.here.go_to(_before(start, -1))
    ana.open_mail("meet ", "/i/")
    ana.tap("We agree on this")
    ana.reads("Please write one sentence")
    ana.fill(sentence="Ana sends her draft, and Max reads it.", by="2026-12-10")
    ana.tap("We agree on this")
    ana.reads("You agreed: “Ana sends her draft, and Max reads it”")
    ana.tap("We met")
    ana.reads("You said: we met.")
    mentor.page.reload()
    mentor.reads("Ana sends her draft")


def _sit_alone(cast: Cast) -> None:
    """Dea's mentor does not come; one of those who said that they are free now does."""
    dea = cast["Dea"]
    missing = cast.partner_of("Dea")
    cast.here.go_to(_before(cast.start_of("Dea"), -1))
    for name in MENTORS:
        if name != missing:
            cast[name].follow(_own_day(cast, name))
            if cast[name].sees("I'm free now"):
                cast[name].tap("I'm free now")
                cast[name].reads("You are free now")
    dea.open_mail("meet ", "/i/")
    dea.tap("I'm here")
    dea.reads("You're in the right place.", "we'll look for someone else")
    cast.story.advance(minutes=5, seconds=5)
    asked = [name for name in MENTORS if any(m.subject.startswith("Now, ") for m in _letters(cast, name))]
    assert len(asked) == 1
    rescuer = cast[asked[0]]
    rescuer.open_mail("^Now, ", "/i/")
    rescuer.reads("Dea is at this table now")
    rescuer.tap("Yes, I'll be there")
    cast.world.quiet()
    dea.page.reload()
    dea.reads("We found somebody else for you.")
    dea.tap("See who, and where")
    dea.reads(f"Meet {asked[0]}")


def _late_and_gone(cast: Cast) -> None:
    cem = cast["Cem"]
    cem.follow(_own_day(cast, "Cem"))
    cem.unfold("I am late, or have to leave")
    cem.tap("I come in 5 minutes")
    cem.reads("You said that you come at")
    cem.unfold("Calendar, print, pause")
    cem.tap("Pause introductions")
    cem.tap("Introduce me again")
    cem.tap("My page: what I told you")
    cem.tap("See my day")
    cem.unfold("I am late, or have to leave")
    cem.tap("I leave for today")
    cem.reads("You left for today, and your meetings are off.")


def _evening(cast: Cast) -> None:
    partner = re.findall(r"meet (\w+)", cast["Ana"].mail("meet ").subject)[0]
    cast.here.go_to("20:05")
    for number, name in enumerate(("Ana", partner)):
        letter = cast[name].mail("^A short question")
        (yes, *_more) = [link for link in letter.links if link.endswith("/continue/yes")]
        cast[name].follow(yes)
        cast[name].tap("Send this answer")
        cast[name].reads("You both said yes." if number else "You said: Yes, please.")


def _letters(cast: Cast, name: str) -> list[Any]:
    return cast.story.letters_to(cast[name].address)


def _own_day(cast: Cast, name: str) -> str:
    """The link to her day, from her newest mail that has one, or from her page."""
    for letter in reversed(_letters(cast, name)):
        for prefix in ("/d/", "/a/"):
            if any(link.startswith(prefix) for link in letter.links):
                if prefix == "/d/":
                    return str(letter.link("/d/"))
                cast[name].follow(letter.link("/a/"))
                cast[name].tap("See my day")
                return str(cast[name].page.url)
    raise AssertionError(f"{name} has no mail with a link to her day")


def _before(clock: str, minutes: int) -> str:
    hour, minute = (int(part) for part in clock.split(":"))
    whole = hour * 60 + minute - minutes
    return f"{whole // 60:02}:{whole % 60:02}"
