"""Follow-up's pages and API: parse, call one handler in a unit of work, render after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def mount(app: Flask) -> None:
    """Register everything that this service serves. Loaded here: a worker has no use for pages, and needs a third less."""
    from services.followup.web import answers, api, dashboard, goals, lines, one_page, pair, resting, sharing, year

    for blueprint in (
        answers.pages,
        resting.taps,
        lines.words,
        pair.pages,
        year.pages,
        dashboard.pages,
        sharing.pages,
        goals.pages,
        one_page.pages,
        api.api,
    ):
        app.register_blueprint(blueprint)
