"""What a meeting's page shows around the table: who has arrived, who waits until when, the goal card, who was found
instead. Words and values only; the routes are in `answer` and `at_the_table`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from services.introductions import store
from services.introductions.domain import OPEN, Introduction, at_the_table, goal
from services.introductions.domain.introduction import Side, across
from services.introductions.emails import About, date_in_words
from shared.days import local_day, local_time

SOON = timedelta(days=28)
"""What two people want to have done is done within four weeks, or forgotten."""


def at_table(about: About, side: Side) -> dict[str, Any]:
    """Where both are, as one of them may know it."""
    introduction, other = about.introduction, across(side)
    late, alone = introduction.late.get(other), introduction.alone_until
    waits, over = at_the_table.waits_alone(introduction), about.now >= introduction.place.ends_at
    return {
        "may_arrive": at_the_table.may_arrive(introduction, about.now) and side not in introduction.here,
        "here": side in introduction.here,
        "other_here": other in introduction.here,
        "both": len(introduction.here) == 2,
        "coming": at_the_table.is_coming_to(introduction, side, about.conference),
        "late": None if late is None or late <= about.now else local_time(about.conference, late),
        "until": None if waits != side or alone is None else local_time(about.conference, alone),
        "told": bool(introduction.words),
        "waits": waits == side,
        "looks_again": waits == side or (set(introduction.here) == {side} and introduction.status in OPEN and not over),
        "over": over,
    }


def goal_card(about: About, sentence: str | None, typed: Mapping[str, str] | None) -> dict[str, Any]:
    """What the two agreed on, and what the form about it holds."""
    agreed, today = about.introduction.goal, local_day(about.conference, about.now)
    kept = {
        "goal": "" if agreed is None else "enough" if agreed.enough else "next",
        "sentence": sentence or "",
        "by": (agreed.by if agreed and agreed.by else today + SOON).isoformat(),
    }
    return {
        "may": goal.may_agree(about.introduction, about.now),
        "agreed": agreed,
        "sentence": sentence,
        "by": date_in_words(agreed.by) if agreed and agreed.by else "",
        "typed": kept if typed is None else {**kept, **typed},
    }


def found_instead(
    introduction: Introduction, attendee: str, connection: Connection, now: datetime
) -> Introduction | None:
    """Her meeting of the same slot, where this one will not take place."""
    if introduction.status in (*OPEN, "met"):
        return None
    for item in store.of_attendee(connection, attendee):
        if item.place.slot == introduction.place.slot and item.status in OPEN and now < item.place.ends_at:
            return item
    return None
