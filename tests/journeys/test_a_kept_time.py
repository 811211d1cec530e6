"""A table that she can get to and a time of her own: from the form to the table, and what one tap on My day changes."""

from __future__ import annotations

from tests.journeys.conference import Conference, a_conference
from tests.journeys.world import Answer, Visitor

POINTS = [
    {"name": "Gallery", "landmark": "upstairs", "tables": 3, "step_free": False},
    {"name": "Lobby", "landmark": "beside the fountain", "tables": 1},
]


def test_she_is_planned_where_and_when_she_can_be_and_keeps_a_time_free_by_a_tap(story: Visitor) -> None:
    here = a_conference(story, "a-kept-time", meeting_points=POINTS)
    ana = here.register("Ana", "mentor", offers=["Grants"], approved=True)
    ben = here.register("Ben", "mentee", wants=["Grants"], step_free=True)
    here.go_to("08:00")
    here.check_in(ana, ben)
    proposed = here.only_introduction()
    assert (_clock(proposed), proposed["place"], proposed["status"]) == ("10:00", "Lobby", "proposed")
    day = here.letters("Ben")[-1].link("/d/")
    assert "The way to this table is without steps." in story.get(day).text

    tapped = _tap(story, day, proposed["slot"])
    assert "Kept free." in tapped.text
    moved = here.only_introduction()
    assert (_clock(moved), moved["place"], moved["status"]) == ("10:20", "Lobby", "proposed")

    for name in ("Ana", "Ben"):
        story.press(here.letters(name)[-1].link("/i/"), "Yes, I'll be there")
    asked = _tap(story, day, moved["slot"])
    assert "You and Ana agreed to meet then." in asked.text
    assert here.only_introduction()["status"] == "accepted"
    _tap(story, day, moved["slot"], ("sure", "yes"))
    again = here.only_introduction()
    assert (again["slot"] not in (proposed["slot"], moved["slot"]), again["status"]) == (True, "proposed")
    assert (again["place"], len(_hers(here, ben["id"])), len(_all(here))) == (
        "Lobby",
        len(_all(here)) - 2,
        len(_all(here)),
    )

    _tap(story, day, proposed["slot"], keep="open")
    story.world.quiet()
    assert set(_all(here)) - set(_hers(here, ben["id"])) == {moved["slot"]}


def _clock(introduction: dict[str, str]) -> str:
    """Its local time, as slots are called by it."""
    return f"{introduction['slot'][-4:-2]}:{introduction['slot'][-2:]}"


def _tap(story: Visitor, day: str, slot: str, *more: tuple[str, str], keep: str = "free") -> Answer:
    """As a browser does it: a 307 sends the same form on."""
    fields = [("slot", slot), ("keep", keep), *more]
    answer = story.post(f"{day}/keep-free", fields)
    if answer.status == 307:
        answer = story.post(answer.place, fields)
        assert answer.status == 303, answer.text
        answer = story.get(answer.place)
    return answer


def _all(here: Conference) -> list[str]:
    return [slot["id"] for slot in here.visitor.call("GET", here.path)["slots"]]


def _hers(here: Conference, attendee: str) -> list[str]:
    found: list[str] = here.visitor.call("GET", f"{here.path}/attendees/{attendee}")["available"]
    return found
