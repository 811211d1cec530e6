"""Who may call what: every view says it with `may`, and nobody else gets in. API keys, sessions, proof against CSRF."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote

from flask import Flask, current_app, g, request
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf

from shared import links
from shared.access import Access
from shared.access import Actor as Actor
from shared.errors import Forbidden, Refused
from shared.web import current_runtime, href, languages, sessions, wants_json
from shared.web.sessions import browser_secret as browser_secret
from shared.web.sessions import log_in as log_in
from shared.web.sessions import log_in_device as log_in_device
from shared.web.sessions import log_out as log_out

ROLES = ("anyone", "link", "owner", "desk", "kiosk", "key")
SAFE = ("GET", "HEAD", "OPTIONS")
View = TypeVar("View", bound=Callable[..., Any])
csrf = CSRFProtect()


class LogInFirst(Refused):
    """Please log in, or send an API key."""

    status = 401
    code = "log-in-first"


class Locked(Refused):
    """This device is locked. Please type its PIN; nothing is lost."""

    status = 401
    code = "locked"

    def __init__(self, slug: str) -> None:
        super().__init__()
        self.slug = slug


class SentFromElsewhere(Forbidden):
    """This form was open for too long or came from another page. Please load the page again and repeat it."""

    code = "sent-from-elsewhere"


def may(*roles: str) -> Callable[[View], View]:
    """Say who may call a view: anyone, link (a token in the path), owner, desk and kiosk (logged in), key (API key)."""
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
    silent = {rule for (_method, rule), roles in routes_and_roles(app).items() if not roles}
    if silent:
        raise RuntimeError(f"who may call {', '.join(sorted(silent))}?")


def set_up(app: Flask) -> None:
    """Sessions, CSRF, and the door before every view."""
    sessions.set_up(app, app.extensions["rapport"].settings)
    app.config.update(
        WTF_CSRF_CHECK_DEFAULT=False,  # `admit` checks, for whoever comes with a session
        WTF_CSRF_SSL_STRICT=False,  # we send no Referer; Sec-Fetch-Site and Origin are looked at instead
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
    )
    csrf.init_app(app)
    app.jinja_env.globals["csrf_token"] = csrf_token
    app.before_request(admit)


def csrf_token() -> str:
    """The proof for forms; strangers need none and get no cookie."""
    return str(generate_csrf()) if g.get("actor") is not None else ""


def admit() -> None:
    """Before every request: find out who calls, and refuse who may not."""
    g.actor = None
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None:
        return
    roles: tuple[str, ...] = getattr(view, "__rapport_may__", ())
    bearer = request.headers.get("Authorization", "")
    if "key" in roles and bearer[:7].lower() == "bearer ":
        g.actor = _by_key(bearer[7:].strip())
        return
    found = sessions.logged_in()
    if "anyone" in roles or "link" in roles:
        _admit_anybody(found, view, roles)
        return
    if found is None:
        _ask_for_pin()
        raise LogInFirst
    if found.role not in roles:
        raise Forbidden
    g.actor = found
    if request.method not in SAFE:
        from_this_site()
        _with_proof()


def _admit_anybody(found: Actor | None, view: Any, roles: tuple[str, ...]) -> None:
    """Whoever comes, logged in or not, to a page for everybody or behind a link."""
    g.actor = found
    if found is not None and "anyone" in roles and request.method not in SAFE:
        from_this_site()
    if "link" in roles and not getattr(view, "__rapport_looks_again__", False):
        speak_to_holder()


def _ask_for_pin() -> None:
    """Refuse a device that is locked. What is kept for after the PIN comes from its own page. Raises Locked."""
    device = sessions.locked_device()
    if device is None:
        return
    if request.method not in SAFE:
        from_this_site()
        _with_proof()
    raise Locked(min(device.conferences or {""}))


def asked_again(view: View) -> View:
    """Of a view behind a link that phones ask for again and again: it finds out itself in whose language to speak, where it
    says something new."""
    view.__rapport_looks_again__ = True  # type: ignore[attr-defined]
    return view


def speak_to_holder() -> None:
    """Pages behind a link speak the language of the person whose link it is, what they refuse included; each of them leads
    an attendee to where she can report a concern."""
    token, runtime = (request.view_args or {}).get("token", ""), current_runtime()
    with runtime.reading() as connection:
        holder = links.holder(connection, token, runtime.now())
    if holder is not None and holder.is_attendee:
        g.concern = f"/concern/{runtime.links.concern(holder.person)}"
    if holder is not None and holder.locale is not None:
        languages.speak_as(holder.locale)


def _by_key(text: str) -> Actor:
    found = access().read_key(text)
    if found is None or sessions.revoked(found.access):
        raise LogInFirst
    return found


def access() -> Access:
    """What signs and verifies."""
    return Access(current_runtime().settings.secret_key)


def actor() -> Actor:
    """Who calls. Raises LogInFirst when it is nobody in particular."""
    found: Actor | None = g.get("actor")
    if found is None:
        raise LogInFirst
    return found


def from_this_site() -> None:
    """Refuse what another site sent: a second lock beside the proof. Browsers say where a request comes from; over plain
    http they leave out the one header, and because our pages send no referrer the other one says "null"."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin", "null")
    if site is not None and site not in ("same-origin", "none"):
        raise SentFromElsewhere
    if site is None and origin not in (
        "null",
        request.host_url.rstrip("/"),
        origin_of(current_runtime().settings.base_url),
    ):
        raise SentFromElsewhere


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL, as browsers say it."""
    return "/".join(url.split("/")[:3])


def _with_proof() -> None:
    try:
        csrf.protect()
    except CSRFError:
        raise SentFromElsewhere from None


def log_in_page() -> str:
    """Where to log in, and where to go then."""
    return href("/login?next=" + quote(request.full_path.rstrip("?")))


def pin_page(slug: str) -> str:
    """Where a device is unlocked, and where it goes on then."""
    return href(f"/desk/{slug}/unlock?next=" + quote(request.full_path.rstrip("?")))


def redirect_to_log_in() -> bool:
    """Whether a page should send people to the login instead of refusing."""
    return not wants_json() and request.method == "GET"
