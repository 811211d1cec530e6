"""The mailer: takes mails that are due from the database, renders them, hands them over, and says so in the database.

Each step is a short transaction of its own; none is open while a mail is handed over. A mail is claimed with an owner
and a lease longer than the transport's timeout, and the last update checks the owner. Message-ID is the row's id.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, or_, select, update

from shared import address_book, conferences
from shared.database import Database
from shared.links import Links, LinksToCome
from shared.mail.message import Mail, MailJob, MailRefused, MailsStopped, MailUnavailable, PersonUnknown, Transport
from shared.service import Service
from shared.tables import known_conferences, mails
from shared.work import LOOK_FOR_PERSON, LOOK_SELDOM, Work

logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
BATCH = 50
GIVE_UP_AFTER = timedelta(hours=24)
FRESH_SECONDS = 1.0
"""After which a mail that was made while another one left is made anew."""
STOPPED = select(known_conferences.c.conference).where(known_conferences.c.mails_stopped_at.is_not(None))
LEAVES = or_(mails.c.conference.is_(None), mails.c.conference.not_in(STOPPED))
"""About no conference (a login), or about one whose mails nobody stopped."""
IS_DUE = and_(mails.c.status == "waiting", mails.c.due_at <= bindparam("now"))
DUE = select(func.count()).select_from(mails).where(IS_DUE, LEAVES)
HELD = select(func.count()).select_from(mails).where(IS_DUE, mails.c.conference == bindparam("of_conference"))
OWNED = update(mails).where(mails.c.id == bindparam("mail"), mails.c.owner == bindparam("mailer"))
OWNED_AND_WAITING = OWNED.where(mails.c.status == "waiting")


@dataclass(frozen=True, slots=True)
class Making:
    """What came of making a mail: the mail (None: it is not wanted any more), the links that are new in it, or why it
    could not be made; and when that was, by the monotonic clock."""

    mail: Mail | None
    links: LinksToCome
    error: Exception | None
    at: float


class Mailer:
    """Sends the mails of one service."""

    def __init__(
        self,
        service: Service,
        *,
        open_work: Callable[[Links], AbstractContextManager[Work]],
        links: Links,
        database: Database,
        transport: Transport,
        now: Callable[[], datetime],
        owner: str,
        domain: str,
    ) -> None:
        self._service, self._open_work, self._links, self._database = service, open_work, links, database
        self._transport, self._now, self._owner = transport, now, owner
        self.fresh_seconds = FRESH_SECONDS
        self._maker = ThreadPoolExecutor(1, f"{service.name}-mails")  # starts its thread when it is first needed
        self._claimed_at = datetime.min.replace(tzinfo=UTC)
        self._domain = parseaddr(domain)[1].rpartition("@")[2] or "localhost"

    def turn(self) -> int:
        """Send up to 50 of the mails that are due; returns how many rows it dealt with."""
        with self._database.reading() as connection:
            due = pending_mails(connection, self._now())
        if not due:
            self._transport.rest()
            return 0
        jobs = self._claim()
        self._claimed_at = self._now()
        return sum(self._deal_with(job, made, at_most_once) for job, made, at_most_once in self._made(jobs))

    def close(self) -> None:
        """End the thread that makes mails, after the one that it is at."""
        self._maker.shutdown()

    def _made(self, jobs: Sequence[tuple[MailJob, bool]]) -> Iterator[tuple[MailJob, Making, bool]]:
        """Every job with its mail; while one is handed over the next one is made, and no mail leaves that was made long
        before: whoever was slow makes it anew."""
        coming: Future[Making] | None = None
        for (job, at_most_once), following in zip_longest(jobs, jobs[1:]):
            made = self._make(job) if coming is None else coming.result()
            coming = None if following is None else self._maker.submit(self._make, following[0])
            yield job, made, at_most_once

    def _make(self, job: MailJob) -> Making:
        links = LinksToCome(self._links)
        try:
            with self._open_work(links) as work:
                if job.conference and conferences.mails_stopped_at(work.connection, job.conference):
                    raise MailsStopped
                return Making(self._service.mails[job.kind].render(job, work), links, None, time.monotonic())
        except Exception as error:  # noqa: BLE001 - told to whoever waits for the mail
            return Making(None, links, error, time.monotonic())

    def _claim(self) -> list[tuple[MailJob, bool]]:
        now = self._now()
        with self._database.writing() as connection:
            rows = connection.execute(
                select(mails)
                .where(_free(now))
                .order_by(mails.c.due_at, mails.c.id)
                .limit(BATCH)
                .with_for_update(skip_locked=True)
            ).all()
            if rows:
                ids = [row.id for row in rows]
                connection.execute(
                    update(mails).where(mails.c.id.in_(ids)).values(owner=self._owner, lease_until=now + LEASE)
                )
            # Whoever had it before died over it, perhaps behind the handing over: that was a try.
            if left := [row.id for row in rows if row.lease_until is not None]:
                connection.execute(update(mails).where(mails.c.id.in_(left)).values(attempts=mails.c.attempts + 1))
        return [(_job(row), row.at_most_once) for row in rows]

    def _deal_with(self, job: MailJob, made: Making, at_most_once: bool) -> int:
        if time.monotonic() - made.at > self.fresh_seconds:
            made = self._make(job)
        if isinstance(made.error, PersonUnknown):
            self._wait_for_person(job)
            return 0
        if isinstance(made.error, MailsStopped):
            self._update(job, None, lease_until=None)
            return 0
        if made.error is not None:
            logger.error("a mail could not be made", extra={"mail": job.id, "kind": job.kind}, exc_info=made.error)
            self._again(job)
            return 1
        if made.mail is None:
            self._finish(job, status="skipped")
            return 1
        if self._may_leave(job, at_most_once, made.links):
            self._hand_over(job, made.mail, at_most_once)
        return 1

    def _wait_for_person(self, job: MailJob) -> None:
        """Look again soon, or now where the address came meanwhile. In this order: whoever tells of it either waits for
        the row of the mail, and then finds it, or is seen here."""
        now = self._now()
        row = {"mail": job.id, "mailer": self._owner, "lease_until": None}
        wait = min(LOOK_SELDOM, max(LOOK_FOR_PERSON, (now - job.created_at) / 10))
        with self._database.writing() as connection:
            connection.execute(OWNED_AND_WAITING, {**row, "due_at": now + wait})
            if address_book.person(connection, job.person) is not None:
                connection.execute(OWNED_AND_WAITING, {**row, "due_at": now})

    def _may_leave(self, job: MailJob, at_most_once: bool, links: LinksToCome) -> bool:
        """Whether this mailer may hand the mail over: it still owns it, and the links in it work from now on.

        What goes out at most once counts as sent before it is handed over. A link is only written while the mail is
        wanted: whoever drops a mail ends the links that are there.
        """
        if at_most_once:
            return self._finish(job, links, status="sent", sent_at=self._now())
        return self._still_mine(job, links)

    def _hand_over(self, job: MailJob, mail: Mail, at_most_once: bool) -> None:
        try:
            self._transport.send(f"<{job.id}@{self._domain}>", mail)
        except MailRefused:
            logger.warning("a mail was refused", extra={"mail": job.id, "kind": job.kind})
            self._finish(job, status="failed", any_status=at_most_once)
        except MailUnavailable:
            if at_most_once:  # nobody knows whether it left; a question that is asked twice is worse than one not asked
                logger.warning(
                    "a mail that goes out at most once may be lost", extra={"mail": job.id, "kind": job.kind}
                )
                self._finish(job, status="failed", any_status=True)
            else:
                self._again(job)
        else:
            if not at_most_once:
                self._finish(job, status="sent", sent_at=self._now())

    def _still_mine(self, job: MailJob, links: LinksToCome) -> bool:
        """Renews the lease where a slow server may have used up much of it for those before, or where there are links
        to write."""
        now = self._now()
        if not links.new and self._claimed_at <= now < self._claimed_at + LEASE / 2:
            return True
        return self._update(job, links, lease_until=now + LEASE)

    def _again(self, job: MailJob) -> None:
        now, attempts = self._now(), job.attempts + 1
        if now - job.created_at > GIVE_UP_AFTER and attempts > 5:
            self._finish(job, status="failed", attempts=attempts)
        else:
            pause = timedelta(seconds=min(600, 2 ** min(attempts, 10)))
            self._finish(job, status="waiting", attempts=attempts, due_at=now + pause)

    def _finish(
        self, job: MailJob, links: LinksToCome | None = None, *, any_status: bool = False, **values: Any
    ) -> bool:
        """Say what became of it, where this mailer still owns it."""
        return self._update(job, links, any_status=any_status, lease_until=None, **values)

    def _update(self, job: MailJob, links: LinksToCome | None, *, any_status: bool = False, **values: Any) -> bool:
        mine = OWNED if any_status else OWNED_AND_WAITING
        with self._database.writing() as connection:
            done = connection.execute(mine, {"mail": job.id, "mailer": self._owner, **values}).rowcount == 1
            if done and links is not None and links.new:
                links.write(connection)
        return done


def _free(now: datetime) -> Any:
    return and_(
        mails.c.status == "waiting",
        mails.c.due_at <= now,
        LEAVES,
        or_(mails.c.lease_until.is_(None), mails.c.lease_until <= now, mails.c.lease_until > now + LEASE),
    )


def _job(row: Any) -> MailJob:
    return MailJob(
        id=row.id,
        kind=row.kind,
        person=row.person,
        conference=row.conference,
        args=row.args,
        created_at=row.created_at,
        attempts=row.attempts,
    )


def pending_mails(connection: Connection, now: datetime) -> int:
    """How many mails are due and not yet sent, those under way included; those that are stopped are not."""
    return connection.execute(DUE, {"now": now}).scalar_one()


def waiting_mails(connection: Connection, conference: str, now: datetime) -> int:
    """How many mails about a conference are due and have not left, stopped or not."""
    return connection.execute(HELD, {"of_conference": conference, "now": now}).scalar_one()


def may_have_left(
    connection: Connection, person: str, kinds: Sequence[str], before: datetime | None = None
) -> Sequence[Mapping[str, Any]]:
    """The args of a person's mails of these kinds that were sent (until `before`), or that were tried and then no longer
    wanted."""
    sent = mails.c.status == "sent"
    left = or_(sent if before is None else and_(sent, mails.c.sent_at <= before), mails.c.attempts > 0)
    hers = mails.c.person == person, mails.c.kind.in_(list(kinds))
    return connection.execute(select(mails.c.args).where(*hers, left)).scalars().all()


def asked_for(connection: Connection, person: str, kind: str) -> Sequence[Mapping[str, Any]]:
    """The args of all of a person's mails of a kind, whatever became of them."""
    return (
        connection.execute(select(mails.c.args).where(mails.c.person == person, mails.c.kind == kind)).scalars().all()
    )


def sent_kinds(connection: Connection, person: str) -> Sequence[str]:
    """The kinds of mail that a person was sent, in order."""
    return (
        connection.execute(
            select(mails.c.kind).where(mails.c.person == person, mails.c.status == "sent").order_by(mails.c.sent_at)
        )
        .scalars()
        .all()
    )
