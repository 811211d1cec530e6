"""A tiny service, so that outbox, inbox, dead letters and mails are tried as every service uses them: it counts the
relationships it hears of, says so, writes a mail for each, and keeps an address book."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, insert, select, update

from shared import address_book, tables
from shared.bus import dead_letters, envelope
from shared.bus.log import Log, NewRecord
from shared.clock import FixedClock
from shared.compute import Here
from shared.contracts import Event, PersonDescribed, RelationshipContacted, RelationshipStarted
from shared.database import Database
from shared.errors import Retryable
from shared.mail import person_or_wait
from shared.mail.message import Mail, MailJob, PersonUnknown, Told, Transport
from shared.parts import Parts
from shared.runtime import Runtime, build
from shared.service import MailKind, Service
from shared.settings import Settings
from shared.work import Work

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
SECRET = "a secret that only tests know, long enough"
metadata = MetaData(naming_convention=tables.NAMING)
entries = Table(
    "entries", metadata, Column("relationship", String(32), primary_key=True), Column("seen", Integer, nullable=False)
)
people = Table(
    "people", metadata, Column("person", String(32), primary_key=True), Column("version", Integer, nullable=False)
)


class Ledger:
    """The service's handlers, and what is wrong with them at the moment."""

    def __init__(self) -> None:
        self.broken: set[str] = set()
        """Ids whose events it cannot handle."""
        self.away: set[str] = set()
        """Ids whose events it cannot handle for now."""
        self.unwanted: set[str] = set()
        """What no mail tells of any more."""
        self.meanwhile: Callable[[], object] = lambda: None
        """What happens while a slow mail is made."""

    def count(self, event: RelationshipStarted, work: Work) -> None:
        """Count it, say so, write a mail."""
        self._try(event.relationship)
        row = work.connection.execute(select(entries).where(entries.c.relationship == event.relationship)).first()
        if row is None:
            work.connection.execute(insert(entries).values(relationship=event.relationship, seen=1))
        else:
            same = entries.c.relationship == event.relationship
            work.connection.execute(update(entries).where(same).values(seen=row.seen + 1))
        work.publish(contacted(event.relationship))
        work.mail("note", event.mentor, event.relationship)

    def remember(self, event: PersonDescribed, work: Work) -> None:
        """Keep her in the address book."""
        self._try(event.person)
        address_book.remember(event, work)

    def too_slow(self, job: MailJob, work: Work) -> Mail | None:
        """A mail that finds no address, which comes right after it looked."""
        try:
            return _note(job, work)
        except PersonUnknown:
            self.meanwhile()
            raise

    def news(self, jobs: Sequence[MailJob], work: Work) -> Told:
        """One mail with all that is wanted, named by its business keys."""
        person = person_or_wait(work.connection, jobs[0].person)
        names = {job.id: job.args["name"] for job in jobs}
        for name in names.values():
            self._try(name)
        self.meanwhile()
        kept = {id_: name for id_, name in names.items() if name not in self.unwanted}
        mail = Mail(
            to_name=person.name,
            to_address=person.email,
            subject="News",
            text=" ".join(kept.values()) + "\n",
            html="<p>Hello.</p>",
        )
        return Told(mail, frozenset(kept)) if kept else Told()

    def _try(self, id_: str) -> None:
        if id_ in self.broken:
            raise ZeroDivisionError
        if id_ in self.away:
            raise Retryable

    @property
    def service(self) -> Service:
        """It as a value."""
        return Service(
            name="ledger",
            metadata=metadata,
            publishes=frozenset({RelationshipContacted, PersonDescribed}),
            handles={RelationshipStarted: self.count, PersonDescribed: self.remember},
            tombstones={PersonDescribed: address_book.forget},
            states={PersonDescribed: _state},
            mails={
                "note": MailKind(render=_note),
                "question": MailKind(render=_note, at_most_once=True),
                "careless": MailKind(render=_careless),
                "slow": MailKind(render=self.too_slow),
                "news": MailKind(together=self.news),
                "agenda": MailKind(together=self.news, ahead=timedelta(minutes=30), at_most_once=True),
            },
        )


def _state(connection: Connection, person: str) -> Event | None:
    row = connection.execute(select(people).where(people.c.person == person)).first()
    return None if row is None else described(person, row.version)


def _note(job: MailJob, work: Work) -> Mail | None:
    person = person_or_wait(work.connection, job.person)
    return Mail(to_name=person.name, to_address=person.email, subject="A note", text="Hello.\n", html="<p>Hello.</p>")


def _careless(job: MailJob, work: Work) -> Mail | None:
    work.publish(contacted(job.id))  # nobody would ever hear of it
    return _note(job, work)


def started(relationship: str, version: int = 1) -> RelationshipStarted:
    """A relationship that started."""
    return RelationshipStarted(
        relationship=relationship,
        version=version,
        at=NOON,
        account="0" * 32,
        conference="c" * 32,
        mentor=f"mentor of {relationship}"[:32],
        mentee=f"mentee of {relationship}"[:32],
    )


def contacted(relationship: str) -> RelationshipContacted:
    """What the ledger says when it has counted."""
    return RelationshipContacted(**vars(started(relationship)), question="week")


def described(person: str, version: int = 1, name: str = "Ana Silva") -> PersonDescribed:
    """A person."""
    return PersonDescribed(
        person=person, version=version, account="0" * 32, name=name, email="ana@example.org", locale="en"
    )


def record_of(event: Event, event_id: str) -> NewRecord:
    """An event as a relay would append it."""
    return envelope.record(
        topic=event.TOPIC,
        key=event.key,
        payload=envelope.dump(event),
        event_id=event_id,
        kind=event.TYPE,
        version=event.VERSION,
        source="/tests",
        time=NOON,
    )


def tombstone(person: str, event_id: str) -> NewRecord:
    """The end of a person."""
    return envelope.record(
        topic=PersonDescribed.TOPIC,
        key=person,
        payload=None,
        event_id=event_id,
        kind=PersonDescribed.TYPE,
        version=1,
        source="/tests",
        time=NOON,
    )


OpenRuntime = Callable[..., "Station"]


@dataclass
class Station:
    """One process of the service."""

    ledger: Ledger
    runtime: Runtime
    clock: FixedClock
    log: Log

    def counted(self) -> dict[str, int]:
        """Relationship -> how often it was counted."""
        with self.runtime.reading() as connection:
            return {row.relationship: row.seen for row in connection.execute(select(entries))}

    def asked_mails(self) -> list[str]:
        """The business keys of all mails, in order."""
        with self.runtime.reading() as connection:
            return list(connection.execute(select(tables.mails.c.business_key).order_by("business_key")).scalars())

    def said(self) -> list[str]:
        """The keys of all events that it wrote into its outbox, dead letters aside, in order."""
        kept = select(tables.outbox.c.key).where(tables.outbox.c.type != "dead_letter").order_by(tables.outbox.c.id)
        with self.runtime.reading() as connection:
            return list(connection.execute(kept).scalars())

    def letters(self) -> Sequence[Any]:
        """The dead letters that wait."""
        with self.runtime.reading() as connection:
            return dead_letters.waiting(connection)

    def intake(self) -> int:
        """Handle all that came."""
        total = 0
        while done := self.runtime.intake_turn():
            total += done
        return total

    def redrive(self) -> list[str]:
        """Redrive everything that waits, in the order of the log; the names of the errors met."""
        met = []
        for row in sorted(self.letters(), key=lambda row: (row.topic, row.partition, row.position)):
            try:
                self.runtime.redrive(row)
            except Exception as error:
                met.append(type(error).__name__)
        return met


def station(
    folder: Path, database: Database, log: Log, transport: Transport, *, ledger: Ledger | None = None, redis: Any = None
) -> Station:
    """A process of the service on this database and log."""
    clock, ledger = FixedClock(NOON), ledger or Ledger()
    parts = Parts(
        log=log, clock=clock, transport=transport, compute=Here(), redis=redis, databases={"ledger": database}
    )
    settings = Settings(data=folder, secret_key=SECRET, bus="memory")
    return Station(ledger, build(ledger.service, settings, parts), clock, log)


def create_tables(database: Database) -> None:
    """The tables of the service, empty."""
    tables.metadata.create_all(database.engine)
    metadata.create_all(database.engine)
