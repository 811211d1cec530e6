"""A year after the conference, once: what came of it? Whoever of a pair that was in touch chose "keep me for next year" is asked,
in one mail for all her pairs whose other one is kept, too. Codes are counted; a sentence is quoted only where she allowed it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from services.followup import agreements, policies, store
from services.followup.domain import Relationship
from services.followup.domain.came_of import LATEST, CameOf, asked_at
from services.followup.handlers import rounds
from services.followup.store import Who
from shared import address_book, conferences, links
from shared.contracts import ConferencePublished
from shared.errors import NotFound
from shared.links import Link, LinkOver
from shared.work import Work

PAGE = "year"
"""Purpose of the link to her page. It has no end but hers: what she allowed she can take back as long as it is kept."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What she said of one pair, and who the other one is."""

    card: CameOf
    partner: str
    met_on: str


def ask(attendee: str, work: Work) -> None:
    """One mail for all her pairs, if she still takes mails."""
    due = agreements.due_cards(work.connection, attendee, work.now)
    locked = store.pairs_by_id(work.connection, due)
    taken = {one for one in due if agreements.take_card(one, attendee, work)}
    who = store.who(work.connection, (attendee,)).get(attendee)
    conference = None if who is None else conferences.by_id(work.connection, who.conference)
    if who is None or conference is None or work.now > asked_at(conference) + LATEST or not may_ask(who, work):
        return
    pairs = [pair for pair in locked if pair.id in taken and _worth_asking(pair, attendee, work)]
    for pair in pairs:
        agreements.ask_card(pair.id, attendee, work)
    if pairs:
        until = asked_at(conference) + LATEST + timedelta(days=1)
        work.mail(
            "came_of", who.person, attendee, conference=who.conference, attendee=attendee, until=until.isoformat()
        )


def may_ask(who: Who, work: Work) -> bool:
    """Whether she wants to be asked after a year, consents to follow-up mails, stopped none, and is known by an address."""
    agreed = who.next_year and who.follow_up and not who.withdrawn and not store.stopped(work.connection, who.attendee)
    return agreed and address_book.person(work.connection, who.person) is not None


def _worth_asking(pair: Relationship, attendee: str, work: Work) -> bool:
    """Both still take part, and she did not say that she would rather not stay in touch."""
    known = store.who(work.connection, pair.people)
    gone = len(known) < 2 or any(who.withdrawn for who in known.values())
    return not gone and policies.worth_a_mail(pair.said(attendee, "continue"))


def asked(connection: Connection, link: Link) -> tuple[Who, ConferencePublished, list[Asked]]:
    """What she was asked, by her link. Raises LinkOver."""
    who = store.who(connection, (link.object,)).get(link.object)
    conference = None if who is None else conferences.by_id(connection, who.conference)
    if who is None or conference is None or who.withdrawn or address_book.person(connection, who.person) is None:
        raise LinkOver
    return who, conference, of_attendee(connection, who)


def of_attendee(connection: Connection, who: Who) -> list[Asked]:
    """Her cards, in the order of the meetings; not those of pairs whose other one is gone."""
    cards = {card.relationship: card for card in agreements.cards_of(connection, who.attendee)}
    pairs = store.pairs_by_id(connection, list(cards), lock=False)
    known = store.who(connection, [pair.partner(who.attendee) for pair in pairs])
    names = rounds.first_names(connection, {one: other for one, other in known.items() if not other.withdrawn})
    return [
        Asked(
            card=cards[pair.id],
            partner=names[pair.partner(who.attendee)],
            met_on="" if pair.day is None else rounds.in_words(pair.day),
        )
        for pair in sorted(pairs, key=lambda pair: (str(pair.day), str(pair.starts_at), pair.id))
        if pair.partner(who.attendee) in names
    ]


def answer(token: str, relationship: str, codes: Sequence[str], sentence: str | None, work: Work) -> None:
    """What came of one pair, the newest counts. Raises LinkOver, NotFound, Invalid."""
    before = _hers(token, relationship, work)
    after = before.answer(codes, sentence, work.now)
    if after != before:
        agreements.save_card(after, work)


def allow(token: str, relationship: str, quote: bool, work: Work) -> None:
    """Whether the organizers may quote her sentence. Raises LinkOver, NotFound, NothingToQuote."""
    before = _hers(token, relationship, work)
    after = before.allow(quote)
    if after != before:
        agreements.save_card(after, work)


def _hers(token: str, relationship: str, work: Work) -> CameOf:
    link = links.resolve(work.connection, token, PAGE, work.now)
    store.pairs_by_id(work.connection, [relationship])  # locked: of two taps the second one sees the first
    _who, _conference, cards = asked(work.connection, link)
    found = next((one.card for one in cards if one.card.relationship == relationship), None)
    if found is None:
        raise NotFound
    return found
