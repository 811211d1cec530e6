"""Meeting points as an organizer writes them, one a line: name, landmark, tables, and what there is to know of the way."""

from __future__ import annotations

import re
from typing import Any

from shared.contracts.conference import MeetingPoint
from shared.errors import Invalid
from shared.i18n import gettext as _
from shared.text import fold

STEPS = ("steps", "with steps", "stairs", "stufen", "mit stufen", "treppe")
QUIET = ("quiet", "ruhig")
MINUTES = re.compile(r"([0-9]{1,3}) ?(m|min|minutes?|minuten?)?\.?")
"""English and German, whatever the page speaks: a line is copied from one form into another."""


def points_of(text: str) -> list[dict[str, Any]]:
    """`Garden | behind the pond | 6 | steps, quiet, 4 min`, as the schema wants it. Raises Invalid."""
    points = []
    for line in text.splitlines():
        parts = [part.strip() for part in line.split("|")]
        if not any(parts):
            continue
        way = _way(parts.pop()) if len(parts) > 3 else {}
        point = {"name": parts[0], "tables": parts[-1] if len(parts) > 1 else ""}
        points.append(point | ({"landmark": parts[1]} if len(parts) > 2 else {}) | way)
    return points


def _way(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for word in (part.strip() for part in text.split(",")):
        minutes = MINUTES.fullmatch(word.lower())
        if fold(word) in STEPS:
            found["step_free"] = False
        elif fold(word) in QUIET:
            found["quiet"] = True
        elif minutes:
            found["walk_minutes"] = minutes[1]
        elif word:
            sentence = _("Behind the number of tables may stand: steps, quiet, 4 min. “%(word)s” is none of these.")
            raise Invalid({"meeting_points": [sentence % {"word": word[:40]}]})
    return found


def point_line(point: MeetingPoint) -> str:
    """A meeting point as an organizer writes it."""
    way = [
        *(() if point.step_free else (_("steps"),)),
        *((_("quiet"),) if point.quiet else ()),
        *((_("%(n)s min") % {"n": point.walk_minutes},) if point.walk_minutes else ()),
    ]
    return " | ".join([point.name, point.landmark, str(point.tables), *([", ".join(way)] if way else [])])
