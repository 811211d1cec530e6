"""What the two of a pair do on the page of their own. Only they read what they write, and it goes when either goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time

from sqlalchemy import Connection

from services.followup import agreements, store
from services.followup.domain import Relationship
from services.followup.domain.agreement import Agreement, Wishes, page_ends
from services.followup.domain.notes import Feedback, thank
from services.followup.handlers.telling import save_and_tell
from services.followup.store import Who
from shared import address_book, conferences, links
from shared.contracts import ConferencePublished
from shared.days import local_day
from shared.errors import Conflict, Invalid
from shared.i18n import gettext as _
from shared.links import Link, LinkOver
from shared.work import Work

PAGE = "pair"
"""Purpose of the link to the page of a pair, one for each of the two."""


class PartnerGone(Conflict):
    """This person takes part no longer, so nothing more can be written here."""

    code = "partner-gone"


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the two, and what she may know of the other."""

    pair: Relationship
    who: Who
    conference: ConferencePublished
    partner: address_book.Person | None
    """None once the other one takes part no longer."""

    @property
    def is_mentor(self) -> bool:
        """Whether she is the mentor of the two."""
        return self.who.attendee == self.pair.mentor


def link_of(pair: Relationship, person: str, conference: ConferencePublished, work: Work) -> str:
    """The path of her page, for a mail."""
    last = page_ends(max(day.date for day in conference.days))
    ends = datetime.combine(last, time(), UTC)
    return f"/r/pair/{work.link(PAGE, pair.id, person, expires_at=ends)}"


def side(connection: Connection, link: Link, *, lock: bool = False) -> Side:
    """Whose link it is, with the pair. Raises LinkOver, also for whoever withdrew and before both said yes."""
    pair = next(iter(store.pairs_by_id(connection, [link.object], lock=lock)), None)
    if pair is None or pair.continued_at is None:
        raise LinkOver
    known = store.who(connection, pair.people)
    who = next((one for one in known.values() if one.person == link.person), None)
    conference = conferences.by_id(connection, pair.conference)
    if who is None or conference is None or who.withdrawn or address_book.person(connection, who.person) is None:
        raise LinkOver
    other = known.get(pair.partner(who.attendee))
    partner = None if other is None or other.withdrawn else address_book.person(connection, other.person)
    return Side(pair=pair, who=who, conference=conference, partner=partner)


def by_link(token: str, work: Work) -> Side:
    """Whoever changes something on her page; the pair is locked. Raises LinkOver, PartnerGone."""
    found = side(work.connection, links.resolve(work.connection, token, PAGE, work.now), lock=True)
    if found.partner is None:
        raise PartnerGone
    return found


def change(token: str, wishes: Wishes, seen: int, work: Work) -> Agreement:
    """One of the two writes what she expects. Raises LinkOver, PartnerGone, Newer."""
    here = by_link(token, work)
    before = agreements.agreement(work.connection, here.pair.id)
    after = before.change(here.who.attendee, wishes, seen, work.now)
    if after != before:
        agreements.save_agreement(after, work)
    return after


def fine(token: str, seen: int, work: Work) -> Agreement:
    """The other one is fine with it. Raises LinkOver, PartnerGone, Newer."""
    here = by_link(token, work)
    before = agreements.agreement(work.connection, here.pair.id)
    after = before.fine(here.who.attendee, seen, work.now)
    if after != before:
        agreements.save_agreement(after, work)
    return after


def say(token: str, helped: str | None, wish: str | None, work: Work) -> None:
    """She says what helped and what she would wish for; the other one reads it on her page, and one mail ever tells of it.
    Saying nothing takes it back. Raises LinkOver, PartnerGone, Invalid."""
    here = by_link(token, work)
    before = agreements.feedback_of(work.connection, here.pair.id).get(here.who.attendee)
    if helped is None and wish is None:
        if before is None:
            raise Invalid({"helped": [_("Please write at least one of the two sentences.")]})
        agreements.save_feedback(here.pair.id, here.who.attendee, None, work)
    elif before is None or not before.says(helped, wish):
        said = Feedback(helped=helped, wish=wish, at=work.now)
        agreements.save_feedback(here.pair.id, here.who.attendee, said, work)
        _tell_partner("feedback", f"{here.pair.id}:{here.who.attendee}", here, work)


def send_thanks(token: str, text: str, work: Work) -> None:
    """Her note goes to the mentor, once a month at most. Raises LinkOver, PartnerGone, NotTheMentee, ThankedAlready."""
    here = by_link(token, work)
    before = agreements.note_of_thanks(work.connection, here.pair.id)
    month = f"{local_day(here.conference, work.now):%Y-%m}"
    pair, note, event = thank(here.pair, here.who.attendee, before, text, month, work.now)
    agreements.save_note(pair.id, note, work)
    save_and_tell(here.pair, pair, (event,), work)
    _tell_partner("thanks", f"{pair.id}:{month}", here, work)


def _tell_partner(kind: str, key: str, here: Side, work: Work) -> None:
    """A mail to the other one; whether she wants such mails is looked at when it leaves."""
    if here.partner is not None:
        to = here.pair.partner(here.who.attendee)
        at = here.pair.conference
        work.mail(kind, here.partner.person, key, conference=at, relationship=here.pair.id, attendee=to)
