"""The day runs otherwise: everything is late, a place moved, no mail may leave. An owner sees what it would do and presses one
button; two people hear of it once, their calendars follow."""

from __future__ import annotations

from typing import Any

from icalendar import Calendar

from tests.journeys.conference import Conference, a_conference, answer
from tests.journeys.owner import an_owner
from tests.journeys.pages import forms
from tests.journeys.world import Letter, Visitor


def two_who_agreed(story: Visitor, slug: str) -> tuple[Conference, dict[str, Any]]:
    """Ana and Ben are here; both said yes to their meeting at ten."""
    here = a_conference(story, slug)
    people = [here.register("Ana", "mentor"), here.register("Ben", "mentee")]
    here.go_to("09:00")
    here.check_in(*people)
    introduction = here.only_introduction()
    for side in ("mentor", "mentee"):
        assert answer(story, introduction, side, "accept").status in (200, 201)
    story.world.quiet()
    return here, introduction


def subjects(here: Conference, name: str, behind: int) -> list[str]:
    """What came to somebody since so many mails."""
    return [letter.subject for letter in here.letters(name)[behind:]]


def entry(text: str) -> tuple[str, int, str, str]:
    """(UID, SEQUENCE, local start, location) of the one entry in a calendar."""
    (found,) = Calendar.from_ical(text).walk("VEVENT")
    return str(found["UID"]), int(found["SEQUENCE"]), f"{found['DTSTART'].dt:%H:%M}", str(found["LOCATION"])


def feed(story: Visitor, letter: Letter) -> str:
    """Her calendar as programs subscribe to it."""
    return story.get(letter.link("/d/") + "/calendar.ics").text


def test_everything_runs_late_and_a_delay_is_taken_back(story: Visitor) -> None:
    here, introduction = two_who_agreed(story, "runs-late")
    owner, before = an_owner(story.world), len(here.letters("Ben"))
    preview = f"/plan/{here.slug}/announce?do=delay&minutes=20&from_slot={introduction['slot']}"
    page = owner.get(preview).text
    for words in ("<dt>Meetings</dt><dd>1</dd>", "<dt>People</dt><dd>2</dd>", "Everything runs 20 minutes later"):
        assert words in page
    (form,) = [form for form in forms(page) if form.has_button("Announce it now")]
    said = form.pressed("Announce it now", {})
    twice = [owner.post(form.action, said).status for _click in range(2)]
    story.world.quiet()
    assert twice == [303, 303]
    moved = here.only_introduction()
    assert (moved["id"], moved["status"], moved["slot"]) == (introduction["id"], "accepted", introduction["slot"])
    assert moved["starts_at"] == here.at("10:20").isoformat().replace("+00:00", "Z")
    assert subjects(here, "Ben", before) == ["Now 10:20, table 1: meet Ana (20 min later)"]
    uid, sequence, starts, where = entry(here.letters("Ben")[-1].calendar)
    assert (sequence, starts) == (2, "10:20")
    assert entry(feed(story, here.letters("Ben")[-1])) == (uid, sequence, starts, where)

    here.go_to("09:51")  # the reminder of the old time
    assert subjects(here, "Ben", before + 1) == []
    owner = an_owner(story.world)  # half an hour without a click ends a session
    (back,) = _links(owner, here)
    answered = owner.press(back, "Take it back now")
    story.world.quiet()
    assert "It is announced." in answered.text
    assert subjects(here, "Ben", before + 1) == ["10:00 again, table 1: meet Ana"]
    assert entry(here.letters("Ben")[-1].calendar)[1:3] == (3, "10:00")
    assert _links(owner, here) == []
    audit = owner.get(f"/organize/{here.slug}/audit").text
    assert [audit.count(words) for words in ("delay announced", "delay taken back")] == [1, 1]


def _links(owner: Visitor, here: Conference) -> list[str]:
    """Where the page of announcements offers to take something back."""
    page = owner.get(f"/organize/{here.slug}/announce").text.replace("&amp;", "&")
    return [part.split('"')[0] for part in page.split('href="')[1:] if "minutes=-" in part.split('"')[0]]


def test_a_place_moved(story: Visitor) -> None:
    here, introduction = two_who_agreed(story, "moved-place")
    owner, before = an_owner(story.world), len(here.letters("Ben"))
    preview = f"/plan/{here.slug}/announce?do=moved&point=lobby&name=Hall+B&landmark=under+the+clock"
    owner.press(preview, "Announce it now")
    story.world.quiet()
    assert subjects(here, "Ben", before) == ["New place: Hall B, table 1, 10:00: meet Ana"]
    letter = here.letters("Ben")[-1]
    assert "Hall B, table 1, under the clock" in letter.text
    assert entry(letter.calendar)[1:] == (2, "10:00", "Hall B, table 1")
    assert entry(feed(story, letter)) == entry(letter.calendar)
    assert here.only_introduction() == {
        **introduction,
        "place": "Hall B",
        "status": "accepted",
        "answers": {"mentor": "accept", "mentee": "accept"},
        "version": here.only_introduction()["version"],
    }
    story.call("PUT", here.path, _as_it_is(story, here, name="Renamed"))  # settings are saved anew
    story.world.quiet()
    assert (here.only_introduction()["status"], len(here.letters("Ben"))) == ("accepted", before + 1)


def _as_it_is(story: Visitor, here: Conference, **changes: Any) -> dict[str, Any]:
    shown = story.call("GET", here.path)
    kept = ("slug", "name", "timezone", "days", "slot_minutes", "change_minutes", "meeting_points", "topics", "policy")
    return {**{name: shown[name] for name in kept}, **changes}


def test_all_mails_stop_and_go_again(story: Visitor) -> None:
    here = a_conference(story, "no-mails")
    people = [here.register("Ana", "mentor"), here.register("Ben", "mentee")]
    here.go_to("09:00")
    before = [len(here.letters(name)) for name in ("Ana", "Ben")]
    owner = an_owner(story.world)
    owner.press(f"/plan/{here.slug}/announce?do=stop", "Stop all mails now")
    story.world.quiet()
    here.check_in(*people)
    assert here.only_introduction()["status"] == "proposed"
    here.register("Cleo", "mentee")
    story.world.quiet()
    assert ([len(here.letters(name)) for name in ("Ana", "Ben")], here.letters("Cleo")) == (before, [])
    banners = {path: "Mails have been stopped since 09:00." in owner.get(path).text for path in _pages(here)}
    assert banners == dict.fromkeys(_pages(here), True)
    page = owner.get(f"/organize/{here.slug}/announce").text
    assert "3 mails wait." in page  # two of introductions, one of registration

    owner.press(f"/organize/{here.slug}/announce", "Start, and send what waits")
    story.world.quiet()
    assert [len(here.letters(name)) for name in ("Ana", "Ben", "Cleo")] == [before[0] + 1, before[1] + 1, 1]
    assert "Mails have been stopped" not in owner.get(f"/plan/{here.slug}").text


def _pages(here: Conference) -> list[str]:
    """One of each service."""
    return [f"/organize/{here.slug}", f"/plan/{here.slug}", f"/outcomes/{here.slug}"]


def test_what_waited_is_dropped_where_that_is_asked_for(story: Visitor) -> None:
    here = a_conference(story, "dropped-mails")
    people = [here.register("Ana", "mentor"), here.register("Ben", "mentee")]
    here.go_to("09:00")
    owner, before = an_owner(story.world), len(here.letters("Ben"))
    owner.press(f"/plan/{here.slug}/announce?do=stop", "Stop all mails now")
    story.world.quiet()
    here.check_in(*people)
    introduction = here.only_introduction()
    for side in ("mentor", "mentee"):
        answer(story, introduction, side, "accept")
    story.world.quiet()
    owner.press(f"/organize/{here.slug}/announce", "Start, and drop what waits")
    story.world.quiet()
    assert subjects(here, "Ben", before) == []
    here.go_to("09:51")
    assert [subject.split(",")[0] for subject in subjects(here, "Ben", before)] == ["In a few minutes"]
