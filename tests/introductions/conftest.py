"""Marks of what pages show, in Redis or without it."""

from __future__ import annotations

import pytest

from shared.signals import Signals, redis_client
from tests.introductions.stage import Stage
from tests.servers.valkey import ValkeyServer


@pytest.fixture(params=["database", "redis"])
def marked(request: pytest.FixtureRequest, stage: Stage) -> Stage:
    """Marks are in Redis, or in the database alone."""
    if request.param == "redis":
        valkey: ValkeyServer = request.getfixturevalue("valkey")
        stage.system.introductions.signals = Signals(redis_client(valkey.url))
    return stage
