"""How good a schedule is: how much people wait in it, and what is proved about how little they could."""

from __future__ import annotations

from dataclasses import dataclass

from services.introductions.planner.agreed.timetable import Timetable

IDLE = 1_000
"""An idle slot weighs as much as so many waits: first the one is as small as it can be, then the other."""


@dataclass(frozen=True, slots=True)
class Waits:
    """How much people wait, over all of them."""

    idle: int
    """Slots between somebody's first meeting and her last in which she has none."""
    times: int
    """How often somebody waits, however long."""

    @property
    def order(self) -> tuple[int, int]:
        """Fewer idle slots are better, whatever the number of waits."""
        return self.idle, self.times


def waits_of(used: int) -> Waits:
    """How much somebody waits who has meetings in these slots."""
    if not used:
        return Waits(0, 0)
    span = used.bit_length() - (used & -used).bit_length() + 1
    return Waits(span - used.bit_count(), (used & ~(used << 1)).bit_count() - 1)


def waits_in(table: Timetable) -> Waits:
    """How much people wait in a timetable."""
    each = [waits_of(used) for used in table.used]
    return Waits(sum(waits.idle for waits in each), sum(waits.times for waits in each))


def weight(waits: Waits) -> int:
    """Idle slots first, then waits."""
    return IDLE * waits.idle + waits.times


@dataclass(frozen=True, slots=True)
class Proof:
    """What CP-SAT knows."""

    bound: int = 0
    """No schedule has less, by `weight`."""
    slot_of: tuple[int, ...] | None = None
    """A schedule, where one was looked for and found."""
    none: bool = False
    """Whether it is proved that there is no schedule at all."""

    @property
    def idle(self) -> int:
        """No schedule has fewer idle slots: there are never more waits than idle slots."""
        return -(-self.bound // (IDLE + 1))
