"""Marks of what pages show, in Redis, in memory, or in the database alone."""

from __future__ import annotations

import pytest

from shared.marks import Marks, NearMarks
from shared.signals import Signals, redis_client
from tests.introductions.stage import Stage
from tests.servers.valkey import ValkeyServer
from tests.system import System


@pytest.fixture(params=["database", "redis", "memory"])
def marks(request: pytest.FixtureRequest, system: System) -> Marks | None:
    """Marks are in Redis, in the memory of the process, or in the database alone."""
    if request.param == "redis":
        valkey: ValkeyServer = request.getfixturevalue("valkey")
        system.introductions.marks = Signals(redis_client(valkey.url))
    elif request.param == "memory":
        system.introductions.marks = NearMarks()
    return system.introductions.marks


@pytest.fixture
def marked(marks: Marks | None, stage: Stage) -> Stage:
    """A stage with marks in each of these places."""
    return stage
