"""What follow-up's mails say: evening, close, check-in, contact, feedback, thanks, what came of it. As values; somebody else
looks things up and sends.

Subjects name neither people nor topics: they show on lock screens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.address_book import Person
from shared.i18n import gettext as _
from shared.mail.message import Mail
from shared.mail.render import render


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """Who gets a mail, from where, with which links."""

    to_name: str
    to_address: str
    first_name: str
    conference: str
    zone: str
    """Where its times hold."""
    concern: str
    concern_url: str
    page_url: str
    stop_url: str
    list_id: str
    counted: bool
    """She consents to statistics."""
    next_date: str


def evening(cards: Sequence[Any], to: Envelope) -> Mail:
    """The questions of the evening, for all meetings of a day."""
    return _mail("evening", to, _("A short question after {conference}"), cards=cards)


def close(cards: Sequence[Any], to: Envelope) -> Mail:
    """No contacts were exchanged; the same words whatever was answered."""
    return _mail("close", to, _("After {conference}"), cards=cards)


def check_in(cards: Sequence[Any], to: Envelope) -> Mail:
    """How it goes on, for all pairs of a person at once."""
    return _mail("check_in", to, _("A short question after {conference}"), cards=cards, answers=how_it_goes())


def contact(
    to: Envelope, *, partner: Person, writes_first: bool, goals: Sequence[tuple[bool, str]], pair_url: str
) -> Mail:
    """The other's name and address, who writes first, what the two wrote as their goals: (her own?, goal); and where the
    page is that the two have to themselves."""
    subject = _("You both said yes: staying in touch after {conference}")
    return _mail("contact", to, subject, partner=partner, writes_first=writes_first, goals=goals, pair_url=pair_url)


def goal_passed(cards: Sequence[tuple[str, str, str]], to: Envelope) -> Mail:
    """The day that two people chose is over: (the partner, the day, the page of the two) of each pair."""
    return _mail("goal_passed", to, _("{conference}: the day that you chose has passed"), cards=cards)


def feedback(to: Envelope, *, partner: Person, pair_url: str) -> Mail:
    """The other one wrote two sentences: where they stand. None of their words is in the mail."""
    return _mail("feedback", to, _("A few words for you after {conference}"), partner=partner, pair_url=pair_url)


def thanks(to: Envelope, *, partner: Person, note: str, pair_url: str) -> Mail:
    """The mentee's note of thanks, in her words, behind enough of ours: a locked screen shows the first ones."""
    subject = _("A note of thanks for you after {conference}")
    return _mail("thanks", to, subject, partner=partner, note=note, pair_url=pair_url)


def came_of(to: Envelope, *, partners: Sequence[str], url: str) -> Mail:
    """A year later, once: what came of it?"""
    return _mail("came_of", to, _("A year after {conference}: what came of it?"), partners=partners, url=url)


def how_it_goes() -> tuple[tuple[str, str], ...]:
    """(answer, words) of a check-in."""
    return (
        ("talked", _("We've talked or written (both ways)")),
        ("met", _("We met again")),
        ("wrote", _("I wrote, no reply yet")),
        ("not_yet", _("Not yet")),
        ("complete", _("It's complete, thank you")),
    )


def _mail(kind: str, to: Envelope, subject: str, **context: Any) -> Mail:
    stop_words = _("No more questions about meetings")
    values = {"to": to, "concern": to.concern, "concern_url": to.concern_url}
    values |= {"stop_url": to.stop_url, "stop_words": stop_words, **context}
    text, html = render(f"followup/mail_{kind}", values)
    return Mail(
        to_name=to.to_name,
        to_address=to.to_address,
        subject=subject.replace("{conference}", to.conference),
        text=text,
        html=html,
        unsubscribe_url=to.stop_url,
        list_id=to.list_id,
    )
