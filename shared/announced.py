"""What announcing something on the day makes of a conference: its slots move along, a meeting point is somewhere else. Pure
arithmetic for whoever does it and whoever shows it before; whether it may be, registration decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from shared.contracts import ConferencePublished
from shared.contracts.conference import Delay, Slot
from shared.days import at_local, local_day, slot_day


def delay_of(delays: Sequence[Delay], slot: str) -> timedelta:
    """How much later than in the programme a slot starts, by all that was announced for its day."""
    return timedelta(minutes=sum(delay.minutes for delay in delays if applies(delay, slot)))


def applies(delay: Delay, slot: str) -> bool:
    """Whether a slot moves along: those of the same day from that one on. Ids of slots sort as the programme does."""
    return slot[:8] == delay.from_slot[:8] and slot >= delay.from_slot


def moved_along(slots: Sequence[Slot], delays: Sequence[Delay]) -> tuple[Slot, ...]:
    """Slots of the programme as they really start; their ids stay."""
    return tuple(
        replace(slot, starts_at=slot.starts_at + later, ends_at=slot.ends_at + later)
        if (later := delay_of(delays, slot.id))
        else slot
        for slot in slots
    )


def notice_of(conference: ConferencePublished, now: datetime) -> str:
    """What organizers say to everybody today; empty once the day is over."""
    return conference.notice if conference.notice_on == local_day(conference, now) else ""


def evening_of(conference: ConferencePublished, day: date) -> datetime:
    """When a day is over and people are asked about it: as the rules say, and never before what was delayed has ended."""
    evening = at_local(conference, day, conference.policy.evening_mail_at)
    late = [
        slot.ends_at for slot in conference.slots if slot_day(slot.id) == day and delay_of(conference.delays, slot.id)
    ]
    return max((evening, *late))


def delayed(conference: ConferencePublished, delay: Delay) -> ConferencePublished:
    """The conference once this is announced, too; its version is left to whoever says so."""
    return replace(
        conference,
        delays=(*conference.delays, delay),
        slots=moved_along(conference.slots, (delay,)),
    )


def elsewhere(conference: ConferencePublished, point: str, name: str, landmark: str) -> ConferencePublished:
    """The conference with a meeting point somewhere else: its code and its tables stay."""
    points = tuple(
        replace(one, name=name, landmark=landmark) if one.code == point else one for one in conference.meeting_points
    )
    return replace(conference, meeting_points=points)
