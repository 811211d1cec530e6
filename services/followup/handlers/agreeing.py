"""What the two of a pair do on the page of their own. Only they read what they write, and it goes when either goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time

from sqlalchemy import Connection

from services.followup import agreements, store
from services.followup.domain import Relationship
from services.followup.domain.agreement import Agreement, Wishes, page_ends
from services.followup.store import Who
from shared import address_book, conferences, links
from shared.contracts import ConferencePublished
from shared.errors import Conflict
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
