"""All numbers of a conference as rows of a file, whoever takes it: an owner, whoever has the link, a command."""

from __future__ import annotations

from datetime import datetime

from services.followup.queries.told import Told
from services.followup.web import beside, details, report
from shared.contracts import ConferencePublished
from shared.sheets import Cell


def table(found: Told, conference: ConferencePublished, now: datetime) -> list[list[Cell]]:
    """The funnels, what stands below them, and other conferences where they are told."""
    below = [*details.table(found.details), *beside.table(found, conference)]
    return report.table(found.shown, below, conference, conference.policy.small_cells_under, now)
