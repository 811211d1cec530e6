"""The dashboard of organizers: did they keep talking? As a page, and as a file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response

from services.followup import policies
from services.followup.domain.advice import ANSWERS_COME, next_step
from services.followup.handlers.rounds import in_words, moment_in_words
from services.followup.queries.told import Told
from services.followup.web import beside, details, files, groups, report
from shared import conferences, dates
from shared.contracts import ConferencePublished
from shared.days import local_day
from shared.i18n import gettext as _
from shared.web import current_runtime, reading, render
from shared.web.audit import audit_page
from shared.web.files import taken_as_it_stands
from shared.web.who import actor, may

pages = Blueprint("followup_dashboard", "services.followup", template_folder="templates")


@pages.get("/outcomes/<slug>")
@may("owner", "desk")
def dashboard(slug: str) -> Response:
    """What happened, how sure that is, what to do next; below it all numbers."""
    with reading(one_moment=True) as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
        found = beside.told(connection, conference, actor().scope)
    shown = values(conference, found)
    return render(
        "followup/outcomes.html",
        beside=beside.rows(found, conference),
        **_what_next(conference, found, tells=groups.tell(shown["cohorts"], shown["load"])),
        **shown,
    )


@pages.get("/outcomes/<slug>.csv")
@pages.get("/outcomes/<slug>.xlsx")
@may("owner", "desk")
def as_file(slug: str) -> Response:
    """The same numbers for a spreadsheet."""
    with reading(one_moment=True) as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
        found = beside.told(connection, conference, actor().scope)
    return taken_as_it_stands(files.table(found, conference, current_runtime().now()), "outcomes", conference)


@pages.get("/outcomes/<slug>/audit")
@may("owner")
def audit(slug: str) -> Response:
    """What was answered for people by programs, by whom."""
    return audit_page(slug)


def _what_next(conference: ConferencePublished, found: Told, *, tells: bool) -> dict[str, Any]:
    if not found.shown.answers:
        return {"advice": next_step(found.shown, 0, tells=tells)}
    asked = policies.check_in_day(conference, conference.days[-1].date, found.shown.answers[-1].question)
    today = local_day(conference, current_runtime().now())
    return {
        "advice": next_step(found.shown, (today - asked).days, tells=tells),
        "asked_on": in_words(asked),
        "again_on": in_words(asked + timedelta(days=ANSWERS_COME)),
    }


def values(conference: ConferencePublished, found: Told) -> dict[str, Any]:
    """What the page says, whoever looks."""
    least, shown = conference.policy.small_cells_under, found.shown
    return {
        "conference": conference,
        "days": dates.days(conference.days[0].date, conference.days[-1].date),
        "found": shown,
        "least": least,
        "lead": report.lead(shown, least),
        "sure": report.how_sure(shown),
        "people_bars": report.funnel(_("People"), shown.people, least),
        "pair_bars": report.funnel(_("Pairs"), shown.pairs, least),
        "stacks": [(answer, report.stack(answer, least)) for answer in shown.answers],
        "curve": details.curve(found.details, conference),
        "cohorts": groups.cohorts(found.details, conference),
        "load": groups.load(found.details),
        "matched": groups.matched(found.details, least),
        "asking_days": report.asking_days(conference),
        "counted": moment_in_words(conference, current_runtime().now()),
        "names": report.step_names(),
        "report": report,
    }
