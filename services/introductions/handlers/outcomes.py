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
    keep_what_came_of_it(event, work)


def keep_what_came_of_it(event: FollowUpAnswered, work: Work) -> bool:
    """What one of the two said after a month, for learning alone; the newest answer of each side, however often and in
    whatever order it is heard. Whether it was about the month."""
    if event.question != contact.MONTH:
        return False
    before = store.contact(work.connection, event.relationship)
    store.save_contact(before, before.hear(event), work)
    return True
