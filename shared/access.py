"""Who may call what: signed API keys and sessions that every service verifies without asking anybody, and what was
revoked. It never sees a request; `shared/web/who.py` does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import Connection, bindparam, insert, select

from shared.contracts.access import AccessRevoked
from shared.tables import revocations
from shared.work import Work

ENDED = select(revocations.c.access).where(revocations.c.access == bindparam("access"))
DEFAULT_ACCOUNT = "0" * 32
PREFIX = "rk_"


@dataclass(frozen=True)
class Scope:
    """What a caller's queries are limited to: an account, and some of its conferences (by slug) or all."""

    account: str
    conferences: frozenset[str] | None = None

    def covers(self, account: str, slug: str) -> bool:
        """Whether a conference lies within."""
        return account == self.account and (self.conferences is None or slug in self.conferences)


@dataclass(frozen=True)
class Actor:
    """Whoever acts for an organizer: a logged-in person, a device at the door, an API key, or a visitor of the demo."""

    id: str
    access: str
    """The id of the session or key, by which it can be revoked."""
    kind: str
    """organizer, device, key, shop or demo; attendee, for what she says of herself"""
    role: str
    """owner, desk or kiosk; attendee, who may do nothing by it"""
    account: str
    conferences: frozenset[str] | None = None
    name: str = ""

    @property
    def scope(self) -> Scope:
        """What this actor's queries are limited to."""
        return Scope(self.account, self.conferences)

    def may_see(self, slug: str) -> bool:
        """Whether a conference of the own account is within reach."""
        return self.conferences is None or slug in self.conferences


class Access:
    """Signs and verifies with the key that all services share."""

    def __init__(self, secret_key: str) -> None:
        self._keys = URLSafeSerializer(secret_key, salt="rapport api key")

    def issue_key(self, *, key_id: str, account: str, conferences: frozenset[str] | None, role: str = "owner") -> str:
        """An API key for some conferences of an account (None = all)."""
        slugs = None if conferences is None else sorted(conferences)
        return PREFIX + str(self._keys.dumps({"i": key_id, "a": account, "c": slugs, "r": role}))

    def read_key(self, text: str) -> Actor | None:
        """Who comes with this key; None when it is not one of ours."""
        if not text.startswith(PREFIX) or len(text) > 2048:
            return None
        try:
            payload: dict[str, Any] = self._keys.loads(text[len(PREFIX) :])
            slugs = None if payload["c"] is None else frozenset(payload["c"])
            return Actor(payload["i"], payload["i"], "key", payload.get("r", "owner"), payload["a"], slugs)
        except (BadData, KeyError, TypeError, ValueError, AttributeError):
            return None


def revoke(access: str, work: Work) -> None:
    """End a session or a key here and now, and tell the other services."""
    if not is_revoked(work.connection, access):
        work.connection.execute(insert(revocations).values(access=access, at=work.now))
        work.publish_state(AccessRevoked, access)
        work.revoked.append(access)


def remember_revocation(event: AccessRevoked, work: Work) -> None:
    """Another service says that a session or key was ended."""
    if not is_revoked(work.connection, event.access):
        work.connection.execute(insert(revocations).values(access=event.access, at=event.at))


def revocation(connection: Connection, access: str) -> AccessRevoked | None:
    """The state behind a record of `rapport.access`."""
    row = connection.execute(select(revocations).where(revocations.c.access == access)).first()
    return None if row is None else AccessRevoked(access=row.access, at=row.at)


def is_revoked(connection: Connection, access: str) -> bool:
    """Whether a session or key was ended."""
    return connection.execute(ENDED, {"access": access}).first() is not None
