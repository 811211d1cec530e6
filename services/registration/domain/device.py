"""A device at the door: added by somebody of the team, paired once, opened by its PIN, over after too many wrong ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.contracts import ConferencePublished
from shared.days import at_local
from shared.errors import Conflict

TRIES = 5
ROLES = ("desk", "kiosk")


class DeviceOver(Conflict):
    """This device was ended. Whoever leads the desk can pair it again."""

    code = "device-over"


def ends(conference: ConferencePublished) -> datetime:
    """When devices end: with the conference's last day, in its own zone."""
    return at_local(conference, conference.days[-1].date + timedelta(days=1), "00:00")


@dataclass(frozen=True, kw_only=True)
class Device:
    """One device; `access` is its session, once it is paired."""

    id: str
    account: str
    conference: str
    made_by: str
    role: str
    label: str
    expires_at: datetime
    wrong: int = 0
    access: str | None = None
    ended_at: datetime | None = None

    @property
    def tries_left(self) -> int:
        """How many more PINs may be tried."""
        return 0 if self.ended_at is not None else TRIES - self.wrong

    def is_waiting(self, now: datetime) -> bool:
        """Whether it may still be paired."""
        return self.access is None and self.ended_at is None and now < self.expires_at

    def pair(self, access: str, now: datetime) -> Device:
        """Somebody who has the code in front of her makes a device of what she holds. Raises DeviceOver."""
        if not self.is_waiting(now):
            raise DeviceOver
        return replace(self, access=access)

    def tried(self, is_right: bool, now: datetime) -> Device:
        """Somebody typed a PIN. Raises DeviceOver."""
        if self.ended_at is not None:
            raise DeviceOver
        if is_right:
            return replace(self, wrong=0)
        wrong = self.wrong + 1
        return replace(self, wrong=wrong, ended_at=now if wrong >= TRIES else None)

    def end(self, now: datetime) -> Device:
        """It is no device any more."""
        return self if self.ended_at is not None else replace(self, ended_at=now)
