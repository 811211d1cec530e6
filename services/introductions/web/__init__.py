"""Introductions' pages and API: parse, call one handler in a unit of work, render after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def mount(app: Flask) -> None:
    """Register everything that this service serves. Loaded here: a worker has no use for pages, and needs a third less."""
    from services.introductions.web import (
        announced,
        answer,
        api,
        at_the_table,
        board,
        day,
        draft,
        files,
        free_times,
        learning,
        pairs,
        paper,
        plan,
        screens,
        stop,
        unchanged,
    )

    for module in (
        answer,
        at_the_table,
        stop,
        day,
        free_times,
        plan,
        draft,
        pairs,
        announced,
        files,
        paper,
        board,
        screens,
        learning,
    ):
        app.register_blueprint(module.pages)
    app.register_blueprint(api.api)
    app.wsgi_app = unchanged.Unchanged(app.wsgi_app, app.extensions)  # type: ignore[method-assign]
