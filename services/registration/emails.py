"""What registration's mails say: login, invite, confirm, ticket. As values; somebody else loads and sends."""

from __future__ import annotations

from typing import Any

from services.registration.domain.shortage import Scarce, Shortage
from shared import dates
from shared.address_book import Person
from shared.contracts import ConferencePublished
from shared.i18n import gettext as _
from shared.i18n import ngettext
from shared.mail.message import Mail
from shared.mail.render import render
from shared.qr import qr_png

MOST_TOPICS = 8


def login(address: str, url: str) -> Mail:
    """The link that logs an organizer in."""
    text, html = render("registration/mail_login", {"url": url})
    return Mail(to_name="", to_address=address, subject=_("Your login link for Rapport"), text=text, html=html)


def invite(
    person: Person, role: str, conference: ConferencePublished, url: str, list_id: str, concern_url: str
) -> Mail:
    """Somebody on an organizer's list is invited; one tap joins."""
    subject = _("You are invited to meet somebody at {conference}")
    return _to_stranger("invite", subject, person, role, conference, url, list_id, concern_url)


def confirm(
    person: Person, role: str, conference: ConferencePublished, url: str, list_id: str, concern_url: str
) -> Mail:
    """The double opt-in."""
    subject = _("Please confirm: introductions at {conference}")
    return _to_stranger("confirm", subject, person, role, conference, url, list_id, concern_url)


def ticket(
    person: Person,
    role: str,
    conference: ConferencePublished,
    url: str,
    list_id: str,
    concern_url: str,
    *,
    code_url: str,
) -> Mail:
    """She is in: her page, and the code for the door."""
    context = {**_context(role, conference, url, concern_url), "first_name": person.first_name, "code_url": code_url}
    text, html = render("registration/mail_ticket", context)
    return Mail(
        to_name=person.name,
        to_address=person.email,
        subject=_("You are in: {conference}").replace("{conference}", conference.name),
        text=text,
        html=html,
        inline=(("door", "png", qr_png(code_url)),),
        list_id=list_id,
    )


def concern(address: str, conference: ConferencePublished, url: str, list_id: str, *, is_named: bool) -> Mail:
    """Somebody reported a concern. Neither what it says nor whose it is stands in a mail."""
    taker = conference.policy.concern_contact
    context = {"conference": conference.name, "url": url, "taker": taker, "is_named": is_named}
    text, html = render("registration/mail_concern", context)
    subject = _("A concern was reported at {conference}").replace("{conference}", conference.name)
    return Mail(to_name="", to_address=address, subject=subject, text=text, html=html, list_id=list_id)


def shortage(address: str, conference: ConferencePublished, found: Shortage, url: str) -> Mail:
    """Where mentors are missing, for an owner."""
    labels = {topic.code: topic.label for topic in conference.topics}
    context = {
        "conference": conference.name,
        "first_day": dates.whole_day(conference.days[0].date),
        "found": found,
        "topics": [(labels[item.topic], _in_words(item)) for item in found.scarce[:MOST_TOPICS]],
        "more": max(0, len(found.scarce) - MOST_TOPICS),
        "url": url,
    }
    text, html = render("registration/mail_shortage", context)
    subject = _("Mentors are missing at {conference}").replace("{conference}", conference.name)
    return Mail(to_name="", to_address=address, subject=subject, text=text, html=html)


def _in_words(item: Scarce) -> str:
    """What is missing on a topic, one thing a sentence."""
    sentences = [ngettext("%(num)s person wants it.", "%(num)s people want it.", item.want) % {"num": item.want}]
    if item.offer:
        offer = ngettext("%(num)s mentor offers it.", "%(num)s mentors offer it.", item.offer)
        time = ngettext(
            "That is time for %(num)s conversation.",
            "That is time for %(num)s conversations.",
            item.conversations,
        )
        sentences += [offer % {"num": item.offer}, time % {"num": item.conversations}]
    else:
        sentences.append(_("No mentor offers it."))
    some = item.without < item.want
    without = _("About %(w)s of %(n)s would meet nobody.") if some else _("Whoever wants it would meet nobody.")
    return " ".join([*sentences, without % {"w": item.without, "n": item.want}])


def _to_stranger(
    kind: str,
    subject: str,
    person: Person,
    role: str,
    conference: ConferencePublished,
    url: str,
    list_id: str,
    concern_url: str,
) -> Mail:
    """Nothing that was written in her name stands in it: she may have written none of it."""
    text, html = render(f"registration/mail_{kind}", _context(role, conference, url, concern_url))
    subject = subject.replace("{conference}", conference.name)
    return Mail(to_name="", to_address=person.email, subject=subject, text=text, html=html, list_id=list_id)


def _context(role: str, conference: ConferencePublished, url: str, concern_url: str) -> dict[str, Any]:
    return {
        "conference": conference.name,
        "minutes": conference.slot_minutes,
        "first_day": dates.whole_day(conference.days[0].date),
        "days": dates.days(conference.days[0].date, conference.days[-1].date),
        "url": url,
        "concern": conference.policy.concern_contact,
        "concern_url": concern_url,
        "role": role,
    }
