"""What stands below the funnels: the curve in words, and all of it as rows of a file. Says what
`domain/details.py` found; it decides nothing of what is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from services.followup.domain.cells import Answered
from services.followup.domain.cohorts import CohortRow
from services.followup.domain.definitions import days_of
from services.followup.domain.details import IN_CODES, Curve, Details, Matched, Reached
from services.followup.web import report
from services.followup.web.report import filled
from shared import charts
from shared.contracts import ConferencePublished
from shared.i18n import gettext as _
from shared.sheets import Cell

# The curve


@dataclass(frozen=True, kw_only=True)
class CurveShown:
    """The curve as the page has it."""

    lead: str
    svg: Markup
    rows: Sequence[Sequence[str]]
    """When, estimate, band, at least, at most."""
    step: str


def curve(found: Details, conference: ConferencePublished) -> CurveShown | None:
    """None where it may not be shown."""
    if found.curve is None:
        return None
    questions = _questions(conference)
    words = {"week": _("a week"), "month": _("a month"), "quarter": _("three months")}
    whens = {0: _("they met")} | {day: words[question] for day, question in questions.items()}
    rows = [
        (
            whens[p.day],
            report.percent(p.share),
            report.span(p.band),
            report.percent(p.at_least),
            report.percent(p.at_most),
        )
        for p in found.curve.points
        if p.day
    ]
    lead = _curve_lead(found.curve, questions)
    points = [
        charts.Reached(
            at=point.day,
            label=whens[point.day],
            shown=report.percent(point.share),
            share=point.share,
            band=point.band,
            at_least=point.at_least,
            at_most=point.at_most,
        )
        for point in found.curve.points
    ]
    legend = [
        ("line", _("estimate")),
        ("band", _("95 % band")),
        ("edge", _("at least and at most")),
    ]
    svg = charts.curve_svg(_("Pairs with a later contact"), lead, points, legend)
    return CurveShown(lead=lead, svg=svg, rows=rows, step=report.percent(found.curve.step))


def _curve_lead(found: Curve, questions: Mapping[int, str]) -> str:
    told = [point for point in found.points if point.share is not None and point.day]
    if not told:
        return _("The answers leave open how long pairs stayed in touch.")
    last: Reached = told[-1]
    text = _("About {share} of the pairs who met still had contact {when} or later (95 % band {band}).")
    said = filled(
        text, share=report.percent(last.share), when=report.after(questions[last.day]), band=report.span(last.band)
    )
    if last.at_most - last.at_least > found.step:
        more = _(
            "Whatever the silent pairs did, it is at least {low} and at most {high}: here who told us of no contact, and "
            "of none later, counts as out of touch from then on."
        )
        said += " " + filled(more, low=report.percent(last.at_least), high=report.percent(last.at_most))
    return said


def _questions(conference: ConferencePublished) -> dict[int, str]:
    return {day: question for question, day in days_of(conference.policy.follow_up_days).items()}


# Files


def table(found: Details) -> list[list[Cell]]:
    """The same numbers as rows of a file."""
    rows: list[list[Cell]] = []
    if found.curve is not None:
        rows += [[], ["curve", "days", "estimate", "low", "high", "at least", "at most"]]
        for p in found.curve.points:
            held = [report.decimal(p.at_least), report.decimal(p.at_most)]
            rows.append(["curve", p.day, report.decimal(p.share), *report.edges(p.band), *held])
    if found.cohorts:
        rows += [[], ["cohort", "level", "after", "pairs", "yes", "no", "unknown", "reported", "low", "high"]]
        for what, split in found.cohorts.items():
            rows += [_cohort_row(what, row, answer) for row in split for answer in row.answers]
    if found.load:
        head = ["load of mentors", "pairs each", "mentors", "after", "pairs", "yes", "no", "unknown", "reported", "low"]
        rows += [[], [*head, "high", "at least", "at most"]]
        rows += [line for row in found.load for line in _load_rows(row)]
    return rows + _matched_rows(found.matched)


def _cohort_row(what: str, row: CohortRow, answer: Answered) -> list[Cell]:
    levels = " ".join(IN_CODES.get(level, level) for level in row.levels)
    parts = [report.cell(part) for part in (answer.yes, answer.no, answer.unknown)]
    rates = [report.decimal(answer.reported), *report.edges(answer.interval)]
    return ["cohort " + what, levels, answer.question, report.cell(row.met), *parts, *rates]


def _load_rows(row: CohortRow) -> list[list[Cell]]:
    """One for each question; one without answers before anything was asked."""
    first: list[Cell] = ["load of mentors", " ".join(row.levels), report.cell(row.mentors)]
    if not row.answers:
        return [[*first, "", report.cell(row.met)]]
    return [[*first, *_cohort_row("", row, answer)[2:], *report.edges(answer.bounds)] for answer in row.answers]


def _matched_rows(found: Matched | None) -> list[list[Cell]]:
    if found is None:
        return []
    rows: list[list[Cell]] = [[], ["matched against drawn", "after", "pairs", "yes", "no", "unknown"]]
    for name, one in (("matched", found.matched), ("drawn", found.drawn)):
        rows.append([name, one.question, *(report.cell(part) for part in (one.met, one.yes, one.no, one.unknown))])
    if found.comparison is not None:
        edges = report.edges(found.comparison.interval)
        rows.append(["difference", found.question, report.decimal(found.comparison.difference), *edges])
    return rows
