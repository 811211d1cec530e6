"""From a lesson to a finding: whether there is enough, the effect of every term, how sure it is, what those who said nothing
could change, and whether other points would have been better. Only `learning.learn` imports this module."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from services.introductions.learning.arrays import Table, differing, table_of
from services.introductions.learning.comparing import compared
from services.introductions.learning.model import model_of
from services.introductions.learning.pairs import Effect, Finding, Lesson
from services.introductions.learning.power import effective, needed
from services.introductions.learning.suggesting import points_for
from services.introductions.learning.verdicts import intervals, verdict

FEW = 10


def found_in(lesson: Lesson) -> Finding:
    """What can be said from these pairs, and no more."""
    names = tuple(lesson.points)
    table = table_of(lesson.pairs, names)
    known = table.known
    looked_at = tuple(name for name, varies in zip(names, differing(known), strict=True) if varies)
    finding = _counted(lesson, known)
    if not looked_at or not _enough(finding):
        return finding
    columns = np.array([names.index(name) for name in looked_at], np.int64)
    every, answered = _only(table, looked_at, columns), _only(known, looked_at, columns)
    conferences = int(table.conferences.max()) + 1
    points = {name: lesson.points[name] for name in looked_at}
    comparison = compared(answered, points, conferences, lesson.fixed)
    suggested = {**lesson.points, **points_for(answered, points, conferences, lesson.fixed)}
    effects = _effects(every, answered, conferences)
    return replace(
        finding,
        enough=True,
        effects=tuple(_with_points(name, effects, lesson, suggested) for name in names),
        compared=comparison,
        suggested=suggested,
    )


def _counted(lesson: Lesson, known: Table) -> Finding:
    yes = int(known.said.sum())
    # Of few, what it takes would give away how many said what.
    share = yes / len(known.said) if min(yes, len(known.said) - yes) >= FEW else None
    return Finding(
        pairs=len(lesson.pairs),
        known=len(known.said),
        in_touch=yes,
        mentors=len(np.unique(known.mentors)),
        conferences=len(np.unique(known.conferences)),
        drawn=sum(pair.probability is not None and pair.in_touch is not None for pair in lesson.pairs),
        alike=int(effective(known.weights.tolist())),
        needed=needed(len(lesson.points), share),
    )


def _enough(finding: Finding) -> bool:
    rarer = min(finding.in_touch, finding.known - finding.in_touch)
    return (
        finding.alike >= finding.needed.pairs
        and rarer >= finding.needed.rarer
        and finding.mentors >= finding.needed.mentors
    )


def _only(table: Table, names: tuple[str, ...], columns: np.ndarray) -> Table:
    return replace(table, names=names, terms=table.terms[:, columns])


def _effects(every: Table, answered: Table, conferences: int) -> dict[str, Effect]:
    model = model_of(answered.terms, answered, conferences, errors=True)
    no, yes = (_in_an_extreme(every.saying(silent), conferences) for silent in (0.0, 1.0))
    found = {}
    for place, (name, interval) in enumerate(zip(answered.names, intervals(model, answered), strict=True)):
        effect, said = float(model.effects[place]), verdict(interval)
        low, high = (model.difference(answered.terms, answered, place, edge) for edge in interval)
        found[name] = Effect(
            term=name,
            verdict=said,
            difference=model.difference(answered.terms, answered, place, effect),
            interval=(low, high),
            if_all_no=no[place][1],
            if_all_yes=yes[place][1],
            holds=no[place][0] == yes[place][0] == said,
            log_odds=effect,
            log_odds_interval=interval,
        )
    return found


def _in_an_extreme(table: Table, conferences: int) -> list[tuple[str, float]]:
    """(verdict, difference) of each term, were this what the silent ones would have said."""
    model = model_of(table.terms, table, conferences, errors=True)
    return [
        (verdict(interval), model.difference(table.terms, table, place, float(model.effects[place])))
        for place, interval in enumerate(intervals(model, table))
    ]


def _with_points(name: str, effects: dict[str, Effect], lesson: Lesson, suggested: dict[str, int]) -> Effect:
    found = effects.get(name) or Effect(term=name, verdict="same")
    return replace(found, points=lesson.points[name], suggested=suggested[name])
