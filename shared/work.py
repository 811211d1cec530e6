"""What a handler may touch: one open transaction, the time, fresh ids, events and mails to come. Nothing leaves the
process from here; the relay and the mailer send what was written, after the transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Executable, insert, update

from shared import tables
from shared.bus import outbox
from shared.contracts import COMPACTED_TOPICS, Event
from shared.database import unless_known
from shared.links import Links, To

if TYPE_CHECKING:
    from shared.access import Actor
    from shared.service import Service

LOOK_FOR_PERSON, LOOK_SELDOM = timedelta(seconds=2), timedelta(seconds=60)
"""After which a mail looks again for an address that was not known; the longer one where it has long not been known."""
NEW_MAIL = unless_known(tables.mails, "business_key")
AUDIT = insert(tables.audit)


class Undeclared(TypeError):
    """The service publishes an event that its service.py does not declare."""


class Work:
    """A unit of work: everything done through it happens together or not at all."""

    def __init__(
        self,
        connection: Connection,
        *,
        service: Service,
        now: datetime,
        new_id: Callable[[], str],
        links: Links,
        base_url: str = "",
    ) -> None:
        self._connection = connection
        self._rows: dict[Executable, list[dict[str, Any]]] = {}
        self.dialect = connection.dialect.name
        self.heard = ""
        """The id of the event that is being handled, where it is one."""
        self.seen: dict[Any, Any] = {}
        """What was read in this unit of work, for whoever keeps it true while it changes."""
        self.service = service
        self.now = now
        self.new_id = new_id
        self.links = links
        self.base_url = base_url
        self.wrote = False
        """Whether events, mails, links or audit lines were written, or are to be."""
        self.published = 0
        self.mailed = 0
        self.revoked: list[str] = []
        """Sessions and keys that this ends; who waits for the event hears of it at once by a signal."""
        self.touched: set[str] = set()
        """Ids of what pages show differently from now on; where there is Redis, they hear of it by a mark."""

    @property
    def connection(self) -> Connection:
        """The open transaction. Whoever asks for it finds everything in it that was left for later."""
        if self._rows:
            self.flush()
        return self._connection

    def later(self, statement: Executable, row: dict[str, Any]) -> None:
        """Have a row written whose writing tells nothing: together with others of this statement, before anybody looks
        and at the end at the latest. A batch of events then takes a few statements instead of a few for each."""
        rows = self._rows.setdefault(statement, [])
        if rows and rows[0].keys() != row.keys():
            raise ValueError("rows of one statement have the same columns, or some would be lost")
        rows.append(row)
        self.wrote = True

    def flush(self) -> None:
        """Write what was left for later."""
        rows, self._rows = self._rows, {}
        for statement, values in rows.items():
            self._connection.execute(statement, values)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A part that, when it raises, is undone alone: rows left for later, events and mails of it included."""
        before = self.published, self.mailed, len(self.revoked)
        with self.connection.begin_nested():
            try:
                yield
                self.flush()
            except BaseException:
                self._rows.clear()
                self.seen.clear()
                self.published, self.mailed, revoked = before
                del self.revoked[revoked:]
                raise

    def publish(self, event: Event | None) -> None:
        """Say that something happened, to everybody, once this transaction is there. None = nothing happened.

        Raises Undeclared, RecordTooLarge (over 64 KiB).
        """
        if event is None:
            return
        self._declared(type(event))
        if event.TOPIC in COMPACTED_TOPICS:
            raise Undeclared(f"{event.TYPE} lives on a compacted topic: use publish_state")
        event_id = self.new_id()
        self.later(outbox.NEW, outbox.row_of_event(event, event_id=event_id, now=self.now))
        self.published += 1
        self.service.beside(event, event_id, self)

    def publish_state(self, event_type: type[Event], key: str) -> None:
        """Say that the state behind `key` is new or gone; the relay reads it when it sends (compacted topics)."""
        self._declared(event_type)
        self.later(outbox.NEW, outbox.row_of_state(event_type, key, event_id=self.new_id(), now=self.now))
        self.published += 1

    def mail(
        self,
        kind: str,
        person: str,
        business_key: str,
        *,
        conference: str | None = None,
        due_at: datetime | None = None,
        **args: Any,
    ) -> None:
        """Have a mail sent to a person, at or after `due_at`; `args` are ids and codes. Asking twice for this very mail (kind
        and business key) sends once."""
        self.later(NEW_MAIL[self.dialect], self._row_of_mail(kind, person, business_key, conference, due_at, args))
        self.mailed += 1

    def first_mail(self, kind: str, person: str, business_key: str, *, conference: str, **args: Any) -> bool:
        """As `mail`, for one that is due now; False when this very mail was asked for before."""
        values = self._row_of_mail(kind, person, business_key, conference, None, args)
        added = self.connection.execute(NEW_MAIL[self.dialect], values).rowcount == 1
        self.mailed += added
        self.wrote = True
        return added

    def _row_of_mail(
        self,
        kind: str,
        person: str,
        business_key: str,
        conference: str | None,
        due_at: datetime | None,
        args: dict[str, Any],
    ) -> dict[str, Any]:
        declared = self.service.mails[kind]
        return {
            "id": self.new_id(),
            "kind": kind,
            "business_key": f"{kind}|{business_key}",
            "person": person,
            "conference": conference,
            "args": args,
            "at_most_once": declared.at_most_once,
            "created_at": self.now,
            "due_at": due_at or self.now,
            "status": "waiting",
            "attempts": 0,
        }

    def hurry_mails(self, person: str) -> None:
        """Mails that waited for her address are due now: nobody takes the service for quiet meanwhile."""
        waiting = update(tables.mails).where(tables.mails.c.person == person, tables.mails.c.status == "waiting")
        soon = tables.mails.c.due_at <= self.now + LOOK_SELDOM
        self.mailed += self.connection.execute(waiting.where(soon).values(due_at=self.now)).rowcount

    def drop_mails(self, *, person: str | None = None, business_keys: tuple[str, ...] = ()) -> None:
        """Mails that still wait and are no longer wanted: all of a person, or those with these `kind|key`s."""
        waiting = update(tables.mails).where(tables.mails.c.status == "waiting").values(status="skipped")
        if person is not None:
            self.connection.execute(waiting.where(tables.mails.c.person == person))
        if business_keys:
            self.connection.execute(waiting.where(tables.mails.c.business_key.in_(business_keys)))

    def let_mails_go(self, conference: str, stopped_at: datetime | None, dropped_until: datetime | None) -> None:
        """Mails about a conference leave again; those that were due by `dropped_until` are not sent any more."""
        if dropped_until is not None:
            waits = tables.mails.c.conference == conference, tables.mails.c.status == "waiting"
            late = tables.mails.c.due_at <= dropped_until
            self.connection.execute(update(tables.mails).where(*waits, late).values(status="skipped"))
        if stopped_at is not None:
            self.mailed += 1  # whoever sends looks at once

    def link(
        self, purpose: str, object_id: str, person: str, *, version: int = 1, expires_at: datetime | None = None
    ) -> str:
        """A capability token for this person, object, purpose and version; the same one whenever it is asked for again."""
        (token,) = self.issue(To(purpose, object_id, person, version, expires_at))
        return token

    def issue(self, *wanted: To) -> list[str]:
        """Several capability tokens at once."""
        return self.links.issue(self, *wanted)

    def audit(
        self,
        action: str,
        actor: Actor,
        *,
        conference: str | None = None,
        object_id: str | None = None,
        **details: Any,
    ) -> None:
        """One row per organizer action: who did what to which object (ids and codes only)."""
        values = {
            "at": self.now,
            "account": actor.account,
            "conference": conference,
            "actor": actor.id,
            "actor_kind": actor.kind,
            "action": action,
            "object": object_id,
            "details": details or None,
        }
        self.later(AUDIT, values)

    def _declared(self, event_type: type[Event]) -> None:
        if event_type not in self.service.publishes:
            raise Undeclared(f"{self.service.name} does not declare {event_type.TYPE}")
