"""Registration's pages and API: parse, call one handler in a unit of work, render after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def mount(app: Flask) -> None:
    """Register everything that this service serves. Loaded here: a worker has no use for pages, and needs a third less."""
    from services.registration.web import (
        again,
        announce,
        api,
        attend,
        away,
        concern,
        concerns,
        desk,
        devices,
        files,
        hooks,
        importing,
        login,
        many,
        organize,
        own_times,
        people,
        setting_up,
        shortage,
        walk_in,
        webhooks,
    )

    for module in (
        attend,
        concern,
        concerns,
        again,
        away,
        walk_in,
        own_times,
        many,
        desk,
        devices,
        login,
        organize,
        announce,
        setting_up,
        shortage,
        people,
        importing,
        files,
        hooks,
        webhooks,
    ):
        app.register_blueprint(module.pages)
    app.register_blueprint(api.api)
    app.register_blueprint(webhooks.api)
