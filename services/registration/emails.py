"""What registration's mails say: login, invite, confirm, ticket. As values; somebody else sends."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlsplit

import segno

from services.registration import queries, store
from services.registration.handlers import organizers
from shared import conferences
from shared.contracts import ConferencePublished
from shared.errors import NotFound
from shared.i18n import gettext as _
from shared.i18n import speaking
from shared.mail import person_or_wait
from shared.mail.message import Mail, MailJob
from shared.mail.render import render
from shared.work import Work


def login(job: MailJob, work: Work) -> Mail | None:
    """The link that logs an organizer in."""
    person = person_or_wait(work.connection, job.person)
    token = organizers.mailed_link(job.args["organizer"], job.args["browser"], work)
    text, html = render("registration/mail_login", {"url": f"{work.base_url}/login/{token}"})
    return Mail(to_name="", to_address=person.email, subject=_("Your login link for Rapport"), text=text, html=html)


def invite(job: MailJob, work: Work) -> Mail | None:
    """Somebody on an organizer's list is invited; one tap joins."""
    return _to_attendee(job, work, "invite", _("You are invited to meet somebody at {conference}"), ("invited",))


def confirm(job: MailJob, work: Work) -> Mail | None:
    """The double opt-in."""
    return _to_attendee(
        job, work, "confirm", _("Please confirm: introductions at {conference}"), ("pending", "invited")
    )


def ticket(job: MailJob, work: Work) -> Mail | None:
    """She is in: her page, and the code for the door."""
    return _to_attendee(job, work, "ticket", _("You are in: {conference}"), ("confirmed", "checked_in", "left"))


def _to_attendee(job: MailJob, work: Work, kind: str, subject: str, statuses: tuple[str, ...]) -> Mail | None:
    try:
        attendee = store.attendee_by_id(work.connection, job.args["attendee"])
    except NotFound:
        return None
    conference = conferences.by_id(work.connection, attendee.conference)
    if conference is None or attendee.status not in statuses:
        return None
    person = person_or_wait(work.connection, attendee.person)
    with speaking(person.locale):
        row = queries.attendee_row(work.connection, attendee.id)
        context = _context(attendee, conference, person.first_name, work)
        inline: tuple[tuple[str, str, bytes], ...] = ()
        if kind == "ticket":
            context["code_url"] = f"{work.base_url}/q/{row.code}"
            inline = (("door", "png", qr_png(context["code_url"])),)
        text, html = render(f"registration/mail_{kind}", context)
        title = subject.replace("{conference}", conference.name)
    list_id = f"{conference.slug}.{urlsplit(work.base_url).hostname}"
    return Mail(
        to_name=person.name if kind == "ticket" else "",
        to_address=person.email,
        subject=title,
        text=text,
        html=html,
        inline=inline,
        list_id=list_id,
    )


def _context(attendee: Any, conference: ConferencePublished, first_name: str, work: Work) -> dict[str, Any]:
    purpose = "page" if attendee.is_confirmed else "confirm"
    token = work.link(purpose, attendee.id, attendee.person)
    path = "/a/" if purpose == "page" else "/c/confirm/"
    return {
        "first_name": first_name,
        "conference": conference.name,
        "url": f"{work.base_url}{path}{token}",
        "concern": conference.policy.concern_contact,
        "role": attendee.role,
        "first_day": conference.days[0].date,
        "code_url": "",
    }


def qr_png(url: str) -> bytes:
    """A QR code as PNG, for mails."""
    buffer = io.BytesIO()
    segno.make(url, error="m").save(buffer, kind="png", scale=6, border=4)
    return buffer.getvalue()


def qr_svg(url: str) -> str:
    """A QR code as inline SVG, for pages."""
    return str(segno.make(url, error="m").svg_inline(scale=6, border=2, omitsize=True))
