"""Reads a day as the planner needs it, straight from SQL and plain data: it must be fast for thousands of people."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from services.introductions.planner import Meeting, Person, Problem, Proposal, walks_are_long
from services.introductions.policies import Groups, Somebody, weights_of
from services.introductions.queries.day import Day, day_of, days_of, lead, places, points_of
from services.introductions.queries.earlier import Earlier, about, earlier_of
from services.introductions.queries.needs import Forecast, available, halves, left, wish
from services.introductions.queries.ready import Ready, ready_of
from services.introductions.queries.wanted import wanted
from shared import attendees
from shared.contracts import ConferencePublished
from shared.days import local_day, slot_day

NOBODY: frozenset[str] = frozenset()


def problem(
    connection: Connection,
    conference: ConferencePublished,
    now: datetime,
    *,
    only: Sequence[Meeting] | None = None,
    everybody: bool = False,
    turn: int = 0,
    seed: int = 0,
) -> Problem:
    """Today with everybody who is here and has something left to give or to wish for, or an open proposal; also the others
    where `everybody`. With `only`: no more than what is needed to look at these meetings again."""
    day = day_of(conference, local_day(conference, now), now + lead(conference))
    if not day.open and not everybody:
        return Problem(times=day.times, places=(), taken=tuple(frozenset() for _ in day.times), people=())
    names, earlier, pins = _before(connection, day, only)
    today = local_day(conference, now).isoformat()
    people: list[Person] = []
    there: dict[str, int] = {}
    forecast, needs = Forecast(), False
    ready = ready_of(connection, day, now, reached=only is None)
    movable = tuple(one for one in earlier.unanswered if (day.open & ~ready.near) >> one.number & 1)
    asked = {name for proposal in movable for name in (proposal.mentor, proposal.mentee)}
    for state in _who_may(connection, conference, names, ready):
        if today not in state["present_on"]:
            forecast.count(state, day, earlier)
            needs = needs or bool(state.get("step_free") or state.get("quiet"))
        elif everybody or state["attendee"] in asked or _has_a_need(state, day, earlier, ready):
            people.append(_person(state, day, earlier, ready))
            there[state["attendee"]] = available(state, day)
    made = _made(day, people, earlier, pins, needs=needs)
    return replace(
        made,
        reserve=now < day.first_half_ends,
        expected=forecast.expected,
        coming=forecast.coming,
        open=tuple(one for one in movable if _still_their_time(one, there)),
        turn=turn,
        seed=seed,
    )


def whole_problem(
    connection: Connection,
    conference: ConferencePublished,
    now: datetime,
    *,
    only: Sequence[Meeting] | None = None,
    seed: int = 0,
) -> Problem:
    """All days that are left with everybody who is registered, as if all of them came; today with those who are here.
    With `only`: no more than what is needed to look at these meetings again."""
    today = local_day(conference, now)
    days = tuple(item.date for item in conference.days if item.date >= today)
    day = days_of(conference, days, now + lead(conference))
    names, earlier, pins = _before(connection, day, only)
    todays = sum(1 << number for name, number in day.number.items() if slot_day(name) == today)
    people = []
    ready = ready_of(connection, day, now, reached=False)  # most of it is for another day
    for state in _who_may(connection, conference, names, ready):
        person = _person(state, day, earlier, ready)
        if today.isoformat() not in state["present_on"]:
            person = replace(person, free=person.free & ~todays)
        people.append(person)
    return replace(_made(day, people, earlier, pins), seed=seed, thorough=True)


def _before(
    connection: Connection, day: Day, only: Sequence[Meeting] | None
) -> tuple[set[str] | None, Earlier, tuple[tuple[str, str], ...]]:
    """(whom it is about, None = all; what was proposed; who must meet)."""
    names = None if only is None else {name for meeting in only for name in (meeting.mentor, meeting.mentee)}
    earlier = earlier_of(connection, day, about(only, names or ()), names=names)
    organizers = wanted(connection, day.conference.conference)
    earlier.apart = organizers.apart
    return names, earlier, organizers.pins


def problem_of_now(
    connection: Connection,
    conference: ConferencePublished,
    slot: str,
    now: datetime,
    *,
    waiting: str,
    without: Collection[str],
    only: Collection[str] | None = None,
) -> tuple[Problem, Ready]:
    """A slot that goes on, for somebody who waits, with everybody (or `only` some) who is here and could come at once, as
    if some introductions (`without`) were not there; and who said that they are free now."""
    day = day_of(conference, slot_day(slot), now)
    day.open = 1 << day.number[slot] if slot in day.number else 0
    earlier = earlier_of(connection, day, names=(waiting,), without=without)
    earlier.apart = wanted(connection, conference.conference).apart
    ready = replace(ready_of(connection, day, now), near=0)
    here = slot_day(slot).isoformat()
    people = [
        _person(state, day, earlier, ready)
        for state in _who_may(connection, conference, only, ready)
        if here in state["present_on"]
    ]
    return _made(day, people, earlier, ()), ready


def _who_may(
    connection: Connection, conference: ConferencePublished, names: Collection[str] | None, ready: Ready
) -> Iterator[attendees.State]:
    """Who takes part, wants to be introduced, did not pause and would hear of it."""
    for state in attendees.states(connection, conference.conference, names):
        if state["attendee"] not in ready.resting and ready.reached(state) and _may_be_proposed(state):
            yield state


def _made(
    day: Day, people: Sequence[Person], earlier: Earlier, pins: tuple[tuple[str, str], ...], *, needs: bool = False
) -> Problem:
    """`needs`: whether somebody who is not among the people needs something of a place, too."""
    policy = day.conference.policy
    points = points_of(day.conference)
    needs = needs or any(person.who.step_free or person.who.quiet for person in people)
    if not needs and not walks_are_long(points, [(time.starts, time.ends) for time in day.times]):
        points = ()
    if points:
        people = [replace(person, at=tuple(sorted(earlier.at.get(person.who.id, ())))) for person in people]
    return Problem(
        times=day.times,
        places=places(day.conference),
        taken=tuple(frozenset(taken) for taken in earlier.taken),
        people=tuple(people),
        points=points,
        in_a_row=policy.mentor_slots_in_a_row,
        weights=weights_of(policy),
        another=policy.points_for_another,
        exploration=policy.exploration_percent / 100,
        held=tuple(earlier.held),
        pins=pins,
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
    earlier = earlier_of(connection, known, names=pair, without=(without,))
    people = [
        _person(state, known, earlier, Ready()) for state in attendees.states(connection, conference.conference, pair)
    ]
    return _made(known, people, earlier, ())


def _still_their_time(one: Proposal, there: Mapping[str, int]) -> bool:
    """Whether both still say that they are there then: only such a time can be given to somebody else."""
    return bool(there.get(one.mentor, 0) & there.get(one.mentee, 0) & 1 << one.number)


def _may_be_proposed(state: Mapping[str, Any]) -> bool:
    return state["status"] != "withdrawn" and state["consents"]["introductions"] is True


def _has_a_need(state: Mapping[str, Any], day: Day, earlier: Earlier, ready: Ready) -> bool:
    """Whether there is something that could still be given to or taken from somebody, and time for it."""
    taken = earlier.busy.get(state["attendee"], 0) | ready.closed(state["attendee"])
    if not day.open & available(state, day) & ~taken:
        return False
    wishes = state["role"] != "mentor" and wish(state, day) > earlier.got[state["attendee"]]
    return wishes or (state["role"] != "mentee" and state["approved"] and left(state, day, earlier) > 0)


def _person(state: attendees.State, day: Day, earlier: Earlier, ready: Ready) -> Person:
    name, gives = state["attendee"], state["role"] != "mentee"
    hers, busy, got = available(state, day), earlier.busy.get(name, 0), earlier.got[name]
    most = hers.bit_count() + day.conference.policy.mentor_proposals_beyond_slots * day.halves // 2
    return Person(
        who=_somebody(
            state,
            day.groups,
            frozenset(earlier.known.get(name, ())),
            earlier.before.get(name, NOBODY),
            earlier.apart.get(name, NOBODY),
        ),
        free=day.open & hers & ~busy & ~ready.closed(name),
        busy=busy,
        has=got,
        wishes=max(0, wish(state, day) - got) if state["role"] != "mentor" else 0,
        load=None if state["capacity"] is None else left(state, day, earlier),
        halves=halves(state, day, earlier) if gives else (0, 0),
        proposals=most - earlier.proposed[name] if gives else 0,
    )


@lru_cache(maxsize=attendees.KEPT_DECODED)
def _somebody(
    state: attendees.State,
    groups: Groups,
    known: frozenset[str],
    met_before: frozenset[str],
    apart: frozenset[str],
) -> Somebody:
    offers = frozenset(state["offers"]) if state["role"] != "mentee" else frozenset()
    return Somebody(
        id=state["attendee"],
        role=state["role"],
        approved=state["approved"],
        consented=state["consents"]["introductions"],
        offers=offers,
        near=groups.near(offers),
        wants=frozenset(state["wants"]) if state["role"] != "mentor" else frozenset(),
        helps=frozenset(state.get("helps", ())),
        goals=frozenset(state.get("goals", ())),
        languages=frozenset(state["languages"]),
        company=state["company"],
        domain=state.get("domain"),
        first_timer=bool(state.get("first_timer")),
        likes_newcomers=bool(state.get("likes_newcomers")),
        years=state["years"],
        requests=frozenset(state["requests"]),
        blocks=frozenset(state["blocks"]),
        referrals=frozenset(state["referrals"]),
        known=known,
        met_before=met_before,
        apart=apart,
        step_free=bool(state.get("step_free")),
        quiet=bool(state.get("quiet")),
    )
