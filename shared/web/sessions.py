"""Sessions of organizers and of devices at the door: a signed cookie that all services of an installation read.

An organizer's has an idle and an absolute end. A device's locks itself when nobody taps, opens by its PIN, and ends with
its conference. It knows who is logged in, never what that one may do, nor what a PIN is.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from shared import access
from shared.access import DEFAULT_ACCOUNT, Actor
from shared.settings import Settings
from shared.web import current_runtime, reading, unit_of_work

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
NOTED_EVERY = timedelta(minutes=1)
LOCKS_AFTER = timedelta(minutes=5)
TAPS_NOTED_EVERY = timedelta(seconds=10)
DEMO_ORGANIZER = Actor("d" * 32, "d" * 32, "demo", "owner", DEFAULT_ACCOUNT, None, "Demo")
"""Whoever looks at the demo: everybody is its owner."""


class _Sessions(SecureCookieSessionInterface):
    """Flask's, without putting a signer together for whoever has no cookie: every phone behind a link."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Called by Flask at every request."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


def set_up(app: Flask, settings: Settings) -> None:
    """The cookie: its name says by `__Host-` that nobody else can set it, where https lets it."""
    app.session_interface = _Sessions()
    bound = settings.secure and not settings.demo
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="rapport_demo" if settings.demo else "__Host-rapport" if bound else "rapport",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_PATH="/" if bound else settings.root or "/",
        # A device's cookie outlives its browser. An answer that changes nothing does not send it again: one that was
        # slow would put back an older one.
        SESSION_REFRESH_EACH_REQUEST=False,
    )


def log_in(organizer: Actor) -> None:
    """Start a session under a new id; an old one of this browser is over."""
    _begin(organizer, {"seen": current_runtime().now().isoformat()})


def log_in_device(device: Actor, until: datetime) -> None:
    """Start a device's session under a new id, locked: its PIN opens it. An old one of this browser is over."""
    _begin(device, {"seen": (current_runtime().now() - LOCKS_AFTER).isoformat(), "until": until.isoformat()})
    session.permanent = True


def _begin(who: Actor, more: dict[str, str]) -> None:
    before = session.get("organizer")
    session.clear()
    if isinstance(before, dict) and before.get("access"):
        with unit_of_work() as work:
            access.revoke(str(before["access"]), work)
    session["organizer"] = {
        "id": who.id,
        "access": who.access,
        "kind": who.kind,
        "role": who.role,
        "account": who.account,
        "conferences": None if who.conferences is None else sorted(who.conferences),
        "name": who.name,
        "issued": current_runtime().now().isoformat(),
        **more,
    }


def unlock() -> None:
    """Somebody knew this device's PIN."""
    session["organizer"] = {**session["organizer"], "seen": current_runtime().now().isoformat()}


def log_out() -> None:
    """End this browser's session, here and (by an event) everywhere."""
    found = logged_in()
    session.clear()
    if found is not None and found.kind in ("organizer", "device"):
        with unit_of_work() as work:
            access.revoke(found.access, work)


def logged_in() -> Actor | None:
    """Who is logged in with this browser, unless it is locked; in the demo everybody is its owner."""
    found, is_locked = _found()
    return None if is_locked else found


def locked_device() -> Actor | None:
    """The device that this browser is, where it waits for its PIN."""
    found, is_locked = _found()
    return found if is_locked else None


def _found() -> tuple[Actor | None, bool]:
    """(whose session this browser has, whether it is locked)."""
    runtime = current_runtime()
    stored = session.get("organizer")
    if stored is None:
        return DEMO_ORGANIZER if runtime.settings.demo else None, False
    read = _read(stored, runtime.now())
    if read is None or revoked(read[0].access):
        session.pop("organizer", None)
        return None, False
    return read


def _read(stored: Any, now: datetime) -> tuple[Actor, bool] | None:
    """Whose session that is, and whether it is locked; None when it is over, or of a shape that nobody writes (any more)."""
    try:
        issued, seen = datetime.fromisoformat(stored["issued"]), datetime.fromisoformat(stored["seen"])
        slugs, kind = stored["conferences"], stored.get("kind", "organizer")
        until = datetime.fromisoformat(stored["until"]) if kind == "device" else issued + LONGEST
        found = Actor(
            id=stored["id"],
            access=stored["access"],
            kind=kind,
            role=stored["role"],
            account=stored["account"],
            conferences=None if slugs is None else frozenset(slugs),
            name=stored.get("name", ""),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    if now >= until or (kind != "device" and now - seen >= IDLE):
        return None
    is_locked = kind == "device" and now - seen >= LOCKS_AFTER
    if not is_locked and _is_news(seen, now, kind):
        session["organizer"] = {**stored, "seen": now.isoformat()}
    return found, is_locked


def _is_news(seen: datetime, now: datetime, kind: str) -> bool:
    """Whether it is to be noted that somebody is there. What a page of a device asks by itself is no tap."""
    if kind != "device":
        return now - seen >= NOTED_EVERY
    return now - seen >= TAPS_NOTED_EVERY and "X-Idle" not in request.headers


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
