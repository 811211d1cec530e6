"""Rates by how many pairs a mentor met: whether who meets many keeps fewer. What is shown gives nobody away. Pure arithmetic.

How many pairs each row has is told, as for every other way to split, and by the same rules no small part of it. A second
secret is how many mentors met so many. Who met three is three times in the pairs, so a level of one number tells its mentors
by its pairs; what must stay open is how many they are in a row of several levels, and in the last level:

1. A level is a row of its own if it has mentors enough; the last one also needs pairs enough to leave its mentors open. Of
   four levels, the first two and the last two are one row where one of them cannot stand alone; where even these are few,
   the next level joins. Of three levels, the last two are one row, or the first two where the first cannot stand alone.
2. So whoever knows this rule learns of such a row only why it is one (`_Row.is_so`). Its pairs, which are told, must leave
   each of its levels two possible numbers of mentors at least; otherwise nothing of the loads is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from services.followup.domain.cells import Answered
from services.followup.domain.cohorts import CohortRow, Counts, broken_down
from services.followup.domain.outcomes import Parts

MANY = "4+"
LOADS = ("1", "2", "3", MANY)
"""How many pairs a mentor met, in the order of the page."""
FROM = 4
"""So many pairs at least has a mentor of the last level."""

Levels = tuple[str, ...]
AGAIN = 12
"""Of many pairs, what they leave open is the same with so many more: each load divides it."""


def load_of(pairs: int) -> str:
    """The level of a mentor who met so many mentees, one at least."""
    return MANY if pairs >= FROM else str(pairs)


@dataclass(frozen=True)
class _Row:
    """Levels that may be shown as one row: each alone, or several that are one as they are few even together (`few`)."""

    levels: Levels
    few: Levels = ()
    first: bool = False
    """It is a row because its first level cannot stand alone; otherwise because any of them cannot."""

    def is_so(self, mentors: Mapping[str, int], many: int, least: int) -> bool:
        """Whether this is a row where its levels have so many mentors, and the last level so many pairs."""
        if self.few:
            return sum(mentors[level] for level in self.few) < least
        some = self.levels[:1] if self.first else self.levels
        return len(self.levels) == 1 or not all(_alone(level, mentors[level], many, least) for level in some)


def mentor_load(
    counts: Counts, mentors: Mapping[str, int], totals: Sequence[Answered], least: int
) -> tuple[CohortRow, ...]:
    """The rows by load, each with how many mentors it is of where that can be computed anyway; () where they would say no more
    than the total. `totals` are the answers of all pairs as they are shown (`cells.shown`)."""
    known = {level: mentors[level] for level in LOADS if mentors.get(level)}
    pairs = {level: _pairs(counts[level]) for level in known}
    rows = _rows(known, pairs.get(MANY, 0), least)
    if any(not _may_be_told(row, known, pairs, least) for row in rows):
        return ()
    return tuple(
        replace(row, mentors=known[row.levels[0]] if len(row.levels) == 1 and MANY not in row.levels else None)
        for row in broken_down([row.levels for row in rows], counts, totals, least)
    )


def _rows(mentors: Mapping[str, int], many: int, least: int) -> list[_Row]:
    """By the first rule above; none where that finds none. That a row has mentors enough is not looked at."""
    alone = {level for level, n in mentors.items() if _alone(level, n, many, least)}
    known = tuple(mentors)
    if alone == set(known):
        return [_Row((level,)) for level in known]
    if len(known) < 3:
        return []
    if len(known) == 3:
        return (
            [_Row(known[:1]), _Row(known[1:])] if known[0] in alone else [_Row(known[:2], first=True), _Row(known[2:])]
        )
    low, high = known[:2], known[2:]
    if sum(mentors[level] for level in high) < least:
        return [_Row(known[:1]), _Row(known[1:], few=high)]
    if sum(mentors[level] for level in low) < least:
        return [_Row(known[:3], few=low), _Row(known[3:])]
    return [row for half in (low, high) for row in ([_Row((n,)) for n in half] if alone >= set(half) else [_Row(half)])]


def _alone(level: str, mentors: int, many: int, least: int) -> bool:
    """Whether they can be a row. How many mentors the last level has could be computed from fewer pairs than that."""
    return mentors >= least and (level != MANY or many >= FROM * (least + 1))


def _may_be_told(row: _Row, mentors: Mapping[str, int], pairs: Mapping[str, int], least: int) -> bool:
    if len(row.levels) == 1:
        (level,) = row.levels
        return _alone(level, mentors[level], pairs.get(MANY, 0), least)
    enough = sum(mentors[level] for level in row.levels) >= least
    everything = sum(pairs[level] for level in row.levels)
    most = 2 * AGAIN * least
    return enough and _open(row, everything if everything < most else most + (everything - most) % AGAIN, least)


@lru_cache(maxsize=1024)
def _open(row: _Row, pairs: int, least: int) -> bool:
    """Whether these pairs leave each level of the row two numbers of mentors at least."""
    found: dict[str, set[int]] = {level: set() for level in row.levels}
    for mentors, many in _ways(row.levels, pairs):
        if sum(mentors.values()) >= least and row.is_so(mentors, many, least):
            for level, n in mentors.items():
                found[level].add(n)
            if all(len(numbers) > 1 for numbers in found.values()):
                return True
    return False


def _ways(levels: Levels, pairs: int) -> Iterator[tuple[dict[str, int], int]]:
    """(level -> mentors, pairs of the last level) that come to so many pairs, a mentor of each level at least."""
    level, *rest = levels
    if level == MANY:
        yield from (({level: n}, pairs) for n in range(1, pairs // FROM + 1))
    elif not rest:
        if pairs and not pairs % int(level):
            yield {level: pairs // int(level)}, 0
    else:
        for n in range(1, pairs // int(level) + 1):
            for others, many in _ways(tuple(rest), pairs - n * int(level)):
                yield {level: n, **others}, many


def _pairs(questions: Mapping[str, Parts]) -> int:
    return max((part.yes + part.no + part.unknown for part in questions.values()), default=0)
