"""A small Flask app with the same look and headers and no service behind it: for the outbox and the demo's lobby."""

from __future__ import annotations

from flask import Flask, Response

from shared.settings import Settings
from shared.web import languages
from shared.web.app import set_up_templates
from shared.web.guard import HEADERS, REQUEST_BYTES


def bare_app(settings: Settings, package: str, *, template_folder: str) -> Flask:
    """An app with base templates and headers; views set a Content-Security-Policy of their own where they need one."""
    app = Flask(package, static_folder=None, template_folder=template_folder)
    app.config.update(MAX_CONTENT_LENGTH=REQUEST_BYTES)
    languages.set_up(app)
    set_up_templates(app, demo=settings.demo)

    @app.after_request
    def _headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return app
