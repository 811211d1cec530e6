"""Makes the app of one service: limits, who may call, problems, operations, then the service's own pages and API."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from apiflask import APIFlask
from flask import Flask, g, request
from flask.json.provider import DefaultJSONProvider
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.middleware.proxy_fix import ProxyFix

from shared import conferences, dates
from shared.announced import notice_of
from shared.contracts import ConferencePublished
from shared.days import local_day, local_time
from shared.i18n import OWN_NAMES, current_locale, gettext, ngettext
from shared.reaching import reachable
from shared.web import current_runtime, guard, href, operations, problems, races, reading, who
from shared.web.body import invalid_body
from shared.web.languages import in_language
from shared.web.rates import Rates, limit

if TYPE_CHECKING:
    from shared.runtime import Runtime

TEMPLATES = Path(__file__).parent.parent / "templates"


class _Json(DefaultJSONProvider):
    sort_keys = False
    ensure_ascii = False


def create_app(runtime: Runtime) -> APIFlask:
    """The service's WSGI application."""
    app = APIFlask(
        "shared.web",
        # Flask's own answer would have no entry in `may`.
        static_folder=None,  # type: ignore[arg-type]
        json_errors=False,
        docs_path=None,
        spec_path=None,
        title="Rapport",
        version="1",
    )
    app.json = _Json(app)
    app.schema_name_resolver = _schema_name
    app.url_map.strict_slashes = False  # people type addresses
    app.extensions["rapport"] = runtime
    app.config.update(VALIDATION_ERROR_DESCRIPTION="", AUTO_404_RESPONSE=False, AUTO_VALIDATION_ERROR_RESPONSE=False)
    guard.set_up(app)
    who.set_up(app)
    app.extensions["rapport_rates"] = Rates(app, runtime.settings)
    app.before_request(_limit_keys)
    app.before_request(guard.check_json)
    operations.set_up(app)
    set_up_templates(app, demo=runtime.settings.demo)
    app.error_processor(_refuse_input)
    problems.set_up(app)
    runtime.service.mount(app)
    who.check_all_routes(app)
    races.set_up(app)
    if runtime.settings.proxies:
        hops = runtime.settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _schema_name(schema: Any) -> str:
    """A schema's name in the document: its class's, also where nothing of it must be given."""
    return str((schema if isinstance(schema, type) else type(schema)).__name__)


def set_up_templates(app: Flask, *, demo: bool) -> None:
    """The shared templates behind the app's own, and what every template may use."""
    own = app.jinja_loader if app.template_folder else None
    loaders = [loader for loader in (own, FileSystemLoader(str(TEMPLATES))) if loader is not None]
    app.jinja_loader = ChoiceLoader(loaders)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.filters["reachable"] = reachable
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def _globals() -> dict[str, Any]:
        return {
            "href": href,
            "demo": demo,
            "actor": g.get("actor"),
            "locale": current_locale(),
            "own_names": OWN_NAMES,
            "dates": dates,
            "in_language": in_language(),
            "path": request.path,
            "concern_path": g.get("concern"),
            "mails_stopped_since": _mails_stopped_since,
            "notice_today": lambda conference: notice_of(conference, current_runtime().now()),
        }


def _mails_stopped_since(conference: ConferencePublished) -> str:
    """When this service stopped the mails of a conference, at the conference; with the day where that is another one."""
    with reading() as connection:
        since = conferences.mails_stopped_at(connection, conference.conference)
    if since is None:
        return ""
    day = local_day(conference, since)
    today = local_day(conference, current_runtime().now())
    clock = local_time(conference, since)
    return clock if day == today else f"{clock}, {dates.weekday_and_day(day)}"


def _limit_keys() -> None:
    """API calls a second and key; the demo has no limit (0), since it lives through a day in a few seconds."""
    found, rate = g.get("actor"), current_runtime().settings.api_rate
    if found is not None and found.kind == "key" and rate:
        limit(f"{rate}/second", "key", found.access)


def _refuse_input(error: Any) -> Any:
    """APIFlask's errors as ours."""
    detail = error.detail if isinstance(error.detail, dict) else {}
    body = detail.get("json") or detail.get("json_or_form") or detail.get("query") or detail
    if error.status_code == 422:
        return problems.refused(invalid_body(body))
    return problems.answer(error.status_code, "http", problems.sentence(error.status_code))
