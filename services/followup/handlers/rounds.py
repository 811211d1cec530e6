"""What somebody sees of her pairs, in a mail and on the page behind it: her own words, and no one else's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from services.followup import policies, queries, store
from services.followup.domain import Relationship, resting
from services.followup.domain.agenda import meeting_day
from services.followup.domain.line import Line
from services.followup.handlers.asking import day_of, evening_round
from services.followup.store import Who, lines
from services.followup.store import resting as kept
from services.followup.store.lines import Lines
from shared import address_book, dates
from shared.contracts import ConferencePublished
from shared.days import local_day, local_time
from shared.errors import NotFound
from shared.i18n import gettext as _


@dataclass(frozen=True, kw_only=True)
class Card:
    """One pair as one of the two sees it. Times are at the conference."""

    id: str
    partner: str
    """Her first name, or "a participant"."""
    gone: bool
    """The partner takes part no longer."""
    day: str
    time: str
    question: str
    """evening, week, month or quarter"""
    known_met: bool
    said: dict[str, str]
    """Her own answers."""
    continued: bool
    open_until: str
    """When "stay in touch?" closes, with the zone; empty once it is closed."""
    over: bool
    """Nobody of the two is asked about it any more, for whatever reason."""
    left: bool
    """She wanted it left alone."""
    snoozed: str
    """The day on which she wants to be asked this again; empty where she does not."""
    line: Line | None
    """What she wrote with her answer."""
    shared: tuple[tuple[str, Line], ...]
    """(question, line) that the other wrote and lets her read, oldest first."""

    @property
    def they_met(self) -> bool:
        """By anybody's word, or by hers."""
        return self.said.get("met") == "yes" or (self.known_met and self.said.get("met") != "no")

    @property
    def shows_that_it_is_over(self) -> bool:
        """Not while "stay in touch?" is open: somebody would read an answer out of it."""
        return self.over and (self.question != "evening" or not self.open_until)

    @property
    def says_in_touch(self) -> bool:
        """By her own answer to this question."""
        return self.said.get(self.question) in policies.IN_TOUCH

    @property
    def asks_whether_they_met(self) -> bool:
        """Once it is known by somebody else's word, nobody is asked again."""
        return not self.known_met or "met" in self.said


def cards(connection: Connection, who: Who, conference: ConferencePublished, number: int, now: datetime) -> list[Card]:
    """What she is asked in this mail, in the order of the meetings."""
    asked = dict(queries.in_round(connection, who.attendee, number))
    known = store.pairs_by_id(connection, asked, lock=False)
    pairs = [pair for pair in known if pair.counts_for_the_evening or pair.met_at or pair.said(who.attendee, "met")]
    partners = store.who(connection, [pair.partner(who.attendee) for pair in pairs])
    names = first_names(connection, partners)
    gone = {attendee for attendee, partner in partners.items() if partner.withdrawn}
    ordered = sorted(pairs, key=lambda pair: (str(pair.day), str(pair.starts_at), pair.id))
    readable = lines.of_pairs(connection, [pair.id for pair in ordered], who.attendee)
    return [_card(pair, who.attendee, asked[pair.id], conference, names, gone, readable, now) for pair in ordered]


def card(
    connection: Connection, who: Who, conference: ConferencePublished, relationship: str, question: str, now: datetime
) -> Card:
    """One pair of hers and one question that was put to her. Raises NotFound."""
    asked = store.pairs_by_id(connection, [relationship], lock=False)
    if not asked or asked[0].question(who.attendee, question).asked_at is None:
        raise NotFound
    partners = store.who(connection, [asked[0].partner(who.attendee)])
    names, gone = first_names(connection, partners), {one for one, known in partners.items() if known.withdrawn}
    readable = lines.of_pairs(connection, [relationship], who.attendee)
    return _card(asked[0], who.attendee, question, conference, names, gone, readable, now)


def _card(
    pair: Relationship,
    attendee: str,
    question: str,
    conference: ConferencePublished,
    names: dict[str, str],
    gone: set[str],
    readable: Lines,
    now: datetime,
) -> Card:
    partner, day = pair.partner(attendee), meeting_day(pair, conference)
    closes = None if day is None else policies.closes_at(conference, day)
    snoozed = pair.question(attendee, question).snoozed_until
    said = {step: answer for step in policies.ANSWERS if (answer := pair.said(attendee, step)) is not None}
    return Card(
        id=pair.id,
        partner=_("a participant") if partner in gone else names.get(partner, _("a participant")),
        gone=partner in gone,
        day="" if day is None else in_words(day),
        time="" if pair.starts_at is None else local_time(conference, pair.starts_at),
        question=question,
        known_met=pair.met_at is not None,
        said=said,
        continued=pair.continued_at is not None,
        open_until="" if closes is None or now >= closes else moment_in_words(conference, closes),
        over=pair.over,
        left=attendee in pair.left_by,
        line=readable.get((pair.id, attendee, question)),
        shared=tuple((key[2], line) for key, line in readable.items() if key[:2] == (pair.id, partner)),
        snoozed="" if snoozed is None else in_words(local_day(conference, snoozed)),
    )


def first_names(connection: Connection, known: Mapping[str, Who]) -> dict[str, str]:
    """Attendee id -> what she is called, for those who are in the address book."""
    names = address_book.names(connection, [who.person for who in known.values()])
    return {attendee: names[who.person].split()[0] for attendee, who in known.items() if who.person in names}


def paused_until(connection: Connection, who: Who, conference: ConferencePublished, now: datetime) -> str:
    """The day on which she is asked again after a pause, in words; empty where she has none."""
    until = resting.paused_until(kept.pauses_of(connection, (who.attendee,)).get(who.attendee, ()), now)
    return "" if until is None else in_words(local_day(conference, until))


def in_words(day: date) -> str:
    """A day as people say it, such as "Monday 23 November"."""
    return dates.weekday_and_day(day)


def moment_in_words(conference: ConferencePublished, moment: datetime) -> str:
    """An instant at the conference, with its zone."""
    local = moment.astimezone(ZoneInfo(conference.timezone))
    return f"{in_words(local.date())}, {local:%H:%M} ({conference.timezone})"


def next_date(number: int, conference: ConferencePublished) -> str:
    """When those who met on the day of an evening mail are asked next."""
    questions = policies.check_ins_of(conference)
    if number != evening_round(day_of(number)) or not questions:
        return ""
    return in_words(policies.check_in_day(conference, day_of(number), questions[0]))


def link_ends(now: datetime) -> datetime:
    """Until when a link from a mail of now works."""
    return now + policies.PAGE_LIVES
