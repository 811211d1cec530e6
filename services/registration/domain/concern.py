"""A concern that an attendee reports: how far whoever takes it is, how long it is kept, whom a mail tells of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.contracts import ConferencePublished
from shared.days import at_local, local_day
from shared.errors import Conflict

KEPT = timedelta(days=180)
LONGEST = 2000
STATES = ("new", "handling", "closed", "serious")
OVER = ("closed", "serious")
"""Serious ones count: who is reported again under the same address is known by it."""
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


class NobodyNamed(Conflict):
    """This concern is about nobody in particular."""

    code = "nobody-named"


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """An introduction of hers, as registration knows it: by ids alone."""

    introduction: str
    conference: str
    mine: str
    """Her own attendee id there."""
    other: str
    starts_at: datetime


def ends_at(conference: ConferencePublished) -> datetime:
    """When everything about concerns of a conference is forgotten."""
    return at_local(conference, conference.days[-1].date, "00:00") + KEPT


def nearest(conferences: Collection[ConferencePublished], now: datetime) -> ConferencePublished:
    """The one that runs, else the one that is nearest in time; there is at least one."""

    def away(conference: ConferencePublished) -> int:
        today: date = local_day(conference, now)
        first, last = conference.days[0].date, conference.days[-1].date
        return max((first - today).days, (today - last).days, 0)

    return min(conferences, key=lambda item: (away(item), item.conference))


def address_in(contact: str) -> str | None:
    """The mail address in the words that say who takes concerns, where there is one."""
    found = ADDRESS.search(contact)
    return found.group().lower() if found else None


def counts_for(before: str, after: str) -> int:
    """What a step adds to how often this address was reported: serious ones count, once each."""
    return (after == "serious") - (before == "serious")
