"""Mails when their time has come: what they are about is loaded as it now is, and what is no longer true is not sent."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from services.introductions import emails, queries, store
from services.introductions.domain import OPEN, Introduction, at_the_table
from services.introductions.handlers import telling
from services.introductions.handlers.telling import INTRODUCTIONS, REMINDERS
from shared import address_book, attendees, conferences
from shared.contracts import ConferencePublished
from shared.days import at_local, local_day
from shared.mail import person_or_wait
from shared.mail.message import Mail, MailJob
from shared.mail.queue import asked_for, may_have_left
from shared.work import Work

TOLD = ("proposed", "moved", "rescue")
"""Mails by which somebody first hears of a meeting."""
UNDER_WAY = timedelta(seconds=10)
"""A mail that left so soon after something was announced may have been made before."""


def proposed(job: MailJob, work: Work) -> Mail | None:
    """A proposal that still stands."""
    about = _still_asked(job, work)
    return (
        None
        if about is None
        else emails.proposed(about, to(job.args["attendee"], job.person, about.introduction, work))
    )


def moved(job: MailJob, work: Work) -> Mail | None:
    """A new time that still stands."""
    about = _still_asked(job, work)
    return (
        None if about is None else emails.moved(about, to(job.args["attendee"], job.person, about.introduction, work))
    )


def announced(job: MailJob, work: Work) -> Mail | None:
    """Everything runs late, or a place moved: the meeting stays, elsewhere or later."""
    about = _still_asked(job, work)
    if about is None or not _is_news(job, work):
        return None
    return emails.announced(about, to(job.args["attendee"], job.person, about.introduction, work), job.args["news"])


def _is_news(job: MailJob, work: Work) -> bool:
    """Whether she was told of the meeting as it was before, and nothing newer was announced since. A first mail about it
    that left only later says how it now is."""
    told = may_have_left(work.connection, job.person, TOLD, job.created_at + UNDER_WAY)
    newer = asked_for(work.connection, job.person, "announced")
    id_, sequence = job.args["introduction"], job.args["sequence"]
    return any(args["introduction"] == id_ for args in told) and not any(
        args["introduction"] == id_ and args["sequence"] > sequence for args in newer
    )


def cancelled(job: MailJob, work: Work) -> Mail | None:
    """It will not take place, and nothing has changed about that."""
    about = _about(job, work)
    if about is None or about.introduction.sequence != job.args["sequence"] or about.introduction.status in OPEN:
        return None
    if store.are_stopped(work.connection, job.args["attendee"], INTRODUCTIONS):
        return None
    asked = may_have_left(work.connection, job.person, TOLD)
    if not any(args["introduction"] == about.introduction.id for args in asked):
        return None  # it was over before she was ever told of it
    looking = _is_looked_for(job.args["attendee"], about.conference, work)
    return emails.cancelled(about, to(job.args["attendee"], job.person, about.introduction, work), looking=looking)


def reminder(job: MailJob, work: Work) -> Mail | None:
    """An accepted meeting is about to begin; whoever got enough mails today gets none."""
    about = _still_asked(job, work, REMINDERS)
    if about is None or about.introduction.status != "accepted":
        return None
    midnight = at_local(about.conference, local_day(about.conference, work.now), "00:00")
    if store.sent_since(work.connection, job.person, midnight) >= about.conference.policy.mails_per_day:
        return None
    envelope = to(job.args["attendee"], job.person, about.introduction, work, "stop-reminders")
    return emails.reminder(about, envelope)


def waited_for(job: MailJob, work: Work) -> Mail | None:
    """The other is at the table, and she is not."""
    about = _about(job, work)
    if about is None or not at_the_table.is_waited_for(about.introduction, about.side, work.now):
        return None
    if store.are_stopped(work.connection, job.args["attendee"], REMINDERS):
        return None
    envelope = to(job.args["attendee"], job.person, about.introduction, work, "stop-reminders")
    return emails.waited_for(about, envelope)


def rescue(job: MailJob, work: Work) -> Mail | None:
    """Somebody still waits for her answer, at the table."""
    about = _still_asked(job, work)
    return (
        None if about is None else emails.rescue(about, to(job.args["attendee"], job.person, about.introduction, work))
    )


def _still_asked(job: MailJob, work: Work, kind: str = INTRODUCTIONS) -> emails.About | None:
    """Whether the meeting is as it was when the mail was asked for, and she still wants mails of this class."""
    about = _about(job, work)
    if about is None or store.are_stopped(work.connection, job.args["attendee"], kind):
        return None
    introduction = about.introduction
    held = introduction.status == "accepted" or work.now < introduction.hold_until
    same = introduction.status in OPEN and introduction.link_version == job.args["links"] and held
    return about if same and work.now < introduction.place.starts_at else None


def _about(job: MailJob, work: Work) -> emails.About | None:
    introduction = store.by_id(work.connection, job.args["introduction"], locked=False)
    conference = None if introduction is None else conferences.by_id(work.connection, introduction.conference)
    if introduction is None or conference is None:
        return None
    return about(introduction, conference, job.args["attendee"], work.connection, work.now)


def about(
    introduction: Introduction, conference: ConferencePublished, attendee: str, connection: Connection, now: datetime
) -> emails.About:
    """A meeting as one of the two gets to hear of it."""
    side = introduction.side_of(attendee) or "mentee"
    other = introduction.other(side)
    person = attendees.people(connection, [other]).get(other)
    partner = None if person is None else address_book.person(connection, person)
    wrote = address_book.texts(connection, other) if introduction.status in ("accepted", "met") else None
    return emails.About(
        introduction=introduction,
        conference=conference,
        side=side,
        partner=None if partner is None else partner.first_name,
        now=now,
        goal=None if wrote is None else wrote.goal,
    )


def to(attendee: str, person: str, introduction: Introduction, work: Work, stops: str = "stop-meetings") -> emails.To:
    """Who gets the mail, with links of her own. Raises PersonUnknown while the address book does not have her."""
    answer, day, stop = work.issue(*telling.links(introduction, attendee, person, stops))
    return emails.To(
        person=person_or_wait(work.connection, person),
        url=f"{work.base_url}/i/{answer}",
        day_url=f"{work.base_url}/d/{day}",
        stop_url=f"{work.base_url}/i/stop/{stop}",
        concern_url=f"{work.base_url}/concern/{work.links.concern(person)}",
        base_url=work.base_url,
    )


def _is_looked_for(attendee: str, conference: ConferencePublished, work: Work) -> bool:
    """Whether she can still get another introduction today."""
    state = attendees.one(work.connection, attendee)
    today = local_day(conference, work.now)
    if state is None or today not in state.present_on or not state.consents.introductions:
        return False
    lead = timedelta(minutes=conference.policy.propose_minutes_before_slot)
    slots_left = queries.day_of(conference, today, work.now + lead).open
    return bool(slots_left) and not store.is_paused(work.connection, attendee)
