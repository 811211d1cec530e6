"""The curve of last contacts against lifelines, on random answers. lifelines is not installed with Rapport (it wants an older
pandas than ortools gets): bench/README.md says how to get it into an environment of its own. Nothing else here needs it."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from bench.table import Row
from services.followup.domain.curve import curve
from services.followup.domain.definitions import NO, UNKNOWN, YES, Span, last_contact

PROMISED = 1e-4
LONGEST = 120
TOLERANCE = 1e-11
"""Of the logarithm of the likelihood, between two rounds of its EM."""
Spans = Mapping[Span, int]


def rows(sets: int, seed: int) -> Iterator[Row]:
    """How far the two are apart at most: where pairs are silent in between, and where they only fall silent for good."""
    chance = np.random.default_rng([seed, 99])
    for what, drops_out in (("interval-censored", False), ("right-censored", True)):
        theirs = kaplan_meier if drops_out else turnbull
        apart, shares, unfinished = 0.0, 0, 0
        for _ in range(sets):
            days, spans = answers(chance, drops_out=drops_out)
            with warnings.catch_warnings(record=True) as said:
                warnings.simplefilter("always")
                found = theirs(spans, days)
            unfinished += any("max iterations" in str(warning.message) for warning in said)
            for point in curve(spans, days)[1:]:
                if point.share is not None:
                    shares += 1
                    apart = max(apart, *(abs(point.share - share) for share in found[point.day]))
        yield Row(
            figure=f"{what}, {sets:,} sets",
            measured=f"{apart:.1e} apart at most",
            reference=f"{shares:,} shares" + (f", {unfinished} EM unfinished" if unfinished else ""),
            promise=f"{PROMISED:.0e}",
            held=apart <= PROMISED,
        )


def answers(chance: np.random.Generator, *, drops_out: bool) -> tuple[Sequence[int], Spans]:
    """(days of the questions, how many pairs have which span) of 5 to 1,000 pairs: how many answer, and for how long they
    are in touch, is drawn for each set. With `drops_out` who does not answer once never does again."""
    count = int(chance.choice((3, 8)))
    days = sorted(int(day) for day in chance.choice(np.arange(1, LONGEST), count, replace=False))
    pairs, mean, answering = int(chance.integers(5, 1001)), chance.uniform(10, 150), chance.uniform(0.15, 0.95)
    lasted = chance.exponential(mean, pairs) * (chance.random(pairs) < chance.uniform(0.4, 1.0))
    said = chance.random((pairs, count)) < answering
    if drops_out:
        said = np.logical_and.accumulate(said, axis=1)
    numbered = dict(zip(map(str, range(count)), days, strict=True))
    spans: Counter[Span] = Counter()
    for last, answered in zip(lasted, said, strict=True):
        stands = [(YES if last > day else NO) if told else UNKNOWN for day, told in zip(days, answered, strict=True)]
        spans[last_contact(dict(zip(numbered, stands, strict=True)), numbered)] += 1
    return days, spans


def turnbull(spans: Spans, days: Sequence[int]) -> Mapping[int, tuple[float, float]]:
    """Day -> the least and the most that lies after it, by lifelines' `KaplanMeierFitter.fit_interval_censoring`, of which
    this is the core. Its intervals are closed, ours are (after, until]."""
    from lifelines.fitters.npmle import npmle

    low = [span.after + 0.5 for span in spans]
    high = [np.inf if span.until is None else span.until for span in spans]
    masses, stretches = npmle(low, high, weights=list(spans.values()), tol=TOLERANCE)
    held = list(zip(stretches, masses, strict=True))
    return {day: (_mass(held, lambda s, d=day: s.left > d), _mass(held, lambda s, d=day: s.right > d)) for day in days}


def _mass(held: Sequence[tuple[Any, float]], lies_after: Any) -> float:
    return float(sum(mass for stretch, mass in held if lies_after(stretch)))


def kaplan_meier(spans: Spans, days: Sequence[int]) -> Mapping[int, tuple[float, float]]:
    """The same where a last contact is always seen between two questions that follow each other: the product-limit
    estimate, by lifelines' `KaplanMeierFitter.fit`."""
    from lifelines import KaplanMeierFitter

    fitted = KaplanMeierFitter().fit(
        [span.after if span.until is None else span.until for span in spans],
        event_observed=[span.until is not None for span in spans],
        weights=list(spans.values()),
    )
    shares = fitted.survival_function_at_times(days)
    return {day: (float(share), float(share)) for day, share in zip(days, shares, strict=True)}
