"""What of the outcomes may be shown without telling who they are: small cells are hidden, and whatever would give one
away by subtraction or division. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from services.followup.domain.intervals import share, wilson
from services.followup.domain.outcomes import Outcomes, Parts
from services.followup.policies import CHECK_INS

Interval = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Row:
    """A step of a funnel; None = hidden (or there is nothing to have a share of). `small`: the count itself is small,
    otherwise it is hidden for another's sake."""

    name: str
    count: int | None
    small: bool = False
    of_first: float | None = None
    interval: Interval | None = None
    of_before: float | None = None


@dataclass(frozen=True, kw_only=True)
class Answered:
    """The pairs that met by what is known of them as of one question; None = hidden."""

    question: str
    met: int | None
    yes: int | None
    no: int | None
    unknown: int | None
    wrote: int | None
    complete: int | None
    small: frozenset[str]
    """Names of the parts that are small themselves."""

    @property
    def reported(self) -> float | None:
        """Pairs reported to be in touch, over all that met."""
        return share(self.yes, self.met)

    @property
    def interval(self) -> Interval | None:
        """The 95 % interval of `reported`."""
        return None if self.yes is None or self.met is None else wilson(self.yes, self.met)

    @property
    def answered(self) -> int | None:
        """Pairs of which at least one answered."""
        return None if self.yes is None or self.no is None else self.yes + self.no

    @property
    def among_answered(self) -> float | None:
        """Pairs in touch, over those of which somebody answered."""
        return share(self.yes, self.answered)

    @property
    def bounds(self) -> Interval | None:
        """Between these lies the truth, whatever those who did not answer would have said."""
        if self.met is None or not self.met or None in (self.yes, self.no, self.unknown):
            return None
        return (self.yes or 0) / self.met, ((self.yes or 0) + (self.unknown or 0)) / self.met


@dataclass(frozen=True, kw_only=True)
class Lost:
    """Why pairs did not come to a step: how many for which reason; None = hidden, all of them at once."""

    step: str
    reasons: Mapping[str, int] | None


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a page and a file may say."""

    people: tuple[Row, ...]
    pairs: tuple[Row, ...]
    answers: tuple[Answered, ...]
    lost: tuple[Lost, ...] = ()

    @property
    def met(self) -> Row:
        """How many pairs met; a count that is hidden is not 0."""
        return next(row for row in self.pairs if row.name == "met")


def shown(found: Outcomes, least: int, asked: Collection[str]) -> Shown:
    """The outcomes without small cells (1 .. least - 1), for the questions that were asked by now."""
    questions = [question for question in CHECK_INS if question in asked]
    people = {name: getattr(found.people, name) for name in ("registered", "checked_in")}
    steps = ("introduced", "accepted", "met")
    people |= {name: getattr(found.people, name) for name in steps}
    people |= {question: found.people.in_touch[question] for question in questions}
    pairs = {name: getattr(found.pairs, name) for name in (*steps, "continued")}
    pairs |= {question: found.pairs.in_touch[question].yes for question in questions}
    answers = tuple(
        _answered(question, found.pairs.met, found.pairs.in_touch[question], least) for question in questions
    )
    secret = {answer.question: "yes" in answer.small for answer in answers if answer.yes is None}
    # Where nobody met twice, people are two for each pair: a step that is hidden of pairs is hidden of people, too, and not
    # even called small, which would tell fewer pairs than "small" does.
    tied = dict.fromkeys((name for name in pairs if name in secret or is_small(pairs[name], least)), False)
    return Shown(
        people=_funnel(people, tied, least),
        pairs=_funnel(pairs, secret, least),
        answers=answers,
        lost=_lost(found, least),
    )


def _lost(found: Outcomes, least: int) -> tuple[Lost, ...]:
    """The reasons of each step, where none of them is small, nor what comes of taking them from the pairs before it."""
    pairs, shown_ = found.pairs, []
    for step, before, came in (
        ("accepted", pairs.introduced, pairs.accepted),
        ("met", pairs.accepted, pairs.met),
    ):
        reasons = {why: count for why, count in pairs.lost[step].items() if count}
        rest = abs(before - came - sum(reasons.values()))  # met without two yeses, say
        if reasons:
            small = any(is_small(count, least) for count in (before, came, rest, *reasons.values()))
            shown_.append(Lost(step=step, reasons=None if small else reasons))
    return tuple(shown_)


def is_small(count: int, least: int) -> bool:
    """Whether so few are recognisable."""
    return 0 < count < least


def _funnel(counts: Mapping[str, int], secret: Mapping[str, bool], least: int) -> tuple[Row, ...]:
    """The steps with their shares; a share is shown only where both numbers are. `secret` are steps that are hidden
    for another's sake, and whether they may be called small."""
    visible = {name: None if name in secret or is_small(n, least) else n for name, n in counts.items()}
    first = next(iter(visible.values()))
    rows, names = [], list(counts)
    for place, name in enumerate(names):
        count = visible[name]
        base = "met" if name in ("continued", *CHECK_INS) else names[place - 1] if place else None
        rows.append(
            Row(
                name=name,
                count=count,
                small=secret.get(name, is_small(counts[name], least)),
                of_first=share(count, first),
                interval=wilson(count, first) if place and count is not None and first else None,
                of_before=share(count, visible[base]) if base else None,
            )
        )
    return tuple(rows)


def _answered(question: str, met: int, parts: Parts, least: int) -> Answered:
    counts = {"yes": parts.yes, "no": parts.no, "unknown": parts.unknown}
    small = frozenset(name for name, count in counts.items() if is_small(count, least))
    hidden = _hidden(counts, small, met, least)
    if len(hidden) == len(counts):
        small = frozenset()
    seen = {name: None if name in hidden else count for name, count in counts.items()}
    return Answered(
        question=question,
        met=None if is_small(met, least) else met,
        wrote=_of_the_no(parts.wrote, seen["no"], least),
        complete=_of_the_no(parts.complete, seen["no"], least),
        small=small,
        **seen,
    )


def _hidden(counts: Mapping[str, int], small: Collection[str], met: int, least: int) -> frozenset[str]:
    """Which parts are hidden: the small ones, a second one that would give a single one away by subtraction, and all
    of them where two leave only one possibility."""
    everything = frozenset(counts)
    if is_small(met, least):
        return everything
    if not small:
        return frozenset()
    others = sorted((name for name in counts if name not in small and counts[name]), key=lambda name: counts[name])
    hidden = frozenset({*small, *others[:1]} if len(small) == 1 else small)
    if len(hidden) == len(counts):
        return everything
    (left,) = everything - hidden
    rest, both_small = sum(counts[name] for name in hidden), len(small) == 2
    possible = [
        count for count in range(1, least) if _fits(rest - count, both_small=both_small, left=counts[left], least=least)
    ]
    return hidden if len(possible) > 1 else everything


def _fits(second: int, *, both_small: bool, left: int, least: int) -> bool:
    """Whether a second hidden part may be so large, for somebody who knows how we choose it."""
    return is_small(second, least) if both_small else least <= second and (second < left or not left)


def _of_the_no(count: int, no: int | None, least: int) -> int | None:
    """A part of the no: hidden where it or what is left of the no is small."""
    if count == 0 and no is not None:
        return 0
    return None if no is None or is_small(count, least) or is_small(no - count, least) else count
