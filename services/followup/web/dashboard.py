"""The dashboard of organizers: did they keep talking? As a page, and as a file."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response
from sqlalchemy import Connection

from services.followup import queries
from services.followup.domain.cells import Shown, shown
from services.followup.domain.outcomes import added_up
from services.followup.handlers.rounds import moment_in_words
from services.followup.web import report
from shared import conferences
from shared.contracts import ConferencePublished
from shared.i18n import gettext as _
from shared.web import current_runtime, reading, render
from shared.web.audit import audit_page
from shared.web.files import taken_as_it_stands
from shared.web.who import actor, may

pages = Blueprint("followup_dashboard", "services.followup", template_folder="templates")


@pages.get("/outcomes/<slug>")
@may("owner", "desk")
def dashboard(slug: str) -> Response:
    """Two funnels, the answers to each question, and how sure all that is."""
    conference, found = _counted(slug)
    return render("followup/outcomes.html", **values(conference, found))


@pages.get("/outcomes/<slug>.csv")
@pages.get("/outcomes/<slug>.xlsx")
@may("owner", "desk")
def as_file(slug: str) -> Response:
    """The same numbers for a spreadsheet."""
    conference, found = _counted(slug)
    rows = report.table(found, conference, conference.policy.small_cells_under, current_runtime().now())
    return taken_as_it_stands(rows, "outcomes", conference)


@pages.get("/outcomes/<slug>/audit")
@may("owner")
def audit(slug: str) -> Response:
    """What was answered for people by programs, by whom."""
    return audit_page(slug)


def _counted(slug: str) -> tuple[ConferencePublished, Shown]:
    with reading(one_moment=True) as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
        return conference, counted(connection, conference)


def counted(connection: Connection, conference: ConferencePublished) -> Shown:
    """What may be shown of a conference as of now."""
    totals = queries.totals_of(connection, conference.conference)
    return shown(added_up(totals), conference.policy.small_cells_under, totals.asked())


def values(conference: ConferencePublished, found: Shown) -> dict[str, Any]:
    """What the page says, whoever looks."""
    least = conference.policy.small_cells_under
    return {
        "conference": conference,
        "found": found,
        "least": least,
        "lead": report.lead(found, least),
        "people_bars": report.funnel(_("People"), found.people, least),
        "pair_bars": report.funnel(_("Pairs"), found.pairs, least),
        "stacks": [(answer, report.stack(answer, least)) for answer in found.answers],
        "asking_days": report.asking_days(conference),
        "counted": moment_in_words(conference, current_runtime().now()),
        "names": report.step_names(),
        "report": report,
    }
