"""Every introduction of a conference as a file for an owner: how it stands as organizers may know it, never who said no,
nor that somebody did."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response
from sqlalchemy import Connection

from services.introductions import emails, store
from services.introductions.domain import Introduction, status_of
from services.introductions.web.named import Names, names_of_all
from shared import conferences
from shared.contracts import ConferencePublished
from shared.sheets import Cell, Sheet
from shared.web import current_runtime, reading
from shared.web.files import taken
from shared.web.who import actor, may

pages = Blueprint("introductions_files", "services.introductions")
COLUMNS = (
    "id",
    "state",
    "day",
    "starts",
    "ends",
    "timezone",
    "place",
    "table",
    "mentor",
    "mentee",
    "mentor_id",
    "mentee_id",
    "topics",
)
"""The same in every language: programs read them."""
STATES = {"proposed": "asked", "accepted": "agreed", "met": "met", "unreported": "not reported"}
OFF = "off"
"""Declined, expired, cancelled: all alike."""


@pages.get("/plan/<slug>/introductions.csv")
@pages.get("/plan/<slug>/introductions.xlsx")
@pages.get("/plan/<slug>/introductions.json")
@may("owner")
def introductions_file(slug: str) -> Response:
    """All of them, by time."""
    now = current_runtime().now()
    with reading() as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
        sheet = introductions(connection, conference, now)
    return taken(sheet, conference)


def introductions(connection: Connection, conference: ConferencePublished, now: datetime) -> Sheet:
    """When, where, who with whom, and how it stands; what won't take place comes last."""
    names = names_of_all(connection, conference)
    found = [(item, _state(item, conference, now)) for _number, item in store.of_conference(connection, conference)]
    found.sort(key=lambda one: (one[1] == OFF, one[0].place.starts_at, one[0].place.meeting_point, one[0].place.table))
    rows = [_row(item, state, conference, names, now) for item, state in found]
    return Sheet(title="introductions", columns=COLUMNS, rows=rows)


def _state(item: Introduction, conference: ConferencePublished, now: datetime) -> str:
    return STATES.get(status_of(item, conference, now), OFF)


def _row(item: Introduction, state: str, conference: ConferencePublished, names: Names, now: datetime) -> list[Cell]:
    about = emails.About(introduction=item, conference=conference, side="mentee", partner=None, now=now)
    points = {point.code: point.name for point in conference.meeting_points}
    starts = item.place.starts_at.astimezone(ZoneInfo(conference.timezone))
    return [
        item.id,
        state,
        starts.date().isoformat(),
        about.starts,
        about.ends,
        conference.timezone,
        points.get(item.place.meeting_point, item.place.meeting_point),
        item.place.table,
        names.get(item.mentor),
        names.get(item.mentee),
        item.mentor,
        item.mentee,
        list(emails.topics_of(about)),
    ]
