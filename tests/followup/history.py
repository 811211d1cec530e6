"""Things that happen to ten people by a seed: introductions, answers and attendees, in an order in which they may be heard of."""

from __future__ import annotations

from collections import Counter
from datetime import date
from random import Random
from typing import Any

from services.followup.policies import CHECK_INS
from shared.contracts import (
    AttendeeChanged,
    AttendeeCheckedIn,
    AttendeeLeft,
    AttendeeWithdrawn,
    IntroductionAccepted,
    IntroductionCancelled,
    IntroductionDeclined,
    IntroductionExpired,
    IntroductionGoalAgreed,
    IntroductionMet,
    IntroductionMissed,
    IntroductionProposed,
)
from shared.contracts.introduction import Reason
from tests.followup.story import Story, introduction_id

SLOTS = ("20261123-1000", "20261123-1420", "20261124-1100")
FATES = (IntroductionAccepted, IntroductionMet, IntroductionMet, IntroductionDeclined, IntroductionExpired)
FATES += (IntroductionCancelled, IntroductionMissed)
GOALS: tuple[dict[str, Any], ...] = (
    {"enough": True},
    {"enough": False, "by": date(2026, 12, 1)},
    {"enough": False, "by": date(2027, 3, 1)},
)
WORDS = ("talked", "met", "wrote", "not_yet", "complete")


class History:
    """Things that happen to ten people, by a seed, in an order in which they may be heard of."""

    def __init__(self, story: Story, seed: int) -> None:
        self.story, self.chance = story, Random(seed)
        self.people = [story.person(f"P{n}", statistics=self.chance.random() < 0.8) for n in range(10)]
        self.versions: Counter[str] = Counter(dict.fromkeys(self.people, 1))
        self.seen: Counter[tuple[str, str]] = Counter()

    def step(self) -> None:
        """Something happens."""
        self.chance.choice((self._introduction, self._introduction, self._answer, self._answer, self._attendee))()

    def _introduction(self) -> None:
        mentor, mentee = self.chance.choice(self.people[:4]), self.chance.choice(self.people[4:])
        self.seen[mentor, mentee] += 1
        version, slot = self.seen[mentor, mentee], self.chance.choice(SLOTS)
        if version == 1:
            topics = self.chance.choice((("grants",), ("grants", "python"), ()))
            what: dict[str, Any] = {"reasons": tuple(Reason(kind="topic", code=code) for code in topics)}
            what |= self.chance.choice(({}, {"drawn": True, "probability": 0.25}))
            self._tell(self.story.introduction(IntroductionProposed, mentor, mentee, 1, slot, **what))
            return
        kind = self.chance.choice((*FATES, IntroductionGoalAgreed, IntroductionGoalAgreed))
        more = {
            IntroductionMet: {"told_by": "desk"},
            IntroductionCancelled: {"cause": "left"},
            IntroductionGoalAgreed: self.chance.choice(GOALS),
        }
        self._tell(self.story.introduction(kind, mentor, mentee, version, slot, **more.get(kind, {})))

    def _attendee(self) -> None:
        attendee = self.chance.choice(self.people)
        self.versions[attendee] += 1
        kinds = (AttendeeChanged, AttendeeChanged, AttendeeCheckedIn, AttendeeLeft, AttendeeWithdrawn)
        kind = self.chance.choices(kinds, (4, 4, 3, 1, 1))[0]
        what: dict[str, Any] = {"consents": {"statistics": self.chance.random() < 0.6}}
        what |= {"status": "withdrawn"} if kind is AttendeeWithdrawn else {}
        what |= {"first_timer": self.chance.random() < 0.5, "languages": self.chance.choice((("en",), ("de", "en")))}
        self._tell(self.story.attendee_event(attendee, kind, self.versions[attendee], **what))

    def _answer(self) -> None:
        known = sorted(self.seen)
        if known:
            mentor, mentee = self.chance.choice(known)
            question = self.chance.choice(("continue", *CHECK_INS))
            word = self.chance.choice(("yes", "no") if question == "continue" else WORDS)
            one = self.chance.choice((mentor, mentee))
            self.story.say(introduction_id(mentor, mentee), one, question, word, run=False)

    def _tell(self, event: Any) -> None:
        self.story.tell(event, handle=False)
        self.story.system.followup.intake_turn()
