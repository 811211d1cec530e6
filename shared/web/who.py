"""Who may call what: every view says it with `may`, and nobody else gets in. Sessions, API keys, CSRF proof."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from flask import Flask, g, request, session
from flask_wtf.csrf import CSRFError, CSRFProtect

from shared.access import Access, Actor, is_revoked
from shared.errors import Forbidden, Refused
from shared.web import current_runtime, href, reading, wants_json

ROLES = ("anyone", "link", "owner", "desk", "key")
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
View = TypeVar("View", bound=Callable[..., Any])


class LogInFirst(Refused):
    """Please log in, or send an API key."""

    status = 401
    code = "log-in-first"


class SentFromElsewhere(Forbidden):
    """This form was open for too long or came from another page. Please load the page again and repeat it."""

    code = "sent-from-elsewhere"


def may(*roles: str) -> Callable[[View], View]:
    """Say who may call a view: anyone, link (a token in the path), owner and desk (logged in), key (API key)."""
    if not roles or set(roles) - set(ROLES):
        raise ValueError(f"roles are {ROLES}")

    def mark(view: View) -> View:
        view.__rapport_may__ = roles  # type: ignore[attr-defined]
        return view

    return mark


def routes_and_roles(app: Flask) -> dict[tuple[str, str], tuple[str, ...]]:
    """(method, URL rule) -> roles, for every route; the structural test reads it."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            found[method, rule.rule] = getattr(app.view_functions[rule.endpoint], "__rapport_may__", ())
    return found


def check_all_routes(app: Flask) -> None:
    """Refuse to start an app with a route that does not say who may call it."""
    silent = [rule for (_method, rule), roles in routes_and_roles(app).items() if not roles]
    if silent:
        raise RuntimeError(f"who may call {', '.join(sorted(set(silent)))}?")


def admit() -> None:
    """Before every request: find out who calls, and refuse who may not."""
    g.actor = None
    view = request.endpoint and _view(request.endpoint)
    if not view:
        return
    roles: tuple[str, ...] = view.__rapport_may__
    bearer = request.headers.get("Authorization", "")
    if "key" in roles and bearer.lower().startswith("bearer "):
        g.actor = _by_key(bearer[7:].strip())
        if g.actor is None:
            raise LogInFirst
        return
    logged_in = _by_session()
    if "anyone" in roles or "link" in roles:
        g.actor = logged_in
        return
    if logged_in is None:
        raise LogInFirst
    if logged_in.role not in roles:
        raise Forbidden
    g.actor = logged_in
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        _sent_from_here()


def _view(endpoint: str) -> Any:
    from flask import current_app  # noqa: PLC0415

    return current_app.view_functions.get(endpoint)


def _by_key(text: str) -> Actor | None:
    found = access().read_key(text)
    return None if found is None or _revoked(found.access) else found


def access() -> Access:
    """What signs and verifies."""
    return Access(current_runtime().settings.secret_key)


def _by_session() -> Actor | None:
    runtime = current_runtime()
    stored: Mapping[str, Any] | None = session.get("organizer")
    if stored is None:
        return DEMO_ORGANIZER if runtime.settings.demo else None
    now = runtime.now()
    issued, seen = datetime.fromisoformat(stored["issued"]), datetime.fromisoformat(stored["seen"])
    if now - issued > LONGEST or now - seen > IDLE or _revoked(stored["access"]):
        session.pop("organizer", None)
        return None
    if now - seen > timedelta(minutes=1):
        session["organizer"] = {**stored, "seen": now.isoformat()}
    slugs = stored["conferences"]
    return Actor(
        id=stored["id"],
        access=stored["access"],
        kind="organizer",
        role=stored["role"],
        account=stored["account"],
        conferences=None if slugs is None else frozenset(slugs),
        name=stored.get("name", ""),
    )


DEMO_ORGANIZER = Actor("d" * 32, "d" * 32, "demo", "owner", "0" * 32, None, "Demo")


def _revoked(access_id: str) -> bool:
    """Redis makes a revocation immediate everywhere; the table makes it certain."""
    runtime = current_runtime()
    if runtime.signals is not None and runtime.signals.flagged(f"revoked:{access_id}"):
        return True
    with reading() as connection:
        return is_revoked(connection, access_id)


def log_in(organizer: Actor) -> None:
    """Start a session under a new id; an old one of this browser is over."""
    now = current_runtime().now().isoformat()
    session.clear()
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


def actor() -> Actor:
    """Who calls. Raises LogInFirst when it is nobody in particular."""
    found: Actor | None = g.get("actor")
    if found is None:
        raise LogInFirst
    return found


def log_in_page() -> str:
    """Where to log in, and where to go then."""
    from urllib.parse import quote  # noqa: PLC0415

    return href("/login?next=" + quote(request.full_path.rstrip("?")))


def _sent_from_here() -> None:
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None and site not in ("same-origin", "none"):
        raise SentFromElsewhere
    if site is None and origin not in (None, "null", request.host_url.rstrip("/")):
        raise SentFromElsewhere
    try:
        csrf.protect()
    except CSRFError:
        raise SentFromElsewhere from None


csrf = CSRFProtect()


def set_up(app: Flask) -> None:
    """Sessions and CSRF: one signed cookie for all services of an installation."""
    runtime = app.extensions["rapport"]
    settings = runtime.settings
    name = "rapport_demo" if settings.demo else "__Host-rapport" if settings.secure else "rapport"
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME=name,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_PATH="/",
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_SSL_STRICT=False,  # we send no Referer; Sec-Fetch-Site and Origin are looked at instead
        WTF_CSRF_TIME_LIMIT=None,
    )
    csrf.init_app(app)
    app.before_request(admit)


def browser_secret(name: str) -> str:
    """A random value that only this browser has, to bind a mailed link to it."""
    if name not in session:
        session[name] = secrets.token_hex(16)
    return str(session[name])


def redirect_to_log_in() -> bool:
    """Whether a page should send people to the login instead of refusing."""
    return not wants_json() and request.method == "GET"
