"""What introductions' mails say, with their calendar entries, as values; and the words that pages use for the same
things. Never loads or sends: what it needs to know, it is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel.dates import format_date
from icalendar import Calendar as ICalendar

from services.introductions.domain import Introduction
from shared.address_book import Person
from shared.contracts import ConferencePublished
from shared.contracts.conference import MeetingPoint
from shared.days import local_time, slot_day
from shared.i18n import current_locale, speaking
from shared.i18n import gettext as _
from shared.mail.calendar import event_ics
from shared.mail.message import Calendar, Mail
from shared.mail.render import render

LANGUAGES = {"de": "German", "es": "Spanish", "fr": "French", "it": "Italian", "nl": "Dutch", "pl": "Polish",
             "pt": "Portuguese", "tr": "Turkish", "uk": "Ukrainian", "ar": "Arabic", "zh": "Chinese"}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class About:
    """A meeting as one of the two gets to hear of it."""

    introduction: Introduction
    conference: ConferencePublished
    side: str
    """mentor or mentee: who is told"""
    partner: str | None
    """The other's first name; None while the address book does not have her."""
    now: datetime
    goal: str | None = None
    """What the other would call a good outcome, in her words; known once both said yes."""

    @property
    def who(self) -> str:
        """What the other is called."""
        return self.partner or _("a participant")

    @property
    def starts(self) -> str:
        """`HH:MM` at the conference."""
        return local_time(self.conference, self.introduction.place.starts_at)

    @property
    def ends(self) -> str:
        """`HH:MM` at the conference."""
        return local_time(self.conference, self.introduction.place.ends_at)

    @property
    def day(self) -> str:
        """The date in words."""
        return day_in_words(self.introduction.place.slot)

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return self.conference.slot_minutes

    @property
    def until(self) -> str:
        """Until when it is held, with the day where that is another one."""
        held = self.introduction.hold_until
        day = held.astimezone(ZoneInfo(self.conference.timezone)).date()
        clock = local_time(self.conference, held)
        return clock if day == slot_day(self.introduction.place.slot) else f"{clock}, {_day(day)}"

    @property
    def point(self) -> MeetingPoint | None:
        """The meeting point, where the conference still has it."""
        code = self.introduction.place.meeting_point
        return next((point for point in self.conference.meeting_points if point.code == code), None)

    @property
    def table(self) -> str:
        """`table 12`, with the meeting point where there are several."""
        table = _("table {n}").replace("{n}", str(self.introduction.place.table))
        return f"{self.point.name}, {table}" if self.point and len(self.conference.meeting_points) > 1 else table

    @property
    def where(self) -> str:
        """Meeting point, table and landmark."""
        table = _("table {n}").replace("{n}", str(self.introduction.place.table))
        parts = [self.point.name, table, self.point.landmark] if self.point else [table]
        return ", ".join(part for part in parts if part)

    @property
    def why(self) -> list[str]:
        """The facts behind it, as sentences; the same facts for both."""
        return reasons(self)

    @property
    def question(self) -> str:
        """A decent first question."""
        return first_question(self)


def day_in_words(slot: str) -> str:
    """The date of a slot in words."""
    return _day(slot_day(slot))


def _day(day: Any) -> str:
    return str(format_date(day, "EEEE d MMMM", locale=current_locale()))


def topics_of(about: About) -> list[str]:
    """The topics that the two have in common, in people's words."""
    labels = {topic.code: topic.label for topic in about.conference.topics}
    return [labels.get(item.code, item.code) for item in about.introduction.reasons if item.kind == "topic"]


def reasons(about: About) -> list[str]:
    """The facts, first the topics."""
    topics = _listed(topics_of(about))
    labels = {topic.code: topic.label for topic in about.conference.topics}
    found = []
    if topics and about.side == "mentee":
        found.append(_("You asked about {topics}; {who} offers it.").replace("{topics}", topics))
    elif topics:
        found.append(_("{who} asked about {topics}; you offer it.").replace("{topics}", topics))
    for reason in about.introduction.reasons:
        sentence = {
            "near": _("{topic} is close to what one of you knows.").replace(
                "{topic}", labels.get(reason.code, reason.code)
            ),
            "help": _("One of you looks for {help}, the other gives it.").replace("{help}", help_in_words(reason.code)),
            "request": _("One of you named the other as somebody to meet."),
            "referral": _("One of you brought the other to this conference."),
            "language": _("You both speak {language}.").replace(
                "{language}", _(LANGUAGES.get(reason.code, reason.code))
            ),
            "years": _("One of you has more years of experience."),
            "organizer": _("The organizers would like the two of you to meet."),
            "newcomer": _("One of you is new here, the other likes to meet people who are."),
        }.get(reason.kind)
        if sentence:
            found.append(sentence)
    return [_upper(sentence.replace("{who}", about.who)) for sentence in found]


def help_in_words(code: str) -> str:
    """A kind of help within a sentence."""
    words = {
        "advice": _("advice on a decision"),
        "perspective": _("a view from outside"),
        "network": _("people to know"),
        "safe_place": _("a safe place to ask"),
    }
    return words.get(code, code)


def _upper(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _listed(words: list[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return _("{some} and {last}").replace("{some}", ", ".join(words[:-1])).replace("{last}", words[-1])


def first_question(about: About) -> str:
    """Something to begin with that needs no preparation."""
    topics = topics_of(about)
    if not topics:
        return _("What brought you here, and what would make this day worth it?")
    if about.side == "mentee":
        text = _("What do you know about {topic} today that you wish you had known at the start?")
    else:
        text = _("What have you tried with {topic} so far, and where did you get stuck?")
    return text.replace("{topic}", topics[0])


# The mails


@dataclass(frozen=True, kw_only=True)
class To:
    """Who gets a mail, and the addresses that stand in it."""

    person: Person
    url: str
    day_url: str
    stop_url: str
    base_url: str


def proposed(about: About, to: To) -> Mail:
    """You could meet: yes, another time, not this one?"""
    return _mail(about, to, "proposed", _("{time}, {table}: meet {who} ({minutes} minutes)"))


def moved(about: About, to: To) -> Mail:
    """The meeting has another time or place."""
    return _mail(about, to, "moved", _("New time {time}, {table}: meet {who} ({minutes} minutes)"))


def cancelled(about: About, to: To, *, looking: bool) -> Mail:
    """The meeting will not take place; why is nobody's business. `looking`: whether that is so."""
    return _mail(about, to, "cancelled", _("The {time} meeting won't take place"), looking=looking)


def reminder(about: About, to: To) -> Mail:
    """In ten minutes."""
    return _mail(about, to, "reminder", _("In a few minutes, {time}, {table}: meet {who}"))


def _mail(about: About, to: To, kind: str, subject: str, **more: Any) -> Mail:
    with speaking(to.person.locale):
        context = {
            "about": about,
            "zone": about.conference.timezone,
            "conference": about.conference.name,
            "first_name": to.person.first_name,
            "url": to.url,
            "day_url": to.day_url,
            "stop_url": to.stop_url,
            "concern": about.conference.policy.concern_contact,
            **more,
        }
        text, html = render(f"introductions/mail_{kind}", context)
        values = {"time": about.starts, "table": about.table, "who": about.who, "minutes": str(about.minutes)}
        title = _(subject)
        for name, value in values.items():
            title = title.replace("{" + name + "}", value)
        entry = calendar(about)
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
