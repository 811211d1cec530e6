"""What introductions hears from follow-up: whether a pair met, and whether it was in touch a month later. All else that two
people answer is nobody's business here."""

from __future__ import annotations

from services.introductions import store
from services.introductions.domain import contact
from services.introductions.handlers import answering
from shared.contracts import FollowUpAnswered
from shared.work import Work


def follow_up_answered(event: FollowUpAnswered, work: Work) -> None:
    """One of the two answered a question."""
    answering.hear_from_follow_up(event, work)
    if event.question == contact.MONTH:
        before = store.contact(work.connection, event.relationship)
        store.save_contact(before, before.hear(event), work)
