"""Introductions' mails, with their calendar entries, as values. Never loads or sends: what it needs to know, it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from services.introductions.emails.about import About, heading_of, listed, what_stays
from shared.address_book import Person
from shared.i18n import gettext as _
from shared.i18n import noted as N_
from shared.i18n import speaking
from shared.mail.calendar import event_ics, feed_ics
from shared.mail.message import Calendar, Mail
from shared.mail.render import render


@dataclass(frozen=True, kw_only=True)
class To:
    """Who gets a mail, and the addresses that stand in it."""

    person: Person
    url: str
    day_url: str
    stop_url: str
    concern_url: str
    base_url: str


Part = tuple[About, To]
"""A meeting that a mail tells of, and what its reader opens for it."""


def proposed(parts: Sequence[Part], *, last: bool) -> Mail:
    """You could meet: yes, another time, not this one? `last`: no more mails today."""
    if len(parts) == 1:
        return _mail(parts[0], "proposed", N_("{time}, {table}: meet {who} ({minutes} minutes)"), last=last)
    if all(about.side == "mentor" for about, _to in parts):
        heading, subject = (
            N_("{n} people would like to meet you"),
            N_("{n} people would like to meet you, first at {time}, {table}"),
        )
    else:
        heading, subject = N_("You could meet {n} people"), N_("You could meet {n} people, first at {time}, {table}")
    return _several(parts, "proposed", heading, subject, last=last)


def moved(parts: Sequence[Part], *, last: bool) -> Mail:
    """The meeting has another time or place."""
    if len(parts) == 1:
        return _mail(parts[0], "moved", N_("New time {time}, {table}: meet {who} ({minutes} minutes)"), last=last)
    subject = N_("New times for {n} meetings, first at {time}, {table}")
    return _several(parts, "moved", N_("New times for {n} meetings"), subject, last=last)


def announced(parts: Sequence[Part], news: Mapping[str, str], *, last: bool) -> Mail:
    """Everything runs late or on time again (`late`), or the place is another one (`elsewhere`): the meetings stay. `news`:
    which of them, by introduction."""
    about, to = parts[0]
    new = news[about.introduction.id]
    with speaking(to.person.locale):
        heading = heading_of(about, new)
        stays = {one.introduction.id: what_stays(one, news[one.introduction.id]) for one, _to in parts}
    if len(parts) > 1:
        subject = N_("{heading}: {n} meetings, first at {time}, {table}")
        return _several(parts, "announced", heading, subject, stays=stays, last=last)
    if new == "elsewhere":
        subject = N_("New place: {where}, {time}: meet {who}")
    elif about.late:
        subject = N_("Now {time}, {table}: meet {who} ({late} min later)")
    else:
        subject = N_("{time} again, {table}: meet {who}")
    return _mail(parts[0], "announced", subject, heading=heading, stays=stays[about.introduction.id], last=last)


def cancelled(parts: Sequence[Part], *, looking: bool, last: bool) -> Mail:
    """The meeting will not take place; why is nobody's business. `looking`: whether that is so."""
    if len(parts) == 1:
        return _mail(parts[0], "cancelled", N_("The {time} meeting won't take place"), looking=looking, last=last)
    words = N_("The meetings at {times} won't take place")
    return _several(parts, "cancelled", words, words, looking=looking, last=last)


def reminder(parts: Sequence[Part], *, last: bool) -> Mail:
    """In ten minutes; and what comes soon after."""
    if len(parts) == 1:
        return _mail(parts[0], "reminder", N_("In a few minutes, {time}, {table}: meet {who}"), last=last)
    subject = N_("In a few minutes, {time}, {table}: meet {who}, then {more} more")
    return _several(parts, "reminder", N_("Soon: {n} meetings"), subject, last=last)


def waited_for(about: About, to: To, *, last: bool) -> Mail:
    """The other is at the table already."""
    return _mail((about, to), "waited_for", N_("{who} is at {table}"), with_calendar=False, last=last)


def rescue(about: About, to: To, *, last: bool) -> Mail:
    """Somebody sits there alone: would you come, now?"""
    return _mail((about, to), "rescue", N_("Now, {table}: would you meet {who}?"), last=last)


def _mail(part: Part, kind: str, subject: str, *, with_calendar: bool = True, **more: Any) -> Mail:
    about, to = part
    with speaking(to.person.locale):
        text, html = render(
            f"introductions/mail_{kind}", {"about": about, "url": to.url, **_of_all(part, kind), **more}
        )
        title = _filled(subject, [part])
        entry = calendar(about) if with_calendar else None
    return _sent(part, title, text, html, calendar=entry)


def _several(parts: Sequence[Part], kind: str, heading: str, subject: str, **more: Any) -> Mail:
    """One mail about several meetings, each with its own links, and with a calendar file of its own."""
    first = parts[0]
    with speaking(first[1].person.locale):
        context = {"kind": kind, "heading": _filled(heading, parts), "parts": parts, **_of_all(first, kind), **more}
        text, html = render("introductions/mail_several", context)
        title = _filled(subject, parts, heading=heading)
        entries = tuple(
            replace(calendar(about), name=f"meeting-{about.introduction.place.slot}.ics") for about, _to in parts
        )
    return _sent(first, title, text, html, calendars=entries)


def _of_all(part: Part, kind: str) -> dict[str, Any]:
    about, to = part
    return {
        "zone": about.conference.timezone,
        "conference": about.conference.name,
        "first_name": to.person.first_name,
        "day_url": to.day_url,
        "stop_url": to.stop_url,
        "stop_words": _("No more reminders") if kind in ("reminder", "waited_for") else _("No more introductions"),
        "concern": about.conference.policy.concern_contact,
        "concern_url": to.concern_url,
    }


def _filled(sentence: str, parts: Sequence[Part], **more: str) -> str:
    first = parts[0][0]
    values = {
        **more,
        "time": first.starts,
        "times": listed([about.starts for about, _to in parts]),
        "table": first.table,
        "minutes": str(first.minutes),
        "n": str(len(parts)),
        "more": str(len(parts) - 1),
        "who": first.who,
        "late": str(first.late),
        "where": first.named_table,
    }
    title = _(sentence)
    for name, value in values.items():
        title = title.replace("{" + name + "}", value)
    return title


def _sent(part: Part, title: str, text: str, html: str, **more: Any) -> Mail:
    about, to = part
    return Mail(
        to_name=to.person.name,
        to_address=to.person.email,
        subject=title,
        text=text,
        html=html,
        unsubscribe_url=to.stop_url,
        list_id=f"{about.conference.slug}.{urlsplit(to.base_url).hostname}",
        **more,
    )


def calendar(about: About) -> Calendar:
    """The calendar entry as it now is: neither names nor topics, since calendars are shared with employers."""
    introduction = about.introduction
    table = _("table {n}").replace("{n}", str(introduction.place.table))
    return event_ics(
        uid_object=introduction.id,
        sequence=introduction.sequence,
        starts_at=introduction.place.starts_at,
        ends_at=introduction.place.ends_at,
        timezone=about.conference.timezone,
        summary=_("Meeting, {table}").replace("{table}", table),
        location=", ".join(part for part in (about.point.name if about.point else "", table) if part),
        now=about.now.replace(microsecond=0),
        confirmed=introduction.status in ("accepted", "met"),
        cancelled=introduction.status in ("declined", "expired", "cancelled"),
    )


def feed(meetings: list[About]) -> str:
    """All of somebody's meetings as one calendar to subscribe to."""
    return feed_ics(_("My meetings"), [calendar(about) for about in meetings])
