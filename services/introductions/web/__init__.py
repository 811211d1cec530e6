"""Introductions' pages and API: parse, call one handler in a unit of work, render after it."""

from __future__ import annotations

from flask import Flask

from services.introductions.web import answer, api, day, plan


def mount(app: Flask) -> None:
    """Register everything that this service serves."""
    for blueprint in (answer.pages, day.pages, plan.pages, api.api):
        app.register_blueprint(blueprint)
