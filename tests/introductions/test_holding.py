"""How long a proposal is held."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.introductions.domain import hold_until
from shared.contracts.conference import Block, Day
from tests.introductions.stage import TODAY, ZONE, a_conference, slots

CONFERENCE = a_conference(times=slots(TODAY, "10:00", 3) + slots(TODAY, "14:00", 6))
CONFERENCE = type(CONFERENCE)(
    **{
        **vars(CONFERENCE),
        "days": (Day(date=TODAY, blocks=(Block(start="10:00", end="11:00"), Block(start="14:00", end="16:00"))),),
    }
)


def at(hhmm: str, days: int = 0) -> datetime:
    """A local time of the day."""
    hour, minute = (int(part) for part in hhmm.split(":"))
    return datetime(2026, 11, 23, hour, minute, tzinfo=ZoneInfo(ZONE)) + timedelta(days=days)


@pytest.mark.parametrize(
    ("now", "slot", "until"),
    [
        ("09:00", "14:00", "11:05"),  # the next break ends at 11:00
        ("09:00", "10:00", "09:45"),  # never past a quarter of an hour before
        ("11:30", "15:00", "14:45"),
        ("13:30", "14:00", "13:45"),
        ("13:40", "14:00", "13:50"),  # five minutes would be left: ten instead
        ("13:48", "14:00", "13:58"),
        ("13:50", "14:00", "13:55"),  # ten would reach the slot
        ("13:56", "14:00", "13:58"),
        ("13:59", "14:00", "14:00"),
    ],
)
def test_on_the_day(now: str, slot: str, until: str) -> None:
    assert hold_until(CONFERENCE, f"20261123-{slot.replace(':', '')}", at(slot), at(now)) == at(until)


def test_before_the_day_it_is_held_to_the_evening_before() -> None:
    assert hold_until(CONFERENCE, "20261123-1400", at("14:00"), at("09:00", -1)) == at("18:00", -1)


def test_in_the_night_before_it_is_held_to_a_quarter_of_an_hour_before() -> None:
    assert hold_until(CONFERENCE, "20261123-1400", at("14:00"), at("21:00", -1)) == at("13:45")


@given(st.integers(min_value=1, max_value=3000))
def test_it_always_ends_after_now_and_not_after_the_start(minutes: int) -> None:
    start = at("14:00")
    now = start - timedelta(minutes=minutes)
    assert now < hold_until(CONFERENCE, "20261123-1400", start, now) <= start
