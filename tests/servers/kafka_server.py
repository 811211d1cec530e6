"""Apache Kafka itself: one broker that is its own controller (KRaft), started with java from Maven's jars.

It keeps its data and ports over `kill` and `start`, so a test can see what a crash leaves. Topics are made explicitly.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tests.servers import Unusable
from tests.servers.kafka_jars import kafka_jars
from tests.servers.process import ServerProcess, accepts_connections, free_port
from tests.servers.waiting import wait_until

CLUSTER = "5L6g3nShT-eMCtK--X86sw"
JVM = ["-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"]
QUIET = ["-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dlog4j2.level=error"]

# Quick rebalances, quick compaction, quick return after kill -9; small, because several may run on one machine.
SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "auto.create.topics.enable": "false",
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    "group.min.session.timeout.ms": "1000",
    "group.initial.rebalance.delay.ms": "0",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "log.cleaner.backoff.ms": "200",
    "log.cleaner.dedupe.buffer.size": "4194304",
    "log.retention.check.interval.ms": "500",
    "log.initial.task.delay.ms": "500",
    "log.segment.delete.delay.ms": "500",
    "num.network.threads": "2",
    "num.io.threads": "2",
}


class KafkaServer:
    """One broker on a port of its own. `settings` are laid over the test settings above."""

    def __init__(self, **settings: str) -> None:
        self._java = _java()
        self._classpath = f"{kafka_jars()}/*"
        self.version = _version(kafka_jars())
        self.port = free_port()
        self._folder = Path(tempfile.mkdtemp(prefix="rapport-kafka-"))
        self._config = self._folder / "server.properties"
        self._process: ServerProcess | None = None
        self._write_config(settings)
        self._format()
        self.start()

    def __enter__(self) -> KafkaServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def process(self) -> ServerProcess:
        assert self._process is not None
        return self._process

    @property
    def data(self) -> Path:
        """The folder with its segments."""
        return self._folder / "data"

    def start(self) -> None:
        """Start it on the data that is there, and return when clients can use it."""
        command = [self._java, *JVM, *QUIET, "-cp", self._classpath, "kafka.Kafka", str(self._config)]
        self._process = ServerProcess(command, self._folder / "kafka.log")
        self._process.wait_ready(self._answers, 60, "Apache Kafka answers")

    def stop(self) -> None:
        self.process.stop(seconds=30)

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()

    def close(self) -> None:
        self.process.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _answers(self) -> bool:
        return accepts_connections(self.port) and usable(self.bootstrap)

    def _write_config(self, settings: dict[str, str]) -> None:
        controller = free_port()
        own = {
            "listeners": f"PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{self.port}",
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "log.dirs": str(self._folder / "data"),
        }
        laid_over = {name.replace("_", "."): value for name, value in settings.items()}
        self._config.write_text("".join(f"{name}={value}\n" for name, value in (SETTINGS | own | laid_over).items()))

    def _format(self) -> None:
        command = [self._java, *JVM, *QUIET, "-cp", self._classpath, "kafka.tools.StorageTool", "format"]
        done = subprocess.run(
            [*command, "-t", CLUSTER, "-c", str(self._config)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Unusable(f"Kafka could not format its folder: {(done.stdout + done.stderr).strip()[-800:]}")


def usable(bootstrap: str) -> bool:
    """Whether a client finds a live broker behind this address."""
    from kafka import KafkaAdminClient
    from kafka.errors import KafkaError

    try:
        admin = KafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=3000, bootstrap_timeout_ms=2000)
    except (KafkaError, OSError):
        return False
    try:
        return bool(admin.describe_cluster()["brokers"])
    except (KafkaError, OSError):
        return False
    finally:
        admin.close()


def empty(bootstrap: str) -> None:
    """Delete every topic and every consumer group that is not Kafka's own; returns when they are gone."""
    from kafka import KafkaAdminClient

    admin = KafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=10_000)
    try:
        if topics := _own_topics(admin):
            admin.delete_topics(topics, timeout_ms=10_000)
            wait_until(lambda: not _own_topics(admin), 10, "Kafka has no topics left")
        if groups := _groups(admin):
            admin.delete_groups(groups)
    finally:
        admin.close()


def _own_topics(admin: Any) -> list[str]:
    return [topic for topic in admin.list_topics() if not topic.startswith("__")]


def _groups(admin: Any) -> list[str]:
    return [group["group_id"] if isinstance(group, dict) else group[0] for group in admin.list_groups()]


def _java() -> str:
    java = shutil.which("java")
    if java is None:
        raise Unusable("java is not installed; Apache Kafka needs 17 or newer")
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', told)
    if found is None or int(found.group(1)) < 17:
        raise Unusable(f"Apache Kafka needs Java 17 or newer, found: {told.splitlines()[:1]}")
    return java


def _version(jars: Path) -> str:
    (jar,) = jars.glob("kafka_2.13-*.jar")
    return jar.stem.removeprefix("kafka_2.13-")
