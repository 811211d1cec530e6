"""What somebody can still give or wish for on a day, from her state and what was proposed before. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.introductions.queries.day import Day
from services.introductions.queries.earlier import Earlier


def available(state: Mapping[str, Any], day: Day) -> int:
    if state["available"] is None:
        return day.all
    return sum(1 << day.number[slot] for slot in set(state["available"]) if slot in day.number)


def wish(state: Mapping[str, Any], day: Day) -> int:
    policy = day.conference.policy
    return min(state["introductions"] or policy.introductions_per_mentee, policy.introductions_at_most)


def left(state: Mapping[str, Any], day: Day, earlier: Earlier) -> int:
    """How many more meetings a mentor can take, time aside."""
    if state["capacity"] is not None:
        return max(0, int(state["capacity"]) - earlier.given[state["attendee"]])
    return sum(halves(state, day, earlier))


def halves(state: Mapping[str, Any], day: Day, earlier: Earlier) -> tuple[int, ...]:
    """How many more meetings a mentor who named no number can take in each half-day."""
    most, name = day.conference.policy.mentor_meetings_per_half_day, state["attendee"]
    return tuple(max(0, most - earlier.given_in[name, half]) for half in range(day.halves))


@dataclass
class Forecast:
    """What people who are still to come will need and offer, by topic; who has several counts for each with her share."""

    expected: dict[str, float] = field(default_factory=dict)
    """First introductions that will be needed."""
    coming: dict[str, float] = field(default_factory=dict)
    """Meetings that mentors will offer."""

    def count(self, state: Mapping[str, Any], day: Day, earlier: Earlier) -> None:
        """Somebody who is not here; who left for the day is not expected back."""
        free = (day.open & available(state, day)).bit_count() if state["status"] != "left" else 0
        if not free:
            return
        if state["role"] != "mentor" and state["wants"] and not earlier.got[state["attendee"]]:
            for topic in state["wants"]:
                self.expected[topic] = self.expected.get(topic, 0.0) + 1 / len(state["wants"])
        if state["role"] != "mentee" and state["offers"] and state["approved"]:
            offered = min(left(state, day, earlier), free) / len(state["offers"])
            for topic in state["offers"]:
                self.coming[topic] = self.coming.get(topic, 0.0) + offered
