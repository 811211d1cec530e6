"""The composition root: chooses the concrete parts of one service from the settings, and runs its pages and its turns.

The embedded process, gunicorn, the workers, the simulation and the tests all build through `build`. No business here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from shared import tables
from shared.bus import dead_letters, outbox
from shared.bus.inbox import Intake
from shared.bus.log import Consumer, LeaseLost, LogUnavailable
from shared.compute import Child, Here
from shared.contracts import PersonDescribed
from shared.database import Database, Lease
from shared.links import Links
from shared.mail.queue import Mailer, pending_mails, waiting_mails
from shared.marks import Marks
from shared.migrate import migrate
from shared.outside import Outside
from shared.parts import Parts, clock_of, log_of, transport_of, with_secret
from shared.service import Service
from shared.settings import Settings
from shared.signals import Signals, redis_client
from shared.vault import Vault
from shared.work import Work

if TYPE_CHECKING:
    from flask import Flask

logger = logging.getLogger(__name__)

BATCH = 500
TIDY_EVERY = timedelta(days=1)
KEEP_SENT = timedelta(days=14)


class Wakes(Protocol):
    """What wakes somebody: an event of threads, or a call to another process."""

    def set(self) -> None:
        """Wake."""


class Runtime:
    """One running service: its database, its place in the log, its mails, its pages."""

    def __init__(self, service: Service, settings: Settings, parts: Parts) -> None:
        self.service, self.settings = service, settings
        self.redis = parts.redis if parts.redis is not None else redis_client(settings.redis_url)
        self.database = parts.databases.get(service.name) or Database(
            settings.database(service.name), durable=settings.durable
        )
        self.engine = self.database.engine
        self.clock = parts.clock or clock_of(settings, self.database)
        self.log = parts.log or log_of(settings, self.clock)
        self.transport = parts.transport or transport_of(settings, self.clock)
        self._compute = parts.compute or Here()
        self.new_id = parts.new_id
        self.owner = parts.new_id()
        self.links = Links(settings.secret_key)
        self.vault = Vault(settings.secret_key)
        self.outside = Outside(lenient=settings.may_call_itself)
        self._listeners: list[tuple[str | None, Wakes]] = []
        self.signals = Signals(self.redis) if self.redis is not None else None
        self.marks: Marks | None = self.signals or parts.marks
        self.group: Sequence[Runtime] = (self,)
        self._relay_lease = Lease(self.database, "relay", self.owner, 10)
        self._intake = Intake(service, self.work)
        self._consumer: Consumer | None = None
        self._tidied_at: datetime | None = None
        self._closed = False
        self.mailer = Mailer(
            service,
            open_work=self._reading_work,
            links=self.links,
            database=self.database,
            transport=self.transport,
            now=self.clock.now,
            owner=self.owner,
            domain=settings.mail_from,
        )

    # What handlers and due work get

    def now(self) -> datetime:
        """The present instant, UTC."""
        return self.clock.now()

    @contextmanager
    def work(self) -> Iterator[Work]:
        """A unit of work: commits at the end, rolls back on an exception, then wakes whoever sends."""
        now = self.clock.now()
        with self.database.writing() as connection:
            work = self._work(connection, now, self.links)
            yield work
            work.flush()
        if self.signals is not None:
            for access in work.revoked:
                self.signals.flag(f"revoked:{access}", 13 * 3600)
        if self.marks is not None and work.touched:
            self.marks.mark(work.touched, self.new_id())
        self.wake({"due", *(["relay"] if work.published else []), *(["mail"] if work.mailed else [])})

    @contextmanager
    def _reading_work(self, links: Links) -> Iterator[Work]:
        """What a mail is made with: it only reads, so that nobody has to wait while it is made."""
        with self.database.undone() as connection:
            work = self._work(connection, self.clock.now(), links)
            yield work
        if work.wrote:
            raise TypeError("who makes a mail may issue links and read, nothing else")

    def _work(self, connection: Connection, now: datetime, links: Links) -> Work:
        return Work(
            connection,
            service=self.service,
            now=now,
            new_id=self.new_id,
            links=links,
            base_url=self.settings.base_url,
        )

    @contextmanager
    def reading(self, *, one_moment: bool = False) -> Iterator[Connection]:
        """A connection that only reads, on request all of it as of one moment."""
        with self.database.reading(one_moment=one_moment) as connection:
            yield connection

    def mend_marks(self) -> None:
        """Where what pages show may have changed unsaid, everything is new now."""
        if self.signals is not None:
            self.signals.mend(self.new_id())

    def compute(self, function: Callable[[Any], Any], argument: Any) -> Any:
        """`function(argument)`, in a child process where the shape has one."""
        return self._compute(function, argument)

    def listen(self, event: Wakes, kind: str | None = None) -> None:
        """Have an event set when something was written that is for this kind of turn (None: for any)."""
        self._listeners.append((kind, event))

    def wake(self, kinds: Collection[str]) -> None:
        """Something was written for these: they look at once instead of at their next turn."""
        for kind, event in self._listeners:
            if kind is None or kind in kinds:
                event.set()
        if self.signals is not None:
            self.signals.publish(self.service.name, self.owner, kinds)

    def hear(self, kind: str | None = None) -> None:
        """Another process wrote something: whoever here does this kind of work looks (None: everybody)."""
        for own, event in self._listeners:
            if kind is None or own == kind:
                event.set()

    # Turns: each does some of what there is and says how much

    def relay_turn(self) -> int:
        """Publish outbox rows that were not sent. Raises LogUnavailable with nothing marked."""
        if not self._relay_lease.held(self.clock.now()):
            with self.reading() as connection:
                waiting = outbox.unsent(connection, 1)
            if not waiting or not self._relay_lease.hold(self.clock.now()):
                return 0
        with self.reading() as connection:
            rows = outbox.unsent(connection, BATCH)
            if not rows:
                return 0
            records = outbox.records(connection, rows, self.service.states, f"/{self.service.name}")
        self.log.append(records)
        now = self.clock.now()
        with self.database.writing() as connection:
            outbox.mark_sent(connection, [row.id for row in rows], now)
            if self._tidied_at is None or abs(now - self._tidied_at) > TIDY_EVERY:
                outbox.forget_sent(connection, now - KEEP_SENT)
                self._tidied_at = now
        return len(rows)

    def intake_turn(self, timeout: float = 0.0) -> int:
        """Handle what came. Raises what is transient; a lost lease only means that somebody else goes on."""
        if self._consumer is None:
            self._consumer = self.log.consumer(self.service.name, self.service.topics)
        try:
            return self._intake.turn(self._consumer, BATCH, timeout)
        except LeaseLost:
            logger.info("another process reads this part of the log by now", extra={"service": self.service.name})
            return 0

    def due_turn(self, *, seldom: bool | None = None) -> int:
        """Do some of what is due, on request of what is looked for seldom alone, or without that. Where something fails, the
        rest is done all the same; raises what failed first."""
        with self.reading() as connection:
            now = self.clock.now()
            looked_for = [due for due in self.service.due if seldom in (None, due.seldom)]
            waiting = [due for due in looked_for if (due.free or due.count)(connection, now)]
        done, failed = 0, None
        for due in waiting:
            try:
                done += due.run(self)
            except Exception as error:  # noqa: BLE001 - nobody stays without a plan because a rescue fails
                failed = failed or error
        if failed is not None:
            raise failed
        return done

    def mail_turn(self) -> int:
        """Send some of the mails that are due."""
        return self.mailer.turn()

    def turn(self) -> int:
        """One turn of everything, for tests and simulations."""
        return self.relay_turn() + self.intake_turn() + self.due_turn() + self.mail_turn()

    # What there is to say about it

    def pending(self) -> dict[str, int]:
        """What waits: `relay`, the service's own events and due work under its name, `mail`; all zero = quiet.

        `newest` is the id of the newest outbox row: whoever asks twice sees whether something moved in between.
        """
        now = self.clock.now()
        with self.reading() as connection:
            relay, newest = outbox.count_unsent(connection), outbox.newest_id(connection)
        try:
            lag = sum(self.log.lag(self.service.name, self.service.topics).values())
        except LogUnavailable:
            lag = 1  # nobody knows, so it is not quiet
        with self.reading() as connection:
            due = sum(item.count(connection, now) for item in self.service.due)
            mail = pending_mails(connection, now)
        return {"relay": relay, self.service.name: lag + due, "mail": mail, "newest": newest}

    def own_waiting_mails(self, conference: str) -> int:
        """How many mails about a conference are due in this service and have not left."""
        with self.reading() as connection:
            return waiting_mails(connection, conference, self.clock.now())

    def ready(self) -> bool:
        """Whether this service can take a registration: its database answers. The broker may be away."""
        try:
            with self.reading() as connection:
                connection.execute(select(tables.clock.c.id).limit(1)).first()
        except SQLAlchemyError:
            return False
        return True

    def dead_letters(self) -> int:
        """How many events could not be handled and wait for a redrive."""
        with self.reading() as connection:
            return dead_letters.count_waiting(connection)

    def redrive(self, row: Any) -> None:
        """Handle a dead letter again. Raises what its handler raises, Undecodable, LogUnavailable."""
        newest = None
        if row.topic == PersonDescribed.TOPIC:
            newest = dead_letters.newest_of(self.log, row, f"{self.service.name}-redrive-{self.new_id()}")
        with self.work() as work:
            self._intake.redrive(work, row, newest)

    def web_app(self) -> Flask:
        """The service's pages and API."""
        from shared.web.app import create_app

        return create_app(self)

    def migrate(self) -> None:
        """Bring the database to the newest version."""
        migrate(self.service, self.database)

    def close(self) -> None:
        """Leave the group, end connections; the last of those that share a log ends that too."""
        if self._consumer is not None:
            self._consumer.close()
            self._consumer = None
        self._relay_lease.release()
        self.mailer.close()
        self.transport.close()
        self._compute.close()
        self.database.close()
        self._closed = True
        if all(runtime._closed for runtime in self.group):
            self.log.close()


def build(service: Service, settings: Settings, parts: Parts | None = None) -> Runtime:
    """One service, made of the parts that the settings ask for or that are handed in."""
    return Runtime(service, with_secret(settings), parts or Parts())


def build_all(services: Sequence[Service], settings: Settings, parts: Parts | None = None) -> list[Runtime]:
    """Several services in one process: they share log, clock, mail transport and where plans are computed."""
    settings, parts = with_secret(settings), parts or Parts()
    first = services[0].name
    if first not in parts.databases:
        parts.databases[first] = Database(settings.database(first), durable=settings.durable)
    parts.clock = parts.clock or clock_of(settings, parts.databases[first])
    parts.log = parts.log or log_of(settings, parts.clock)
    parts.transport = parts.transport or transport_of(settings, parts.clock)
    parts.compute = parts.compute or Child()
    parts.redis = parts.redis if parts.redis is not None else redis_client(settings.redis_url)
    runtimes = [Runtime(service, settings, parts) for service in services]
    for runtime in runtimes:
        runtime.group = runtimes
    return runtimes
