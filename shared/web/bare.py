"""A small Flask app without a service behind it, with the same look and headers: for the outbox and the demo's lobby."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, request
from jinja2 import ChoiceLoader, FileSystemLoader

from shared.i18n import gettext, ngettext
from shared.settings import Settings
from shared.web import href
from shared.web.app import TEMPLATES
from shared.web.guard import HEADERS


def bare_app(settings: Settings, package: str, *, template_folder: str) -> Flask:
    """An app with base templates and headers; views set a Content-Security-Policy of their own where they need one."""
    app = Flask(package, static_folder=None, template_folder=template_folder)
    own: Any = app.jinja_loader
    app.jinja_loader = ChoiceLoader([own, FileSystemLoader(str(TEMPLATES))])  # type: ignore[assignment]
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]

    @app.context_processor
    def _globals() -> dict[str, Any]:
        return {"href": href, "demo": settings.demo, "actor": None, "locale": "en", "path": request.path}

    @app.after_request
    def _headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return app
