"""What people and organizers' programs answer, and whoever wants no more questions."""

from __future__ import annotations

from services.followup import policies, store
from services.followup.domain import Relationship
from services.followup.domain.agenda import meeting_day
from services.followup.domain.answering import answer
from services.followup.handlers.learning import QUESTIONS_BY_MAIL
from services.followup.handlers.telling import save_and_tell
from services.followup.store import Who
from shared import conferences
from shared.access import Actor
from shared.i18n import noted as N_
from shared.work import Work


def answer_from_page(who: Who, relationship: str, question: str, said: str, work: Work) -> Relationship:
    """She answers on her page, the latest counts. Raises NotFound, Invalid, NotMetYet, Closed."""
    before = store.pair_of(work.connection, who.attendee, relationship)
    conference = conferences.by_id(work.connection, before.conference)
    day = None if conference is None else meeting_day(before, conference)
    closes_at = None if conference is None or day is None else policies.closes_at(conference, day)
    pair, events, _news = answer(before, who.attendee, question, said, work.now, closes_at=closes_at)
    save_and_tell(before, pair, events, work)
    return pair


def answer_by_key(
    relationship: str, attendee: str, question: str, said: str, actor: Actor, work: Work
) -> tuple[Relationship, bool]:
    """An organizer's program answers for somebody; (the pair, whether that was news). Raises as `answer_from_page`."""
    before = store.pair_in_scope(work.connection, actor.scope, relationship)
    pair, events, news = answer(before, attendee, question, said, work.now, by_key=True)
    save_and_tell(before, pair, events, work)
    if not news:
        return pair, news
    work.audit(
        N_("follow-up answered"),
        actor,
        conference=pair.conference,
        object_id=relationship,
        attendee=attendee,
        question=question,
    )
    return pair, news


def stop_mails(who: Who, work: Work) -> None:
    """No follow-up mail any more, by one click."""
    store.stop(who.attendee, work)
    store.drop_mails(who.person, who.conference, QUESTIONS_BY_MAIL, work)


def allow_mails(who: Who, work: Work) -> None:
    """Follow-up mails again, from the next one on."""
    store.unstop(who.attendee, work)
