"""Organizers, their sessions and their keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from services.registration.tables import organizers, sessions
from shared.tables import address_book as book
from shared.work import Work


def organizer_by_email(connection: Connection, account: str, email: str) -> Any | None:
    """An organizer who was not removed."""
    mine = (organizers.c.account == account, organizers.c.email == email.lower())
    return connection.execute(select(organizers).where(*mine, organizers.c.removed_at.is_(None))).first()


def organizer(connection: Connection, organizer_id: str) -> Any | None:
    """An organizer by id, if not removed."""
    mine = (organizers.c.id == organizer_id, organizers.c.removed_at.is_(None))
    return connection.execute(select(organizers).where(*mine)).first()


def owners(connection: Connection, account: str) -> Sequence[Any]:
    """Everybody who owns the conferences of an account, who came first first."""
    mine = (organizers.c.account == account, organizers.c.role == "owner", organizers.c.removed_at.is_(None))
    return connection.execute(select(organizers).where(*mine).order_by(organizers.c.created_at, organizers.c.id)).all()


def save_organizer(account: str, email: str, role: str, slugs: Sequence[str] | None, work: Work) -> str:
    """Add an organizer, or give one another role; returns the id."""
    known = (organizers.c.account == account, organizers.c.email == email.lower())
    row = work.connection.execute(select(organizers.c.id).where(*known)).first()
    values = {"role": role, "conferences": None if slugs is None else sorted(slugs), "removed_at": None}
    if row is not None:
        work.connection.execute(update(organizers).where(organizers.c.id == row.id).values(**values))
        return str(row.id)
    made = work.new_id()
    first = {"id": made, "account": account, "email": email.lower(), "created_at": work.now}
    work.connection.execute(insert(organizers).values(**first, **values))
    return made


def remove_organizer(organizer_id: str, work: Work) -> None:
    """Somebody is an organizer no longer."""
    work.connection.execute(update(organizers).where(organizers.c.id == organizer_id).values(removed_at=work.now))


def forget_organizer(organizer_id: str, work: Work) -> None:
    """Her name and address for mails."""
    work.connection.execute(delete(book).where(book.c.person == organizer_id))


def add_access(access: str, account: str, organizer_id: str, kind: str, label: str, slugs: Any, work: Work) -> None:
    """Remember a session or key, so that it can be ended; `slugs` are its conferences, None = all."""
    values = {"access": access, "account": account, "organizer": organizer_id, "kind": kind, "label": label[:200]}
    slugs = None if slugs is None else sorted(slugs)
    work.connection.execute(insert(sessions).values(**values, conferences=slugs, created_at=work.now))


def accesses_of(connection: Connection, organizer_id: str) -> Sequence[str]:
    """Sessions and keys of somebody."""
    return connection.execute(select(sessions.c.access).where(sessions.c.organizer == organizer_id)).scalars().all()


def keys(connection: Connection, account: str, slug: str) -> Sequence[Any]:
    """API keys that work for a conference, ended ones too."""
    mine = (sessions.c.kind == "key", sessions.c.account == account)
    rows = connection.execute(select(sessions).where(*mine).order_by(sessions.c.created_at, sessions.c.access)).all()
    return [row for row in rows if row.conferences is None or slug in row.conferences]
