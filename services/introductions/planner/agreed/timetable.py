"""Who meets in which slot while a schedule is being made. It changes only by steps that keep it valid, and knows
nothing of what would be better.

The step that does the work exchanges two slots along a path: when somebody gives up one slot for another, the person
she meets needs to be free in it, so that *her* meeting there goes to the first slot, and so on. Everybody in between has
meetings in both slots before and after; only the two at the ends notice (in graphs: a Kempe chain of an edge colouring).
"""

from __future__ import annotations

from collections.abc import Sequence

from services.introductions.planner.agreed.wishes import Agreed

FREE = -1


class Timetable:
    """The meetings that have a slot."""

    __slots__ = ("agreed", "at", "both", "open", "room", "slot_of", "used")

    def __init__(self, agreed: Agreed) -> None:
        self.agreed, self.open = agreed, agreed.open
        self.both = tuple(one + other for one, other in agreed.pairs)
        """The sum of the two people of a meeting: minus one of them it is the other."""
        self.at = [[FREE] * agreed.slots for _ in range(agreed.people)]
        self.used = [0] * agreed.people
        self.room = list(agreed.tables)
        self.slot_of = [FREE] * len(agreed.pairs)

    def put(self, meeting: int, slot: int) -> None:
        """Give a meeting a slot in which both are free."""
        for person in self.agreed.pairs[meeting]:
            self.at[person][slot] = meeting
            self.used[person] |= 1 << slot
        self.room[slot] -= 1
        self.slot_of[meeting] = slot

    def take(self, meeting: int) -> None:
        """Take its slot away."""
        slot = self.slot_of[meeting]
        for person in self.agreed.pairs[meeting]:
            self.at[person][slot] = FREE
            self.used[person] &= ~(1 << slot)
        self.room[slot] += 1
        self.slot_of[meeting] = FREE

    def path(self, person: int, here: int, there: int) -> tuple[list[int], int] | None:
        """The meetings that change between two slots when a person who is free `there` gives up `here` for it, and who
        is at the other end; None where one of them may not or a table is missing."""
        at, both, is_open = self.at, self.both, self.open
        meetings: list[int] = []
        end, leaves, enters = person, here, there
        meeting = at[end][leaves]
        while meeting >= 0:
            if not is_open[meeting] >> enters & 1:
                return None
            meetings.append(meeting)
            end = both[meeting] - end
            leaves, enters = enters, leaves
            meeting = at[end][leaves]
        if len(meetings) & 1 and self.room[there] <= 0:
            return None
        return meetings, end

    def exchange(self, person: int, here: int, there: int, meetings: list[int]) -> None:
        """Do what `path` found."""
        at, both, slot_of = self.at, self.both, self.slot_of
        end, leaves, enters = person, here, there
        at[end][leaves] = FREE
        for meeting in meetings:
            other = both[meeting] - end
            at[end][enters] = at[other][enters] = meeting
            slot_of[meeting] = enters
            end, leaves, enters = other, enters, leaves
        at[end][enters] = FREE
        if len(meetings) & 1:
            self.room[here] += 1
            self.room[there] -= 1
        change = 1 << here | 1 << there
        self.used[person] ^= change
        self.used[end] ^= change


def timetable(agreed: Agreed, slot_of: Sequence[int]) -> Timetable:
    """The timetable with these slots."""
    table = Timetable(agreed)
    for meeting, slot in enumerate(slot_of):
        table.put(meeting, slot)
    return table
