"""Reads a day as the planner needs it, straight from SQL and plain data: it must be fast for thousands of people."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, or_, select, true

from services.introductions.domain import ACTIVE
from services.introductions.planner import Meeting, Person, Problem, Time
from services.introductions.policies import Somebody
from services.introductions.tables import introductions as table
from services.introductions.tables import paused
from shared import attendees
from shared.contracts import ConferencePublished
from shared.contracts.conference import Slot
from shared.days import local_day, slot_day

AFTERNOON = 13
ALL = true()
COLUMNS = (
    table.c.id,
    table.c.mentor,
    table.c.mentee,
    table.c.slot,
    table.c.status,
    table.c.cause,
    table.c.meeting_point,
    table.c.table_number,
)


@dataclass
class Day:
    """A day's slots by id, and which of them can still be given."""

    conference: ConferencePublished
    slots: list[Slot]
    times: tuple[Time, ...]
    number: dict[str, int]
    open: int
    all: int
    first_half_ends: datetime


@dataclass
class Earlier:
    """What was proposed before, counted by person."""

    known: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    busy: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    given: Counter[str] = field(default_factory=Counter)
    given_in: Counter[tuple[str, int]] = field(default_factory=Counter)
    got: Counter[str] = field(default_factory=Counter)
    proposed: Counter[str] = field(default_factory=Counter)
    taken: list[set[int]] = field(default_factory=list)


def problem(
    connection: Connection,
    conference: ConferencePublished,
    now: datetime,
    *,
    only: Sequence[Meeting] | None = None,
    everybody: bool = False,
) -> Problem:
    """Today with everybody who is here and has something left to give or to wish for; also those who have nothing left
    where `everybody`. With `only`: no more than what is needed to look at these meetings again."""
    day = day_of(conference, local_day(conference, now), now + _lead(conference))
    if not day.open and not everybody:
        return Problem(times=day.times, places=(), taken=tuple(frozenset() for _ in day.times), people=())
    names = None if only is None else {name for meeting in only for name in (meeting.mentor, meeting.mentee)}
    earlier = _earlier(connection, day, _about(only, names or ()))
    resting = set(
        connection.execute(select(paused.c.attendee).where(paused.c.conference == conference.conference)).scalars()
    )
    today = local_day(conference, now).isoformat()
    people: list[Person] = []
    forecast = Forecast()
    for state in attendees.states(connection, conference.conference, names):
        if state["attendee"] in resting or not _may_be_proposed(state):
            continue
        if today not in state["present_on"]:
            forecast.count(state, day, earlier)
        elif everybody or _has_a_need(state, day, earlier):
            people.append(_person(state, day, earlier))
    return Problem(
        times=day.times,
        places=_places(conference),
        taken=tuple(frozenset(places) for places in earlier.taken),
        people=tuple(people),
        in_a_row=conference.policy.mentor_slots_in_a_row,
        reserve=now < day.first_half_ends,
        expected=forecast.expected,
        coming=forecast.coming,
    )


def problem_of_two(
    connection: Connection,
    conference: ConferencePublished,
    day: date,
    earliest: datetime,
    pair: tuple[str, str],
    without: str,
) -> Problem:
    """A day for two people who are to meet at another time, as if their meeting (`without`) were not there; slots that
    begin before `earliest` are not open."""
    known = day_of(conference, day, earliest)
    earlier = _earlier(connection, known, without=without)
    people = [_person(state, known, earlier) for state in attendees.states(connection, conference.conference, pair)]
    return Problem(
        times=known.times,
        places=_places(conference),
        taken=tuple(frozenset(places) for places in earlier.taken),
        people=tuple(people),
        in_a_row=conference.policy.mentor_slots_in_a_row,
    )


def day_of(conference: ConferencePublished, day: date, earliest: datetime) -> Day:
    """The slots of a day; open are those that begin at `earliest` or later."""
    slots = [slot for slot in conference.slots if slot_day(slot.id) == day]
    zone = ZoneInfo(conference.timezone)
    change = timedelta(minutes=conference.change_minutes)
    times: list[Time] = []
    position = 0
    for number, slot in enumerate(slots):
        if number:
            position += 1 if slot.starts_at - slots[number - 1].ends_at <= change else 2
        half = 0 if slot.starts_at.astimezone(zone).hour < AFTERNOON else 1
        times.append(Time(id=slot.id, position=position, half=half))
    return Day(
        conference=conference,
        slots=slots,
        times=tuple(times),
        number={slot.id: number for number, slot in enumerate(slots)},
        all=(1 << len(slots)) - 1,
        open=sum(1 << number for number, slot in enumerate(slots) if slot.starts_at >= earliest),
        first_half_ends=slots[(len(slots) - 1) // 2].ends_at if slots else earliest,
    )


def has_open_slots(conference: ConferencePublished, now: datetime) -> bool:
    """Whether anything can still be proposed today."""
    return bool(day_of(conference, local_day(conference, now), now + _lead(conference)).open)


def _lead(conference: ConferencePublished) -> timedelta:
    return timedelta(minutes=conference.policy.propose_minutes_before_slot)


def _places(conference: ConferencePublished) -> tuple[tuple[str, int], ...]:
    return tuple((point.code, number) for point in conference.meeting_points for number in range(1, point.tables + 1))


def _may_be_proposed(state: Mapping[str, Any]) -> bool:
    return state["status"] != "withdrawn" and state["consents"]["introductions"] is True


def _has_a_need(state: Mapping[str, Any], day: Day, earlier: Earlier) -> bool:
    """Whether there is something that could still be given to or taken from somebody, and time for it."""
    if not day.open & _available(state, day) & ~earlier.busy.get(state["attendee"], 0):
        return False
    wishes = state["role"] != "mentor" and _wish(state, day) > earlier.got[state["attendee"]]
    return wishes or (state["role"] != "mentee" and state["approved"] and _left(state, day, earlier) > 0)


def _available(state: Mapping[str, Any], day: Day) -> int:
    if state["available"] is None:
        return day.all
    return sum(1 << day.number[slot] for slot in set(state["available"]) if slot in day.number)


def _wish(state: Mapping[str, Any], day: Day) -> int:
    policy = day.conference.policy
    return min(state["introductions"] or policy.introductions_per_mentee, policy.introductions_at_most)


def _left(state: Mapping[str, Any], day: Day, earlier: Earlier) -> int:
    """How many more meetings a mentor can take, time aside."""
    if state["capacity"] is not None:
        return max(0, int(state["capacity"]) - earlier.given[state["attendee"]])
    return sum(_halves(state, day, earlier))


def _halves(state: Mapping[str, Any], day: Day, earlier: Earlier) -> tuple[int, int]:
    most, name = day.conference.policy.mentor_meetings_per_half_day, state["attendee"]
    return max(0, most - earlier.given_in[name, 0]), max(0, most - earlier.given_in[name, 1])


def _about(only: Sequence[Meeting] | None, names: Collection[str]) -> Any:
    """What was proposed to the same people or for the same slots; everything where nothing in particular is asked for."""
    if only is None:
        return ALL
    slots = {meeting.slot for meeting in only}
    return or_(table.c.mentor.in_(names), table.c.mentee.in_(names), table.c.slot.in_(slots))


def _earlier(connection: Connection, day: Day, about: Any = ALL, *, without: str = "") -> Earlier:
    found = Earlier(taken=[set() for _ in day.times])
    index = {place: number for number, place in enumerate(_places(day.conference))}
    query = select(*COLUMNS).where(table.c.conference == day.conference.conference, about)
    # Rows are taken apart at once: asking a row for a column by its name takes longer than everything else here.
    for id_, mentor, mentee, slot, status, cause, meeting_point, table_number in connection.execute(query).all():
        if id_ == without:
            continue
        number = day.number.get(slot)
        if cause != "conference":
            found.known[mentor].add(mentee)
            found.known[mentee].add(mentor)
            if number is not None:
                found.proposed[mentor] += 1
        if status not in ACTIVE:
            continue
        found.given[mentor] += 1
        found.got[mentee] += 1
        if number is not None:
            found.given_in[mentor, day.times[number].half] += 1
            found.busy[mentor] |= 1 << number
            found.busy[mentee] |= 1 << number
            place = index.get((meeting_point, table_number))
            if place is not None:
                found.taken[number].add(place)
    return found


def _person(state: attendees.State, day: Day, earlier: Earlier) -> Person:
    name, gives = state["attendee"], state["role"] != "mentee"
    hers, busy, got = _available(state, day), earlier.busy.get(name, 0), earlier.got[name]
    most = hers.bit_count() + day.conference.policy.mentor_proposals_beyond_slots
    return Person(
        who=_somebody(state, frozenset(earlier.known.get(name, ()))),
        free=day.open & hers & ~busy,
        busy=busy,
        has=got,
        wishes=max(0, _wish(state, day) - got) if state["role"] != "mentor" else 0,
        load=None if state["capacity"] is None else _left(state, day, earlier),
        halves=_halves(state, day, earlier) if gives else (0, 0),
        proposals=most - earlier.proposed[name] if gives else 0,
    )


@lru_cache(maxsize=attendees.KEPT_DECODED)
def _somebody(state: attendees.State, known: frozenset[str]) -> Somebody:
    return Somebody(
        id=state["attendee"],
        role=state["role"],
        approved=state["approved"],
        consented=state["consents"]["introductions"],
        offers=frozenset(state["offers"]) if state["role"] != "mentee" else frozenset(),
        wants=frozenset(state["wants"]) if state["role"] != "mentor" else frozenset(),
        languages=frozenset(state["languages"]),
        company=state["company"],
        years=state["years"],
        requests=frozenset(state["requests"]),
        blocks=frozenset(state["blocks"]),
        referrals=frozenset(state["referrals"]),
        known=known,
    )


@dataclass
class Forecast:
    """What people who are still to come will need and offer, by topic; who has several counts for each with her share."""

    expected: dict[str, float] = field(default_factory=dict)
    """First introductions that will be needed."""
    coming: dict[str, float] = field(default_factory=dict)
    """Meetings that mentors will offer."""

    def count(self, state: Mapping[str, Any], day: Day, earlier: Earlier) -> None:
        """Somebody who is not here; who left for the day is not expected back."""
        free = (day.open & _available(state, day)).bit_count() if state["status"] != "left" else 0
        if not free:
            return
        if state["role"] != "mentor" and state["wants"] and not earlier.got[state["attendee"]]:
            for topic in state["wants"]:
                self.expected[topic] = self.expected.get(topic, 0.0) + 1 / len(state["wants"])
        if state["role"] != "mentee" and state["offers"] and state["approved"]:
            offered = min(_left(state, day, earlier), free) / len(state["offers"])
            for topic in state["offers"]:
                self.coming[topic] = self.coming.get(topic, 0.0) + offered
