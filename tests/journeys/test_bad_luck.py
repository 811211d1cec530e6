"""What goes wrong on any day: two who answer at once, everything sent twice, a scanner that opens every link, an answer
that comes too late, a no, another time, somebody who withdraws."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.journeys.conference import Conference, a_conference, answer
from tests.journeys.counting import events_of
from tests.journeys.world import Visitor

ONE_SLOT = (("10:00", "10:15"),)


def test_two_people_answer_at_once_and_both_are_heard(story: Visitor) -> None:
    here, _ana, _ben = _two_people(story, "at-once")
    introduction = here.only_introduction()
    answers = _at_once(
        lambda: answer(story, introduction, "mentor", "accept"), lambda: answer(story, introduction, "mentee", "accept")
    )
    assert [one.status // 100 for one in answers] == [2, 2]
    assert here.only_introduction()["status"] == "accepted"
    assert _happened(here, "introduction") == {"introduction.proposed": 1, "introduction.accepted": 1}


def test_a_yes_and_a_no_at_once_make_a_no_and_the_loser_sees_how_it_stands(story: Visitor) -> None:
    here, _ana, _ben = _two_people(story, "yes-and-no")
    introduction = here.only_introduction()
    yes, no = _at_once(
        lambda: answer(story, introduction, "mentor", "accept"),
        lambda: answer(story, introduction, "mentee", "decline"),
    )
    assert no.status // 100 == 2
    assert yes.status // 100 == 2 or (yes.status, yes.json["state"]["status"]) == (409, "declined")
    assert here.only_introduction()["status"] == "declined"
    assert _happened(here, "introduction") == {"introduction.proposed": 1, "introduction.declined": 1}


def test_whatever_is_sent_twice_happens_once(story: Visitor) -> None:
    here = a_conference(story, "sent-twice")
    body: dict[str, Any] = {
        "name": "Ana Example",
        "email": here.address("Ana"),
        "role": "mentor",
        "offers": ["Grants"],
        "consents": {"introductions": True},
        "confirmed": True,
        "approved": True,
    }
    path, key = f"{here.path}/attendees", {"Idempotency-Key": "the-same"}
    first, again = (story.ask("POST", path, body, headers=key) for _time in range(2))
    assert (first.status, again.status, again.json) == (201, 201, first.json)
    assert story.ask("POST", path, {**body, "name": "Eve"}, headers=key).status == 422
    other = story.ask("POST", path, {**body, "email": body["email"].upper()})
    assert (other.status, other.json["id"]) == (409, first.json["id"])

    ben = here.register("Ben", "mentee")
    here.go_to("08:00")
    for person, statuses in ((first.json, (201, 200)), (ben, (201, 200))):
        asked = f"{path}/{person['id']}/check-in"
        assert tuple(story.ask("POST", asked, {}).status for _time in range(2)) == statuses
    introduction = here.only_introduction()
    for side in ("mentor", "mentee"):
        assert [answer(story, introduction, side, "accept").status for _time in range(2)][1] == 200
    here.go_to("10:20")
    met = f"/api/v1/introductions/{introduction['id']}/met"
    assert [story.ask("POST", met, {"met": True}).status for _time in range(2)][1] == 200
    story.world.quiet()
    assert _happened(here, "") == {
        "attendee.registered": 2,
        "attendee.checked_in": 2,
        "introduction.proposed": 1,
        "introduction.accepted": 1,
        "introduction.met": 1,
        "relationship.started": 1,
    }


def test_a_scanner_that_opens_every_link_of_every_mail_changes_nothing(story: Visitor) -> None:
    here = a_conference(story, "scanned")
    fields = {"email": here.address("Ana"), "role": "mentor", "offers": ["Grants"], "name": "Ana Example"}
    fields |= {f"consents.{name}": "on" for name in ("introductions", "follow_up")}
    assert (
        story.post(f"/c/{here.slug}", [(k, v if isinstance(v, str) else v[0]) for k, v in fields.items()]).status == 303
    )
    story.world.quiet()
    opened = [_scan(story, here)]
    story.press(here.letters("Ana")[0].link("/c/confirm/"), "Yes, I take part")
    ana = story.everything(f"{here.path}/attendees")[0]
    story.call("PATCH", f"{here.path}/attendees/{ana['id']}", {"approved": True})
    here.register("Ben", "mentee")
    here.go_to("08:00")
    here.check_in(*story.everything(f"{here.path}/attendees"))
    introduction = here.only_introduction()
    opened.append(_scan(story, here))
    for side in ("mentor", "mentee"):
        answer(story, introduction, side, "accept")
    here.go_to("10:20")
    opened.append(_scan(story, here))
    for clock, days in (("20:01", 0), ("10:01", 7), ("10:01", 30)):
        here.go_to(clock, days=days)
        opened.append(_scan(story, here))
    assert opened == sorted(opened)
    assert opened[-1] >= 15


def test_an_answer_after_the_hold_is_told_how_it_stands(story: Visitor) -> None:
    here, _ana, _ben = _two_people(story, "too-late")
    introduction = here.only_introduction()
    here.go_to("09:46")
    late = answer(story, introduction, "mentor", "accept")
    assert (late.status, late.json["state"]["status"]) == (409, "expired")
    assert here.only_introduction()["status"] == "expired"
    page = story.get(here.letters("Ana")[1].link("/i/"))
    assert page.status == 200
    assert "Yes, I" not in page.text


def test_a_no_frees_the_slot_and_somebody_else_is_asked(story: Visitor) -> None:
    here = a_conference(story, "refilled", blocks=ONE_SLOT)
    mentor, first, second = (
        here.register("Ana", "mentor"),
        here.register("Ben", "mentee"),
        here.register("Cem", "mentee"),
    )
    here.go_to("08:00")
    here.check_in(mentor, first, second)
    before = here.only_introduction()
    assert answer(story, before, "mentee", "decline").status in (200, 201)
    story.world.quiet()
    after = {introduction["mentee"]: introduction["status"] for introduction in here.introductions()}
    asked_first, asked_then = before["mentee"], ({first["id"], second["id"]} - {before["mentee"]}).pop()
    assert after == {asked_first: "declined", asked_then: "proposed"}
    told = here.letters("Ana")[-2].subject + here.letters("Ana")[-2].text
    assert not any(word in told.lower() for word in ("declined", "rejected", "refused"))


def test_another_time_moves_the_meeting_and_asks_both_again(story: Visitor) -> None:
    here, _ana, _ben = _two_people(story, "another-time")
    before = here.only_introduction()
    wanted = [slot["id"] for slot in story.call("GET", here.path)["slots"] if slot["id"].endswith("1400")]
    assert answer(story, before, "mentee", "other_time", slots=wanted).status in (200, 201)
    after = here.only_introduction()
    assert (after["id"], after["slot"], after["status"]) == (before["id"], wanted[0], "proposed")
    assert after["answers"] == {"mentor": None, "mentee": None}
    sequences = [_sequence(letter.calendar) for letter in here.letters("Ana") if letter.calendar]
    assert sequences == [0, 1]
    old, new = (letter.link("/i/") for letter in here.letters("Ana") if letter.calendar)
    assert "This meeting has changed since the mail that brought you here." in story.get(old).text
    assert story.post(old, [("answer", "decline")]).status == 409, "she said it of a page with another time"
    assert new in story.get(old).text
    story.press(old, "Yes, I'll be there")
    assert here.only_introduction()["status"] == "proposed"
    assert answer(story, before, "mentee", "accept").status == 201
    assert here.only_introduction()["status"] == "accepted"

    none = answer(story, before, "mentee", "other_time", slots=[before["slot"][:9] + "2300"])
    assert none.status in (409, 422)
    assert here.only_introduction()["status"] == "accepted"


def test_when_somebody_withdraws_the_other_is_told_and_free_again(story: Visitor) -> None:
    here, ana, _ben = _two_people(story, "withdrawn")
    introduction = here.only_introduction()
    for side in ("mentor", "mentee"):
        answer(story, introduction, side, "accept")
    link = here.letters("Ana")[-1].link("/i/")
    story.call("DELETE", f"{here.path}/attendees/{ana['id']}")
    story.world.quiet()
    assert here.only_introduction()["status"] == "cancelled"
    assert story.get(link).status == 404
    told = here.letters("Ben")[-1]
    assert "METHOD:CANCEL" in told.calendar
    assert "won’t take place" in told.text.replace("'", "’")
    assert "Ana" not in "".join(person["name"] or "" for person in story.everything(f"{here.path}/attendees"))

    cem = here.register("Cem", "mentor")
    here.check_in(cem)
    story.world.quiet()
    assert Counter(i["status"] for i in here.introductions()) == {"cancelled": 1, "proposed": 1}


def _two_people(story: Visitor, slug: str) -> tuple[Conference, dict[str, Any], dict[str, Any]]:
    """Ana offers what Ben wants, and both are here at eight."""
    here = a_conference(story, slug)
    ana, ben = here.register("Ana", "mentor"), here.register("Ben", "mentee")
    here.go_to("08:00")
    here.check_in(ana, ben)
    return here, ana, ben


def _at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Make the calls in threads that start together; what they returned, in order."""
    barrier, found = threading.Barrier(len(calls)), [None] * len(calls)

    def run(number: int, call: Callable[[], Any]) -> None:
        barrier.wait()
        found[number] = call()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def _happened(here: Conference, prefix: str) -> dict[str, int]:
    """How often what was published of this conference."""
    here.visitor.world.quiet()
    conference_id = here.visitor.call("GET", here.path)["id"]
    found = events_of(here.visitor.records(), conference_id)
    return dict(Counter(kind for kind, _data in found if kind.startswith(prefix) and kind != "conference.published"))


def _scan(story: Visitor, here: Conference) -> int:
    """GET and HEAD every link of every mail of the conference; how many links. Fails when anything changed by it."""
    links = [link for letter in story.world.letters() if here.slug in letter.to for link in letter.links]
    before = _everything(story, here)
    for link in links:
        for method in ("GET", "HEAD"):
            assert story.get(link, method).status < 500, link
    story.world.quiet()
    assert _everything(story, here) == before
    return len(links)


def _everything(story: Visitor, here: Conference) -> Any:
    lists = [story.everything(f"{here.path}/{name}") for name in ("attendees", "introductions", "relationships")]
    mails = [(letter.to, letter.subject) for letter in story.world.letters()]
    return lists, mails, _happened(here, "")


def _sequence(calendar: str) -> int:
    (line,) = [line for line in calendar.splitlines() if line.startswith("SEQUENCE:")]
    return int(line.removeprefix("SEQUENCE:"))
