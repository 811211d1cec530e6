"""What happened before in the living installation: a conference three months ago, a small one a week ago, and one whose second
morning it is; made by API under a clock of its own, in one process."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from services.followup import agreements
from services.followup import store as followed
from services.followup.domain.goals import as_seen
from services.followup.handlers import passing
from services.followup.queries import passed
from services.introductions import store
from services.introductions.handlers import drafting, learning
from services.introductions.learning import learn
from services.registration.handlers import announcing, shops
from shared import conferences, tables
from shared.access import DEFAULT_ACCOUNT, Access, Actor
from shared.clock import FixedClock
from shared.compute import Here
from shared.days import local_day
from shared.parts import Parts
from shared.runtime import build_all
from shared.settings import Settings
from tests.browser.names import FIRST, LAST, TOPICS
from tests.introductions.learning.worlds import World
from tests.journeys.conference import ALL_CONSENTS, BERLIN, Conference
from tests.journeys.memory import MemoryWorld
from tests.journeys.world import Letter, Outbox, Visitor
from tests.system import System, services

FIRST_DAY = date(2026, 11, 23)
OWNER = "robin@example.org"
BLOCKS = ({"start": "10:30", "end": "12:00"}, {"start": "14:00", "end": "16:00"})
ROBIN = Actor(id="9" * 32, access="", kind="organizer", account=DEFAULT_ACCOUNT, role="owner", name="Robin")
FEEDBACK = {
    "helped": "That you read my draft on the train and asked one question.",
    "wish": "A reminder a day before we talk.",
}
THANKS = "I sent the application today.\nWithout your question about the second page I would not have."
CAME_OF = "I changed teams, and the first question in that first talk was why."
NOBODY = "http://127.0.0.1:9"
MORNING = time(9, 30)
"""Of the second day: the time at which the installation is served."""
YEARS = World(effects={"common_topics": 0.6, "years_between": -0.5, "asked_for": 0.35}, pairs=1400)
UPSTAIRS = {"step_free": False, "quiet": True, "walk_minutes": 2}


class ByHand(MemoryWorld):
    """The embedded form's own stores, driven turn by turn in this process: three months in seconds."""

    name = "embedded, by hand"

    def __init__(self, system: System) -> None:
        super().__init__(system)
        self._outbox = Outbox(system.registration.settings.data / "outbox")

    def letters(self) -> list[Letter]:
        """What lies in the outbox."""
        return self._outbox.letters()


@contextmanager
def by_hand(settings: Settings) -> Iterator[Visitor]:
    """All services on this folder; closed at the end, so that a process can serve it."""
    clock = FixedClock(datetime.combine(FIRST_DAY - timedelta(days=130), time(9), UTC))
    runtimes = build_all(services(), settings, Parts(clock=clock, compute=Here()))
    for runtime in runtimes:
        runtime.migrate()
    log: Any = runtimes[0].log
    transport: Any = runtimes[0].transport
    access = Access(runtimes[0].settings.secret_key)
    by_name = {runtime.service.name: runtime for runtime in runtimes}
    try:
        yield Visitor(ByHand(System(by_name, clock, log, transport, access)))
    finally:
        for runtime in runtimes:
            runtime.close()


def kinds_of(system: System) -> dict[str, str]:
    """Id of a mail -> its kind."""
    found: dict[str, str] = {}
    for runtime in system.runtimes.values():
        with runtime.reading() as connection:
            found |= {row.id: row.kind for row in connection.execute(select(tables.mails.c.id, tables.mails.c.kind))}
    return found


class Past:
    """What happened before, and what is to come: four conferences of invented people."""

    def __init__(self, visitor: Visitor, slug: str, locale: str) -> None:
        self.visitor, self.slug, self.locale = visitor, slug, locale
        self._chance = Random(11)
        self._people = itertools.cycle(zip(FIRST, LAST, strict=True))
        self._counts: dict[str, int] = defaultdict(int)

    def live(self) -> None:
        """All of it, until the second morning of the last one."""
        self._spring()
        self._school()
        self._harbour()

    def _spring(self) -> None:
        """Three months and a week ago: enough people for a dashboard."""
        here = self._publish("spring-meetup", "Spring Meetup", FIRST_DAY - timedelta(days=99), days=1)
        self._crowd(here, 16, 20)
        self._day(here)
        self._on_pages_of_pairs("Spring Meetup")
        self._goals("Spring Meetup", here.day + timedelta(days=50))
        goes_on = next(pair["id"] for pair in here.relationships() if pair["status"] == "continued")
        for question, days in (("week", 7), ("month", 30), ("quarter", 91)):
            here.go_to("10:30", days=days)
            # Of one pair nothing is known by the day on its card, so that there is somebody to write to.
            not_yet = goes_on if question != "quarter" else ""
            self._say(here, question, ("talked", "talked", "met", "wrote", "not_yet", "complete"), 0.5, not_yet)
            if question == "month":
                here.go_to("11:00", days=60)
                self._a_word(here.slug)
                here.go_to("11:06", days=60)
        self._what_came_of_it(here)

    def _on_pages_of_pairs(self, conference: str) -> None:
        """Whoever goes on writes down what they expect of each other."""
        expected = {
            "seen": "0",
            "often": "fortnightly",
            "lasts": "three_months",
            "goal": "To know by May whether I apply this year, and with what.",
            "not_for": "No introductions to my employer, no calls at weekends.",
        }
        for path in self._pages_of_pairs(conference):
            for what, said in (("agreement", expected), ("fine", {"seen": "1"}), ("feedback", FEEDBACK)):
                answer = self.visitor.post(f"{path}/{what}", list(said.items()))
                assert answer.status == 303, answer.text
            page = self.visitor.get(path).text
            time = re.search(r'name="starts_at" value="(\w+)"', page)
            assert time is not None, page
            self.visitor.post(f"{path}/time", [("starts_at", time[1])])
            self.visitor.post(f"{path}/thanks", [("note", THANKS)])  # of the two, the mentee may
        self.visitor.world.quiet()

    def _what_came_of_it(self, here: Conference) -> None:
        """Asked as if a year had passed: one has not answered yet, everybody else has, and some may be quoted."""
        pairs = [pair for pair in here.relationships() if pair["status"] == "in_touch"]
        asked = [(pair["id"], pair[side]) for pair in pairs for side in ("mentor", "mentee")]
        self._ask_after_a_year(asked[:1])
        before = len(self.visitor.world.letters())
        here.go_to("10:40", days=91)
        self._ask_after_a_year(asked[1:])
        for number, letter in enumerate(self.visitor.world.letters()[before:]):
            path = letter.link("/r/year/")
            for pair in re.findall(r'name="relationship" value="(\w+)"', self.visitor.get(path).text)[:1]:
                ticked = [("came", code) for code in (("job", "in_touch"), ("project",), ("nothing",))[number % 3]]
                said = [("sentence", CAME_OF)] if number % 3 == 0 else []
                self.visitor.post(path, [("relationship", pair), *ticked, *said])
                self.visitor.post(f"{path}/quote", [("relationship", pair), ("quote", "yes")])

    def _ask_after_a_year(self, asked: list[tuple[str, str]]) -> None:
        system: System = self.visitor.world.system  # type: ignore[attr-defined]
        with system.followup.work() as work:
            until = (work.now + timedelta(days=1)).isoformat()
            for pair, attendee in asked:
                agreements.ask_card(pair, attendee, work)
                who = followed.who(work.connection, (attendee,))[attendee]
                work.mail("came_of", who.person, attendee, conference=who.conference, attendee=attendee, until=until)
        self.visitor.world.quiet()

    def _pages_of_pairs(self, conference: str) -> list[str]:
        """The pages of those who both said yes there, one for each of the two."""
        letters = [one for one in self.visitor.world.letters() if conference in one.subject and "/r/pair/" in one.text]
        return [letter.link("/r/pair/") for letter in letters]

    def _goals(self, name: str, by: date) -> None:
        """Everybody who met there chooses a day."""
        paths = {
            letter.link("/i/")
            for letter in self.visitor.world.letters()
            if name in letter.html and "/i/" in letter.text
        }
        said = [("goal", "next"), ("sentence", "We read each other's drafts."), ("by", by.isoformat())]
        for path in sorted(path for path in paths if path.count("/") == 2):
            self.visitor.post(f"{path}/goal", said)
        self.visitor.world.quiet()

    def _a_word(self, slug: str) -> None:
        """An owner writes to all whose day passed; in a few minutes it leaves."""
        system: System = self.visitor.world.system  # type: ignore[attr-defined]
        with system.followup.work() as work:
            conference = conferences.by_slug(work.connection, ROBIN.scope, slug)
            found = passed.passed(work.connection, conference, local_day(conference, work.now))
            people = len(passed.to_write_to(work.connection, conference, found))
            if people:  # whoever is left to write to depends on who met whom
                passing.write_to_all(conference, as_seen(people, conference.policy.small_cells_under), ROBIN, work)

    def _school(self) -> None:
        """A week and a day ago: its first question has just been asked."""
        here = self._publish("winter-school", "Winter School", FIRST_DAY - timedelta(days=7), days=1)
        self._crowd(here, 3, 4)
        self._day(here)
        self._goals("Winter School", here.day + timedelta(days=2))

    def _harbour(self) -> None:
        """Two days; the first one has been, with everything that may happen on it."""
        here = self._publish(self.slug, "Harbour Conf 2026", FIRST_DAY, days=2)
        self._crowd(here, 9, 12)
        self._odd_ones(here)
        self._day(here)
        here.go_to("08:30", days=1)
        self._hooks(here)
        self._concerns()
        people = [p for p in self.visitor.everything(f"{here.path}/attendees") if p["status"] in ("checked_in", "left")]
        here.check_in(*people[: len(people) - 2])
        self.visitor.world.quiet()
        for number, introduction in enumerate(self._open(here)):
            if number % 3 == 0:
                self._answer(introduction, "mentor", "accept")
        late = {"do": "delay", "minutes": 20, "from_slot": max(one["slot"] for one in self._open(here))}
        self._announce(here.slug, **late)
        self._breakfast()
        self.visitor.go_to(datetime.combine(FIRST_DAY + timedelta(days=1), MORNING, BERLIN).astimezone(UTC))
        self._at_the_table()
        self._symposium()
        self.register_by_form(here, "Noor", "noor.late@harbour-conf.example.org")
        self._forum()
        self._announce("winter-school", do="stop")
        self._a_word("winter-school")
        self.visitor.world.quiet()
        self._lessons()

    def _concerns(self) -> None:
        """Three of yesterday's were uneasy, one of them about a meeting: that one says so last."""
        said = (
            {"text": "The corridor to the gallery is dark, and somebody waited there."},
            {"text": "", "apart": "on"},
            {
                "text": "He kept asking where I stay, and did not stop when I said that I would rather not tell.\n\n"
                "I left early. I do not want to meet him again.",
                "apart": "on",
                "reach": "0170 123 456, best at lunch",
            },
        )
        letters = [one for one in self.visitor.world.letters() if "Harbour Conf" in one.html and "/i/" in one.text]
        for number, words in enumerate(said):
            path = letters[3 * number].link("/concern/")
            about = re.search(r'name="about" value="(\w+)"', self.visitor.get(path).text)
            fields = {**words, **({"about": about[1]} if about and number else {})}
            answer = self.visitor.post(path, list(fields.items()))
            assert answer.status == 303, answer.text
            self.visitor.world.quiet()

    def _announce(self, slug: str, **said: Any) -> None:
        """An owner announces something."""
        self.visitor.world.quiet()
        system: System = self.visitor.world.system  # type: ignore[attr-defined]
        with system.registration.work() as work:
            seen = conferences.by_slug(work.connection, ROBIN.scope, slug).version
            announcing.announce(slug, {"seen": seen, **said}, ROBIN, work)
        self.visitor.world.quiet()

    def _hooks(self, here: Conference) -> None:
        """A shop called, and a program is to hear of check-ins; neither of them answers."""
        said = {"url": NOBODY, "types": ["attendee.checked_in", "introduction.off"]}
        self.visitor.call("POST", f"{here.path}/webhooks", said)
        system: System = self.visitor.world.system  # type: ignore[attr-defined]
        shop = {"url": NOBODY, "organizer": "harbour", "event": "2026", "role": "mentee", "token": "a-token-of-tests"}
        call = {"organizer": "harbour", "event": "2026", "code": "ABC12", "action": "pretix.event.order.paid"}
        with system.registration.work() as work:
            conference = conferences.by_slug(work.connection, ROBIN.scope, here.slug)
            token = shops.make(shop, conference, ROBIN, system.registration.vault, work)
            shops.hear(token, call, work)

    def _symposium(self) -> None:
        """In less than a week, with one mentor for five who ask: its owners are told."""
        day = FIRST_DAY + timedelta(days=6)
        here = self._publish("tiny-symposium", "Tiny Symposium", day, days=1, announced=True)
        self._crowd(here, 1, 5, capacity=2)

    def _forum(self) -> None:
        """In two weeks: its plan is drafted, with more who ask than mentors can take."""
        here = self._publish("autumn-forum", "Autumn Forum", FIRST_DAY + timedelta(days=14), days=2, announced=True)
        self._crowd(here, 6, 22, capacity=3)
        system: System = self.visitor.world.system  # type: ignore[attr-defined]
        with system.introductions.work() as work:
            conference = conferences.by_slug(work.connection, ROBIN.scope, "autumn-forum")
            drafting.want(conference, ROBIN, work)

    def _lessons(self) -> None:
        """An owner asked what points have to do with contact: of spring's few pairs, and, as if there had been years of
        conferences, before autumn's."""
        system: System = self.visitor.world.system  # type: ignore[attr-defined]
        found = {"spring-meetup": None, "autumn-forum": learn(YEARS.lesson(2))}
        for slug, years in found.items():
            with system.introductions.work() as work:
                learning.want(conferences.by_slug(work.connection, ROBIN.scope, slug), ROBIN, work)
            if years is not None:
                with system.introductions.work() as work:
                    claimed = store.claim_learned(work)
                    assert claimed is not None
                    store.keep_learned(claimed, asdict(years), work)
            self.visitor.world.quiet()

    def _breakfast(self) -> Conference:
        """On the second morning: at the time at which all this is served people sit at its tables."""
        blocks, day = [{"start": "09:20", "end": "10:20"}], FIRST_DAY + timedelta(days=1)
        here = self._publish("breakfast-club", "Breakfast Club", day, days=1, announced=True, blocks=blocks, minutes=60)
        self._crowd(here, 3, 5)
        here.check_in(*self.visitor.everything(f"{here.path}/attendees"))
        self.visitor.world.quiet()
        for introduction in self._open(here):
            for side in ("mentor", "mentee"):
                self._answer(introduction, side, "accept")
        self.visitor.world.quiet()
        self._announce(here.slug, do="say", text="Lunch is in hall B from a quarter past twelve.")
        here.go_to("09:24")
        self._tap(1, "table", table="here")
        here.go_to("09:29")  # somebody is asked to come to her
        return here

    def _at_the_table(self) -> None:
        """One waits alone, two agreed on something."""
        self._tap(2, "table", table="here")
        self._tap(3, "goal", goal="next", sentence="Ana sends her draft, Ben reads it on the train.", by="2026-12-10")
        self.visitor.world.quiet()

    def _tap(self, number: int, page: str, **said: str) -> None:
        """The mentor at a table of the breakfast club taps: there are mentees left who could come to her."""
        for letter in self.visitor.world.letters():
            here = any(f"{word} {number}:" in letter.subject for word in ("table", "Tisch"))
            offers = any(words in letter.text for words in ("you can help with that", "du bietest das an"))
            if "Breakfast Club" in letter.html and here and offers:
                path = f"{letter.link('/i/')}/{page}"
                answer = self.visitor.post(path, list(said.items()))
                assert answer.status == 303, answer.text
                return
        raise AssertionError(f"nobody meets at table {number}")

    def _publish(
        self,
        slug: str,
        name: str,
        day: date,
        *,
        days: int,
        announced: bool = False,
        blocks: Sequence[dict[str, str]] = BLOCKS,
        minutes: int = 15,
    ) -> Conference:
        here = Conference(self.visitor, slug, day)
        if not announced:
            here.go_to("12:00", days=-3)
        body = {
            "slug": slug,
            "name": name,
            "timezone": "Europe/Berlin",
            "days": [{"date": (day + timedelta(days=n)).isoformat(), "blocks": list(blocks)} for n in range(days)],
            "slot_minutes": minutes,
            "change_minutes": 5,
            "meeting_points": [
                {"name": "Winter garden", "landmark": "under the big fig tree", "tables": 6},
                {"name": "Gallery", "landmark": "behind the blue piano", "tables": 4, **UPSTAIRS},
            ],
            "topics": list(TOPICS),
            "policy": {"concern_contact": "Robin at the info desk, 030 123 456", "introductions_per_mentee": 2},
        }
        self.visitor.call("POST", "/api/v1/conferences", body, expect=(201,))
        return here

    def _crowd(self, here: Conference, mentors: int, mentees: int, **said: Any) -> None:
        for number in range(mentors + mentees):
            role = "mentor" if number < mentors else "mentee"
            self._register(here, role, number, **(said if role == "mentor" else {}))
        self.visitor.world.quiet()

    def _register(self, here: Conference, role: str, number: int, **said: Any) -> dict[str, Any]:
        first, last = next(self._people)
        self._counts[here.slug] += 1
        topics = [TOPICS[number % len(TOPICS)], TOPICS[(number + 2) % len(TOPICS)]]
        body = {
            "name": f"{first} {last}",
            "email": f"{_plain(first)}.{self._counts[here.slug]}@{here.slug}.example.org",
            "role": role,
            "offers" if role == "mentor" else "wants": topics,
            "goal": "I want to know whether to apply this year, and with what.",
            "languages": ["en"],
            "locale": self.locale,
            "company": f"{last} & Company",
            "years": 3 + number % 20,
            "consents": ALL_CONSENTS,
            "confirmed": True,
            "approved": True,
            **({"capacity": 6} if role == "mentor" else {}),
            **said,
        }
        made: dict[str, Any] = self.visitor.call("POST", f"{here.path}/attendees", body)
        return made

    def _odd_ones(self, here: Conference) -> None:
        """Somebody invited, somebody to approve, somebody who never confirmed, somebody who withdrew."""
        self._register(here, "mentee", 1, confirmed=False)
        self._register(here, "mentor", 2, approved=False)
        gone = self._register(here, "mentee", 3)
        self.visitor.call("DELETE", f"{here.path}/attendees/{gone['id']}")
        self.visitor.post(f"/login?lang={self.locale}", [("email", OWNER)])
        self.visitor.world.quiet()

    def register_by_form(self, here: Conference, name: str, address: str) -> None:
        """The form, without the confirmation."""
        fields = [("name", f"{name} Haddad"), ("email", address), ("role", "mentee"), ("wants", TOPICS[0])]
        fields += [("languages", "en"), ("consents.introductions", "on")]
        answer = self.visitor.post(f"/c/{here.slug}?lang={self.locale}", fields)
        assert answer.status == 303, answer.text

    def _day(self, here: Conference) -> None:
        """Everybody comes, most say yes, one asks for another time, somebody leaves; in the evening most answer."""
        here.go_to("08:30")
        people = self.visitor.everything(f"{here.path}/attendees")
        here.check_in(*(person for person in people if person["status"] == "confirmed"))
        self.visitor.world.quiet()
        self._answers(here)
        here.go_to("10:20")
        here.go_to("10:37")
        self._leave(here)
        for clock in ("11:20", "12:10", "14:10", "16:10"):
            self._report(here)
            here.go_to(clock)
        self._report(here)
        here.go_to("20:05")
        self._say(here, "continue", ("yes", "yes", "yes", "no"), 0.85)
        self.visitor.world.quiet()

    def _answers(self, here: Conference) -> None:
        answered: set[str] = set()
        while new := [i for i in self._open(here) if i["id"] not in answered]:
            for introduction in new:
                answered.add(introduction["id"])
                self._answers_of_two(here, introduction, len(answered))
            self.visitor.world.quiet()

    def _answers_of_two(self, here: Conference, introduction: dict[str, Any], number: int) -> None:
        if number == 3:
            slots = [slot["id"] for slot in self.visitor.call("GET", here.path)["slots"]]
            same_day = [slot for slot in slots if slot != introduction["slot"] and slot[:8] == introduction["slot"][:8]]
            later = [slot for slot in same_day if slot > introduction["slot"]] or same_day
            self._answer(introduction, "mentee", "other_time", slots=later)
            self._answer(introduction, "mentor", "accept")
            self._answer(introduction, "mentee", "accept")
        elif number == 5:
            self._answer(introduction, "mentee", "decline")
        elif number != 7:  # that one expires
            self._answer(introduction, "mentor", "accept")
            self._answer(introduction, "mentee", "accept")

    def _answer(self, introduction: dict[str, Any], side: str, said: str, **more: Any) -> None:
        body = {"attendee": introduction[side], "answer": said, **more}
        self.visitor.call("POST", f"/api/v1/introductions/{introduction['id']}/answer", body, expect=(200, 201, 409))

    def _leave(self, here: Conference) -> None:
        """A mentee with an afternoon meeting goes home."""
        later = [
            i
            for i in here.introductions()
            if i["status"] == "accepted" and i["slot"].endswith(("1400", "1420", "1440"))
        ]
        if later:
            self.visitor.call("POST", f"{here.path}/attendees/{later[-1]['mentee']}/leave", {})
            self.visitor.world.quiet()

    def _report(self, here: Conference) -> None:
        now = self.visitor.world.now()
        for introduction in here.introductions():
            over = datetime.fromisoformat(introduction["ends_at"]) <= now
            if introduction["status"] == "accepted" and over and self._chance.random() < 0.75:
                self.visitor.call("POST", f"/api/v1/introductions/{introduction['id']}/met", {"met": True})
        self.visitor.world.quiet()

    def _say(self, here: Conference, question: str, words: tuple[str, ...], share: float, not_yet: str = "") -> None:
        for pair in here.relationships():
            for side in ("mentor", "mentee"):
                if pair["id"] == not_yet or self._chance.random() < share:
                    answer = "not_yet" if pair["id"] == not_yet else self._chance.choice(words)
                    body = {"attendee": pair[side], "question": question, "answer": answer}
                    self.visitor.call("POST", f"/api/v1/relationships/{pair['id']}/answers", body)
        self.visitor.world.quiet()

    def _open(self, here: Conference) -> list[dict[str, Any]]:
        return [introduction for introduction in here.introductions() if introduction["status"] == "proposed"]


def _plain(name: str) -> str:
    """A name as the first half of an address."""
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
