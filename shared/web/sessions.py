"""Organizers' sessions: a signed cookie that all services of an installation read, with an idle and an absolute end.

It knows who is logged in, never what that person may do.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Flask, session

from shared import access
from shared.access import DEFAULT_ACCOUNT, Actor
from shared.settings import Settings
from shared.web import current_runtime, reading, unit_of_work

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
NOTED_EVERY = timedelta(minutes=1)
DEMO_ORGANIZER = Actor("d" * 32, "d" * 32, "demo", "owner", DEFAULT_ACCOUNT, None, "Demo")
"""Whoever looks at the demo: everybody is its owner."""


def set_up(app: Flask, settings: Settings) -> None:
    """The cookie: its name says by `__Host-` that nobody else can set it, where https lets it."""
    bound = settings.secure and not settings.demo
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="rapport_demo" if settings.demo else "__Host-rapport" if bound else "rapport",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_PATH="/" if bound else settings.root or "/",
    )


def log_in(organizer: Actor) -> None:
    """Start a session under a new id; an old one of this browser is over."""
    before = session.get("organizer")
    session.clear()
    if isinstance(before, dict) and before.get("access"):
        with unit_of_work() as work:
            access.revoke(str(before["access"]), work)
    now = current_runtime().now().isoformat()
    session["organizer"] = {
        "id": organizer.id,
        "access": organizer.access,
        "role": organizer.role,
        "account": organizer.account,
        "conferences": None if organizer.conferences is None else sorted(organizer.conferences),
        "name": organizer.name,
        "issued": now,
        "seen": now,
    }


def log_out() -> None:
    """End this browser's session, here and (by an event) everywhere."""
    found = logged_in()
    session.clear()
    if found is not None and found.kind == "organizer":
        with unit_of_work() as work:
            access.revoke(found.access, work)


def logged_in() -> Actor | None:
    """Who is logged in with this browser; in the demo everybody is its owner."""
    runtime = current_runtime()
    stored = session.get("organizer")
    if stored is None:
        return DEMO_ORGANIZER if runtime.settings.demo else None
    found = _read(stored, runtime.now())
    if found is None or revoked(found.access):
        session.pop("organizer", None)
        return None
    return found


def _read(stored: Any, now: datetime) -> Actor | None:
    """Whose session that is; None when it is over, or of a shape that an older version wrote."""
    try:
        issued, seen = datetime.fromisoformat(stored["issued"]), datetime.fromisoformat(stored["seen"])
        slugs = stored["conferences"]
        found = Actor(
            id=stored["id"],
            access=stored["access"],
            kind="organizer",
            role=stored["role"],
            account=stored["account"],
            conferences=None if slugs is None else frozenset(slugs),
            name=stored.get("name", ""),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    if now - issued >= LONGEST or now - seen >= IDLE:
        return None
    if now - seen >= NOTED_EVERY:
        session["organizer"] = {**stored, "seen": now.isoformat()}
    return found


def revoked(access_id: str) -> bool:
    """Whether a session or key was ended. Redis makes it immediate everywhere; the table makes it certain."""
    runtime = current_runtime()
    if runtime.signals is not None and runtime.signals.flagged(f"revoked:{access_id}"):
        return True
    with reading() as connection:
        return access.is_revoked(connection, access_id)


def browser_secret(name: str) -> str:
    """A random value that only this browser has, to bind a mailed link to it."""
    if name not in session:
        session[name] = current_runtime().new_id()
    return str(session[name])
