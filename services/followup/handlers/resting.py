"""What people do about being asked: pause, be asked again later, have a pair left alone, and take each of it back."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from services.followup import policies, store
from services.followup.domain import Relationship, resting
from services.followup.domain.agenda import meeting_day
from services.followup.domain.resting import NothingMore, Turn
from services.followup.handlers.telling import save_and_tell
from services.followup.store import Who
from services.followup.store import resting as kept
from shared import address_book, dates
from shared.contracts import ConferencePublished
from shared.work import Work


def pause(who: Who, conference: ConferencePublished, months: int, work: Work) -> None:
    """No question of any pair for so long; what comes due meanwhile waits."""
    until = policies.after_a_rest(conference, work.now, policies.PAUSES[months])
    _turn(who, Turn(attendee=who.attendee, what="paused", at=work.now, until=until), work)


def resume(who: Who, work: Work) -> None:
    """She is asked again, and at once what came due meanwhile."""
    _turn(who, Turn(attendee=who.attendee, what="resumed", at=work.now), work)


def _turn(who: Who, turn: Turn, work: Work) -> None:
    spans = kept.pauses_of(work.connection, (who.attendee,)).get(who.attendee, ())
    before = resting.paused_until(spans, work.now)
    if before == turn.until:
        return
    kept.add(turn, work)
    if before is not None:
        kept.move(who.attendee, policies.CHECK_INS, before, turn.until or work.now, work)


def zone(who: Who, conference: ConferencePublished, now: datetime, connection: Connection) -> str:
    """Where it is day for her, as far as we know: what she said, else her language with its country, where all of that has
    one time, else the conference's zone."""
    said = kept.zone_of(connection, who.attendee)
    return said or guessed_zone(who, conference, now, connection)


def guessed_zone(who: Who, conference: ConferencePublished, now: datetime, connection: Connection) -> str:
    """The same where she said nothing."""
    person = address_book.person(connection, who.person)
    return (dates.zone_of(person.locale, now) if person else None) or conference.timezone


def keep_zone(who: Who, said: str | None, work: Work) -> None:
    """Where she is, from now on."""
    kept.keep_zone(who.attendee, said, work)


def snooze(who: Who, conference: ConferencePublished, relationship: str, question: str, work: Work) -> None:
    """This question again in a week. Raises NotFound, NotThisOne, NothingMore, AnsweredAlready."""
    before = store.pair_of(work.connection, who.attendee, relationship)
    until = policies.after_a_rest(conference, work.now, policies.SNOOZE)
    after = resting.snooze(before, who.attendee, question, until)
    if after != before:
        save_and_tell(before, after, (), work)
        kept.again(relationship, who.attendee, question, until, work)


def unsnooze(who: Who, relationship: str, question: str, work: Work) -> None:
    """It is not asked again; it stands as it was. Raises NotFound."""
    before = store.pair_of(work.connection, who.attendee, relationship)
    after = resting.unsnooze(before, who.attendee, question)
    if after != before:
        save_and_tell(before, after, (), work)
        kept.again(relationship, who.attendee, question, None, work)


def leave(who: Who, relationship: str, work: Work) -> None:
    """Nobody of the two is asked about it any more. Raises NotFound."""
    before = store.pair_of(work.connection, who.attendee, relationship)
    save_and_tell(before, *resting.leave(before, who.attendee, work.now), work)


def come_back(who: Who, conference: ConferencePublished, relationship: str, work: Work) -> None:
    """She may be asked about it again. Raises NotFound; NothingMore where the other takes part no longer."""
    before = store.pair_of(work.connection, who.attendee, relationship)
    if any(one.withdrawn for one in store.who(work.connection, before.people).values()):
        raise NothingMore
    pair, events = resting.come_back(before, who.attendee, work.now)
    if events and _is_open(pair, conference, work):
        pair, more = pair.agree(work.now)
        events = (*events, *more)
    save_and_tell(before, pair, events, work)


def _is_open(pair: Relationship, conference: ConferencePublished, work: Work) -> bool:
    """Whether two yeses still exchange contacts."""
    day = meeting_day(pair, conference)
    return day is not None and work.now < policies.closes_at(conference, day)


def wait_for(pair: Relationship, work: Work) -> timedelta | None:
    """How much longer something is waited for after the last question; None where the time for answering it is over."""
    spans = kept.pauses_of(work.connection, pair.people).values()
    ends = [end for found in spans if (end := resting.paused_until(found, work.now)) is not None]
    put = pair.questions.values()
    asked = [at for question in put if (at := question.snoozed_until or question.asked_at) is not None]
    over = max((*ends, *asked), default=work.now - policies.FINISHED_AFTER) + policies.FINISHED_AFTER
    return over - work.now if over > work.now else None
