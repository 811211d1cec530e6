"""The two forms that a day is measured on, as production has them: `rapport up`, and one web and one worker a service on
PostgreSQL, Apache Kafka and Valkey (the servers of the tests, with fsync). Clients call the service that a reverse proxy would
choose."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from bench.load import Client
from bench.machine import cpu_seconds
from bench.served import ROOT, SECRET, Served, headers, rapport
from bench.sink import Sink
from shared.settings import SERVICE_NAMES, Settings
from tests.journeys.proxy import Proxy
from tests.servers.kafka_server import KafkaServer
from tests.servers.postgres import PostgresServer
from tests.servers.process import free_port
from tests.servers.valkey import ValkeyServer

LIVELY = {"api_rate": "1000000"}
"""One program stands for a crowd."""


@dataclass(frozen=True, kw_only=True)
class Running:
    """An installation: which port answers for which service, where its data are, and what runs for it."""

    ports: Mapping[str, int]
    settings: Settings
    pids: Mapping[str, int] = field(default_factory=dict)
    kafka: KafkaServer | None = None

    def client(self, service: str, number: int = 0) -> Client:
        """A client of the API of one service."""
        return Client(self.ports[service], headers(number))

    def clients(self, service: str, count: int) -> list[Client]:
        """Some of them, each with a connection and a key of its own."""
        return [self.client(service, number) for number in range(count)]

    def cpu(self) -> dict[str, float]:
        """Seconds of processor so far, by what runs."""
        return {name: cpu_seconds(pid) for name, pid in self.pids.items()}


@contextmanager
def embedded(folder: Path, mails: Sink) -> Iterator[Running]:
    """One process with everything, and one beside it for what is due."""
    data = folder / "data"
    with rapport(data, "up", smtp_url=mails.url, **LIVELY) as served:
        served.wait("/")
        yield Running(
            ports=dict.fromkeys(SERVICE_NAMES, served.port),
            settings=Settings(data=data, secret_key=SECRET),
            pids={"rapport up": served.process.pid, "mail sink": mails.process.pid},
        )


PROCESSES = {
    **{
        f"{name} {kind}": command
        for name in SERVICE_NAMES
        for kind, command in (("web", ("web", name)), ("work", ("work", name, "--only", "relay,intake,due")))
    },
    "mailer": ("work", "all", "--only", "mail"),
}
"""Ours on the full stack, as in `docker-compose.yml`."""


@contextmanager
def full(folder: Path, mails: Sink) -> Iterator[Running]:
    """Seven processes of ours, three servers of others. Raises Unusable."""
    with ExitStack() as stack:
        postgres = stack.enter_context(PostgresServer(durable=True))
        valkey, kafka = stack.enter_context(ValkeyServer()), stack.enter_context(KafkaServer())
        ports = {name: free_port() for name in SERVICE_NAMES}
        proxy = Proxy(ports)
        stack.callback(proxy.close)
        given = {
            "data": str(folder / "data"),
            "database_url": _databases(postgres),
            "bus": "kafka",
            "kafka_bootstrap": kafka.bootstrap,
            "redis_url": valkey.url,
            "smtp_url": mails.url,
            "secret_key": SECRET,
            "public_url": f"http://127.0.0.1:{proxy.port}",
            "peers": f"http://127.0.0.1:{proxy.port}/peers/{{service}}",
            "durable": "true",
            **LIVELY,
        }
        (folder / "data").mkdir()
        for command in ("migrate", "topics"):
            _to_its_end(command, folder, given)
        pids = {
            "PostgreSQL": postgres.process.pid,
            "Kafka": kafka.process.pid,
            "Valkey": valkey.process.pid,
            "mail sink": mails.process.pid,
        }
        for label, command in PROCESSES.items():
            place = folder / label.replace(" ", "-")
            made = stack.enter_context(Served(place, ("-m", "rapport", *command), **{**given, "data": str(place)}))
            pids[label] = made.process.pid
            if command[0] == "web":
                ports[command[1]] = made.port
                made.wait("/readyz")
        settings = Settings(data=folder / "data", secret_key=SECRET, database_url=given["database_url"])
        yield Running(ports=ports, settings=settings, pids=pids, kafka=kafka)


def _to_its_end(command: str, folder: Path, given: Mapping[str, str]) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_")}
    environ = {**kept, "PYTHONPATH": str(ROOT), **{f"RAPPORT_{name.upper()}": value for name, value in given.items()}}
    arguments = [sys.executable, "-m", "rapport", command]
    subprocess.run(arguments, env=environ, cwd=folder, check=True, capture_output=True, timeout=120)


def _databases(postgres: PostgresServer) -> str:
    """An empty database a service; the URL with {service} in it."""
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        for service in SERVICE_NAMES:
            connection.execute(f'CREATE DATABASE "bench_{service}"'.encode())
    return postgres.url("bench_{service}")


FORMS = {"embedded": embedded, "full": full}
