"""What "in touch" means, in writing: one definition for each figure, used by whatever counts and by whatever says what
was counted. Pure; it counts nothing itself.

A day here is a whole number of days since the pair met: day 0 is the meeting, day 30 the question of that day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from services.followup.policies import CHECK_INS, IN_TOUCH
from shared.i18n import noted as N_

IN_TOUCH_AT: dict[str, str] = {
    "week": N_(
        "In touch after a week: to the question {days} days after they met, at least one of the two said that they had "
        "talked or written both ways, or met again."
    ),
    "month": N_(
        "In touch after a month: to the question {days} days after they met, at least one of the two said that they had "
        "talked or written both ways, or met again."
    ),
    "quarter": N_(
        "In touch after three months: to the question {days} days after they met, at least one of the two said that they "
        "had talked or written both ways, or met again."
    ),
}
"""Question -> its definition; `{days}` is the conference's own number (`policy.follow_up_days`)."""

ALSO: dict[str, str] = {
    "no": N_(
        "Not in touch: somebody answered that question, and neither of the two said that they were in touch. Who wrote "
        "and had no reply yet, and who said that it is complete, is counted here, and named apart."
    ),
    "unknown": N_(
        "No answer: neither of the two answered that question, or only somebody who does not want to be counted. It is "
        "unknown, and never counted as a no."
    ),
    "last": N_(
        "Last known contact: it lies after the last day on which a pair was known to be in touch, the meeting itself "
        "included, and by the first day after that on which it was known not to be."
    ),
}
"""The other words that stand beside every figure."""

YES, NO, UNKNOWN = "yes", "no", "unknown"


def standing(words: Collection[str]) -> str:
    """yes, no or unknown: how a pair stands as of one question, by what its two said to it (and may be counted). A yes of
    either side wins over whatever the other one said; nothing said is unknown."""
    if not words:
        return UNKNOWN
    return YES if any(word in IN_TOUCH for word in words) else NO


def standing_of(said: str) -> str:
    """The same of what is kept of a pair (tallying.SAID), which knows several kinds of no."""
    return said if said in (YES, UNKNOWN) else NO


@dataclass(frozen=True, order=True)
class Span:
    """When a pair's last contact was: in (after, until], in days. `until` None: nothing is known after `after`."""

    after: int
    until: int | None


def last_contact(standings: Mapping[str, str], days: Mapping[str, int]) -> Span:
    """The span of a pair that met, by how it stands as of each question and by the days of those questions.

    It starts at the last yes (day 0 where there is none: they met) and ends at the first no after that. What is unknown
    in between widens it. A no before a later yes was a pause, and leaves no trace. Where two questions share a day, a yes
    wins. Questions that the conference does not ask are left aside.
    """
    asked = [(days[question], standings.get(question, UNKNOWN)) for question in days]
    after = max((day for day, stands in asked if stands == YES), default=0)
    return Span(after, min((day for day, stands in asked if stands == NO and day > after), default=None))


def days_of(follow_up_days: Iterable[int]) -> dict[str, int]:
    """Question -> its day, by a conference's policy; it may ask fewer than three."""
    return dict(zip(CHECK_INS, follow_up_days, strict=False))
