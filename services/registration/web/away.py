"""What a desk's page asks by itself: the server's time, and the proof for what it sends."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, jsonify

from shared import conferences
from shared.web import current_runtime, reading
from shared.web.who import actor, csrf_token, may

pages = Blueprint("registration_away", "services.registration", template_folder="templates")


@pages.get("/desk/<slug>/now")
@may("owner", "desk", "kiosk")
def now(slug: str) -> Any:
    """That somebody is there, unless the page asks by itself; the server's time and the proof for what comes next."""
    with reading() as connection:
        conferences.by_slug(connection, actor().scope, slug)
    return jsonify({"now": _milliseconds(current_runtime().now()), "proof": csrf_token()})


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
