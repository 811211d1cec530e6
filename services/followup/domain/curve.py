"""How long pairs stay in touch: the share whose last contact is later than a day, for every day that was asked about.

Nobody sees a last contact happen; it is known to lie in a span of days (`definitions.last_contact`). The curve is the
nonparametric maximum likelihood estimate for such interval-censored times (Peto 1973; Turnbull 1976, J. R. Stat. Soc. B
38:290-295). It takes silence to be without meaning: a pair of which nothing more is heard is taken to go on like the pairs
of which the same was known. Whether that is so the answers cannot tell; `at_least` and `at_most` hold whatever it is.

The band is pointwise, 95 %: Wilson's interval with the effective number of pairs, n* = S (1 - S) / Var S, with Var S from
the observed information of the estimate, its masses of zero left out (effective numbers: Dorey & Korn 1987, Stat. Med.
6:679-687, for survival; Korn & Graubard 1998, Surv. Methodol. 24:193-201, for shares). Questions are few and their days
the same for all, so the information is that of a multinomial with some cells merged, and where everybody answers the band
is Wilson's own. Where the estimate is 0 or 1 there is no variance, and n* is the number of pairs that are known to be in
touch or not on that day. Plain arithmetic, since there are no more distinct spans than pairs of questions.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from services.followup.domain.cells import Answered, is_small
from services.followup.domain.definitions import Span
from services.followup.domain.intervals import wilson

EXACT = 1e-9
"""Masses are found when a step changes no likelihood by more, relatively (Newton's next one would change its square), and
when no mass of zero would gain more per pair."""
MOST_STEPS = 500
"""A bound that is never reached (a dozen is usual): a page is better off with what was found than with none."""

Row = tuple[int, int, float]
"""A distinct span: its first and last stretch, and the share of all pairs that have it."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """The curve on one day. `share` is of the pairs that met (0..1), and None where the answers leave it open (nobody said
    anything that day, and it does not follow from other days); then there is no band either."""

    day: int
    share: float | None
    band: tuple[float, float] | None
    pairs: int
    """All that met."""
    later: int
    """Those that are known to have had contact after that day."""
    over: int
    """Those that are known to have had none after it."""

    @property
    def at_least(self) -> float:
        """If the last contact of each pair was as early as its answers allow."""
        return self.later / self.pairs

    @property
    def at_most(self) -> float:
        """If it was as late as they allow."""
        return (self.pairs - self.over) / self.pairs


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """Stretches of days (after, until], in order, and the share of pairs whose last contact lies in each. Where inside of
    a stretch the mass lies is left open by the answers. The masses are unique: in one dimension every stretch begins where
    some span begins and ends where some span ends, so that no other masses give every span the same likelihood."""

    stretches: tuple[tuple[float, float], ...]
    masses: tuple[float, ...]
    rows: tuple[Row, ...]


def curve(spans: Mapping[Span, int], days: Collection[int]) -> tuple[Point, ...]:
    """The points at day 0 and at each of `days`; `spans` are how many pairs have each. () where nobody met."""
    counted = {span: number for span, number in spans.items() if number > 0}
    if not counted:
        return ()
    estimate = turnbull(counted)
    return tuple(_point(day, counted, estimate) for day in sorted({0, *days}))


def shown(
    points: Sequence[Point], answers: Collection[Answered], days: Mapping[str, int], least: int
) -> tuple[Point, ...]:
    """The points that give nobody away. A point is left out where any answer to the question of its day is hidden (from the
    last point follows how many said yes), where that question was not asked yet, and where few are known to have had
    contact later, or none, or where of few nothing is known."""
    told = {days[answer.question] for answer in answers if None not in (answer.yes, answer.no, answer.unknown)}
    return tuple(point for point in points if point.day == 0 or (point.day in told and not _few(point, least)))


def turnbull(spans: Mapping[Span, int]) -> Estimate:
    """The masses under which what was answered is most likely. `spans` holds one pair at least."""
    ends = [(span, (float(span.after), inf if span.until is None else float(span.until))) for span in spans]
    stretches = _stretches([end for _span, end in ends])
    total = sum(spans.values())
    rows = []
    for span, (after, until) in ends:
        inside = [n for n, (low, high) in enumerate(stretches) if after <= low and high <= until]
        rows.append((inside[0], inside[-1], spans[span] / total))
    return Estimate(stretches=tuple(stretches), masses=tuple(_climb(rows, len(stretches))), rows=tuple(rows))


def _stretches(ends: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Turnbull's innermost intervals: a beginning followed by an end, with no other in between. On the same day an end
    comes first, since a span holds its last day and not its first."""
    marks = sorted({(until, 0) for _after, until in ends} | {(after, 1) for after, _until in ends})
    return [
        (low, high) for (low, begins), (high, also) in zip(marks, marks[1:], strict=False) if begins == 1 and also == 0
    ]


# The masses: the log-likelihood of shares that need not add up to 1, less their sum, has the same maximum, and there they
# do. It is strictly concave, so Newton's steps within the masses that are not zero find the best of these; a mass that
# reaches zero stays there unless the likelihood would gain by it (Karush-Kuhn-Tucker), and each time it is better than
# before. EM needs thousands of rounds for what takes a dozen here.


def _climb(rows: Sequence[Row], size: int) -> list[float]:
    masses, free = [1 / size] * size, list(range(size))
    for _ in range(MOST_STEPS):
        slopes = _slopes(rows, masses)
        step = _solve(_information(rows, masses, free), [slopes[n] for n in free])
        masses, change = _moved(rows, masses, dict(zip(free, step, strict=True)))
        left = [n for n in free if masses[n] > 0]
        if change <= EXACT and left == free:
            slopes = _slopes(rows, masses)
            best = max((n for n in range(size) if n not in free), key=lambda n: slopes[n], default=None)
            if best is None or slopes[best] <= EXACT:
                break
            left.append(best)
        free = left
    return masses


def _moved(rows: Sequence[Row], masses: Sequence[float], step: Mapping[int, float]) -> tuple[list[float], float]:
    """The masses after Newton's step, or after as much of it as leaves none below zero and halves no likelihood, and the
    largest relative change of a likelihood. Such a step is never in vain: where log(1 + u) >= u - u^2 (from u = -0.68 on), a
    part t of it gains t (1 - t) times the information along it at least."""
    change = [
        sum(step.get(n, 0.0) for n in range(first, last + 1)) / p
        for (first, last, _share), p in zip(rows, _likelihoods(rows, masses), strict=True)
    ]
    reach = min((masses[n] / -by for n, by in step.items() if by < 0), default=inf)
    part = min(1.0, reach, 0.5 / -min(change) if min(change) < 0 else inf)
    moved = list(masses)
    for n, by in step.items():
        # What stops the step lands on zero, not beside it.
        moved[n] = 0.0 if by < 0 and masses[n] / -by <= part else masses[n] + part * by
    return moved, part * max(map(abs, change))


def _likelihoods(rows: Sequence[Row], masses: Sequence[float]) -> list[float]:
    return [sum(masses[first : last + 1]) for first, last, _share in rows]


def _slopes(rows: Sequence[Row], masses: Sequence[float]) -> list[float]:
    slopes = [-1.0] * len(masses)
    for (first, last, share), p in zip(rows, _likelihoods(rows, masses), strict=True):
        for n in range(first, last + 1):
            slopes[n] += share / p
    return slopes


def _information(rows: Sequence[Row], masses: Sequence[float], free: Sequence[int]) -> list[list[float]]:
    """The information of one pair about the masses `free`, before they must add up to 1 (matrix, free x free)."""
    found = [[0.0] * len(free) for _ in free]
    for (first, last, share), p in zip(rows, _likelihoods(rows, masses), strict=True):
        inside = [place for place, n in enumerate(free) if first <= n <= last]
        for place in inside:
            for other in inside:
                found[place][other] += share / (p * p)
    return found


def _solve(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """x of matrix x = right, by elimination; the matrix is symmetric and positive definite."""
    size = len(right)
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for n in range(size):
        pivot = max(range(n, size), key=lambda place: abs(rows[place][n]))
        rows[n], rows[pivot] = rows[pivot], rows[n]
        for below in rows[n + 1 :]:
            factor = below[n] / rows[n][n]
            for column in range(n, size + 1):
                below[column] -= factor * rows[n][column]
    found = [0.0] * size
    for n in reversed(range(size)):
        rest = sum(rows[n][column] * found[column] for column in range(n + 1, size))
        found[n] = (rows[n][size] - rest) / rows[n][n]
    return found


# The points


def _few(point: Point, least: int) -> bool:
    parts = point.later, point.over, point.pairs - point.later - point.over
    return any(is_small(part, least) for part in parts)


def _point(day: int, spans: Mapping[Span, int], estimate: Estimate) -> Point:
    pairs = sum(spans.values())
    later = sum(number for span, number in spans.items() if span.after >= day)
    over = sum(number for span, number in spans.items() if span.until is not None and span.until <= day)
    share = _share(day, estimate)
    band = None if share is None else (1.0, 1.0) if day == 0 else _band(day, share, pairs, later + over, estimate)
    return Point(day=day, share=share, band=band, pairs=pairs, later=later, over=over)


def _share(day: int, estimate: Estimate) -> float | None:
    """The mass after `day`; None where some of it lies in a stretch around that day."""
    held = [
        (low, high, mass) for (low, high), mass in zip(estimate.stretches, estimate.masses, strict=True) if mass > 0
    ]
    if any(low < day < high for low, high, _mass in held):
        return None
    if all(low >= day for low, _high, _mass in held):
        return 1.0
    return min(1.0, sum(mass for low, _high, mass in held if low >= day))


def _band(day: int, share: float, pairs: int, known: int, estimate: Estimate) -> tuple[float, float]:
    variance = _variance(day, share, estimate) / pairs if 0 < share < 1 else 0.0
    effective = min(float(pairs), share * (1 - share) / variance) if variance > 0 else float(known)
    return wilson(share * effective, effective) or (0.0, 1.0)


def _variance(day: int, share: float, estimate: Estimate) -> float:
    """Of the share, for one pair: the inverse information of the masses that are not zero, which must add up to 1."""
    free = [n for n, mass in enumerate(estimate.masses) if mass > 0]
    after = [1.0 if estimate.stretches[n][0] >= day else 0.0 for n in free]
    found = _solve(_information(estimate.rows, estimate.masses, free), after)
    return sum(x * y for x, y in zip(after, found, strict=True)) - share * share
