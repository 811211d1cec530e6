"""Introductions' mails, with their calendar entries, as values. Never loads or sends: what it needs to know, it is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from icalendar import Calendar as ICalendar

from services.introductions.emails.about import About, heading_of, what_stays
from shared.address_book import Person
from shared.i18n import gettext as _
from shared.i18n import noted as N_
from shared.i18n import speaking
from shared.mail.calendar import event_ics
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


def proposed(about: About, to: To) -> Mail:
    """You could meet: yes, another time, not this one?"""
    return _mail(about, to, "proposed", N_("{time}, {table}: meet {who} ({minutes} minutes)"))


def moved(about: About, to: To) -> Mail:
    """The meeting has another time or place."""
    return _mail(about, to, "moved", N_("New time {time}, {table}: meet {who} ({minutes} minutes)"))


def announced(about: About, to: To, news: str) -> Mail:
    """Everything runs late or on time again (`late`), or the place is another one (`elsewhere`): the meeting stays."""
    if news == "elsewhere":
        subject = N_("New place: {where}, {time}: meet {who}")
    elif about.late:
        subject = N_("Now {time}, {table}: meet {who} ({late} minutes later)")
    else:
        subject = N_("{time} again, {table}: meet {who}")
    return _mail(about, to, "announced", subject, news=news)


def cancelled(about: About, to: To, *, looking: bool) -> Mail:
    """The meeting will not take place; why is nobody's business. `looking`: whether that is so."""
    return _mail(about, to, "cancelled", N_("The {time} meeting won't take place"), looking=looking)


def reminder(about: About, to: To) -> Mail:
    """In ten minutes."""
    return _mail(about, to, "reminder", N_("In a few minutes, {time}, {table}: meet {who}"))


def waited_for(about: About, to: To) -> Mail:
    """The other is at the table already."""
    return _mail(about, to, "waited_for", N_("{who} is at {table}"), with_calendar=False)


def rescue(about: About, to: To) -> Mail:
    """Somebody sits there alone: would you come, now?"""
    return _mail(about, to, "rescue", N_("Now, {table}: would you meet {who}?"))


def _mail(about: About, to: To, kind: str, subject: str, *, with_calendar: bool = True, **more: Any) -> Mail:
    with speaking(to.person.locale):
        context = {
            "about": about,
            "zone": about.conference.timezone,
            "conference": about.conference.name,
            "first_name": to.person.first_name,
            "url": to.url,
            "day_url": to.day_url,
            "stop_url": to.stop_url,
            "stop_words": _("No more reminders") if kind in ("reminder", "waited_for") else _("No more introductions"),
            "concern": about.conference.policy.concern_contact,
            "concern_url": to.concern_url,
            **more,
        }
        if kind == "announced":
            context |= {"heading": heading_of(about, more["news"]), "stays": what_stays(about, more["news"])}
        text, html = render(f"introductions/mail_{kind}", context)
        values = {"time": about.starts, "table": about.table, "who": about.who, "minutes": str(about.minutes)}
        values |= {"late": str(about.late), "where": about.named_table}
        title = _(subject)
        for name, value in values.items():
            title = title.replace("{" + name + "}", value)
        entry = calendar(about) if with_calendar else None
    return Mail(
        to_name=to.person.name,
        to_address=to.person.email,
        subject=title,
        text=text,
        html=html,
        calendar=entry,
        unsubscribe_url=to.stop_url,
        list_id=f"{about.conference.slug}.{urlsplit(to.base_url).hostname}",
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
    whole = ICalendar()
    whole.add("prodid", "-//Rapport//Meetings//EN")
    whole.add("version", "2.0")
    whole.add("x-wr-calname", _("My meetings"))
    for about in meetings:
        for entry in ICalendar.from_ical(calendar(about).text).walk("VEVENT"):
            whole.add_component(entry)
    whole.add_missing_timezones()
    return str(whole.to_ical().decode())
