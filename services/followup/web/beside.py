"""The same question of other conferences, beside this one: those that whoever looks may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from services.followup import queries
from services.followup.domain.cells import Answered, Shown
from services.followup.domain.compare import LESS, MORE, compare, group_of
from services.followup.policies import CHECK_INS
from services.followup.queries.told import Told
from services.followup.web import report
from services.followup.web.groups import difference
from services.followup.web.report import filled
from shared import conferences, dates
from shared.access import Scope
from shared.contracts import ConferencePublished
from shared.i18n import gettext as _
from shared.sheets import Cell

MOST = 8
"""Others on the page; of more the newest at which somebody met."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A conference: how many pairs met, and how many of these were in touch."""

    conference: ConferencePublished
    days: str
    met: str
    answer: Answered | None
    own: bool


@dataclass(frozen=True, kw_only=True)
class Beside:
    """All of them, newest first, as of one question, and how this one stands to the one before it."""

    question: str
    rows: Sequence[Row]
    lead: str


def told(connection: Connection, conference: ConferencePublished, scope: Scope) -> Told:
    """What may be told of it to somebody who sees this scope, with the others of it beside."""
    others = [one for one in conferences.within(connection, scope) if one.conference != conference.conference]
    newest_first = sorted(others, key=lambda one: (one.days[0].date, one.slug), reverse=True)
    return queries.told_beside(connection, conference, newest_first, MOST)


def rows(found: Told, conference: ConferencePublished) -> Beside | None:
    """None where there is no other one, or nothing to compare yet."""
    everything = sorted([(conference, found.shown), *found.beside], key=lambda one: one[0].days[0].date, reverse=True)
    question = _question(found.shown)
    if len(everything) < 2 or question is None:
        return None
    shown = [_row(one, told, question, own=one is conference) for one, told in everything]
    return Beside(question=question, rows=shown, lead=_lead(shown, question))


def table(found: Told, conference: ConferencePublished) -> list[list[Cell]]:
    """The same as rows of a file; none where the page has none."""
    beside = rows(found, conference)
    if beside is None:
        return []
    head: list[Cell] = ["conferences", "first day", "after", "pairs", "yes", "no", "unknown", "reported", "low", "high"]
    return [[], head, *(_line(row, beside.question) for row in beside.rows)]


def _line(row: Row, question: str) -> list[Cell]:
    first: list[Cell] = [row.conference.name, row.conference.days[0].date.isoformat(), question]
    if row.answer is None:
        return [*first, report.NOT_SHOWN]
    answer = row.answer
    parts = [report.cell(part) for part in (answer.met, answer.yes, answer.no, answer.unknown)]
    return [*first, *parts, report.decimal(answer.reported), *report.edges(answer.interval)]


def _question(shown: Shown) -> str | None:
    """The newest one that this conference tells of."""
    told = [answer.question for answer in shown.answers if answer.yes is not None]
    return max(told, key=CHECK_INS.index, default=None)


def _row(one: ConferencePublished, shown: Shown, question: str, *, own: bool) -> Row:
    met = shown.met
    return Row(
        conference=one,
        days=dates.days(one.days[0].date, one.days[-1].date),
        met=report.number(met.count, met.small, one.policy.small_cells_under),
        answer=next((answer for answer in shown.answers if answer.question == question), None),
        own=own,
    )


def _lead(shown: Sequence[Row], question: str) -> str:
    """This one against the newest before it: one comparison, since of many one comes out as different by chance."""
    place = next(number for number, row in enumerate(shown) if row.own)
    before = next((row for row in shown[place + 1 :] if row.answer is not None), None)
    mine, other = shown[place].answer, None if before is None else before.answer
    if before is None or mine is None or other is None:
        return _("No earlier conference has answers to the same question.")
    first, second = group_of(mine), group_of(other)
    found = None if first is None or second is None else compare(first, second)
    if found is None:
        return filled(_("Too few to tell whether it differs from {name}."), name=before.conference.name)
    text = {
        MORE: _("More pairs were in touch {when} than at {name}: {d}."),
        LESS: _("Fewer pairs were in touch {when} than at {name}: {d}."),
    }.get(found.verdict, _("Too few to tell whether more pairs were in touch {when} than at {name}: {d}."))
    return filled(text, when=report.after(question), name=before.conference.name, d=difference(found))
