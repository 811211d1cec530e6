"""What is due for a pair, and when: as long as it goes on, as the conference's policy says."""

from __future__ import annotations

from datetime import date, datetime

from services.followup import policies
from services.followup.domain.relationship import Relationship
from shared.contracts import ConferencePublished
from shared.days import local_day

Agenda = dict[tuple[str, str], datetime]
"""(attendee id, or "" for the pair itself; step) -> when."""


def meeting_day(pair: Relationship, conference: ConferencePublished) -> date | None:
    """The local day on which they meet or met; None while nobody knows."""
    if pair.day is not None:
        return pair.day
    return None if pair.met_at is None else local_day(conference, pair.met_at)


def agenda(pair: Relationship, conference: ConferencePublished) -> Agenda:
    """Every step of the pair, those that were done included."""
    day = meeting_day(pair, conference)
    if day is None:
        return {}
    steps: Agenda = {}
    if pair.counts_for_the_evening:
        for attendee in pair.people:
            steps[attendee, "evening"] = policies.evening_at(conference, day)
            steps[attendee, "close"] = policies.closes_at(conference, day)
    if pair.started and not pair.over:
        for question in policies.check_ins_of(conference):
            for attendee in pair.people:
                snoozed = pair.question(attendee, question).snoozed_until
                steps[attendee, question] = snoozed or policies.asked_at(conference, day, question)
        if policies.check_ins_of(conference):
            steps["", "finish"] = policies.finished_at(conference, day)
    return steps
