"""The mailer: takes mails that are due from the database, renders them, hands them over, and says so in the database.

Each step is a short transaction of its own; none is open while a mail is handed over. A mail is claimed with an owner
and a lease longer than the transport's timeout, and the last update checks the owner. Message-ID is the row's id.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from itertools import islice
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, or_, select, update

from shared import address_book, conferences
from shared.database import Database
from shared.links import Links, LinksToCome
from shared.mail.claiming import LEASE, LEAVES, claim
from shared.mail.message import (
    Bundle,
    Mail,
    MailRefused,
    MailsStopped,
    MailUnavailable,
    NotYet,
    PersonUnknown,
    Told,
    Transport,
)
from shared.service import Service
from shared.tables import mails
from shared.work import LOOK_FOR_PERSON, LOOK_SELDOM, Work

logger = logging.getLogger(__name__)
GIVE_UP_AFTER = timedelta(hours=24)
MAKERS = 2
"""Who make mails at the same time: they mostly wait for a database that is not in this process."""
FRESH_SECONDS = 1.0
"""After which a mail that was made while another one left is made anew."""
IS_DUE = and_(mails.c.status == "waiting", mails.c.due_at <= bindparam("now"))
DUE = select(func.count()).select_from(mails).where(IS_DUE, LEAVES)
HELD = select(func.count()).select_from(mails).where(IS_DUE, mails.c.conference == bindparam("of_conference"))
OWNED = update(mails).where(mails.c.id.in_(bindparam("mails", expanding=True)), mails.c.owner == bindparam("mailer"))
OWNED_AND_WAITING = OWNED.where(mails.c.status == "waiting")


@dataclass(frozen=True, slots=True)
class Making:
    """What came of making a mail: the mail with what it tells of, the links that are new in it, or why it could not be
    made; and when that was, by the monotonic clock."""

    told: Told
    links: LinksToCome
    error: Exception | None
    at: float


@dataclass(frozen=True, slots=True)
class _Left:
    """Mails that were handed over as one at an instant, which the database does not know yet."""

    bundle: Bundle
    at: datetime


class _NotWhole(Exception):
    """Something that a mail tells of is not this mailer's any more."""


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
        self._maker = ThreadPoolExecutor(
            MAKERS, f"{service.name}-mails"
        )  # starts its threads when they are first needed
        self._left: _Left | None = None
        self._claimed_at = datetime.min.replace(tzinfo=UTC)
        self._domain = parseaddr(domain)[1].rpartition("@")[2] or "localhost"

    def turn(self) -> int:
        """Send up to 50 of the mails that are due; returns how many rows it dealt with."""
        self._note()  # where the database was away when the last one had left
        with self._database.reading() as connection:
            due = pending_mails(connection, self._now())
        if not due:
            self._transport.rest()
            return 0
        with self._database.writing() as connection:
            bundles = claim(connection, self._service.mails, self._owner, self._now())
        self._claimed_at = self._now()
        try:
            return sum(self._deal_with(bundle, made) for bundle, made in self._made(bundles))
        finally:
            self._note()

    def close(self) -> None:
        """End the threads that make mails, after what they are at."""
        self._maker.shutdown()

    def _made(self, bundles: Sequence[Bundle]) -> Iterator[tuple[Bundle, Making]]:
        """Every bundle with its mail; while one is handed over the next ones are made, and no mail leaves that was made long
        before: whoever was slow makes it anew."""
        if len(bundles) == 1:
            yield bundles[0], self._make(bundles[0])
            return
        coming: deque[Future[Making]] = deque()
        ahead = iter(bundles)
        for bundle in bundles:
            coming.extend(self._maker.submit(self._make, one) for one in islice(ahead, MAKERS + 1 - len(coming)))
            made = coming.popleft()
            if not made.done():
                self._note()  # nobody need wait for it to know that the last one left
            yield bundle, made.result()

    def _make(self, bundle: Bundle) -> Making:
        links = LinksToCome(self._links)
        try:
            with self._open_work(links) as work:
                conference = bundle.jobs[0].conference
                if conference and conferences.mails_stopped_at(work.connection, conference):
                    raise MailsStopped
                told = self._service.mails[bundle.jobs[0].kind].make(bundle.jobs, work)
                return Making(told, links, None, time.monotonic())
        except Exception as error:  # noqa: BLE001 - told to whoever waits for the mail
            return Making(Told(), links, error, time.monotonic())

    def _deal_with(self, bundle: Bundle, made: Making) -> int:
        if time.monotonic() - made.at > self.fresh_seconds:
            made = self._make(bundle)
        number = len(bundle.jobs)
        if isinstance(made.error, PersonUnknown):
            self._wait_for_person(bundle)
            return 0
        if isinstance(made.error, MailsStopped):
            self._update(bundle, None, lease_until=None)
            return 0
        if isinstance(made.error, NotYet):
            self._update(bundle, None, lease_until=None, due_at=made.error.until)
            return 0
        if made.error is not None and number > 1:
            return self._each_alone(bundle)
        if made.error is not None:
            (job,) = bundle.jobs
            logger.error("a mail could not be made", extra={"mail": job.id, "kind": job.kind}, exc_info=made.error)
            self._again(bundle)
            return 1
        bundle = self._without_unwanted(bundle, made.told)
        if made.told.mail is not None and self._may_leave(bundle, made.links):
            self._hand_over(bundle, made.told.mail)
        return number

    def _each_alone(self, bundle: Bundle) -> int:
        """Something about one of them cannot be said: the others do not wait for it."""
        self._update(bundle, None, bundle=None)
        alone = [replace(bundle, id=job.id, jobs=(job,)) for job in bundle.jobs]
        return sum(self._deal_with(one, self._make(one)) for one in alone)

    def _without_unwanted(self, bundle: Bundle, told: Told) -> Bundle:
        """What is no longer wanted is told to nobody."""
        kept = tuple(job for job in bundle.jobs if job.id in told.jobs)
        if len(kept) < len(bundle.jobs):
            left = tuple(job for job in bundle.jobs if job.id not in told.jobs)
            self._finish(replace(bundle, jobs=left), status="skipped")
        return replace(bundle, jobs=kept)

    def _wait_for_person(self, bundle: Bundle) -> None:
        """Look again soon, or now where the address came meanwhile. In this order: whoever tells of it either waits for
        the row of the mail, and then finds it, or is seen here."""
        now, first = self._now(), bundle.jobs[0]
        row = {**self._rows_of(bundle), "lease_until": None}
        wait = min(LOOK_SELDOM, max(LOOK_FOR_PERSON, (now - first.created_at) / 10))
        with self._database.writing() as connection:
            connection.execute(OWNED_AND_WAITING, {**row, "due_at": now + wait})
            if address_book.person(connection, first.person) is not None:
                connection.execute(OWNED_AND_WAITING, {**row, "due_at": now})

    def _may_leave(self, bundle: Bundle, links: LinksToCome) -> bool:
        """Whether this mailer may hand the mail over: it still owns it, and the links in it work from now on.

        What goes out at most once counts as sent before it is handed over. A link is only written while the mail is
        wanted: whoever drops a mail ends the links that are there.
        """
        if bundle.at_most_once:
            return self._finish(bundle, links, status="sent", sent_at=self._now())
        return self._still_mine(bundle, links)

    def _hand_over(self, bundle: Bundle, mail: Mail) -> None:
        said = {"mail": bundle.id, "kind": bundle.jobs[0].kind}
        self._note()  # one at a time may have left without the database knowing it
        try:
            self._transport.send(f"<{bundle.id}@{self._domain}>", mail)
        except MailRefused:
            logger.warning("a mail was refused", extra=said)
            self._finish(bundle, status="failed", any_status=bundle.at_most_once)
        except MailUnavailable:
            if bundle.at_most_once:  # nobody knows whether it left; asking twice is worse than not asking
                logger.warning("a mail that goes out at most once may be lost", extra=said)
                self._finish(bundle, status="failed", any_status=True)
            else:
                self._again(bundle)
        else:
            if not bundle.at_most_once:
                self._left = _Left(bundle, self._now())

    def _note(self) -> None:
        """Say that the last one left, where nothing else was written since."""
        if self._left is not None:
            with self._writing():
                pass

    def _still_mine(self, bundle: Bundle, links: LinksToCome) -> bool:
        """Renews the lease where a slow server may have used up much of it for those before, or where there are links
        to write, or where one of several may have been dropped meanwhile."""
        now = self._now()
        if not links.new and len(bundle.jobs) == 1 and self._claimed_at <= now < self._claimed_at + LEASE / 2:
            return True
        return self._update(bundle, links, lease_until=now + LEASE)

    def _again(self, bundle: Bundle) -> None:
        first, now = bundle.jobs[0], self._now()
        attempts = first.attempts + 1
        if now - first.created_at > GIVE_UP_AFTER and attempts > 5:
            self._finish(bundle, status="failed", attempts=attempts)
        else:
            pause = timedelta(seconds=min(600, 2 ** min(attempts, 10)))
            self._finish(bundle, status="waiting", attempts=attempts, due_at=now + pause)

    def _finish(
        self, bundle: Bundle, links: LinksToCome | None = None, *, any_status: bool = False, **values: Any
    ) -> bool:
        """Say what became of it, where this mailer still owns it."""
        return self._update(bundle, links, any_status=any_status, lease_until=None, **values)

    def _update(self, bundle: Bundle, links: LinksToCome | None, /, *, any_status: bool = False, **values: Any) -> bool:
        """True when all of it was this mailer's. Otherwise only what was is changed; nothing where it is to leave
        (`links`): a mail that tells of something that was dropped meanwhile does not."""
        mine = OWNED if any_status else OWNED_AND_WAITING
        done = False
        with suppress(_NotWhole), self._writing() as connection:
            done = connection.execute(mine, {**self._rows_of(bundle), **values}).rowcount == len(bundle.jobs)
            if links is not None and not done:
                raise _NotWhole  # the transaction ends as if nothing had been written
            if links is not None and links.new:
                links.write(connection)
        return done

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction that says first that the last mail left: a transaction of its own would be half of what a mail
        costs. Where it is undone that is still to be said."""
        left = self._left
        with self._database.writing() as connection:
            if left is not None:
                sent = {"status": "sent", "sent_at": left.at, "lease_until": None}
                connection.execute(OWNED_AND_WAITING, {**self._rows_of(left.bundle), **sent})
            yield connection
        self._left = None

    def _rows_of(self, bundle: Bundle) -> dict[str, Any]:
        return {"mails": [job.id for job in bundle.jobs], "mailer": self._owner}


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
