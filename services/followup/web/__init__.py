"""Follow-up's pages and API: parse, call one handler in a unit of work, render after it."""

from __future__ import annotations

from flask import Flask

from services.followup.web import answers, api, dashboard


def mount(app: Flask) -> None:
    """Register everything that this service serves."""
    for blueprint in (answers.pages, dashboard.pages, api.api):
        app.register_blueprint(blueprint)
