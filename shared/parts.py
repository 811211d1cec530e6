"""The parts that a running service is made of, chosen by the settings: log, clock, mail transport, secret. Knows no
service and no business."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from shared import tables
from shared.bus.log import Log, Topic
from shared.clock import Clock, SharedClock, SystemClock
from shared.compute import Compute
from shared.contracts import COMPACTED_TOPICS, DEAD_LETTERS_TOPIC, KEPT_TOPICS
from shared.database import Database
from shared.mail.message import Transport
from shared.marks import Marks
from shared.settings import Settings

TOPICS: tuple[Topic, ...] = (
    *(Topic(name, 6 if name == "rapport.people" else 1, compacted=True) for name in COMPACTED_TOPICS),
    *(Topic(name, 6, compacted=False) for name in KEPT_TOPICS),
    Topic(DEAD_LETTERS_TOPIC, 1, compacted=False),
)


def new_id() -> str:
    """A new id: a UUID of version 7 (RFC 9562) as 32 hex characters. 48 bits of milliseconds, so that what is new lies
    together in every index, and 74 random ones. It names things and opens nothing
    by itself."""
    drawn = secrets.randbits(74)
    high = time.time_ns() // 1_000_000 << 16 | 7 << 12 | drawn >> 62
    return f"{high << 64 | 0b10 << 62 | drawn & (1 << 62) - 1:032x}"


@dataclass
class Parts:
    """What several services of one process share; None = made from the settings."""

    log: Log | None = None
    clock: Clock | None = None
    transport: Transport | None = None
    compute: Compute | None = None
    redis: Any = None
    new_id: Callable[[], str] = new_id
    databases: dict[str, Database] = field(default_factory=dict)
    marks: Marks | None = None


def with_secret(settings: Settings) -> Settings:
    """The settings with a secret key: the given one, or one that is made once and kept in the data folder."""
    if settings.secret_key:
        return settings
    path = settings.data / "secret"
    if not path.exists():
        settings.data.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{secrets.token_hex(4)}")
        draft.write_text(secrets.token_urlsafe(48))
        draft.chmod(0o600)
        with suppress(FileExistsError):  # the first of several processes wins
            path.hardlink_to(draft)
        draft.unlink()
    return replace(settings, secret_key=path.read_text().strip())


def clock_of(settings: Settings, database: Database) -> Clock:
    """The clock that the settings ask for."""
    if settings.clock == "system":
        return SystemClock()

    def offset() -> timedelta:
        with database.reading() as connection:
            seconds = connection.execute(select(tables.clock.c.offset_seconds)).scalar()
        return timedelta(seconds=seconds or 0)

    return SharedClock(offset)


def log_of(settings: Settings, clock: Clock) -> Log:
    """The event log that the settings ask for."""
    if settings.bus == "kafka":
        from shared.bus.kafka_log import KafkaLog

        return KafkaLog(settings.kafka_bootstrap, client_id="rapport")
    if settings.bus == "memory":
        from shared.bus.memory_log import MemoryLog

        return MemoryLog(TOPICS, now=clock.now)
    from shared.bus.embedded_log import EmbeddedLog

    return EmbeddedLog(
        Path(settings.data) / "log.db", TOPICS, now=SystemClock().now, owner=new_id(), durable=settings.durable
    )


def transport_of(settings: Settings, clock: Clock) -> Transport:
    """The way mails leave."""
    if settings.smtp_url:
        from shared.mail.smtp import SmtpTransport

        return SmtpTransport(settings.smtp_url, settings.mail_from, now=clock.now)
    from shared.mail.folder import FolderTransport

    return FolderTransport(settings.data / "outbox", settings.mail_from, now=clock.now, durable=settings.durable)
