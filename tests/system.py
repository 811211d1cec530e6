"""The fixture `system`: the three services on memory log and memory mail, real SQLite files, a clock that stands still
until it is told otherwise, and ids that are counted. `tests/builders.py` has what people send."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from rapport.dispatch import router
from shared import tables
from shared.access import DEFAULT_ACCOUNT, Access
from shared.bus import envelope
from shared.bus.memory_log import MemoryLog
from shared.clock import FixedClock
from shared.compute import Here
from shared.contracts import Event
from shared.database import Database
from shared.mail.memory import MemoryTransport
from shared.mail.message import Mail
from shared.migrate import newest
from shared.parts import TOPICS, Parts
from shared.runtime import Runtime, build, build_all
from shared.service import Service
from shared.settings import SERVICE_NAMES, Settings

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
SECRET = "a secret that only tests know, long enough"

_READERS = itertools.count()
"""A group of its own for whoever looks at the log."""


def services() -> list[Service]:
    """The services that there are."""
    found = [name for name in SERVICE_NAMES if find_spec(f"services.{name}.service")]
    return [import_module(f"services.{name}.service").SERVICE for name in found]


def prepare(runtime: Runtime) -> None:
    """An up-to-date database."""
    if newest(runtime.service) is None:
        tables.metadata.create_all(runtime.engine)
        runtime.service.metadata.create_all(runtime.engine)
    else:
        runtime.migrate()


@contextmanager
def one_alone(service: Service, database: Database, folder: Path, **settings: Any) -> Iterator[System]:
    """One of the services on a database of its own, with its history; the others are not there."""
    clock = FixedClock(NOON)
    values = {"secret_key": SECRET, "bus": "memory", "public_url": "http://localhost", **settings}
    log, transport = MemoryLog(TOPICS, now=clock.now), MemoryTransport()
    databases = {service.name: database}
    parts = Parts(log=log, clock=clock, transport=transport, compute=Here(), databases=databases)
    runtime = build(service, Settings(data=folder, **values), parts)
    runtime.migrate()
    yield System({service.name: runtime}, clock, log, transport, Access(SECRET))
    runtime.close()


class CountedIds:
    """Ids that count up, so that a failing test reads the same every time."""

    def __init__(self) -> None:
        self._last = 0

    def __call__(self) -> str:
        self._last += 1
        return f"{self._last:032x}"


@dataclass
class System:
    """All services of one installation, driven by hand."""

    runtimes: dict[str, Runtime]
    clock: FixedClock
    log: MemoryLog
    transport: MemoryTransport
    access: Access
    apps: dict[str, Any] = field(default_factory=dict)
    lasting: Lasting | None = None

    @property
    def registration(self) -> Runtime:
        return self.runtimes["registration"]

    @property
    def introductions(self) -> Runtime:
        return self.runtimes["introductions"]

    @property
    def followup(self) -> Runtime:
        return self.runtimes["followup"]

    @property
    def mails(self) -> list[Mail]:
        """Every mail that was sent, in order."""
        return self.transport.mails

    @property
    def key(self) -> str:
        """An API key for all conferences."""
        return self.access.issue_key(key_id="f" * 32, account=DEFAULT_ACCOUNT, conferences=None)

    def app(self, service: str) -> Any:
        """The Flask app of a service."""
        if service not in self.apps:
            runtime = self.runtimes[service]
            self.apps[service] = runtime.web_app() if self.lasting is None else self.lasting.app(runtime)
        return self.apps[service]

    def client(self, service: str) -> Any:
        """A browser at one service."""
        return self.app(service).test_client()

    def api(
        self, method: str, path: str, *, key: str | None = None, headers: dict[str, str] | None = None, **options: Any
    ) -> Any:
        """An API call with a key, answered by the service that the proxy would choose."""
        service = router([runtime.service for runtime in self.runtimes.values()])(path.split("?")[0])
        sent = {"Authorization": f"Bearer {key or self.key}", **(headers or {})}
        return self.client(service).open(path, method=method, headers=sent, **options)

    def run_until_quiet(self, turns: int = 500) -> None:
        """Relay, handle, do what is due and send mails until nothing is left."""
        for _ in range(turns):
            if not sum(runtime.turn() for runtime in self.runtimes.values()):
                return
        raise AssertionError("never quiet: " + str({name: r.pending() for name, r in self.runtimes.items()}))

    def advance(self, **by: float) -> None:
        """Let time pass, then run until quiet."""
        self.clock.advance(timedelta(**by))
        self.run_until_quiet()

    def events(self) -> list[tuple[str, Event | None]]:
        """(type, event) of everything that was published, topic by topic in order; None = tombstone."""
        consumer = self.log.consumer(f"test-reader-{next(_READERS)}", [topic.name for topic in TOPICS])
        messages = [
            envelope.read(record) for record in consumer.poll(100_000, 0) if record.topic != "rapport.dead-letters"
        ]
        return [(message.event_type.TYPE, message.event) for message in messages if message]


def migrated(folder: Path) -> Path:
    """A folder with up-to-date databases, which holds nothing else."""
    for runtime in build_all(services(), Settings(data=folder, secret_key=SECRET, bus="memory", durable=False)):
        prepare(runtime)
        runtime.database.close()
    return folder


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrated databases to copy from."""
    return migrated(tmp_path_factory.mktemp("template"))


class Lasting:
    """What a process keeps from test to test, because making it takes longer than most tests do: engines with statements
    that they have compiled, apps with their routes and templates. Nothing that anybody did stays."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        settings = Settings(data=folder)
        names = (service.name for service in services())
        self.databases = {name: Database(settings.database(name), durable=False) for name in names}
        self._apps: dict[str, tuple[Any, dict[str, Any]]] = {}

    def renew(self) -> None:
        """New databases."""
        for database in self.databases.values():
            database.close()
        shutil.rmtree(self.folder)
        self.folder.mkdir()

    def app(self, runtime: Runtime) -> Any:
        """The app of a service, from now on of this runtime; nobody has called it."""
        name = runtime.service.name
        if name not in self._apps:
            made = runtime.web_app()
            self._apps[name] = made, dict(made.extensions)
        app, extensions = self._apps[name]
        app.extensions.clear()
        app.extensions.update(extensions, rapport=runtime)
        for limiter in app.extensions["limiter"]:
            limiter.reset()
        return app


@pytest.fixture(scope="session")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Lasting:
    """What the tests of this process share."""
    return Lasting(tmp_path_factory.mktemp("system"))


@pytest.fixture
def system(template: Path, lasting: Lasting) -> Iterator[System]:
    """Everything, on memory parts."""
    lasting.renew()
    with a_system(template, lasting.folder, lasting) as made:
        yield made


@contextmanager
def a_system(template: Path, folder: Path, lasting: Lasting | None = None) -> Iterator[System]:
    """Everything, on memory parts, with its databases in `folder`."""
    for path in template.glob("*.db"):
        shutil.copy(path, folder / path.name)
    clock = FixedClock(NOON)
    log, transport = MemoryLog(TOPICS, now=clock.now), MemoryTransport()
    # One program stands for a crowd here, so that the calls a second and key are not what is tested.
    settings = Settings(
        data=folder,
        secret_key=SECRET,
        bus="memory",
        durable=False,
        public_url="http://localhost",
        api_rate=100_000,
    )
    parts = Parts(
        log=log,
        clock=clock,
        transport=transport,
        compute=Here(),
        new_id=CountedIds(),
        databases={} if lasting is None else dict(lasting.databases),
    )
    runtimes = {runtime.service.name: runtime for runtime in build_all(services(), settings, parts)}
    yield System(runtimes, clock, log, transport, Access(SECRET), lasting=lasting)
    for runtime in runtimes.values():
        runtime.database.close()
