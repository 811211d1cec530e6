"""Fifteen kills under load, and every planted fault: each is caught, and the same death without the fault does no harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.run import run
from tests.chaos.scenarios import SCENARIOS, play

pytestmark = [pytest.mark.chaos, pytest.mark.xdist_group("chaos")]


@pytest.mark.slow
def test_fifteen_kills_lose_nothing_and_do_nothing_twice(tmp_path: Path) -> None:
    report = run(tmp_path, kills=15, pauses=3, seed=1, pace=1.5, size=8)
    assert report.violations == {}, report.text()
    assert sum(report.killed.values()) == 15
    assert all(report.evidence.counts()[what] for what in ("registered", "changed", "checked_in", "answered"))


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_planted_fault_is_caught(name: str, tmp_path: Path) -> None:
    assert set(play(name, tmp_path, fault=True)) == SCENARIOS[name].broken


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_same_death_without_the_fault_does_no_harm(name: str, tmp_path: Path) -> None:
    assert play(name, tmp_path, fault=False) == {}
