"""A conference on site: events go in one by one, and there is a valid plan after each. It joins what the other modules
do and keeps the count; it has no clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from services.introductions.planner.engine.model import Integers, Model, room_of
from services.introductions.planner.engine.onsite.candidates import Candidates
from services.introductions.planner.engine.onsite.events import Event
from services.introductions.planner.engine.onsite.happening import Happening, Left
from services.introductions.planner.engine.onsite.repair import Repair
from services.introductions.planner.engine.onsite.situation import meetings_of, situation
from services.introductions.planner.engine.onsite.state import State
from services.introductions.planner.engine.onsite.warm import improve
from services.introductions.planner.engine.pairs import select
from services.introductions.planner.engine.pricing import Pricer


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What became of the plan that was given."""

    kept: int
    """Its meetings that are where they were (a table may be another one)."""
    moved: int
    """The same two in another slot."""
    dropped: int
    """Not in the plan any more, for whatever reason."""
    new: int
    """Two who did not meet in it."""
    open: int
    """Its meetings that nobody agreed to and that could still be where they were."""
    untouched: int
    """How many of those are."""
    void: int
    """Agreed meetings that could not be kept: somebody is not there, or no table is."""
    agreed_changed: int
    """Agreed meetings that are gone or elsewhere without such a reason: 0."""
    too_late: int
    """Answers about proposals that had been withdrawn, or were over."""


class OnSite:
    """The plan of a conference while it happens."""

    def __init__(self, model: Model, meetings: Integers, go_on: Callable[[], bool] = lambda: True) -> None:
        """`meetings` [n, 4] is a valid plan of the model; what the model has fixed is agreed."""
        self.state = State(model, meetings)
        selection = select(model, room_of(model), Pricer(model), go_on)
        self.candidates = Candidates(model, selection.alpha + selection.gamma, selection.beta)
        self.happening = Happening(self.state, self.candidates)
        self.repair = Repair(self.state, self.candidates)
        self.given = {pair: held.slot for pair, held in self.state.meetings.items()}

    def handle(self, event: Event) -> None:
        """The plan is valid again afterwards. Raises BadEvents, and then has changed nothing."""
        left = self.happening.of(event)
        self.repair.begin()
        self._repair(left)
        self._settle()

    def _repair(self, left: Left) -> None:
        again = [pair for pair, points in left.lost if not self.repair.hold_again(pair, points)]
        for mentee in dict.fromkeys([*left.mentees, *(mentee for _mentor, mentee in again)]):
            self.repair.look_after(mentee)
        for mentor in dict.fromkeys([*left.mentors, *(mentor for mentor, _mentee in again)]):
            self.repair.offer(mentor)

    def improve(self, seed: int = 0, go_on: Callable[[], bool] = lambda: True) -> None:
        """A warm round over the whole plan."""
        improve(self.state, self.candidates, seed, go_on)
        self._settle()

    def _settle(self) -> None:
        self.happening.proposed.update(pair for pair, before in self.state.journal if before is None)
        self.state.settle()

    @property
    def meetings(self) -> Integers:
        """[n, 4] mentor row, mentee row, slot, table, by slot and table."""
        return meetings_of(self.state)

    def situation(self) -> Model:
        """The conference as it is now, what is agreed or over fixed."""
        return situation(self.candidates.model, self.state)

    def changes(self) -> Changes:
        """What became of the plan that was given."""
        now = {pair: held.slot for pair, held in self.state.meetings.items()}
        agreed = self.happening.agreed
        could = {
            pair: slot
            for pair, slot in self.given.items()
            if pair not in agreed and pair not in self.state.declined and self._could_be(pair, slot)
        }
        return Changes(
            kept=sum(now.get(pair) == slot for pair, slot in self.given.items()),
            moved=sum(pair in now and now[pair] != slot for pair, slot in self.given.items()),
            dropped=sum(pair not in now for pair in self.given),
            new=sum(pair not in self.given for pair in now),
            open=len(could),
            untouched=sum(now.get(pair) == slot for pair, slot in could.items()),
            void=len(self.happening.void),
            agreed_changed=sum(now.get(pair) != slot for pair, slot in agreed.items()),
            too_late=self.happening.too_late,
        )

    def _could_be(self, pair: tuple[int, int], slot: int) -> bool:
        state = self.state
        there = state.there[state.mentors[pair[0]]] & state.there[state.mentees[pair[1]]]
        return slot >= state.now and there >> slot & 1 == 1
