"""The full world: PostgreSQL, Valkey and Apache Kafka as real servers, one web and one worker a service, and a reverse
proxy that gives them the URLs of the embedded form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import psycopg

from shared.bus.log import Log
from shared.clock import SystemClock
from shared.parts import log_of
from shared.settings import SERVICE_NAMES
from tests.journeys.processes import Installation, wait_ready
from tests.journeys.proxy import Proxy
from tests.journeys.world import Answer, Letter, Postbox, over_http, until_quiet
from tests.servers.kafka_server import KafkaServer, empty
from tests.servers.postgres import PostgresServer
from tests.servers.process import ServerProcess, free_port
from tests.servers.smtp_sink import SmtpSink
from tests.servers.valkey import ValkeyServer


class FullWorld:
    """Six processes of ours, four servers of others."""

    name = "full"

    def __init__(
        self, data: Path, postgres: PostgresServer, valkey: ValkeyServer, kafka: KafkaServer, begins: datetime
    ) -> None:
        self.valkey, self.kafka = valkey, kafka
        self.sink = SmtpSink()
        self._postbox = Postbox(lambda: len(self.sink.received), lambda number: self.sink.received[number].message)
        empty(kafka.bootstrap)
        ports = {name: free_port() for name in SERVICE_NAMES}
        self.proxy = Proxy(ports)
        self.installation = Installation(
            {
                "RAPPORT_DATA": str(data),
                "RAPPORT_DATABASE_URL": _databases(postgres, data.name),
                "RAPPORT_BUS": "kafka",
                "RAPPORT_KAFKA_BOOTSTRAP": kafka.bootstrap,
                "RAPPORT_REDIS_URL": valkey.url,
                "RAPPORT_SMTP_URL": self.sink.url,
                "RAPPORT_SECRET_KEY": "a secret that three services of one test share",
                "RAPPORT_PUBLIC_URL": f"http://127.0.0.1:{self.proxy.port}",
                "RAPPORT_PEERS": f"http://127.0.0.1:{self.proxy.port}/peers/{{service}}",
            }
        )
        self.installation.rapport("migrate")
        self.installation.rapport("topics")
        self.installation.set_clock(begins)
        self.processes: dict[str, ServerProcess] = {}
        for name, port in ports.items():
            self.processes[f"{name}-web"] = self.installation.start(
                f"{name}-web.log", "web", name, RAPPORT_PORT=str(port)
            )
            self.processes[f"{name}-work"] = self.installation.start(f"{name}-work.log", "work", name)
        for name, port in ports.items():
            wait_ready(self.processes[f"{name}-web"], port)
        self._key = self.installation.rapport("api-key", "--all").strip()

    def close(self) -> None:
        """End everything of ours."""
        for process in self.processes.values():
            process.stop()
        self.proxy.close()
        self.sink.close()

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One request over HTTP, by the proxy."""
        return over_http(self.proxy.port, method, path, headers, body)

    def key(self) -> str:
        """What `rapport api-key --all` printed."""
        return self._key

    def now(self) -> datetime:
        """The shared clock."""
        return self.installation.now()

    def set_clock(self, moment: datetime) -> None:
        """Move the shared clock in all databases."""
        self.installation.set_clock(moment)

    def quiet(self) -> None:
        """Wait until the status says that nothing waits anywhere."""
        until_quiet(lambda: self.send("GET", "/api/v1/status", {"Authorization": f"Bearer {self._key}"}, b""))

    def letters(self) -> list[Letter]:
        """What the sink took."""
        return self._postbox.letters()

    def import_people(self, path: Path, slug: str, role: str, consents: str) -> None:
        """By the command line."""
        self.installation.import_people(path, slug, role, consents)

    def log(self) -> Log:
        """Kafka, by a client of the test's own."""
        return log_of(self.installation.settings, SystemClock())


def _databases(postgres: PostgresServer, name: str) -> str:
    """An empty database a service; the URL with {service} in it."""
    pattern = f"journeys_{name.replace('-', '_')}_{{service}}"
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        for service in SERVICE_NAMES:
            connection.execute(f'CREATE DATABASE "{pattern.replace("{service}", service)}"'.encode())
    return postgres.url(pattern)
