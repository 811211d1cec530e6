"""Streams of events for the benchmark: every plan is valid, and a row says all that its heading promises."""

from __future__ import annotations

from bench.planner.onsite import HEADING, Morning


def test_a_stream_leaves_a_valid_plan_with_every_agreed_meeting_where_it_was() -> None:
    morning = Morning(100, 1, "oneday")
    row = morning.row(morning.happens(40, warm_every=20))
    assert (row.wrong, row.changes.agreed_changed, len(row.took)) == ([], 0, 40)
    assert row.improved.served >= row.repaired.served
    assert len(row.line()) == len(HEADING)


def test_the_same_seed_gives_the_same_events_and_plan() -> None:
    plans = []
    for _ in range(2):
        morning = Morning(100, 2, "evening")
        morning.row(morning.happens(30))
        plans.append((morning.site.meetings.tolist(), morning.instance["people"]))
    assert plans[0] == plans[1]
