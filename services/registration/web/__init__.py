"""Registration's pages and API: parse, call one handler in a unit of work, render after it."""

from __future__ import annotations

from flask import Flask

from services.registration.web import api, attend, desk, login, organize, people, setting_up


def mount(app: Flask) -> None:
    """Register everything that this service serves."""
    for blueprint in (attend.pages, desk.pages, login.pages, organize.pages, setting_up.pages, people.pages, api.api):
        app.register_blueprint(blueprint)
