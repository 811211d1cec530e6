"""What two people agree on before they leave the table: one sentence and a date, or that this talk was enough. Pure; the
sentence itself is personal and kept elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from services.introductions.domain.introduction import Goal, Introduction, shown
from services.introductions.domain.refusals import NotYetTogether, TooLate
from shared.contracts import ConferencePublished, IntroductionGoalAgreed


def may_agree(introduction: Introduction, now: datetime) -> bool:
    """Whether a goal card makes sense: they sit together, or did."""
    return introduction.status == "met" or (introduction.status == "accepted" and now >= introduction.place.starts_at)


def agree(
    introduction: Introduction, goal: Goal, now: datetime, conference: ConferencePublished, *, same_words: bool = True
) -> tuple[Introduction, IntroductionGoalAgreed | None]:
    """One card for both; the newest counts. Saying the same again changes nothing. Raises NotYetTogether, TooLate."""
    if not may_agree(introduction, now):
        refusal = NotYetTogether if introduction.status in ("proposed", "accepted") else TooLate
        raise refusal(state=shown(introduction, conference, now))
    if introduction.goal == goal and same_words:
        return introduction, None
    new = replace(introduction, goal=goal, version=introduction.version + 1)
    return new, IntroductionGoalAgreed(**new.facts(now), enough=goal.enough, by=goal.by)
