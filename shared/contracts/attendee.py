"""Events about an attendee (a person at a conference): ids and coded attributes only, never a name or a free text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from shared.contracts.event import Event

HELP = ("advice", "perspective", "network", "safe_place")
"""What a mentor can be for somebody: advice on a decision, a view from outside, people to know, a safe place to ask."""


@dataclass(frozen=True, kw_only=True)
class Consents:
    """What she agreed to: being introduced (first name and reasons are shared), follow-up mails, anonymous statistics,
    being kept for next year. Nothing is assumed."""

    introductions: bool = False
    follow_up: bool = False
    statistics: bool = False
    next_year: bool = False


@dataclass(frozen=True, kw_only=True)
class AttendeeEvent(Event):
    """The full coded state of an attendee after what happened; a newer version replaces an older one."""

    VERSION = 3
    TOPIC = "rapport.attendees"
    SUBJECT = "attendee"

    attendee: str
    version: int
    at: datetime
    account: str
    conference: str
    person: str
    role: str
    """mentor, mentee or both"""
    status: str
    """confirmed, checked_in, left or withdrawn"""
    approved: bool
    """False while a mentor waits for the organizer; always True for somebody who only wants a mentor."""
    offers: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    helps: tuple[str, ...] = ()
    """Kinds of help that a mentor gives (HELP)."""
    goals: tuple[str, ...] = ()
    """Kinds of help that a mentee looks for."""
    first_timer: bool = False
    """Whether it is her first conference of this kind."""
    likes_newcomers: bool = False
    """Whether a mentor especially likes to meet first-timers."""
    languages: tuple[str, ...] = ()
    company: str | None = None
    """A random code that stands for the employer within this conference."""
    domain: str | None = None
    """A code for the employer's mail domain within this conference; None for a provider that anybody may use."""
    years: int | None = None
    capacity: int | None = None
    """Meetings a mentor offers for the whole conference; None = the policy's load."""
    introductions: int | None = None
    """Introductions a mentee wishes; None = the policy's number."""
    available: tuple[str, ...] | None = None
    """Slot ids; None = all."""
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
    """Days (local) on which she checked in and has not left since."""

    @classmethod
    def upcast(cls, data: dict[str, Any], version: int) -> dict[str, Any]:
        """Version 1 knew no kinds of help, no first-timers and no mail domains; version 2 no needs of a place."""
        if version < 2:
            fresh = {"helps": [], "goals": [], "first_timer": False, "likes_newcomers": False, "domain": None}
            data = {**fresh, **data}
        if version < cls.VERSION:
            data = {"step_free": False, "quiet": False, **data}
        return data


@dataclass(frozen=True, kw_only=True)
class AttendeeRegistered(AttendeeEvent):
    """Somebody's registration for a conference was confirmed, by herself or by an organizer who vouches."""

    TYPE = "attendee.registered"


@dataclass(frozen=True, kw_only=True)
class AttendeeChanged(AttendeeEvent):
    """An attendee changed what she offers, wants or agrees to, or was approved as a mentor."""

    TYPE = "attendee.changed"


@dataclass(frozen=True, kw_only=True)
class AttendeeCheckedIn(AttendeeEvent):
    """An attendee is at the venue on the last day of `present_on`."""

    TYPE = "attendee.checked_in"


@dataclass(frozen=True, kw_only=True)
class AttendeeLeft(AttendeeEvent):
    """An attendee left the venue for the day, or (status confirmed) was checked in by mistake."""

    TYPE = "attendee.left"


@dataclass(frozen=True, kw_only=True)
class AttendeeWithdrawn(AttendeeEvent):
    """An attendee takes part no longer; her meetings end and no mail follows."""

    TYPE = "attendee.withdrawn"
