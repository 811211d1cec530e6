"""Whether a schedule is right, by the letter of what was agreed: it shares nothing with the search, so that a mistake
there is seen here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from services.introductions.planner.agreed.wishes import Agreed

Placed = Sequence[tuple[int, int]]
"""(meeting, slot), both from 0."""


def wrong_with(agreed: Agreed, meetings: Placed) -> tuple[str, ...]:
    """Everything that is wrong with a schedule, as sentences; nothing where it is valid."""
    known = [placed for placed in meetings if _is_known(agreed, *placed)]
    return (
        *_unknown(agreed, meetings),
        *_not_once(agreed, meetings),
        *_where_it_may_not(agreed, known),
        *_twice_at_once(agreed, known),
        *_too_few_tables(agreed, known),
    )


def _is_known(agreed: Agreed, meeting: int, slot: int) -> bool:
    return 0 <= meeting < len(agreed.pairs) and 0 <= slot < agreed.slots


def _unknown(agreed: Agreed, meetings: Placed) -> Iterator[str]:
    for meeting, slot in meetings:
        if not 0 <= meeting < len(agreed.pairs):
            yield f"There is no meeting {meeting + 1}."
        elif not 0 <= slot < agreed.slots:
            yield f"There is no slot {slot + 1} for {agreed.named(meeting)}."


def _not_once(agreed: Agreed, meetings: Placed) -> Iterator[str]:
    times = Counter(meeting for meeting, _slot in meetings)
    for meeting in range(len(agreed.pairs)):
        if times[meeting] == 0:
            yield f"Not held: {agreed.named(meeting)}."
        elif times[meeting] > 1:
            yield f"Held {times[meeting]} times: {agreed.named(meeting)}."


def _where_it_may_not(agreed: Agreed, meetings: Placed) -> Iterator[str]:
    for meeting, slot in meetings:
        if not agreed.allowed[meeting] >> slot & 1:
            yield f"Slot {slot + 1} is outside the session of {agreed.named(meeting)}."
        for person in agreed.pairs[meeting]:
            if agreed.forbidden[person] >> slot & 1:
                yield f"Slot {slot + 1} is forbidden to person {person + 1} of {agreed.named(meeting)}."


def _twice_at_once(agreed: Agreed, meetings: Placed) -> Iterator[str]:
    seats = Counter((person, slot) for meeting, slot in meetings for person in agreed.pairs[meeting])
    for (person, slot), number in sorted(seats.items()):
        if number > 1:
            yield f"Person {person + 1} is in {number} meetings in slot {slot + 1}."


def _too_few_tables(agreed: Agreed, meetings: Placed) -> Iterator[str]:
    held = Counter(slot for _meeting, slot in meetings)
    for slot, number in sorted(held.items()):
        if number > agreed.tables[slot]:
            yield f"Slot {slot + 1} has {number} meetings at {agreed.tables[slot]} tables."


def idle_slots(agreed: Agreed, meetings: Placed) -> tuple[int, int]:
    """(slots in which somebody waits between her first meeting and her last, how many times somebody waits)."""
    of: dict[int, list[int]] = {}
    for meeting, slot in meetings:
        for person in agreed.pairs[meeting]:
            of.setdefault(person, []).append(slot)
    waits = [
        later - earlier - 1
        for slots in of.values()
        for earlier, later in zip(sorted(slots), sorted(slots)[1:], strict=False)
        if later - earlier > 1
    ]
    return sum(waits), len(waits)
