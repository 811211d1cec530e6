"""Keeps the totals of conferences up to date: counts anew what was noted since, or a whole conference from its rows."""

from __future__ import annotations

from services.followup.queries import tallies as reading
from services.followup.store import tallies
from shared.work import Work

BATCH, REBUILT_AT_ONCE = 500, 1000


def count_what_was_noted(work: Work) -> int:
    """Some of it, oldest first; how much."""
    tallies.alone(work)
    waiting = reading.noted(work.connection, BATCH)
    if waiting:
        tallies.keep(reading.recounted(work.connection, *reading.ids_of(waiting)), work)
        tallies.done([number for number, _kind, _id in waiting], work)
    return len(waiting)


def rebuild(conference: str, work: Work) -> tuple[int, int]:
    """All totals of a conference, from nothing but its pairs, answers and attendees; (pairs, people) that it has."""
    tallies.alone(work)
    tallies.forget_totals(conference, work)
    pairs, people = tallies.everything_of(conference, work)
    for start in range(0, len(people), REBUILT_AT_ONCE):
        some = people[start : start + REBUILT_AT_ONCE]
        tallies.keep(reading.recounted(work.connection, (), some, with_their_pairs=False), work)
    for start in range(0, len(pairs), REBUILT_AT_ONCE):
        tallies.keep(reading.recounted(work.connection, pairs[start : start + REBUILT_AT_ONCE], ()), work)
    return len(pairs), len(people)
