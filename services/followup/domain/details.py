"""What stands below the funnels, from the totals alone: how long pairs stayed in touch, which pairs did, how mentors were
loaded, matched against drawn pairs. Only what may be shown. Pure arithmetic; it has no words.

The curve is made of the questions whose answers are all shown, and nothing else. It depends on what the same pair said to
several questions, which no table shows; so its figures are told in steps that are worth `least` pairs at least, and not at
all where such a step would be larger than a tenth.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, floor

from services.followup.domain.cells import Answered
from services.followup.domain.cohorts import CohortRow, Counts, cohort, time_of_day
from services.followup.domain.compare import Comparison, compare, group_of
from services.followup.domain.curve import Point, curve, shown
from services.followup.domain.definitions import Span, last_contact, standing_of
from services.followup.domain.loads import load_of, mentor_load
from services.followup.domain.outcomes import Parts
from services.followup.domain.tallying import NO_ONE, SEVERAL, Facts, Totals
from services.followup.policies import CHECK_INS

UNKNOWN = ""
"""The level of pairs of which the matter is not known."""
IN_CODES = {UNKNOWN: "unknown", SEVERAL: "several", NO_ONE: "none"}
"""What files and the API say of levels that are no code of somebody's."""
MATCHED, DRAWN = "matched", "drawn"
STEPS = (1, 2, 5, 10)
"""Per cent that the figures of the curve may be rounded to."""
ALMOST = 1e-9
"""What computers lose."""

LEVELS: dict[str, Callable[[str], str]] = {
    "topic": str,
    "first_timer": str,
    "goal": str,
    "hour": lambda hour: time_of_day(int(hour)),
    "language": str,
}
"""Cohort, in the order of the page -> from the value that is kept to the level that is shown."""
IN_ORDER = {
    "first_timer": ("yes", "no"),
    "goal": ("none", "enough", "date"),
    "hour": ("morning", "afternoon", "evening"),
}
"""Levels that have an order of their own; the others stand by their size."""


@dataclass(frozen=True, kw_only=True)
class Reached:
    """A point of the curve as it is told, all shares of the pairs that met. `share` and `band` are None where the answers leave
    them open."""

    day: int
    share: float | None
    band: tuple[float, float] | None
    at_least: float
    at_most: float


@dataclass(frozen=True, kw_only=True)
class Curve:
    """The points, and what they are rounded to."""

    points: tuple[Reached, ...]
    step: float


@dataclass(frozen=True, kw_only=True)
class Matched:
    """Pairs that points chose against pairs that chance had a part in, as of one question. `comparison` is None where anything
    of one of the two is hidden."""

    question: str
    matched: Answered
    drawn: Answered
    comparison: Comparison | None


@dataclass(frozen=True, kw_only=True)
class Details:
    """All of it; empty where there is nothing that may be shown."""

    curve: Curve | None = None
    cohorts: Mapping[str, tuple[CohortRow, ...]] = field(default_factory=dict)
    load: tuple[CohortRow, ...] = ()
    matched: Matched | None = None


def details(totals: Totals, answers: Sequence[Answered], days: Mapping[str, int], least: int) -> Details:
    """`answers` are those of all pairs as they are shown (`cells.shown`), `days` those of the questions."""
    met = {found: n for found, n in totals.pairs().items() if found.met}
    if answers and answers[0].met is None:
        return Details()  # every way to split adds up to how many met, the loads of mentors, too
    if not met or not answers:
        return Details(load=_load(totals, met, (), least))
    split = {what: cohort(_counts(totals.of(what), level, met), answers, least) for what, level in LEVELS.items()}
    return Details(
        curve=curve_of(spans_of(met, answers, days), answers, days, least),
        cohorts={what: _ordered(what, rows) for what, rows in split.items() if len(rows) > 1},
        load=_load(totals, met, answers, least),
        matched=_matched(cohort(_counts(totals.of("chance"), _chance, met), answers, least)),
    )


def spans_of(met: Mapping[Facts, int], answers: Sequence[Answered], days: Mapping[str, int]) -> dict[Span, int]:
    """When last contacts were, as far as the questions tell whose answers are all shown."""
    told = told_days(answers, days)
    found: Counter[Span] = Counter()
    for facts, n in met.items():
        stands = {question: standing_of(facts.said[CHECK_INS.index(question)]) for question in told}
        found[last_contact(stands, told)] += n
    return dict(found)


def told_days(answers: Sequence[Answered], days: Mapping[str, int]) -> dict[str, int]:
    """The days of the questions whose answers are all shown."""
    told = {answer.question for answer in answers if None not in (answer.yes, answer.no, answer.unknown)}
    return {question: day for question, day in days.items() if question in told}


def curve_of(
    spans: Mapping[Span, int], answers: Sequence[Answered], days: Mapping[str, int], least: int
) -> Curve | None:
    """The curve as it is told; None where it would tell no day but the first, or of too few pairs."""
    met = sum(spans.values())
    steps = [step for step in STEPS if step * met >= 100 * least]
    told = told_days(answers, days)
    if not steps or not told:
        return None
    points = shown(curve(spans, told.values()), answers, days, least)
    step = steps[0] / 100
    return Curve(points=tuple(_reached(point, step) for point in points), step=step) if len(points) > 1 else None


def _reached(point: Point, step: float) -> Reached:
    """Rounded so that what holds still holds: bounds and bands outwards."""
    return Reached(
        day=point.day,
        share=None if point.share is None else round(round(point.share / step) * step, 4),
        band=None if point.band is None else (_below(point.band[0], step), _above(point.band[1], step)),
        at_least=_below(point.at_least, step),
        at_most=_above(point.at_most, step),
    )


def _below(share: float, step: float) -> float:
    return round(max(0.0, floor(share / step + ALMOST) * step), 4)


def _above(share: float, step: float) -> float:
    return round(min(1.0, ceil(share / step - ALMOST) * step), 4)


def _counts(kept: Mapping[str, Mapping[Facts, int]], level: Callable[[str], str], met: Mapping[Facts, int]) -> Counts:
    """Level -> question -> its pairs; those in no level are one of their own, so that all levels add up to all pairs."""
    levels: dict[str, Counter[Facts]] = {}
    rest = Counter(met)
    for value, facts in kept.items():
        levels.setdefault(level(value), Counter()).update(facts)
        rest.subtract(facts)
    if any(n > 0 for n in rest.values()):
        levels.setdefault(UNKNOWN, Counter()).update({facts: n for facts, n in rest.items() if n > 0})
    return {name: _by_question(facts) for name, facts in levels.items()}


def _ordered(what: str, rows: Sequence[CohortRow]) -> tuple[CohortRow, ...]:
    """Several levels that are shown together, and what is not known, stand last."""
    order = IN_ORDER.get(what, ())

    def place(row: CohortRow) -> tuple[bool, int, int, str]:
        level = row.levels[0]
        own = order.index(level) if level in order else len(order)
        return len(row.levels) > 1 or level == UNKNOWN, own, -row.met, level

    return tuple(sorted(rows, key=place))


def _by_question(facts: Mapping[Facts, int]) -> dict[str, Parts]:
    found = {}
    for place, question in enumerate(CHECK_INS):
        stands = Counter[str]()
        for one, n in facts.items():
            stands[standing_of(one.said[place])] += n
        found[question] = Parts(yes=stands["yes"], no=stands["no"], unknown=stands["unknown"])
    return found


def _load(totals: Totals, met: Mapping[Facts, int], answers: Sequence[Answered], least: int) -> tuple[CohortRow, ...]:
    """By how many pairs a mentor met; nothing while not all pairs are counted by it (after an update), as the rows add up."""
    mentors = Counter[str]()
    for meetings, n in totals.load().items():
        mentors[load_of(meetings)] += n
    counts = _counts(totals.of("mentored"), str, met)
    return () if set(counts) != set(mentors) else mentor_load(counts, mentors, answers, least)


def _chance(value: str) -> str:
    return MATCHED if value == "planned" else DRAWN


def _matched(rows: Sequence[CohortRow]) -> Matched | None:
    """As of the newest question of which both are told; of the newest one where there is none. None where not both of them
    are a row of their own."""
    found = {row.levels[0]: row for row in rows if len(row.levels) == 1}
    if MATCHED not in found or DRAWN not in found:
        return None
    both = list(zip(found[MATCHED].answers, found[DRAWN].answers, strict=True))
    told = [pair for pair in both if None not in map(group_of, pair)]
    matched, drawn = (told or both)[-1]
    first, second = group_of(matched), group_of(drawn)
    comparison = None if first is None or second is None else compare(first, second)
    return Matched(question=matched.question, matched=matched, drawn=drawn, comparison=comparison)
