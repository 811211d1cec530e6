"""One reading of the room for all pages that look at it at about the same time."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from services.introductions import queries
from services.introductions.planner import Board
from services.introductions.queries import looking
from services.introductions.web import live
from shared.links import hash_of
from tests.introductions.stage import Stage, a_conference, a_person
from tests.servers.waiting import wait_until
from tests.system import System

ANA, BEN, CLEO = a_person("Ana", "mentor"), a_person("Ben", "mentee"), a_person("Cleo", "mentee")


@pytest.fixture
def stage(system: System) -> Stage:
    """A conference to which nobody has come yet."""
    return Stage(system, a_conference())


@pytest.fixture
def crowded(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A room counts as full with one person, and its board lasts as long as it took to read it."""
    monkeypatch.setattr(looking, "FEW", 0)
    monkeypatch.setattr(looking, "SHARE", 1)
    yield
    looking._boards.clear()


def board(stage: Stage) -> Board:
    with stage.system.introductions.reading() as connection:
        return queries.board(connection, stage.conference, stage.system.clock.now())


@pytest.mark.usefixtures("crowded")
def test_while_somebody_reads_the_room_others_look_at_how_it_was_a_moment_ago(stage: Stage) -> None:
    stage.here(ANA, BEN)
    first = board(stage)
    began = time.monotonic()
    stage.here(CLEO)
    wait_until(lambda: time.monotonic() > began + 1, 5, "it has lasted long enough")
    with looking._reading:  # somebody does
        assert board(stage) is first
    later = board(stage)
    assert (later is first, len(later.seats) - len(first.seats)) == (False, 1)


def test_pages_that_were_opened_together_are_not_made_anew_together() -> None:
    shares = sorted(live._share(f"day||{hash_of(str(number))}") for number in range(1000))
    assert [round(shares[place], 2) for place in (0, 500, 999)] == [0.5, 0.75, 1.0]
