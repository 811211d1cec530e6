"""What organizers may announce on the day, and what a conference is then; saving its settings anew keeps what was announced."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.registration.domain import Draft, announcing, publish
from shared.contracts import ConferencePublished
from shared.contracts.conference import Block, Day, Delay, Policy
from shared.errors import Conflict

NOW = datetime(2026, 11, 23, 8, 55, tzinfo=UTC)
"""Five to ten, local."""


def a_draft(**changes: Any) -> Draft:
    """10:00 to 11:00 and 14:00 to 15:00 in slots of 15 and 5 minutes, on two days."""
    blocks = (Block(start="10:00", end="11:00"), Block(start="14:00", end="15:00"))
    days = tuple(Day(date=date(2026, 11, day), blocks=blocks) for day in (23, 24))
    points = [{"name": "Lobby", "landmark": "beside the fountain", "tables": 4}, {"name": "Garden", "tables": 2}]
    values = {
        "slug": "pyconf",
        "name": "PyConf",
        "timezone": "Europe/Berlin",
        "days": days,
        "slot_minutes": 15,
        "change_minutes": 5,
        "meeting_points": points,
        "topics": ["Python"],
        "policy": Policy(),
    }
    return Draft(**{**values, **changes})


def saved(before: ConferencePublished | None = None, **changes: Any) -> ConferencePublished:
    """The conference as an organizer saves it."""
    made, _changed = publish(a_draft(**changes), conference="c" * 32, account="0" * 32, before=before)
    return made


def starts(conference: ConferencePublished, day: int = 23) -> list[str]:
    """UTC."""
    return [f"{slot.starts_at:%H:%M}" for slot in conference.slots if slot.starts_at.day == day]


def late(minutes: int = 20, slot: str = "1000") -> Delay:
    return Delay(from_slot=f"20261123-{slot}", minutes=minutes)


PROGRAMME = ["09:00", "09:20", "09:40", "13:00", "13:20", "13:40"]


@pytest.mark.parametrize(
    ("delays", "expected"),
    [
        ([late()], ["09:20", "09:40", "10:00", "13:20", "13:40", "14:00"]),
        ([late(slot="1020")], ["09:00", "09:40", "10:00", "13:20", "13:40", "14:00"]),
        ([late(), late(10, "1400")], ["09:20", "09:40", "10:00", "13:30", "13:50", "14:10"]),
        ([late(), late(-20)], PROGRAMME),
        ([late(), late(-20, "1400")], ["09:20", "09:40", "10:00", "13:00", "13:20", "13:40"]),
    ],
)
def test_slots_of_the_day_start_later_from_one_on_and_keep_their_ids(delays: list[Delay], expected: list[str]) -> None:
    made = before = saved()
    for one in delays:
        made = announcing.delay(made, one, NOW)
    assert (starts(made), starts(made, 24)) == (expected, PROGRAMME)
    assert [slot.id for slot in made.slots] == [slot.id for slot in before.slots]
    assert (made.version, made.delays) == (before.version + len(delays), tuple(delays))


@pytest.mark.parametrize(
    ("delays", "now", "refusal"),
    [
        ([late()], NOW + timedelta(minutes=5), announcing.NothingToDelay),
        ([late(slot="1005")], NOW, announcing.NothingToDelay),
        ([Delay(from_slot="20261124-1000", minutes=20)], NOW, announcing.NothingToDelay),
        ([late(120), late(121)], NOW, announcing.TooLate),
        ([late(-5)], NOW, announcing.NotBackAnyMore),
        ([late(), late(-20)], NOW + timedelta(minutes=6), announcing.NotBackAnyMore),
        ([late(), late(-20, "1020")], NOW, announcing.NotBackAnyMore),
    ],
)
def test_what_has_begun_does_not_move_and_nothing_begins_before_what_is_before_it_ends(
    delays: list[Delay], now: datetime, refusal: type[Conflict]
) -> None:
    made = saved()
    for one in delays[:-1]:
        made = announcing.delay(made, one, NOW)
    with pytest.raises(refusal):
        announcing.delay(made, delays[-1], now)


def test_nothing_is_moved_past_midnight() -> None:
    night = (Day(date=date(2026, 11, 23), blocks=(Block(start="23:30", end="23:45"),)),)
    with pytest.raises(announcing.TooLate):
        announcing.delay(saved(days=night), late(40, "2330"), NOW)


def test_the_newest_delay_can_be_taken_back_until_it_would_harm_somebody() -> None:
    once = announcing.delay(saved(), late(), NOW)
    twice = announcing.delay(once, late(10, "1020"), NOW)
    back = announcing.delay(twice, late(-10, "1020"), NOW)
    offers = [announcing.undo(made, NOW) for made in (saved(), once, twice, back)]
    assert offers == [None, late(-20), late(-10, "1020"), late(-20)]
    assert announcing.undo(once, NOW + timedelta(minutes=5)) is None
    assert announcing.in_force(back, NOW) == [late()]


def test_after_a_break_the_day_can_be_on_time_again() -> None:
    once = announcing.delay(saved(), late(), NOW)
    later = NOW + timedelta(minutes=30)
    assert announcing.on_time_again(once, later) == late(-20, "1400")
    assert announcing.on_time_again(announcing.delay(once, late(-20, "1400"), later), later) is None


def test_saving_the_settings_keeps_what_was_announced() -> None:
    made = announcing.stop_mails(announcing.delay(saved(), late(), NOW))
    made = announcing.elsewhere(made, "lobby", "Hall B", "under the clock")
    points = [{"name": "hall b", "landmark": "under the clock", "tables": 4}, {"name": "Lobby", "tables": 1}]
    again = saved(made, name="PyConf 2026", meeting_points=points)
    assert (starts(again), again.delays, again.mails_stopped) == (starts(made), made.delays, True)
    assert [(point.code, point.name) for point in again.meeting_points] == [("lobby", "hall b"), ("lobby-2", "Lobby")]
    assert again.version == made.version + 1


def test_saving_the_same_settings_after_a_delay_changes_nothing() -> None:
    made = announcing.delay(saved(), late(), NOW)
    assert publish(a_draft(), conference="c" * 32, account="0" * 32, before=made) == (made, False)


def test_a_point_that_moved_keeps_its_code_and_its_tables() -> None:
    made = announcing.elsewhere(saved(), "lobby", "Hall B", "under the clock")
    assert [(point.code, point.name, point.landmark, point.tables) for point in made.meeting_points] == [
        ("lobby", "Hall B", "under the clock", 4),
        ("garden", "Garden", "", 2),
    ]
    assert announcing.elsewhere(made, "lobby", "Hall B", "under the clock") is made
    with pytest.raises(announcing.NameTaken):
        announcing.elsewhere(made, "lobby", "garden", "")
    with pytest.raises(announcing.NoSuchPoint):
        announcing.elsewhere(made, "roof", "Roof", "")


def test_mails_stop_and_start_once() -> None:
    before = saved()
    stopped = announcing.stop_mails(before)
    assert announcing.stop_mails(stopped) is stopped
    assert announcing.start_mails(before, NOW, drop=True) is before
    kept, dropped = (announcing.start_mails(stopped, NOW, drop=drop) for drop in (False, True))
    assert [(made.version, made.mails_stopped, made.mails_dropped_until) for made in (stopped, kept, dropped)] == [
        (2, True, None),
        (3, False, None),
        (3, False, NOW),
    ]
