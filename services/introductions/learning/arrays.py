"""Pairs as arrays: terms in columns, people and conferences as numbers, weights by how likely chance was to choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from services.introductions.learning.pairs import Pair
from services.introductions.learning.regression import Floats, Integers

MOST_WEIGHT = 5.0
"""A drawn pair counts at most as much as five: one that hardly ever happens must not decide alone."""
OTHERS = 10
"""A term is looked at where at least so many pairs differ from what most of them have."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """Some pairs. Rows are pairs, columns of `terms` are the terms by `names`."""

    names: tuple[str, ...]
    terms: Floats
    said: Floats
    """1 in touch, 0 not, nan nobody said."""
    weights: Floats
    mentors: Integers
    mentees: Integers
    conferences: Integers

    def rows(self, which: Integers) -> Table:
        """These rows, or those that are marked."""
        return Table(
            names=self.names,
            terms=self.terms[which],
            said=self.said[which],
            weights=self.weights[which],
            mentors=self.mentors[which],
            mentees=self.mentees[which],
            conferences=self.conferences[which],
        )

    @property
    def known(self) -> Table:
        """Those of which somebody said how it is."""
        return self.rows(np.flatnonzero(~np.isnan(self.said)))

    def saying(self, silent: float) -> Table:
        """All of them, as if every pair that said nothing had said this."""
        said = np.where(np.isnan(self.said), silent, self.said)
        return replace(self, said=said)


def table_of(pairs: Sequence[Pair], names: Sequence[str]) -> Table:
    """Pairs as arrays."""
    return Table(
        names=tuple(names),
        terms=np.array([[pair.terms.get(name, 0.0) for name in names] for pair in pairs], np.float64).reshape(
            len(pairs), len(names)
        ),
        said=np.array([np.nan if pair.in_touch is None else float(pair.in_touch) for pair in pairs], np.float64),
        weights=_weights(pairs),
        mentors=_numbered([pair.mentor for pair in pairs]),
        mentees=_numbered([pair.mentee for pair in pairs]),
        conferences=_numbered([pair.conference for pair in pairs]),
    )


def _weights(pairs: Sequence[Pair]) -> Floats:
    """1 where it was planned. What chance chose counts by one over its probability, so that those pairs stand for all that
    fitted; together they count as many as they are."""
    weights = np.ones(len(pairs))
    drawn = np.array([place for place, pair in enumerate(pairs) if pair.probability], np.int64)
    if len(drawn):
        inverse = 1 / np.array([pairs[place].probability for place in drawn], np.float64)
        weights[drawn] = np.minimum(MOST_WEIGHT, inverse / inverse.mean())
    return weights


def _numbered(names: Sequence[str]) -> Integers:
    found: Integers = np.unique(np.array(names, dtype=str), return_inverse=True)[1].astype(np.int64).reshape(-1)
    return found


def differing(table: Table) -> tuple[bool, ...]:
    """Which terms are not nearly the same for all pairs."""
    found = []
    for column in table.terms.T:
        counts = np.unique(np.round(column, 6), return_counts=True)[1]
        found.append(bool(len(column) - counts.max(initial=0) >= OTHERS))
    return tuple(found)
