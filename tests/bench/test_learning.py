"""The simulation of learning runs and counts what it says."""

from __future__ import annotations

from bench.learning import WORLDS, tally


def test_a_few_sets_are_counted() -> None:
    found = tally(WORLDS["two planted, people alike"], 3)
    assert (found.sets, found.refused, found.wrong) == (3, 0, 0)
    assert found.right["common_topics"] == 3
    assert sum(found.better.values()) == 3
