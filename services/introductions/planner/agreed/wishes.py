"""What is asked for: who must meet whom and in which slots each may. It says at once what can never be, and searches
for nothing. People, meetings and slots are numbered from 0 inside and from 1 in sentences; a set of slots is an integer
with the bits of its numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property


class UnreadableSchedule(ValueError):
    """Why there is no schedule: what is wrong with the wishes and where, or that they cannot all come true."""


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """Meetings that all must be held."""

    people: int
    tables: tuple[int, ...]
    """For each slot, how many meetings can be held in it."""
    pairs: tuple[tuple[int, int], ...]
    """The two people of each meeting."""
    allowed: tuple[int, ...]
    """For each meeting, the slots of its session, or its one fixed slot."""
    forbidden: tuple[int, ...]
    """For each person, the slots in which she cannot come."""

    @property
    def slots(self) -> int:
        """How many slots there are."""
        return len(self.tables)

    @cached_property
    def open(self) -> tuple[int, ...]:
        """For each meeting, the slots in which both can come and there are tables at all."""
        seated = sum(1 << slot for slot, tables in enumerate(self.tables) if tables)
        return tuple(
            seated & allowed & ~self.forbidden[one] & ~self.forbidden[other]
            for allowed, (one, other) in zip(self.allowed, self.pairs, strict=True)
        )

    @cached_property
    def meetings_of(self) -> tuple[tuple[int, ...], ...]:
        """For each person, her meetings."""
        found: list[list[int]] = [[] for _ in range(self.people)]
        for meeting, pair in enumerate(self.pairs):
            for person in pair:
                found[person].append(meeting)
        return tuple(map(tuple, found))

    @cached_property
    def reach(self) -> tuple[int, ...]:
        """For each person, the slots in which she may have a meeting."""
        return tuple(union(self.open[meeting] for meeting in meetings) for meetings in self.meetings_of)

    def named(self, meeting: int) -> str:
        """A meeting, for a sentence."""
        one, other = self.pairs[meeting]
        return f"meeting {meeting + 1} (persons {one + 1} and {other + 1})"


def union(sets: Iterator[int]) -> int:
    """What is in any of these sets of slots."""
    found = 0
    for one in sets:
        found |= one
    return found


def impossible(agreed: Agreed) -> str | None:
    """One obvious reason for which the meetings cannot all be held, as a sentence; None does not promise that they can."""
    return next(_reasons(agreed), None)


def _reasons(agreed: Agreed) -> Iterator[str]:
    held = len(agreed.pairs)
    if held > sum(agreed.tables):
        yield f"There are {held} meetings and room for {sum(agreed.tables)}: too few tables and slots."
    for meeting, (one, other) in enumerate(agreed.pairs):
        if one == other:
            yield f"In meeting {meeting + 1}, person {one + 1} meets herself."
        elif not agreed.open[meeting]:
            yield f"No slot is left for {agreed.named(meeting)}: session and times rule all out."
    for person, meetings in enumerate(agreed.meetings_of):
        yield from _too_much_for(agreed, person, meetings)
    fixed = Counter(slots.bit_length() - 1 for slots in agreed.allowed if slots.bit_count() == 1)
    for slot, tables in enumerate(agreed.tables):
        if fixed[slot] > tables:
            yield f"Slot {slot + 1} has {tables} tables and {fixed[slot]} meetings that are fixed in it."


def _too_much_for(agreed: Agreed, person: int, meetings: tuple[int, ...]) -> Iterator[str]:
    """Whether her meetings of some session are more than its slots that are open to her; two in a fixed slot are, too."""
    sessions = {agreed.open[meeting] for meeting in meetings} | {agreed.reach[person]}
    for slots in sorted(sessions, key=lambda slots: (slots.bit_count(), slots)):
        inside = [meeting for meeting in meetings if not agreed.open[meeting] & ~slots]
        if len(inside) <= slots.bit_count():
            continue
        if slots.bit_count() == 1:
            yield f"Person {person + 1} has {len(inside)} meetings that can only be in slot {slots.bit_length()}."
        else:
            yield (
                f"Person {person + 1} has {len(inside)} meetings and {slots.bit_count()} slots in which they could be held."
            )
