"""Pairs whose day on the goal card has passed: what may be said of them together, and who may be written to. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.followup.domain.cells import is_small


@dataclass(frozen=True, kw_only=True)
class PassedPair:
    """A pair whose day has passed: who, and what is known of it."""

    id: str
    mentor: str
    mentee: str
    contact: bool
    """Somebody whose answers count told of two-way contact or another meeting."""
    complete: bool
    """One of the two said that it is complete."""
    exchanged: bool
    """Both said that they want to stay in touch, so each knows how to reach the other."""
    over: bool
    """Nobody is asked about it any more."""

    @property
    def silent(self) -> bool:
        """Nobody told of contact, nor that it is complete."""
        return not self.contact and not self.complete

    @property
    def may_be_written_to(self) -> bool:
        """Whether a word to the two makes sense: they can reach each other, and have not fallen silent."""
        return self.silent and self.exchanged and not self.over


@dataclass(frozen=True, kw_only=True)
class Passed:
    """The totals; None = hidden."""

    pairs: int | None = None
    contact: int | None = None
    complete: int | None = None
    told: int | None = None
    """Of contact, or that it is complete: what may be shown where one of the two is small."""
    silent: int | None = None


def as_seen(people: int, least: int) -> int:
    """How many people the page says they are, and its button sends along: 0 for some that are too few to be told."""
    return people if people >= least else 0


def totals(found: Sequence[PassedPair], least: int) -> Passed:
    """How many passed their day, and what is known of them, as finely as no small number comes of it."""
    pairs, contact, silent = len(found), sum(pair.contact for pair in found), sum(pair.silent for pair in found)
    told = pairs - silent
    if is_small(pairs, least):
        return Passed()
    if is_small(told, least) or is_small(silent, least):
        return Passed(pairs=pairs)
    if is_small(contact, least) or is_small(told - contact, least):
        return Passed(pairs=pairs, told=told, silent=silent)
    return Passed(pairs=pairs, contact=contact, complete=told - contact, told=told, silent=silent)
