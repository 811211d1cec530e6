"""Rates for parts of a conference: by topic, first-timers, goal cards, time of day, language. What is shown
gives nobody away: not by a small cell, not by what is left when everything else is taken from a total. Pure arithmetic.

Each way to split puts every pair that met into one level, so that the rows add up to the total that the page shows anyway.

1. Levels of fewer pairs than `least` are shown together, as one row. As long as that row is small itself, or all levels in
   it are of one size (one alone is), the next smallest joins, with all of its size. So who knows this rule can still swap
   any two levels in it that are of different size, and sees the same page: none of their sizes can be computed.
2. How many pairs a row has is known from then on. A row of which any part (in touch, not, no answer) is small is not broken
   down at that question. With the others and the total known, what is left could be computed, so more rows join it, in the
   order of their sizes, which everybody sees, until each part of each of them may have `least` different values, for all
   that is shown (`_open`); failing that, all rows have joined. A part that none of them has is shown as 0. Where one of
   the totals is hidden itself, no row is broken down.

Not covered: two pages of different days, if somebody answered in between (a page that counts answers up to a fixed moment
only, and shows nothing of a question before, has no such difference); what somebody knows anyway; a level that is all of
one mentor's. That nobody who knows rule 2 as well computes more is tried for all small tables in the tests, not proved.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from services.followup.domain.cells import Answered, is_small
from services.followup.domain.outcomes import Parts

COHORTS = ("topic", "first_timer", "goal", "time_of_day", "language", "drawn")
"""The ways to split, apart from `loads.py`. `drawn`: whether chance had a part in the pair, for `compare`."""

Counts = Mapping[str, Mapping[str, Parts]]
"""Level -> question -> the pairs of that level that met, by what is known of them."""

PARTS = ("yes", "no", "unknown")


@dataclass(frozen=True, kw_only=True)
class CohortRow:
    """One level, or several that are shown together; `answers` have their rates, intervals and bounds, None = hidden."""

    levels: tuple[str, ...]
    met: int
    answers: tuple[Answered, ...]
    mentors: int | None = None
    """Only of the load of mentors: how many they are; None = hidden, or another way to split."""


def time_of_day(hour: int) -> str:
    """The level of a meeting that begins at this hour, local time."""
    return "morning" if hour < 12 else "afternoon" if hour < 17 else "evening"


def cohort(counts: Counts, totals: Sequence[Answered], least: int) -> tuple[CohortRow, ...]:
    """The rows of one way to split, those shown together last; () where they would say no more than the total. `totals` are
    the answers of all pairs as they are shown (`cells.shown`), one for each question that was asked."""
    sizes = {level: size for level in counts if (size := _size(counts[level]))}
    together = shown_together(sizes, least)
    groups: list[tuple[str, ...]] = [(level,) for level in sizes if level not in together]
    if together:
        groups.append(tuple(level for level in sizes if level in together))
    return broken_down(groups, counts, totals, least) if len(together) < len(sizes) else ()


def broken_down(
    groups: Sequence[tuple[str, ...]], counts: Counts, totals: Sequence[Answered], least: int
) -> tuple[CohortRow, ...]:
    """The rows of these levels, each with its parts at each question where they may be shown."""
    sizes = [sum(_size(counts[level]) for level in group) for group in groups]
    columns = [
        _column([_together([counts[level][total.question] for level in group]) for group in groups], total, least)
        for total in totals
    ]
    return tuple(
        CohortRow(levels=group, met=size, answers=tuple(column[place] for column in columns))
        for place, (group, size) in enumerate(zip(groups, sizes, strict=True))
    )


def shown_together(sizes: Mapping[str, int], least: int) -> frozenset[str]:
    """The levels that are shown as one row; all of them where only the total can be shown. `sizes` are above 0."""
    together = {level for level, size in sizes.items() if is_small(size, least)}
    while together and len(together) < len(sizes):
        inside = [sizes[level] for level in together]
        if sum(inside) >= least and len(set(inside)) > 1:
            break
        following = min(size for level, size in sizes.items() if level not in together)
        together |= {level for level, size in sizes.items() if size == following}
    return frozenset(together)


def hidden_rows(parts: Sequence[Parts], least: int) -> frozenset[int]:
    """The places of the rows that are not broken down; all their sizes are known, and so are the totals of the parts."""
    hidden = {place for place, row in enumerate(parts) if any(is_small(getattr(row, name), least) for name in PARTS)}
    others = sorted((place for place in range(len(parts)) if place not in hidden), key=lambda n: (_all(parts[n]), n))
    while hidden and others and not _open([parts[place] for place in hidden], least):
        hidden.add(others.pop(0))
    return frozenset(hidden)


def _column(parts: Sequence[Parts], total: Answered, least: int) -> list[Answered]:
    """The rows at one question."""
    known = {name for name in PARTS if getattr(total, name) is not None}
    hidden = hidden_rows(parts, least) if len(known) == len(PARTS) else frozenset(range(len(parts)))
    none_left = {name for name in known if not any(getattr(parts[place], name) for place in hidden)}
    return [_answered(total.question, row, none_left if place in hidden else PARTS) for place, row in enumerate(parts)]


def _answered(question: str, row: Parts, visible: Collection[str]) -> Answered:
    seen = {name: getattr(row, name) if name in visible else None for name in PARTS}
    return Answered(question=question, met=_all(row), wrote=None, complete=None, small=frozenset(), **seen)


def _open(rows: Sequence[Parts], least: int) -> bool:
    """Whether each part of each of these rows may have `least` different values, for who knows the size of every row and the
    sum of every part. The tables that there may be are those of a transport between sizes and sums: every value between the
    smallest and the largest of a cell is taken by one of them. A part that none of the rows has is no secret."""
    everything = sum(map(_all, rows))
    for name in PARTS:
        column = sum(getattr(row, name) for row in rows)
        for row in rows:
            smallest, largest = max(0, column - (everything - _all(row))), min(column, _all(row))
            if column and largest - smallest < least - 1:
                return False
    return True


def _size(questions: Mapping[str, Parts]) -> int:
    return max((_all(parts) for parts in questions.values()), default=0)


def _all(parts: Parts) -> int:
    return parts.yes + parts.no + parts.unknown


def _together(parts: Sequence[Parts]) -> Parts:
    return Parts(**{name: sum(getattr(part, name) for part in parts) for name in PARTS})
