"""Everybody of a conference as a file for an owner. Whom somebody wishes to meet, or never, stands in none."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response
from sqlalchemy import Connection, Row

from services.registration import queries
from services.registration.handlers.rows import OWN
from shared import conferences
from shared.contracts import ConferencePublished
from shared.sheets import Cell, Sheet
from shared.web import reading
from shared.web.files import taken
from shared.web.who import actor, may

pages = Blueprint("registration_files", "services.registration")
IDENTITY = ("name", "email", "role")
COLUMNS = ("id", *IDENTITY, "state", "approved", "present_on", *(name for name in OWN if name not in IDENTITY))
"""Named as in a list that is imported, and the same in every language: programs read them."""
CONSENTS = ("introductions", "follow_up", "statistics", "next_year")


@pages.get("/organize/<slug>/people.csv")
@pages.get("/organize/<slug>/people.xlsx")
@pages.get("/organize/<slug>/people.json")
@may("owner")
def people_file(slug: str) -> Response:
    """Everybody, in the order they came."""
    with reading() as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
        sheet = people(connection, conference)
    return taken(sheet, conference)


def people(connection: Connection, conference: ConferencePublished) -> Sheet:
    """Everybody with state, days, topics and consents; of who withdrew nothing but that is left."""
    rows = [_row(row, conference) for row in queries.attendee_rows(connection, conference)]
    return Sheet(title="people", columns=(*COLUMNS, *(f"agrees_to_{name}" for name in CONSENTS)), rows=rows)


def _row(row: Row[Any], conference: ConferencePublished) -> list[Cell]:
    shown = queries.as_json(row, conference, "")
    values = {**shown, "state": shown["status"]}
    return [*(values[name] for name in COLUMNS), *(shown["consents"][name] for name in CONSENTS)]
