"""How invented people behave: who comes, answers, meets, writes. Pure functions of a seed; no wish of ours is in it.

The rates are guesses in the range that speed-mentoring studies report (about 60 % of pairs with later contact); they
show what a dashboard looks like, not what an organizer should expect.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import Random

COMES_BY_DAY = (0.86, 0.72)
SEES_THE_MAIL = 0.93
SAYS_YES = {"mentor": 0.92, "mentee": 0.9}
OTHER_TIME = 0.04
MEETS = 0.9
REPORTS_MEETING = 0.6
ANSWERS_EVENING = 0.72


AGREED = (
    "You send me your draft, I send you three comments.",
    "One small step, tried out, and a mail about how it went.",
    "Three options on one page, and half an hour on the phone about them.",
    "You ask two people who have that job what their week is like.",
    "One application is written and sent.",
    "We look at your first version together.",
    "You give the talk to four friends before you hand it in.",
)


@dataclass(frozen=True, kw_only=True)
class Card:
    """A goal card: one sentence and how many days from then; without them, "this talk was enough"."""

    sentence: str = ""
    days: int = 0


@dataclass(frozen=True)
class Chemistry:
    """What nobody sees: how well two people get on, from 0 to 1."""

    value: float

    def wants_more(self, chance: Random) -> str:
        """The blind answer to "stay in touch?"."""
        return "yes" if chance.random() < 0.35 + 0.6 * self.value else "no"

    def keeps_talking(self, chance: Random, question: str) -> str:
        """What one of them reports at a question."""
        decay = {"week": 1.0, "month": 0.8, "quarter": 0.6}[question]
        odds = self.value * decay
        draw = chance.random()
        if draw < odds:
            return "met" if chance.random() < 0.3 else "talked"
        if draw < odds + 0.15:
            return "wrote"
        return "complete" if chance.random() < 0.15 else "not_yet"

    def writes_card(self, chance: Random) -> Card | None:
        """What the two write on the goal card before they leave the table; None = they leave it as it is. Those who get on have
        more to agree on; the card itself changes nothing of what comes later."""
        if chance.random() >= 0.3 + 0.35 * self.value:
            return None
        if chance.random() < 0.65 - 0.6 * self.value:
            return Card()
        return Card(sentence=chance.choice(AGREED), days=chance.choice((7, 14, 14, 21, 28, 28, 28, 42)))


def chemistry(seed: int, introduction: str) -> Chemistry:
    """The same two people always get on in the same way."""
    return Chemistry(Random(f"{seed}|{introduction}").betavariate(2.2, 2.0))


def arrival(chance: Random, day: int) -> timedelta | None:
    """How long after the doors open somebody checks in on that day; None = stays away."""
    if chance.random() >= COMES_BY_DAY[day]:
        return None
    return timedelta(minutes=min(240.0, chance.expovariate(1 / 35)))


def first_answer(chance: Random, side: str) -> tuple[timedelta, str] | None:
    """When and what somebody answers to a proposal; None = never sees it."""
    if chance.random() >= SEES_THE_MAIL:
        return None
    wait = timedelta(minutes=1 + chance.expovariate(1 / 12))
    if chance.random() < OTHER_TIME:
        return wait, "other_time"
    return wait, "accept" if chance.random() < SAYS_YES[side] else "decline"


def answers_question(chance: Random, question: str, wants_more: bool) -> bool:
    """Whether somebody answers a follow-up question at all."""
    return chance.random() < {"week": 0.62, "month": 0.52, "quarter": 0.42}[question] * (1.1 if wants_more else 0.8)
