"""What one of the two sees on the page of their pair: what both wrote, and by whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from services.followup import agreements
from services.followup.domain.agreement import SENTENCE, Agreement, Wishes
from services.followup.domain.notes import Feedback, Note
from services.followup.domain.shared_history import shared_history
from services.followup.domain.talks import Hours, Talk
from services.followup.handlers import talking
from services.followup.handlers.agreeing import Side
from services.followup.handlers.rounds import in_words, moment_in_words
from shared import address_book, dates, text
from shared.days import local_day
from shared.i18n import gettext as _


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What the two expect of each other, and what the form about it holds."""

    agreement: Agreement
    empty: bool
    hers: bool
    """She wrote the newest version."""
    changed: str
    """By whom and when, in words."""
    fine: str
    """Since when both agree, in words; empty while they do not."""
    typed: Mapping[str, Any]
    prefilled: bool
    """The form begins with what the mentee wrote when she registered."""


def expected(connection: Connection, here: Side, typed: Mapping[str, str] | None) -> Expected:
    """The newest version, as she sees it."""
    found = agreements.agreement(connection, here.pair.id)
    wishes = found.wishes
    first = goal_of_mentee(connection, here) if found.revision == 0 else None
    goals = (*wishes.goals, *([first] if first else []), "", "")
    kept = {
        "often": wishes.often or "",
        "lasts": wishes.lasts or "",
        "goal": goals[0],
        "second_goal": goals[1],
        "not_for": wishes.not_for or "",
    }
    return Expected(
        agreement=found,
        empty=not (wishes.often or wishes.lasts or wishes.goals or wishes.not_for),
        hers=found.changed_by == here.who.attendee,
        changed=_said_by(here, found.changed_by, found.changed_at),
        fine="" if found.fine_at is None else moment_in_words(here.conference, found.fine_at),
        typed=kept if typed is None else {**kept, **typed},
        prefilled=first is not None and typed is None,
    )


def goal_of_mentee(connection: Connection, here: Side) -> str | None:
    """What the mentee wanted when she registered: both read it in the mail with the contacts. What the two wrote on a
    goal card is known to introductions alone, since no free text stands in an event."""
    wrote = address_book.texts(connection, here.pair.mentee)
    fits = wrote is not None and wrote.goal is not None and text.length(wrote.goal) <= SENTENCE
    return " ".join(wrote.goal.split()) if fits and wrote and wrote.goal else None


def _said_by(here: Side, attendee: str | None, at: datetime | None) -> str:
    if attendee is None or at is None:
        return ""
    when = moment_in_words(here.conference, at)
    if attendee == here.who.attendee:
        return _("Written by you, {when}").replace("{when}", when)
    name = here.partner.first_name if here.partner else _("a participant")
    return _("Written by {name}, {when}").replace("{when}", when).replace("{name}", name)


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the two said to each other, and what the forms about it hold."""

    hers: Feedback | None
    others: Feedback | None
    """What the other one said to her."""
    others_at: str
    note: Note | None
    """The newest note of thanks, of the mentee to the mentor."""
    note_at: str
    may_thank: bool
    """She is the mentee, and no note of hers left this month."""
    typed: Mapping[str, Any]


def said(connection: Connection, here: Side, now: datetime, typed: Mapping[str, str] | None) -> Said:
    """Feedback and thanks, as she sees them."""
    by_whom = agreements.feedback_of(connection, here.pair.id)
    hers, others = by_whom.get(here.who.attendee), by_whom.get(here.pair.partner(here.who.attendee))
    note = agreements.note_of_thanks(connection, here.pair.id)
    this_month = f"{local_day(here.conference, now):%Y-%m}"
    kept = {"helped": (hers and hers.helped) or "", "wish": (hers and hers.wish) or "", "note": ""}
    return Said(
        hers=hers,
        others=others,
        others_at="" if others is None else moment_in_words(here.conference, others.at),
        note=note,
        note_at="" if note is None else moment_in_words(here.conference, note.at),
        may_thank=not here.is_mentor and (note is None or note.month < this_month),
        typed=kept if typed is None else {**kept, **typed},
    )


@dataclass(frozen=True, kw_only=True)
class Talks:
    """The talk that they chose, the times that suit both, and when she works."""

    chosen: Talk | None
    next_when: str
    """When they talk next; empty where the last talk is over."""
    since: str
    """The day of the first talk, where that is over; else empty."""
    by_partner: bool
    fits: bool
    """It is as often and for as long as they expect."""
    suggested: list[tuple[str, str]]
    """(what the form sends, in words); nothing before they said how often."""
    outside: bool
    """No time suits both: these are the nearest."""
    own: Hours
    typed: Mapping[str, Any]


def talks(connection: Connection, here: Side, wishes: Wishes, now: datetime, typed: Mapping[str, str] | None) -> Talks:
    """When they talk, as she sees it: first in her zone."""
    own, other = talking.hours(connection, here, now)
    chosen = agreements.talk(connection, here.pair.id)
    upcoming = None if chosen is None else chosen.next(now)
    over = chosen is not None and upcoming != chosen.starts_at
    fits = chosen is not None and chosen.fits(wishes)
    times, outside = talking.suggestions(connection, here, now) if wishes.often else ([], 0)
    others = [at for at in times if not (fits and at == upcoming)]
    kept = {"zone": own.zone, "starts": own.starts, "ends": own.ends}
    return Talks(
        chosen=chosen,
        next_when="" if upcoming is None else in_zones(upcoming, own.zone, other.zone),
        since=in_words(chosen.starts_at.astimezone(ZoneInfo(own.zone)).date()) if chosen and over else "",
        by_partner=chosen is not None and chosen.chosen_by != here.who.attendee,
        fits=fits,
        suggested=[(f"{at:%Y%m%dT%H%MZ}", in_zones(at, own.zone, other.zone)) for at in others],
        outside=outside > 0,
        own=own,
        typed=kept if typed is None else {**kept, **typed},
    )


def came_along(here: Side) -> list[tuple[str, str]]:
    """(state, since which day, in words) of the two until now, the same for both of them; without a day that they are
    asked no more, so that nobody reads out of it why."""
    steps = [(state, in_words(since)) for state, since in shared_history(here.pair, here.conference)]
    return [*steps, ("over", "")] if here.pair.over else steps


def in_zones(at: datetime, *zones: str) -> str:
    """An instant in words, in each of these zones, such as "Tuesday 1 December, 16:00 (Europe/Berlin), 10:00
    (America/New_York)"."""
    said, day = [], None
    for zone in dict.fromkeys(zones):
        local = at.astimezone(ZoneInfo(zone))
        clock = f"{local:%H:%M} ({zone.replace('_', ' ')})"
        said.append(clock if local.date() == day else f"{dates.weekday_and_day(local.date())}, {clock}")
        day = local.date()
    return ", ".join(said)
