"""When the two of a pair could talk, and the talk that they chose: three times within both their working hours, and the rule
by which it comes again. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

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
        for number in count():
            begins = self._begins(number)
            if begins is None or now < begins + timedelta(minutes=MINUTES):
                return begins
        raise AssertionError("counting ended")

    def _begins(self, number: int) -> datetime | None:
        """When one of them begins, counted from nought, as `rule` has it for calendars; None where there are not as many."""
        if number and self.often == "as_needed" or number == 3 and self.lasts == "three_talks":
            return None
        first = self.starts_at.astimezone(ZoneInfo(self.zone))
        if self.often == "monthly":
            day = _months_later(first.date(), number)
        else:
            day = first.date() + timedelta(weeks=number * (2 if self.often == "fortnightly" else 1))
        begins = datetime.combine(day, first.time(), first.tzinfo).astimezone(UTC)
        last = ENDS_AFTER.get(self.lasts or "")
        return None if last is not None and begins > self.starts_at + last else begins

    @property
    def rule(self) -> dict[str, object]:
        """How it comes again, as the parts of an RRULE (RFC 5545); nothing for a single talk."""
        if self.often == "as_needed":
            return {}
        rule: dict[str, object] = {"freq": "weekly"}
        if self.often == "fortnightly":
            rule["interval"] = 2
        if self.often == "monthly":
            rule = {"freq": "monthly", "byday": _nth_weekday(self.starts_at.astimezone(ZoneInfo(self.zone)))}
        if self.lasts == "three_talks":
            rule["count"] = 3
        elif self.lasts in ENDS_AFTER:
            rule["until"] = self.starts_at + ENDS_AFTER[self.lasts]
        return rule


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


def _months_later(day: date, number: int) -> date:
    """The same weekday of a later month: its second Tuesday, say; for a fifth one the last."""
    year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
    begins = date(year, month + 1, 1)
    same = begins + timedelta(days=(day.weekday() - begins.weekday()) % 7)
    found = same + timedelta(weeks=(day.day - 1) // 7)
    return found if found.month == begins.month else found - timedelta(weeks=1)
