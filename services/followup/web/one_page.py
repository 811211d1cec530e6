"""One page to hand to a sponsor: what came of a conference, and of another one beside it. Totals without names; what somebody
said stands on it only where she allowed it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request

from services.followup import agreements, queries
from services.followup.domain.came_of import quotes
from services.followup.domain.cells import Answered, Shown
from services.followup.handlers.rounds import moment_in_words
from services.followup.policies import CHECK_INS
from services.followup.web import report
from shared import conferences, dates
from shared.contracts import ConferencePublished
from shared.i18n import gettext as _
from shared.web import current_runtime, reading, render
from shared.web.who import actor, may

pages = Blueprint("followup_one_page", "services.followup", template_folder="templates")
MOST_QUOTES = 3
"""The page is one sheet."""
LONGEST_ASKED = 80
"""Characters of a slug that is looked at."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A conference on the page."""

    conference: ConferencePublished
    shown: Shown

    @property
    def title(self) -> str:
        """Its name, and when it was."""
        days = self.conference.days
        when = [dates.whole_day(day) for day in dict.fromkeys((days[0].date, days[-1].date))]
        return f"{self.conference.name}, {' – '.join(when)}"


@pages.get("/outcomes/<slug>/report")
@may("owner")
def one_page(slug: str) -> Any:
    """The page, with another conference of hers beside it where she chose one."""
    with reading(one_moment=True) as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
        others = [one for one in conferences.within(connection, actor().scope) if one.slug != slug]
        asked = request.args.get("beside", "")[:LONGEST_ASKED]
        chosen = [one for one in others if one.slug == asked]
        cards = agreements.cards_at(connection, conference.conference)
        columns = [Column(conference=one, shown=queries.funnels(connection, one)) for one in (conference, *chosen)]
    others.sort(key=lambda one: one.days[0].date, reverse=True)
    least = conference.policy.small_cells_under
    return render(
        "followup/report.html",
        conference=conference,
        lead=report.lead(columns[0].shown, least),
        columns=columns,
        rows=_rows(columns),
        others=[("", _("None")), *((one.slug, f"{one.name} ({one.days[0].date.year})") for one in others)],
        chosen=chosen[0].slug if chosen else "",
        unknown=bool(asked) and not chosen,
        quotes=quotes(cards)[:MOST_QUOTES],
        made=moment_in_words(conference, current_runtime().now()),
        least=least,
    )


def _rows(columns: list[Column]) -> list[tuple[str, list[tuple[str, str]]]]:
    """(measure, [(figure, what stands below it) of each conference])."""
    names = report.step_names()
    rows = []
    for what, steps in (("people", ("registered", "checked_in", "met")), ("pairs", ("met", "continued"))):
        for step in steps:
            label = _label(what, step, names)
            rows.append((label, [(_count(column, what, step), "") for column in columns]))
    for question in CHECK_INS:
        cells = [_in_touch(column, question) for column in columns]
        if any(_answered(column, question) for column in columns):
            rows.append((_("Pairs {step}").replace("{step}", names[question]), cells))
    return rows


def _label(what: str, step: str, names: dict[str, str]) -> str:
    if what == "people":
        return {
            "registered": _("People who registered"),
            "checked_in": _("People who came"),
            "met": _("People who met a mentor or a mentee"),
        }[step]
    return {"met": _("Pairs who met"), "continued": _("Pairs who exchanged contacts, both said yes")}[step]


def _count(column: Column, what: str, step: str) -> str:
    (row,) = [row for row in getattr(column.shown, what) if row.name == step]
    return report.number(row.count, row.small, column.conference.policy.small_cells_under)


def _answered(column: Column, question: str) -> Answered | None:
    """What came of a question; None before anybody was asked."""
    return next((one for one in column.shown.answers if one.question == question), None)


def _in_touch(column: Column, question: str) -> tuple[str, str]:
    answer = _answered(column, question)
    if answer is None:
        return _("not asked yet"), ""
    if answer.reported is None:
        return report.number(answer.yes, "yes" in answer.small, column.conference.policy.small_cells_under), ""
    if answer.bounds is None:
        text = _("{yes} of {met}; 95 % interval {interval}")
    else:
        text = _(
            "{yes} of {met}; 95 % interval {interval}; {unknown} did not answer, so the truth lies within {bounds}"
        )
    words = report.filled(
        text,
        yes=dates.number(answer.yes or 0),
        met=dates.number(answer.met or 0),
        interval=report.span(answer.interval),
        unknown=dates.number(answer.unknown or 0),
        bounds=report.span(answer.bounds),
    )
    return report.percent(answer.reported), words
