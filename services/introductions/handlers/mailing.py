"""Mails when their time has come: what they are about is loaded as it now is, and what is no longer true is not sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from services.introductions import emails, queries, store
from services.introductions.domain import OPEN, Introduction, at_the_table
from services.introductions.handlers import telling
from services.introductions.handlers.telling import INTRODUCTIONS, REMINDERS, TOLD
from shared import address_book, attendees, conferences
from shared.contracts import ConferencePublished
from shared.days import local_day
from shared.mail import person_or_wait
from shared.mail.message import Mail, MailJob, Told
from shared.mail.queue import asked_for, may_have_left
from shared.work import Work

UNDER_WAY = timedelta(seconds=10)
"""A mail that left so soon after something was announced may have been made before."""


def proposed(jobs: Sequence[MailJob], work: Work) -> Told:
    """Proposals that still stand."""
    return _told(jobs, {job.id: _still_asked(job, work) for job in jobs}, emails.proposed, work)


def moved(jobs: Sequence[MailJob], work: Work) -> Told:
    """New times that still stand."""
    return _told(jobs, {job.id: _still_asked(job, work) for job in jobs}, emails.moved, work)


def announced(jobs: Sequence[MailJob], work: Work) -> Told:
    """Everything runs late, or a place moved: the meetings stay, elsewhere or later."""
    found = {job.id: _still_asked(job, work) if _is_news(job, work) else None for job in jobs}
    news = {job.args["introduction"]: job.args["news"] for job in jobs}
    return _told(jobs, found, partial(emails.announced, news=news), work)


def _is_news(job: MailJob, work: Work) -> bool:
    """Whether she was told of the meeting as it was before, and nothing newer was announced since. A first mail about it
    that left only later says how it now is."""
    told = may_have_left(work.connection, job.person, TOLD, job.created_at + UNDER_WAY)
    newer = asked_for(work.connection, job.person, "announced")
    id_, sequence = job.args["introduction"], job.args["sequence"]
    return any(args["introduction"] == id_ for args in told) and not any(
        args["introduction"] == id_ and args["sequence"] > sequence for args in newer
    )


def cancelled(jobs: Sequence[MailJob], work: Work) -> Told:
    """They will not take place, and nothing has changed about that."""
    found = {job.id: _called_off(job, work) for job in jobs}
    about = next((about for about in found.values() if about is not None), None)
    looking = about is not None and _is_looked_for(jobs[0].args["attendee"], about.conference, work)
    return _told(jobs, found, partial(emails.cancelled, looking=looking), work)


def reminder(jobs: Sequence[MailJob], work: Work) -> Told:
    """Accepted meetings are about to begin."""
    asked = {job.id: _still_asked(job, work, REMINDERS) for job in jobs}
    found = {id_: about for id_, about in asked.items() if about and about.introduction.status == "accepted"}
    return _told(jobs, found, emails.reminder, work, "stop-reminders")


def waited_for(job: MailJob, work: Work) -> Mail | None:
    """The other is at the table, and she is not."""
    about = _about(job, work)
    if about is None or not at_the_table.is_waited_for(about.introduction, about.side, work.now):
        return None
    if store.are_stopped(work.connection, job.args["attendee"], REMINDERS):
        return None
    left = _left([job], about, work)
    envelope = to(job.args["attendee"], job.person, about.introduction, work, "stop-reminders")
    return emails.waited_for(about, envelope, last=left == 1) if left else None


def rescue(job: MailJob, work: Work) -> Mail | None:
    """Somebody still waits for her answer, at the table."""
    about = _still_asked(job, work)
    left = 0 if about is None else _left([job], about, work)
    if about is None or not left:
        return None
    return emails.rescue(about, to(job.args["attendee"], job.person, about.introduction, work), last=left == 1)


def _told(
    jobs: Sequence[MailJob],
    asked: Mapping[str, emails.About | None],
    letter: Callable[..., Mail],
    work: Work,
    stops: str = "stop-meetings",
) -> Told:
    """One mail with all that is wanted, by time; beyond what somebody gets on a day, only what she must hear of."""
    found = [(job, about) for job in jobs if (about := asked.get(job.id)) is not None]
    left = _left(jobs, found[0][1], work) if found else 0
    kept = [(job, about) for job, about in found if left or job.args.get("agreed")]
    if not kept:
        return Told()
    kept.sort(key=lambda item: item[1].introduction.place.starts_at)
    parts = [(about, to(job.args["attendee"], job.person, about.introduction, work, stops)) for job, about in kept]
    return Told(letter(parts, last=left <= 1), frozenset(job.id for job, _about in kept))


def _left(jobs: Sequence[MailJob], about: emails.About, work: Work) -> int:
    """How many mails she still gets today, this one included."""
    return queries.mails_left(work.connection, jobs[0].person, about.conference, work.now, jobs)


def _called_off(job: MailJob, work: Work) -> emails.About | None:
    about = _about(job, work)
    if about is None or about.introduction.sequence != job.args["sequence"] or about.introduction.status in OPEN:
        return None
    if store.are_stopped(work.connection, job.args["attendee"], INTRODUCTIONS):
        return None
    asked = may_have_left(work.connection, job.person, TOLD)
    if not any(args["introduction"] == about.introduction.id for args in asked):
        return None  # it was over before she was ever told of it
    return about


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
