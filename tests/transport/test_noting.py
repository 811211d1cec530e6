"""What a mailer handed over is known before it hands over anything else, so a death doubles one mail at most: on SQLite and on
PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from shared import tables
from shared.bus.memory_log import MemoryLog
from shared.clock import SYSTEM
from shared.database import Database
from shared.mail.memory import MemoryTransport
from shared.mail.message import Mail
from shared.parts import TOPICS
from tests.transport.ledger import Station, described, record_of, station


class Watching(MemoryTransport):
    """Looks at the database of its mailer, by a handle of its own, whenever it is handed a mail."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.database, self.seen = database, list[list[str]]()

    def send(self, message_id: str, mail: Mail) -> None:
        """Keep it, and what is known of all mails at that moment."""
        super().send(message_id, mail)
        with self.database.reading() as connection:
            self.seen.append(
                list(connection.execute(select(tables.mails.c.status).order_by(tables.mails.c.id)).scalars())
            )


class TakingAway(Watching):
    """The table is gone after the first mail was taken, as if the database were."""

    steps: ClassVar = ("ALTER TABLE mails RENAME TO away", "ALTER TABLE away RENAME TO mails")

    def send(self, message_id: str, mail: Mail) -> None:
        """Keep it; the first one is the last for now."""
        super().send(message_id, mail)
        if len(self.mails) == 1:
            self.rename(0)

    def rename(self, step: int) -> None:
        """Away, or back again."""
        with self.database.writing() as connection:
            connection.execute(text(self.steps[step]))


def post_of(folder: Path, database: Database, transport: MemoryTransport) -> Station:
    """A process whose mails go there, with three of them to send to somebody it knows."""
    post = station(folder, database, MemoryLog(TOPICS, now=SYSTEM.now), transport)
    post.log.append([record_of(described("p", name="Ana Silva"), "event of p")])
    post.intake()
    with post.runtime.work() as work:
        for number in range(3):
            work.mail("note", "p", str(number))
    return post


def test_each_mail_is_known_to_have_left_before_the_next_one_does(
    tmp_path: Path, open_database: Callable[[], Database]
) -> None:
    transport = Watching(open_database())
    post = post_of(tmp_path, open_database(), transport)
    assert post.runtime.mail_turn() == 3
    assert transport.seen == [
        ["waiting", "waiting", "waiting"],
        ["sent", "waiting", "waiting"],
        ["sent", "sent", "waiting"],
    ]
    post.runtime.mailer.close()


def test_what_left_while_the_database_went_away_is_noted_when_it_is_back_and_does_not_leave_again(
    tmp_path: Path, open_database: Callable[[], Database]
) -> None:
    transport = TakingAway(open_database())
    post = post_of(tmp_path, open_database(), transport)
    with pytest.raises(DBAPIError):
        post.runtime.mail_turn()
    transport.rename(1)
    post.runtime.mail_turn()
    with post.runtime.reading() as connection:
        statuses = connection.execute(select(tables.mails.c.status).order_by(tables.mails.c.id)).scalars().all()
    assert (statuses, len(transport.mails)) == (["sent", "waiting", "waiting"], 1)  # the others wait for their lease
    post.runtime.mailer.close()
