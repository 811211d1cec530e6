"""What the two of a pair expect of each other: how often, for how long, what for, what not. Either writes it, the other may
say that it is fine with her; only the newest version exists. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from shared.errors import Conflict

OFTEN = ("weekly", "fortnightly", "monthly", "as_needed")
LASTS = ("three_talks", "three_months", "half_year", "open")
SENTENCE = 200
"""Characters of a sentence that one of them writes."""
LIVES = timedelta(days=400)
"""How long after the conference the page of a pair is there: a year, and time to answer what came of it."""


class Newer(Conflict):
    """The other one changed this in the meantime. Please read the newest version first; nothing that you typed is lost."""

    code = "newer"


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What they write. Each part may be left open."""

    often: str | None = None
    lasts: str | None = None
    goals: tuple[str, ...] = ()
    not_for: str | None = None


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """The newest version for a pair; revision 0: nobody has written anything. Whoever wrote it is fine with it."""

    relationship: str
    wishes: Wishes = Wishes()
    revision: int = 0
    changed_by: str | None = None
    """The attendee id of whoever wrote this version."""
    changed_at: datetime | None = None
    fine_at: datetime | None = None
    """When the other one said that it is fine with her."""

    def change(self, by: str, wishes: Wishes, seen: int, now: datetime) -> Agreement:
        """A new version by one of the two, who had version `seen` before her eyes. Raises Newer. The same words again
        change nothing."""
        if wishes == self.wishes:
            return self
        if seen != self.revision:
            raise Newer
        return replace(self, wishes=wishes, revision=self.revision + 1, changed_by=by, changed_at=now, fine_at=None)

    def fine(self, by: str, seen: int, now: datetime) -> Agreement:
        """The other one is fine with the version that she saw. Raises Newer when there is a newer one."""
        if seen != self.revision or self.revision == 0:
            raise Newer
        if by == self.changed_by or self.fine_at is not None:
            return self
        return replace(self, fine_at=now)


def page_ends(last_day: date) -> date:
    """The day on which the links to a pair's page end, for a conference with this last day."""
    return last_day + LIVES
