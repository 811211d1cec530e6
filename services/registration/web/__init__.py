"""Registration's pages and API: parse, call one handler in a unit of work, render after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def mount(app: Flask) -> None:
    """Register everything that this service serves. Loaded here: a worker has no use for pages, and needs a third less."""
    from services.registration.web import api, attend, desk, importing, login, organize, people, setting_up, walk_in

    pages = (attend, walk_in, desk, login, organize, setting_up, people, importing)
    for blueprint in (*(module.pages for module in pages), api.api):
        app.register_blueprint(blueprint)
