"""Capability links: who holds one may do one thing to one object as one person, until its version or time is over.

A token can be made again (for later mails) while only hashes are stored: it is the first 26 characters (130 bits) of
base32 HMAC-SHA256(link key, purpose | object | person | version). It never sees a web request.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, select, update

from shared.database import unless_known
from shared.errors import NotFound
from shared.tables import address_book, links

if TYPE_CHECKING:
    from shared.work import Work

KNOWN = select(links.c.hash).where(links.c.hash.in_(bindparam("hashes", expanding=True)))
NEW = unless_known(links, "hash")
HOLDER = (
    select(links.c.person, links.c.object, links.c.revoked_at, links.c.expires_at, address_book.c.locale)
    .outerjoin(address_book, address_book.c.person == links.c.person)
    .where(links.c.hash == bindparam("hash"))
)
CONCERN = "concern"
"""Purpose of the link by which somebody reports a concern: about herself, so that it outlives whatever else ends."""


class LinkOver(NotFound):
    """This link is not valid, or not valid any more."""

    code = "link-over"

    def __init__(self, *, guessed: bool = False) -> None:
        super().__init__()
        self.guessed = guessed
        """Whether there never was such a link. A room full of people opens old mails, too, behind one address."""


@dataclass(frozen=True, slots=True)
class To:
    """What a link is for: who may do what to which object, in which version of it, until when."""

    purpose: str
    object: str
    person: str
    version: int = 1
    expires_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Whose valid link it is."""

    person: str
    is_attendee: bool
    """False of the link of an organizer or a device, and of the one for concerns: they are about whoever holds them."""
    locale: str | None
    """None where she is not known here."""


@dataclass(frozen=True, kw_only=True)
class Link:
    """What a token stands for. The purpose and the object come from here, never from the URL."""

    hash: str
    purpose: str
    object: str
    person: str
    version: int


class Links:
    """Makes and resolves tokens with one secret key."""

    def __init__(self, secret_key: str) -> None:
        self._key = hashlib.sha256(b"rapport links|" + secret_key.encode()).digest()
        self._marks = hashlib.sha256(b"rapport marks|" + secret_key.encode()).digest()

    def token(self, purpose: str, object_id: str, person: str, version: int) -> str:
        """The token, 26 lowercase base32 characters."""
        message = f"{purpose}|{object_id}|{person}|{version}".encode()
        digest = hmac.digest(self._key, message, "sha256")
        return base64.b32encode(digest).decode().lower()[:26]

    def concern(self, person: str) -> str:
        """The token by which somebody reports a concern; registration makes it known when she registers."""
        return self.token(CONCERN, person, person, 1)

    def mark(self, account: str, address: str) -> str:
        """What is left of a folded address once it is forgotten: a keyed hash, with a key of its own. It tells that the
        same address came back to the same account, and nothing else."""
        return hmac.digest(self._marks, f"{account}|{address}".encode(), "sha256").hex()[:32]

    def door_code(self, attendee: str, person: str) -> str:
        """Somebody's code for the door, the same in every service. It is public: it opens nothing, and says nothing."""
        return self.token("code", attendee, person, 1)[:12]

    def issue(self, work: Work, *wanted: To) -> list[str]:
        """The tokens, known from now on by their hashes. Issuing again gives the same ones and keeps a revocation."""
        tokens = [self.token(to.purpose, to.object, to.person, to.version) for to in wanted]
        self._keep(work, [_row(token, to) for token, to in zip(tokens, wanted, strict=True)])
        return tokens

    def know(self, work: Work, token: str, to: To) -> None:
        """A text that a browser got from us, and nobody else, stands for this from now on."""
        self._keep(work, [_row(token, to)])

    def _keep(self, work: Work, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            work.later(NEW[work.dialect], row)


class LinksToCome(Links):
    """Links of something that is made while only reading: the new ones are written later, all at once."""

    def __init__(self, made_by: Links) -> None:
        self._key, self._marks = made_by._key, made_by._marks
        self.new: dict[str, dict[str, Any]] = {}
        """The rows to write, by hash."""

    def _keep(self, work: Work, rows: list[dict[str, Any]]) -> None:
        known = set(work.connection.execute(KNOWN, {"hashes": [row["hash"] for row in rows]}).scalars())
        self.new |= {row["hash"]: row for row in rows if row["hash"] not in known}

    def write(self, connection: Connection) -> None:
        """Make them known; those that somebody else made known meanwhile stay as they are."""
        if self.new:
            connection.execute(NEW[connection.dialect.name], list(self.new.values()))


def _row(token: str, to: To) -> dict[str, Any]:
    return {
        "hash": hash_of(token),
        "purpose": to.purpose,
        "object": to.object,
        "person": to.person,
        "version": to.version,
        "expires_at": to.expires_at,
    }


def hash_of(token: str) -> str:
    """SHA-256 of the token as mails and people may have mangled it: case and trailing punctuation do not count."""
    return hashlib.sha256(token.strip().rstrip(".,;:)>]'\"").lower().encode("utf-8", "replace")).hexdigest()


def holder(connection: Connection, token: str, now: datetime) -> Holder | None:
    """The person whose link it is; None where it is not valid."""
    row = connection.execute(HOLDER, {"hash": hash_of(token)}).first()
    if row is None or _is_over(row, now):
        return None
    return Holder(person=row.person, is_attendee=row.object != row.person, locale=row.locale)


def _is_over(row: Any, now: datetime) -> bool:
    return bool(row.revoked_at or (row.expires_at and row.expires_at <= now))


def resolve(connection: Connection, token: str, purpose: str, now: datetime) -> Link:
    """What the token stands for. Raises LinkOver when it is wrong, expired, revoked or for another purpose."""
    row = connection.execute(select(links).where(links.c.hash == hash_of(token))).first()
    if row is None:
        raise LinkOver(guessed=True)
    if row.purpose != purpose or _is_over(row, now):
        raise LinkOver
    return Link(hash=row.hash, purpose=row.purpose, object=row.object, person=row.person, version=row.version)


def revoke(connection: Connection, now: datetime, *, object_id: str | None = None, person: str | None = None) -> None:
    """No token for this object (of this person, or of anybody) works from now on."""
    statement = update(links).where(links.c.revoked_at.is_(None)).values(revoked_at=now)
    if object_id is not None:
        statement = statement.where(links.c.object == object_id)
    if person is not None:
        statement = statement.where(links.c.person == person)
    if object_id is None and person is None:
        raise ValueError("revoke what?")
    connection.execute(statement)


def use_once(connection: Connection, link: Link, now: datetime) -> None:
    """Use up a link that works once. Raises LinkOver the second time."""
    result = connection.execute(
        update(links).where(links.c.hash == link.hash, links.c.used_at.is_(None)).values(used_at=now)
    )
    if result.rowcount != 1:
        raise LinkOver
