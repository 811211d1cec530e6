"""Groups of pairs beside each other, in words, bars and rows: cohorts, the load of mentors, and matched against drawn
pairs. Says what `domain/details.py` found; it decides nothing of what is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from services.followup.domain.cells import Answered
from services.followup.domain.cohorts import CohortRow
from services.followup.domain.compare import LESS, MORE, Comparison
from services.followup.domain.details import UNKNOWN, Details, Matched
from services.followup.domain.tallying import NO_ONE, SEVERAL
from services.followup.web import report
from services.followup.web.report import filled
from shared import charts, dates
from shared.contracts import ConferencePublished
from shared.i18n import gettext as _

# Cohorts


@dataclass(frozen=True, kw_only=True)
class CohortShown:
    """A way to split, as of one question."""

    title: str
    lead: str
    tells: bool
    """Whether two of its groups are further apart than chance usually puts them."""
    question: str
    bars: Markup
    """Empty where no rate may be told: bars without a length say nothing."""
    rows: Sequence[tuple[str, int, Answered]]


def titles() -> dict[str, str]:
    """Cohort -> its heading, in the order of the page."""
    return {
        "topic": _("By topic in common"),
        "first_timer": _("By whether the mentee was there for the first time"),
        "goal": _("By goal card"),
        "hour": _("By time of day"),
        "language": _("By language in common"),
    }


def cohorts(found: Details, conference: ConferencePublished) -> list[CohortShown]:
    """Those that can be shown, as of the newest question of which something of them is told."""
    shown = []
    for what, title in titles().items():
        rows = found.cohorts.get(what, ())
        if rows and rows[0].answers:
            place = _newest(rows)
            named = [(level_name(what, row.levels, conference), row.met, row.answers[place]) for row in rows]
            question = rows[0].answers[place].question
            heading = f"{title}, {report.in_touch(question)}"
            lead, tells = _spread(named)
            bars = _bars(heading, named)
            shown.append(CohortShown(title=title, lead=lead, tells=tells, question=question, bars=bars, rows=named))
    return shown


def _newest(rows: Sequence[CohortRow]) -> int:
    told = [place for place in range(len(rows[0].answers)) if any(row.answers[place].yes is not None for row in rows)]
    return max(told, default=len(rows[0].answers) - 1)


def _bars(title: str, named: Sequence[tuple[str, int, Answered]]) -> Markup:
    if all(answer.reported is None for _name, _met, answer in named):
        return Markup()
    steps = [
        charts.Step(
            label=name,
            shown=report.percent(answer.reported),
            share=answer.reported,
            interval=answer.interval,
            note=_note(met, answer),
        )
        for name, met, answer in named
    ]
    return charts.funnel_svg(title, "; ".join(f"{step.label}: {step.shown}" for step in steps), steps)


def _note(met: int, answer: Answered) -> str:
    if answer.interval is None:
        return filled(_("{n} pairs; too few to say more"), n=dates.number(met))
    return filled(_("{n} pairs, 95 % interval {span}"), n=dates.number(met), span=report.span(answer.interval))


def _spread(named: Sequence[tuple[str, int, Answered]]) -> tuple[str, bool]:
    """(what may be said of the highest and the lowest, without a claim that chance could make; whether they differ)."""
    told = sorted(((a.reported, a.interval, name) for name, _met, a in named if a.reported is not None and a.interval))
    if len(told) < 2:
        return _("Too few to tell."), False
    (low, below, worst), (high, above, best) = told[0], told[-1]
    differ = below[1] < above[0]
    if differ:
        text = _("{best}: {high}; {worst}: {low}. That is further apart than chance usually puts two groups.")
    else:
        text = _("Too few to tell: {low} to {high} in touch, which may be chance.")
    return filled(text, best=best, worst=worst, low=report.percent(low), high=report.percent(high)), differ


def level_name(what: str, levels: Sequence[str], conference: ConferencePublished) -> str:
    """One level, or several that are shown together."""
    labels = {topic.code[:64]: topic.label for topic in conference.topics}
    return ", ".join(_level(what, level, labels) for level in levels)


def _level(what: str, level: str, topics: dict[str, str]) -> str:
    if level == UNKNOWN:
        return _("not known")
    words = {
        "topic": {SEVERAL: _("several topics"), NO_ONE: _("none in common")} | topics,
        "first_timer": {"yes": _("there for the first time"), "no": _("there before")},
        "goal": {"none": _("no goal card"), "enough": _("“this talk was enough”"), "date": _("a goal with a day")},
        "hour": {"morning": _("before 12:00"), "afternoon": _("12:00 to 17:00"), "evening": _("from 17:00 on")},
        "language": {SEVERAL: _("several languages"), NO_ONE: _("none in common")},
    }[what]
    return words.get(level) or (dates.language(level) if what == "language" else level)


# The load of mentors


@dataclass(frozen=True, kw_only=True)
class LoadShown:
    """By how many pairs a mentor met: level, how many mentors, how many pairs; and once something was asked, the rates."""

    counts: Sequence[tuple[str, str, str]]
    rates: CohortShown | None
    """None where no rate may be told, or nothing was asked yet."""


def load(found: Details) -> LoadShown | None:
    """None where nothing of it may be shown."""
    if not found.load:
        return None
    names = [_load_name(row.levels) for row in found.load]
    counts = [
        (name, _("not shown") if row.mentors is None else dates.number(row.mentors), dates.number(row.met))
        for name, row in zip(names, found.load, strict=True)
    ]
    if not found.load[0].answers or len(found.load) < 2:
        return LoadShown(counts=counts, rates=None)
    place = _newest(found.load)
    question = found.load[0].answers[place].question
    named = [(name, row.met, row.answers[place]) for name, row in zip(names, found.load, strict=True)]
    if all(answer.reported is None for _name, _met, answer in named):
        return LoadShown(counts=counts, rates=None)
    title = _("Pairs by how many their mentor met")
    bars = _bars(f"{title}, {report.in_touch(question)}", named)
    lead, tells = _spread(named)
    return LoadShown(
        counts=counts,
        rates=CohortShown(title=title, lead=lead, tells=tells, question=question, bars=bars, rows=named),
    )


def _load_name(levels: Sequence[str]) -> str:
    words = {"1": _("one"), "2": _("two"), "3": _("three"), "4+": _("four or more")}
    if len(levels) > 1 and tuple(levels) == tuple(words)[-len(levels) :]:  # Without a gap.
        return _("{first} or more").replace("{first}", words[levels[0]])
    between = _("or")
    return f" {between} ".join(words[level] for level in levels)


def tell(cohorts_shown: Sequence[CohortShown], load_shown: LoadShown | None) -> bool:
    """Whether some groups of pairs differ by more than chance."""
    rates = None if load_shown is None else load_shown.rates
    return any(cohort.tells for cohort in (*cohorts_shown, *([] if rates is None else [rates])))


# Matched against drawn


@dataclass(frozen=True, kw_only=True)
class MatchedShown:
    """The comparison as the page has it; without a picture where there is nothing to draw."""

    lead: str
    more: str = ""
    svg: Markup | None = None
    rows: Sequence[tuple[str, Answered]] = ()
    question: str = ""


def matched(found: Details, least: int) -> MatchedShown:
    """What can be told, and plainly where nothing can."""
    pairs = found.matched
    if pairs is None:
        text = _(
            "Too few to tell: pairs that we chose are compared with pairs drawn by chance once at least {n} of each have met."
        )
        return MatchedShown(lead=filled(text, n=dates.number(least)))
    rows = [(_("chosen by us"), pairs.matched), (_("drawn by chance"), pairs.drawn)]
    if pairs.comparison is None:
        return MatchedShown(
            lead=_("Too few to tell: of one of the two too few answered."), rows=rows, question=pairs.question
        )
    return MatchedShown(
        lead=_verdict(pairs, pairs.comparison),
        more=_how_sure(pairs.comparison),
        svg=_drawn(pairs, pairs.comparison),
        rows=rows,
        question=pairs.question,
    )


def points_of(share: float) -> str:
    """A difference of shares in percentage points, with its sign."""
    rounded = round(100 * share)
    return f"{'+' if rounded > 0 else '−' if rounded < 0 else ''}{abs(rounded)}"


def difference(found: Comparison) -> str:
    """The difference with its interval."""
    text = _("{d} points, 95 % interval {low} to {high}")
    low, high = found.interval
    return filled(text, d=points_of(found.difference), low=points_of(low), high=points_of(high))


def _verdict(pairs: Matched, found: Comparison) -> str:
    text = {
        MORE: _("Pairs that we chose were in touch more often {when} than pairs drawn by chance: {a} against {b}."),
        LESS: _("Pairs that we chose were in touch less often {when} than pairs drawn by chance: {a} against {b}."),
    }.get(
        found.verdict,
        _(
            "Too few to tell whether pairs that we chose were in touch more often {when} than pairs drawn by chance: "
            "{a} against {b}."
        ),
    )
    a, b = report.percent(pairs.matched.reported), report.percent(pairs.drawn.reported)
    return filled(text, when=report.after(pairs.question), a=a, b=b)


def _how_sure(found: Comparison) -> str:
    said = filled(_("Difference: {d}."), d=difference(found))
    if found.verdict in (MORE, LESS):
        told = found.whatever_the_silent
        more = _("It would be the same way round whatever the silent pairs did.") if told else None
        return f"{said} {more or _('What the silent pairs did could turn it round.')}"
    if found.detectable is not None:
        more = _(
            "With this number of pairs, four of five such comparisons would notice a difference of {n} points, "
            "and fewer a smaller one."
        )
        said += " " + filled(more, n=str(round(100 * found.detectable)))
    return said


def _drawn(pairs: Matched, found: Comparison) -> Markup:
    kind = found.verdict if found.verdict in (MORE, LESS) else "open"
    row = charts.Difference(
        label=_("chosen minus drawn"),
        shown=points_of(found.difference),
        kind=kind,
        difference=found.difference,
        interval=found.interval,
        note=difference(found),
    )
    return charts.differences_svg(_("Pairs that we chose against pairs drawn by chance"), _verdict(pairs, found), [row])
