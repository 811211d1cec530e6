"""Which mail may still go out, to whom and with which links: loads and decides; `emails` says what stands in it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

from services.registration import emails, queries, store
from services.registration.domain import Attendee
from services.registration.handlers.organizers import mailed_link
from shared import conferences
from shared.contracts import ConferencePublished
from shared.errors import NotFound
from shared.i18n import speaking
from shared.mail.message import Mail, MailJob
from shared.mail.people import person_or_wait
from shared.work import Work

CONFIRM_WITHIN = timedelta(hours=48)
IN = ("confirmed", "checked_in", "left")


def login(job: MailJob, work: Work) -> Mail | None:
    """The link that logs an organizer in; none when it came too late to be of use."""
    if store.organizer(work.connection, job.person) is None:
        return None
    person = person_or_wait(work.connection, job.person)
    token = mailed_link(job.args["organizer"], job.args["browser"], work)
    with speaking(person.locale):
        return emails.login(person.email, f"{work.base_url}/login/{token}")


def invite(job: MailJob, work: Work) -> Mail | None:
    """Somebody on an organizer's list is invited; the link lives until the conference is over."""
    found = _of(job, ("invited",), work)
    if found is None:
        return None
    attendee, conference = found
    last = datetime.combine(conference.days[-1].date, time(), tzinfo=work.now.tzinfo) + timedelta(days=2)
    return _mail(emails.invite, attendee, conference, _confirm_url(job, attendee, last, work), work)


def confirm(job: MailJob, work: Work) -> Mail | None:
    """The double opt-in."""
    found = _of(job, ("pending", "invited", *IN), work)
    if found is None or (found[0].is_confirmed and found[0].sure):
        return None
    attendee, conference = found
    url = _confirm_url(job, attendee, work.now + CONFIRM_WITHIN, work)
    return _mail(emails.confirm, attendee, conference, url, work)


def ticket(job: MailJob, work: Work) -> Mail | None:
    """She is in: her page, and the code for the door."""
    found = _of(job, IN, work)
    if found is None or not found[0].sure:
        return None
    attendee, conference = found
    url = f"{work.base_url}/a/{work.link('page', attendee.id, attendee.person)}"
    code = queries.attendee_row(work.connection, attendee.id).code
    return _mail(emails.ticket, attendee, conference, url, work, code_url=f"{work.base_url}/q/{code}")


def _of(job: MailJob, statuses: tuple[str, ...], work: Work) -> tuple[Attendee, ConferencePublished] | None:
    try:
        attendee = store.attendee_by_id(work.connection, job.args["attendee"])
    except NotFound:
        return None
    conference = conferences.by_id(work.connection, attendee.conference)
    return None if conference is None or attendee.status not in statuses else (attendee, conference)


def _confirm_url(job: MailJob, attendee: Attendee, until: datetime, work: Work) -> str:
    """Each mail has a link of its own, so that an old one ends and a new one works."""
    version = int(job.created_at.timestamp())
    token = work.link("confirm", attendee.id, attendee.person, version=version, expires_at=until)
    return f"{work.base_url}/c/confirm/{token}"


def _mail(
    make: Any, attendee: Attendee, conference: ConferencePublished, url: str, work: Work, **more: str
) -> Mail | None:
    person = person_or_wait(work.connection, attendee.person)
    with speaking(person.locale):
        list_id = f"{conference.slug}.{urlsplit(work.base_url).hostname}"
        made: Mail = make(person, attendee.role, conference, url, list_id, **more)
        return made
