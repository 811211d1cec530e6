"""The full world: PostgreSQL, Valkey and Apache Kafka as real servers, one web and one worker a service, and a reverse
proxy that gives them the URLs of the embedded form."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import psycopg

from shared.bus.log import Log
from shared.clock import SystemClock
from shared.parts import log_of
from shared.settings import SERVICE_NAMES
from tests.journeys.processes import Installation, wait_ready
from tests.journeys.proxy import Proxy
from tests.journeys.served import ServedWorld
from tests.servers.kafka_server import KafkaServer, empty
from tests.servers.postgres import PostgresServer
from tests.servers.process import ServerProcess, free_port
from tests.servers.valkey import ValkeyServer


class FullWorld(ServedWorld):
    """Six processes of ours, four servers of others."""

    name = "full"

    def __init__(
        self, data: Path, postgres: PostgresServer, valkey: ValkeyServer, kafka: KafkaServer, begins: datetime
    ) -> None:
        self.valkey, self.kafka = valkey, kafka
        super().__init__()
        empty(kafka.bootstrap)
        ports = {name: free_port() for name in SERVICE_NAMES}
        self.proxy = Proxy(ports)
        self.port = self.proxy.port
        self.installation = Installation(
            {
                "RAPPORT_DATA": str(data),
                "RAPPORT_DATABASE_URL": _databases(postgres, data.name),
                "RAPPORT_BUS": "kafka",
                "RAPPORT_KAFKA_BOOTSTRAP": kafka.bootstrap,
                "RAPPORT_REDIS_URL": valkey.url,
                "RAPPORT_SMTP_URL": self.sink.url,
                "RAPPORT_SECRET_KEY": "a secret that three services of one test share",
                "RAPPORT_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
                "RAPPORT_PEERS": f"http://127.0.0.1:{self.port}/peers/{{service}}",
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
        self.open_door()

    def close(self) -> None:
        """End everything of ours."""
        for process in self.processes.values():
            process.stop()
        self.proxy.close()
        self.sink.close()

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
