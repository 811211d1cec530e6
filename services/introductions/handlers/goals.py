"""The goal card: what two people agree on before they leave the table. Writing it says that they met."""

from __future__ import annotations

from services.introductions import store
from services.introductions.domain import Goal, Introduction, goal
from services.introductions.domain.introduction import Side
from shared.contracts import ConferencePublished
from shared.work import Work


def agree(
    introduction: Introduction,
    conference: ConferencePublished,
    side: Side,
    card: Goal,
    sentence: str | None,
    work: Work,
) -> Introduction:
    """One card for both, the newest counts. Raises NotYetTogether, TooLate."""
    same_words = not store.write_goal(introduction.id, sentence, work)
    agreed, event = goal.agree(introduction, card, work.now, conference, same_words=same_words)
    agreed, met = agreed.tell(side, True, work.now, conference)
    store.save(introduction, agreed, work)
    work.publish(event)
    work.publish(met)
    return agreed
