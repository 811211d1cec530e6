"""When the two of a pair could talk, and the talk that they chose: three times within both their working hours, and the rule
by which it comes again. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from services.followup.domain.agreement import Wishes
from shared.errors import Conflict

MINUTES = 30
"""How long a talk is."""
LOOK_AHEAD = timedelta(days=14)
STEP = timedelta(minutes=30)
SUGGESTED = 3
STARTS, ENDS = "09:00", "17:00"
"""Working hours of whoever said nothing."""
WEEKEND = 24 * 60
"""A talk at a weekend is as far outside working hours as one a whole day away."""
ENDS_AFTER = {"three_months": timedelta(days=90), "half_year": timedelta(days=181)}
"""After the first talk: so three months are thirteen weeks, and half a year six talks a month apart."""


class NotToCome(Conflict):
    """This time is over by now, or too far away. Please choose one of those that are suggested."""

    code = "not-to-come"


class NothingAgreed(Conflict):
    """Please say first how often you talk."""

    code = "nothing-agreed"


@dataclass(frozen=True, kw_only=True)
class Hours:
    """When somebody works, in her zone."""

    zone: str
    starts: str = STARTS
    ends: str = ENDS

    def outside(self, start: datetime) -> int:
        """By how many minutes a talk lies outside of it."""
        begins = start.astimezone(ZoneInfo(self.zone))
        ends = begins + timedelta(minutes=MINUTES)
        early = _minute(self.starts) - (begins.hour * 60 + begins.minute)
        late = (ends.hour * 60 + ends.minute + 1440 * (ends.date() > begins.date())) - _minute(self.ends)
        return max(early, 0) + max(late, 0) + WEEKEND * (begins.weekday() >= 5)


@dataclass(frozen=True, kw_only=True)
class Talk:
    """The talk that they chose, and how it comes again. `sequence` rises with each choice."""

    starts_at: datetime
    zone: str
    often: str
    lasts: str | None
    sequence: int
    chosen_by: str
    chosen_at: datetime

    def fits(self, wishes: Wishes) -> bool:
        """Whether it still is as often and for as long as they expect."""
        return (self.often, self.lasts) == (wishes.often, wishes.lasts)

    @property
    def ends_at(self) -> datetime:
        """When the first one ends."""
        return self.starts_at + timedelta(minutes=MINUTES)

    def next(self, now: datetime) -> datetime | None:
        """When the first one begins that is not over by now; None where the last one is."""
        rule = self.rule
        if not rule:
            return self.starts_at if now < self.ends_at else None
        times = rrulestr(rule, dtstart=self.starts_at.astimezone(ZoneInfo(self.zone)))
        begins = times.after(now - timedelta(minutes=MINUTES))
        return None if begins is None else begins.astimezone(UTC)

    @property
    def rule(self) -> str:
        """How it comes again, as the value of an RRULE (RFC 5545, 3.3.10); empty for a single talk."""
        first = self.starts_at.astimezone(ZoneInfo(self.zone))
        often = {
            "weekly": "FREQ=WEEKLY",
            "fortnightly": "FREQ=WEEKLY;INTERVAL=2",
            "monthly": f"FREQ=MONTHLY;BYDAY={_nth_weekday(first)}",
        }.get(self.often, "")
        if often and self.lasts == "three_talks":
            return f"{often};COUNT=3"
        if often and self.lasts in ENDS_AFTER:
            until = self.starts_at.astimezone(UTC) + ENDS_AFTER[self.lasts]
            return f"{often};UNTIL={until:%Y%m%dT%H%M%SZ}"
        return often


def choose(before: Talk | None, starts_at: datetime, zone: str, wishes: Wishes, by: str, now: datetime) -> Talk:
    """One of the two takes a time. The same again changes nothing. Raises NothingAgreed, NotToCome."""
    if wishes.often is None:
        raise NothingAgreed
    if not now < starts_at <= now + LOOK_AHEAD + timedelta(days=1):
        raise NotToCome
    if before is not None and before.starts_at == starts_at and before.fits(wishes):
        return before
    return Talk(
        starts_at=starts_at,
        zone=zone,
        often=wishes.often,
        lasts=wishes.lasts,
        sequence=0 if before is None else before.sequence + 1,
        chosen_by=by,
        chosen_at=now,
    )


def suggest(hours: Sequence[Hours], now: datetime) -> tuple[list[datetime], int]:
    """(times from tomorrow on within two weeks, by how many minutes each lies outside of somebody's hours). Three where
    there are as many: on different days, at different hours. The first of `hours` says what a day is."""
    begins = _midnight(now + timedelta(days=1), hours[0].zone)
    steps = int(LOOK_AHEAD / STEP)
    times = [begins + number * STEP for number in range(steps)]
    cost = {at: sum(one.outside(at) for one in hours) for at in times}
    least = min(cost.values())
    days: dict[object, list[datetime]] = {}
    for at in _on_the_hour([at for at in times if cost[at] == least], hours):
        days.setdefault(at.astimezone(ZoneInfo(hours[0].zone)).date(), []).append(at)
    chosen = _spread(list(days.values()))
    return [day[len(day) * part // 4] for day, part in zip(chosen, (1, 3, 2), strict=False)], least


def _spread(days: list[list[datetime]]) -> list[list[datetime]]:
    if len(days) <= SUGGESTED:
        return days
    return [days[0], days[len(days) // 2], days[-1]]


def _on_the_hour(times: list[datetime], hours: Sequence[Hours]) -> list[datetime]:
    whole = [at for at in times if all(at.astimezone(ZoneInfo(one.zone)).minute == 0 for one in hours)]
    return whole or times


def _midnight(moment: datetime, zone: str) -> datetime:
    local = moment.astimezone(ZoneInfo(zone))
    return datetime.combine(local.date(), time(), ZoneInfo(zone)).astimezone(moment.tzinfo)


def _minute(hhmm: str) -> int:
    return int(hhmm[:2]) * 60 + int(hhmm[3:])


def _nth_weekday(day: datetime) -> str:
    """Such as 2TU, the second Tuesday of a month; the fifth is the last one, since not every month has five."""
    number = (day.day - 1) // 7 + 1
    return f"{-1 if number == 5 else number}{('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU')[day.weekday()]}"
