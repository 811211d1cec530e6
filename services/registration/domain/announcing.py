"""What organizers announce on the day: everything runs late or on time again, a place moved, no mails for now. Pure:
(conference, now) -> the conference as it then is, or a named refusal. What follows for meetings, introductions decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from shared import announced
from shared.announced import applies, delay_of
from shared.contracts import ConferencePublished
from shared.contracts.conference import Delay, Slot
from shared.days import local_day, slot_day
from shared.errors import Conflict

MOST_LATE = timedelta(hours=4)
"""Later than that no programme runs: it is another one."""


class ChangedMeanwhile(Conflict):
    """The conference was changed meanwhile. Please look at what would happen once more."""

    code = "changed-meanwhile"


class NothingToDelay(Conflict):
    """There is no such time still to come today: what has begun does not move."""

    code = "nothing-to-delay"


class TooLate(Conflict):
    """That would be more than four hours behind the programme, or after midnight. Please change the days in the settings."""

    code = "too-late-a-programme"


class NotBackAnyMore(Conflict):
    """That can't be taken back any more: a time would be over already, or begin before the one before it ends."""

    code = "not-back-any-more"


class NameTaken(Conflict):
    """Another meeting point has this name already."""

    code = "name-taken"


class NoSuchPoint(Conflict):
    """This meeting point is not there any more."""

    code = "no-such-point"


def delay(conference: ConferencePublished, wanted: Delay, now: datetime) -> ConferencePublished:
    """From a slot that is still to come on, everything of that day starts later; earlier again where that harms nothing.
    Raises NothingToDelay, TooLate, NotBackAnyMore."""
    first = next((slot for slot in conference.slots if slot.id == wanted.from_slot), None)
    if first is None or first.starts_at <= now or slot_day(first.id) != local_day(conference, now):
        raise NothingToDelay
    made = announced.delayed(conference, wanted)
    moved = [slot for slot in made.slots if applies(wanted, slot.id)]
    late = [delay_of(made.delays, slot.id) for slot in moved]
    zone = ZoneInfo(conference.timezone)
    if max(late) > MOST_LATE or any(slot.starts_at.astimezone(zone).date() != slot_day(slot.id) for slot in moved):
        raise TooLate
    if wanted.minutes < 0 and (min(late) < timedelta() or not _harmless(made, moved[0], now)):
        raise NotBackAnyMore
    return _next(made)


def _harmless(made: ConferencePublished, first: Slot, now: datetime) -> bool:
    """Whether the first slot that starts earlier again is still to come, and behind the one before it."""
    before = [slot for slot in made.slots if slot_day(slot.id) == slot_day(first.id) and slot.id < first.id]
    return now < first.starts_at and (not before or before[-1].ends_at <= first.starts_at)


def undo(conference: ConferencePublished, now: datetime) -> Delay | None:
    """What takes back the newest delay of today that stands, where that harms nothing yet."""
    standing = in_force(conference, now)
    return _if_possible(conference, replace(standing[-1], minutes=-standing[-1].minutes), now) if standing else None


def on_time_again(conference: ConferencePublished, now: datetime) -> Delay | None:
    """What brings the rest of the day back to the programme, from the first slot on where that harms nothing."""
    today = local_day(conference, now)
    for slot in conference.slots:
        late = delay_of(conference.delays, slot.id)
        if slot_day(slot.id) == today and late and slot.starts_at > now:
            back = Delay(from_slot=slot.id, minutes=-int(late.total_seconds() // 60))
            if _if_possible(conference, back, now) is not None:
                return back
    return None


def _if_possible(conference: ConferencePublished, wanted: Delay, now: datetime) -> Delay | None:
    try:
        delay(conference, wanted, now)
    except Conflict:
        return None
    return wanted


def in_force(conference: ConferencePublished, now: datetime) -> list[Delay]:
    """Delays of today that nobody took back, oldest first."""
    found: list[Delay] = []
    for one in conference.delays:
        if slot_day(one.from_slot) == local_day(conference, now):
            back = replace(one, minutes=-one.minutes)
            if one.minutes < 0 and back in found:
                found.reverse()
                found.remove(back)
                found.reverse()
            else:
                found.append(one)
    return [one for one in found if one.minutes > 0]


def elsewhere(conference: ConferencePublished, point: str, name: str, landmark: str) -> ConferencePublished:
    """A meeting point is somewhere else: its code and its tables stay. Raises NoSuchPoint, NameTaken."""
    if point not in {one.code for one in conference.meeting_points}:
        raise NoSuchPoint
    if name.casefold() in {one.name.casefold() for one in conference.meeting_points if one.code != point}:
        raise NameTaken
    made = announced.elsewhere(conference, point, name, landmark)
    return conference if made == conference else _next(made)


def say(conference: ConferencePublished, text: str, now: datetime) -> ConferencePublished:
    """A sentence for everybody until the end of the day; an empty one takes it down."""
    made = replace(conference, notice=text, notice_on=local_day(conference, now) if text else None)
    return conference if made == conference else _next(made)


def stop_mails(conference: ConferencePublished) -> ConferencePublished:
    """No mail about it leaves any more."""
    return conference if conference.mails_stopped else _next(replace(conference, mails_stopped=True))


def start_mails(conference: ConferencePublished, now: datetime, *, drop: bool) -> ConferencePublished:
    """Mails leave again; those that waited, too, or not where they are dropped."""
    if not conference.mails_stopped:
        return conference
    dropped = now if drop else conference.mails_dropped_until
    return _next(replace(conference, mails_stopped=False, mails_dropped_until=dropped))


def _next(conference: ConferencePublished) -> ConferencePublished:
    return replace(conference, version=conference.version + 1)
