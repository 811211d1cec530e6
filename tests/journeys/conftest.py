"""The worlds as fixtures. A story asks for `story` and is told on every form; the two that run as processes live as
long as the package, each story in a conference of its own, and time there only goes forward."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.memory import MemoryWorld
from tests.journeys.world import Visitor

BEGINS = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
FULL = (pytest.mark.kafka, pytest.mark.postgres, pytest.mark.redis, pytest.mark.xdist_group("kafka"))
EMBEDDED = pytest.param("embedded", marks=pytest.mark.xdist_group("embedded journeys"))
FORMS = ("memory", EMBEDDED, pytest.param("full", marks=FULL))
PROCESSES = (EMBEDDED, pytest.param("full", marks=FULL))


@pytest.fixture(params=FORMS)
def story(request: pytest.FixtureRequest) -> Visitor:
    """A visitor of each form in turn."""
    return Visitor(request.getfixturevalue(f"{request.param}_world"))


@pytest.fixture(params=PROCESSES)
def served(request: pytest.FixtureRequest) -> Visitor:
    """A visitor of each form that runs as processes."""
    return Visitor(request.getfixturevalue(f"{request.param}_world"))


@pytest.fixture
def full(full_world: Any) -> Visitor:
    """A visitor of the full stack."""
    return Visitor(full_world)


@pytest.fixture
def memory_world(system: Any) -> MemoryWorld:
    """Everything in this process."""
    return MemoryWorld(system)


@pytest.fixture(scope="package")
def embedded_world(tmp_path_factory: pytest.TempPathFactory, template: Path) -> Iterator[Any]:
    """`rapport up`."""
    from tests.journeys.embedded import EmbeddedWorld

    world = EmbeddedWorld(tmp_path_factory.mktemp("embedded"), template, BEGINS)
    yield world
    world.close()


@pytest.fixture(scope="package")
def full_world(
    tmp_path_factory: pytest.TempPathFactory, postgres: Any, valkey_server: Any, kafka_server: Any
) -> Iterator[Any]:
    """Webs and workers on PostgreSQL, Valkey and Kafka."""
    from tests.journeys.full import FullWorld

    for server in (valkey_server, kafka_server):
        if not server.process.alive:
            server.start()
    world = FullWorld(tmp_path_factory.mktemp("full"), postgres, valkey_server, kafka_server, BEGINS)
    yield world
    world.close()
