"""Which mail may still go out, to whom and with which links: loads and decides; `emails` says what stands in it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

from services.registration import emails, queries, store
from services.registration.domain import Attendee
from services.registration.domain.concern import address_in as concern_address
from services.registration.handlers.organizers import mailed_link
from shared import address_book, conferences
from shared.contracts import ConferencePublished
from shared.days import first_midnight
from shared.errors import NotFound
from shared.i18n import speaking
from shared.links import CONCERN
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


def concern(job: MailJob, work: Work) -> Mail | None:
    """Somebody reported a concern, and it was not forgotten meanwhile."""
    conference = conferences.by_id(work.connection, job.args["at"])
    if conference is None or not store.is_there(work.connection, job.args["concern"]):
        return None
    reader = store.organizer(work.connection, job.person)
    named = concern_address(conference.policy.concern_contact) if job.person == conference.conference else None
    address = named if reader is None else str(reader.email)
    if address is None:
        return None
    url = f"{work.base_url}/organize/{conference.slug}/concerns/{job.args['concern']}"
    is_named = address == concern_address(conference.policy.concern_contact)
    with speaking(_language(address, conference, work)):
        return emails.concern(address, conference, url, _list_id(conference, work), is_named=is_named)


def _language(address: str, conference: ConferencePublished, work: Work) -> str:
    """That of whoever has this address, where she logged in once; else of the first of the owners who did."""
    owners = store.owners(work.connection, conference.account)
    asked = sorted(owners, key=lambda row: row.email != address)
    known = (address_book.person(work.connection, row.id) for row in asked)
    return next((person.locale for person in known if person is not None), "en")


def shortage(job: MailJob, work: Work) -> Mail | None:
    """An owner reads where mentors are missing, as it now is; none when they are not any more, or it has begun."""
    conference = conferences.by_id(work.connection, job.conference or "")
    known = store.organizer(work.connection, job.args["organizer"])
    if conference is None or known is None or known.role != "owner" or work.now >= first_midnight(conference):
        return None
    found = queries.shortage_of(work.connection, conference)
    if not found.without:
        return None
    person = person_or_wait(work.connection, job.person)
    with speaking(person.locale):
        return emails.shortage(person.email, conference, found, f"{work.base_url}/shortage/{conference.slug}")


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
        concern_url = f"{work.base_url}/concern/{work.link(CONCERN, attendee.person, attendee.person)}"
        made: Mail = make(person, attendee.role, conference, url, _list_id(conference, work), concern_url, **more)
        return made


def _list_id(conference: ConferencePublished, work: Work) -> str:
    return f"{conference.slug}.{urlsplit(work.base_url).hostname}"
