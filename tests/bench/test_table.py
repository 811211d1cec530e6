"""How rounds become one figure."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bench.people import zone_of_the_morning
from bench.table import Row, interleaved, percentile, ratio_of


def test_rounds_take_turns_and_every_other_one_runs_backwards() -> None:
    seen: list[str] = []

    def measure(name: str, value: float) -> float:
        seen.append(name)
        return value

    found = interleaved(3, lambda: measure("ours", 1.0), lambda: measure("theirs", 2.0))
    assert (seen, found) == (["ours", "theirs", "theirs", "ours", "ours", "theirs"], [[1.0] * 3, [2.0] * 3])


def test_a_ratio_compares_within_a_round() -> None:
    assert ratio_of([5.0, 50.0, 10.0], [10.0, 100.0, 10.0]) == 0.5


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.95, 95), (0.99, 99), (1.0, 100)])
def test_a_percentile_is_a_value_that_was_measured(share: float, value: int) -> None:
    assert percentile(list(range(1, 101)), share) == value


def test_a_promise_that_is_not_held_is_seen_at_once() -> None:
    row = Row(figure="log", measured="4,000/s", ratio=0.1, promise=">= 5,000/s", held=False, beside=("bad luck",))
    assert [" ".join(line.split()) for line in row.lines()] == ["log 4,000/s 0.10 >= 5,000/s NO", "bad luck"]


@pytest.mark.parametrize("hour", range(24))
def test_somewhere_it_is_seven_in_the_morning(hour: int) -> None:
    from zoneinfo import ZoneInfo

    now = datetime(2026, 11, 23, hour, 30, tzinfo=UTC)
    zone, local = zone_of_the_morning(now)
    assert (local.hour, now.astimezone(ZoneInfo(zone)).replace(tzinfo=UTC)) == (7, local)
