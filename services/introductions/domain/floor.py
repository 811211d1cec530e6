"""What happens at a venue at one moment: who is here, who waits, who sits alone or comes late, which tables are taken when.
Pure: from what is known to what there is to see; names, reasons and words are elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.introductions.domain import at_the_table
from services.introductions.domain.introduction import ACTIVE, Introduction, Side
from shared.contracts import ConferencePublished
from shared.contracts.conference import Slot
from shared.days import local_day, slot_day

STATES = ("alone", "there", "agreed", "asked")
"""How a table that is taken stands, what needs a hand first."""


def board_of(conference: str) -> str:
    """What is marked whenever anything of a conference changes. Pages of one person have marks of their own: hers do not
    change because others do something."""
    return f"board-{conference}"


@dataclass(frozen=True, kw_only=True)
class Waits:
    """Somebody who is here, would like a meeting and has none ahead; how many she has had."""

    attendee: str
    had: int


@dataclass(frozen=True, kw_only=True)
class Alone:
    """Somebody who waits at a table, for whom, since when; and whether it can still be looked for somebody else."""

    introduction: Introduction
    attendee: str
    other: str
    since: datetime
    may_hurry: bool


@dataclass(frozen=True, kw_only=True)
class Late:
    """Somebody who said that she comes only then."""

    introduction: Introduction
    attendee: str
    other: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Slotful:
    """A slot of today: how many tables there are, and who meets at which of them. `when`: over, now, next or later."""

    slot: Slot
    when: str
    tables: int
    meetings: tuple[Introduction, ...]
    states: tuple[str, ...]
    """One of STATES for each meeting."""

    @property
    def taken(self) -> int:
        """Tables that somebody has."""
        return len(self.meetings)

    @property
    def free(self) -> int:
        """Tables that nobody has."""
        return max(0, self.tables - len(self.meetings))

    def count(self, state: str) -> int:
        """Tables in this state."""
        return self.states.count(state)


@dataclass(frozen=True, kw_only=True)
class Floor:
    """A day of a conference as it is now."""

    conference: ConferencePublished
    now: datetime
    day: date | None
    """Today, where it is a day of the conference."""
    here: int
    waiting: tuple[Waits, ...]
    alone: tuple[Alone, ...]
    late: tuple[Late, ...]
    slots: tuple[Slotful, ...]

    @property
    def next_day(self) -> date | None:
        """The conference's next day after today."""
        today = local_day(self.conference, self.now)
        return min((day.date for day in self.conference.days if day.date > today), default=None)

    @property
    def current(self) -> Slotful | None:
        """The slot that goes on."""
        return next((one for one in self.slots if one.when == "now"), None)

    @property
    def next(self) -> Slotful | None:
        """The one that begins next."""
        return next((one for one in self.slots if one.when == "next"), None)

    @property
    def accepted(self) -> int:
        """Meetings of today that both said yes to, and whose slot is not over."""
        return sum(item.status != "proposed" for one in self.slots if one.when != "over" for item in one.meetings)

    @property
    def at_tables(self) -> int:
        """Pairs who are at their table now."""
        return self.current.count("there") if self.current else 0


def floor_of(
    conference: ConferencePublished,
    now: datetime,
    *,
    here: int,
    waiting: Sequence[Waits],
    introductions: Sequence[Introduction],
) -> Floor:
    """From how many are here today, who of them waits, and today's introductions."""
    today = local_day(conference, now)
    active = sorted(
        (item for item in introductions if item.status in ACTIVE),
        key=lambda item: (item.place.meeting_point, item.place.table),
    )
    return Floor(
        conference=conference,
        now=now,
        day=today if today in {day.date for day in conference.days} else None,
        here=here,
        waiting=tuple(waiting),
        alone=tuple(sorted(_alone(active, conference, now), key=lambda one: one.since)),
        late=tuple(sorted(_late(active, now), key=lambda one: one.until)),
        slots=tuple(_slots(active, conference, today, now)),
    )


def _slots(
    active: Sequence[Introduction], conference: ConferencePublished, today: date, now: datetime
) -> Sequence[Slotful]:
    tables = sum(point.tables for point in conference.meeting_points)
    slots = [slot for slot in conference.slots if slot_day(slot.id) == today]
    coming = next((slot.id for slot in slots if slot.starts_at > now), "")
    found = []
    for slot in slots:
        meetings = tuple(item for item in active if item.place.slot == slot.id)
        begun = slot.starts_at <= now
        when = "over" if slot.ends_at <= now else "now" if begun else "next" if slot.id == coming else "later"
        states = tuple(_state(item, begun) for item in meetings)
        found.append(Slotful(slot=slot, when=when, tables=tables, meetings=meetings, states=states))
    return found


def _state(item: Introduction, begun: bool) -> str:
    if item.status == "met" or len(item.here) == 2:
        return "there"
    if begun and at_the_table.waits_alone(item):
        return "alone"
    return "agreed" if item.status == "accepted" else "asked"


def _alone(active: Sequence[Introduction], conference: ConferencePublished, now: datetime) -> Sequence[Alone]:
    """Who waits once her slot began: before that she is early."""
    starts = {slot.id: slot.starts_at for slot in conference.slots}
    found = []
    for item in active:
        side = at_the_table.waits_alone(item)
        if side is None or now >= item.place.ends_at or now < starts.get(item.place.slot, now):
            continue
        found.append(
            Alone(
                introduction=item,
                attendee=item.on(side),
                other=item.other(side),
                since=item.here[side],
                may_hurry=at_the_table.may_hurry(item, now),
            )
        )
    return found


def _late(active: Sequence[Introduction], now: datetime) -> Sequence[Late]:
    sides: tuple[Side, ...] = ("mentor", "mentee")
    found = []
    for item in active:
        for side in sides:
            until = item.late.get(side, now)
            if item.status == "accepted" and side not in item.here and now < until and now < item.place.ends_at:
                found.append(Late(introduction=item, attendee=item.on(side), other=item.other(side), until=until))
    return found
