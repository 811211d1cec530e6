"""An attendee: a person at a conference, from invitation to withdrawal. Every step gives the new state and the event."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, TypeVar

from shared.contracts import (
    AttendeeChanged,
    AttendeeCheckedIn,
    AttendeeLeft,
    AttendeeRegistered,
    AttendeeWithdrawn,
    ConferencePublished,
)
from shared.contracts.attendee import AttendeeEvent, Consents
from shared.days import first_midnight, local_day
from shared.errors import Conflict, Invalid

Happened = TypeVar("Happened", bound=AttendeeEvent)


class NotYetConfirmed(Conflict):
    """This registration is not confirmed yet: the link in the mail does that, or an organizer."""

    code = "not-confirmed"


class TooEarly(Conflict):
    """Check-in opens at midnight of the first day."""

    code = "too-early"


class ConferenceOver(Conflict):
    """The conference is over."""

    code = "over"


class Withdrawn(Conflict):
    """This registration was withdrawn."""

    code = "withdrawn"


class NeedsConsent(Invalid):
    """To be introduced, please allow us to share your first name and what you have in common."""

    code = "needs-consent"

    def __init__(self) -> None:
        super().__init__({})
        self.errors = {"consents.introductions": [self.sentence()]}


@dataclass(frozen=True, kw_only=True)
class Attendee:
    """Coded state only; names, addresses and free text lie elsewhere. `status` before confirmation: invited or pending."""

    id: str
    account: str
    conference: str
    person: str
    version: int
    role: str
    status: str
    approved: bool
    offers: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    helps: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    first_timer: bool = False
    likes_newcomers: bool = False
    languages: tuple[str, ...] = ("en",)
    company: str | None = None
    domain: str | None = None
    years: int | None = None
    capacity: int | None = None
    introductions: int | None = None
    available: tuple[str, ...] | None = None
    requests: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    referrals: tuple[str, ...] = ()
    step_free: bool = False
    """Whether she needs a way without steps to the table."""
    quiet: bool = False
    """Whether she needs a quiet place."""
    locale: str = "en"
    consents: Consents = Consents()
    present_on: tuple[date, ...] = ()
    sure: bool = True
    """False while somebody who came without a registration has not shown that the address is hers: no mail, and what she
    wrote is shown to nobody."""

    @property
    def is_confirmed(self) -> bool:
        """Whether others may hear of her."""
        return self.status in ("confirmed", "checked_in", "left")

    @property
    def standing(self) -> dict[str, Any]:
        """How it stands, for whoever comes too late or too early."""
        return {"id": self.id, "status": self.status, "present_on": [day.isoformat() for day in self.present_on]}

    def confirm(self, now: datetime) -> tuple[Attendee, AttendeeRegistered | None]:
        """She, or an organizer for her, says that this registration is meant. Raises NeedsConsent, Withdrawn."""
        self._not_withdrawn()
        if self.is_confirmed:
            return self, None
        if not self.consents.introductions:
            raise NeedsConsent
        return self._became(AttendeeRegistered, now, status="confirmed")

    def invite(self) -> Attendee:
        """The organizers mean her to come, whose registration nobody has confirmed so far. Raises Withdrawn."""
        self._not_withdrawn()
        return replace(self, status="invited", version=self.version + 1) if self.status == "pending" else self

    def walk_in(
        self, now: datetime, conference: ConferencePublished
    ) -> tuple[Attendee, tuple[AttendeeRegistered, AttendeeCheckedIn] | tuple[()]]:
        """She stands in the venue and takes part from now on; that the address is hers she may show later. Raises
        NeedsConsent, TooEarly, ConferenceOver, Withdrawn."""
        if self.is_confirmed:
            return self, ()
        registered, first = replace(self, sure=False).confirm(now)
        here, second = registered.check_in(now, conference)
        return here, (first, second) if first is not None and second is not None else ()

    def show_address(self) -> Attendee:
        """She opened the link in our mail: the address is hers. Others hear of it by her description."""
        self._not_withdrawn()
        return self if self.sure else replace(self, sure=True, version=self.version + 1)

    def change(self, now: datetime, **values: Any) -> tuple[Attendee, AttendeeChanged | None]:
        """Other wishes, other offers, other consents, approval."""
        self._not_withdrawn()
        changed = replace(self, **values)
        if changed == self:
            return self, None
        if not self.is_confirmed:
            return replace(changed, version=self.version + 1), None
        return self._became(AttendeeChanged, now, **values)

    def check_in(self, now: datetime, conference: ConferencePublished) -> tuple[Attendee, AttendeeCheckedIn | None]:
        """She is here today."""
        self._not_withdrawn()
        if not self.is_confirmed:
            raise NotYetConfirmed(self.standing)
        today = local_day(conference, now)
        if now < first_midnight(conference):
            raise TooEarly(self.standing)
        if today > conference.days[-1].date:
            raise ConferenceOver(self.standing)
        if today in self.present_on:
            return self, None
        return self._became(AttendeeCheckedIn, now, status="checked_in", present_on=(*self.present_on, today))

    def leave(self, now: datetime, conference: ConferencePublished) -> tuple[Attendee, AttendeeLeft | None]:
        """She is not here any more today."""
        self._not_withdrawn()
        today = local_day(conference, now)
        if today not in self.present_on:
            return self, None
        present = tuple(day for day in self.present_on if day != today)
        return self._became(AttendeeLeft, now, status="left", present_on=present)

    def take_back(self, now: datetime, conference: ConferencePublished) -> tuple[Attendee, AttendeeLeft | None]:
        """She was checked in by mistake today: expected as before, which is not the same as gone."""
        gone, event = self.leave(now, conference)
        if event is None:
            return self, None
        return replace(gone, status="confirmed"), replace(event, status="confirmed")

    def withdraw(self, now: datetime) -> tuple[Attendee, AttendeeWithdrawn | None]:
        """She takes part no longer. What she needs of a place may hint at her health: nobody keeps it."""
        if self.status == "withdrawn":
            return self, None
        gone = replace(self, step_free=False, quiet=False)
        if not self.is_confirmed:
            return replace(gone, status="withdrawn", version=self.version + 1), None
        return gone._became(AttendeeWithdrawn, now, status="withdrawn", present_on=())

    def _became(self, event: type[Happened], now: datetime, **values: Any) -> tuple[Attendee, Happened]:
        new = replace(self, version=self.version + 1, **values)
        state = {item.name: getattr(new, item.name) for item in fields(new) if item.name not in ("id", "sure")}
        return new, event(attendee=new.id, at=now, **state)

    def _not_withdrawn(self) -> None:
        if self.status == "withdrawn":
            raise Withdrawn(self.standing)
