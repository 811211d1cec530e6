"""How long people are kept: after a conference, and where nobody confirmed that they meant to come. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.contracts import ConferencePublished
from shared.days import at_local

AFTER_THE_LAST_QUESTION = timedelta(days=180)
UNTIL_NEXT_YEAR = timedelta(days=396)
"""Thirteen months: long enough for the conference of next year to ask."""
UNCONFIRMED = timedelta(days=7)
"""Since the last mail with a link by which she could have confirmed; the link itself ends long before."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Until when people of a conference are kept."""

    without_a_word: datetime
    """Who did not choose to be kept for next year."""
    for_next_year: datetime
    """Who did."""


def kept_until(conference: ConferencePublished) -> Kept:
    """180 days after the day on which the last question is put to those who met on its last day; thirteen months after its
    last day for those who chose it, and never less than the others."""
    last = conference.days[-1].date
    asked = last + timedelta(days=max(conference.policy.follow_up_days, default=0))
    over, question = (at_local(conference, day, "00:00") + timedelta(days=1) for day in (last, asked))
    without = question + AFTER_THE_LAST_QUESTION
    return Kept(without_a_word=without, for_next_year=max(without, over + UNTIL_NEXT_YEAR))
