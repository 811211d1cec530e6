"""The planner's port: what it is told and what it answers, as plain picklable values. Slots of a day are numbered from
0; a set of slots is an integer with the bits of its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.introductions.policies import WEIGHTS, Somebody, Weights
from shared.contracts.introduction import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """A slot of the day."""

    id: str
    position: int
    """Slots in a row have positions in a row; a break between them leaves one out."""
    half: int
    """0 before 13:00 local, 1 after; 2 and 3 on the next day, and so on."""
    starts: int = 0
    ends: int = 0
    """In minutes, counted from wherever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A meeting point, and what there is to know of the way to its tables."""

    code: str
    step_free: bool = True
    quiet: bool = False
    walk: int = 0
    """Minutes from the middle of the venue; from one point to another it takes the sum of both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who may be introduced, with what she has and what she can still take."""

    who: Somebody
    free: int
    """Slots that begin late enough, that she is available in and has nothing in."""
    busy: int = 0
    """Slots of the day in which she has a meeting, in whatever role."""
    has: int = 0
    """Introductions as a mentee that count."""
    wishes: int = 0
    """How many more she wants as a mentee; 0 for who only gives."""
    load: int | None = None
    """How many more she can take as a mentor at this conference; None = by half day."""
    halves: tuple[int, ...] = (0, 0)
    """How many more she can take as a mentor in each half-day, where `load` is None."""
    proposals: int = 0
    """How many more may be proposed to her as a mentor in this time."""
    at: tuple[tuple[int, int], ...] = ()
    """(slot, index of the table) of the meetings she has; known where it matters which table."""

    @property
    def left(self) -> int:
        """How many more she can take as a mentor, time and proposals aside."""
        return sum(self.halves) if self.load is None else self.load

    @property
    def gives(self) -> bool:
        """Whether she can be a mentor now."""
        return self.who.role != "mentee" and self.who.approved


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An introduction that was proposed and can still be moved or withdrawn."""

    introduction: str
    mentor: str
    mentee: str
    number: int
    """Of its slot."""
    place: int
    """Index of its table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A day (or all days that are left) of a conference with people who have something left to give or to wish for."""

    times: tuple[Time, ...]
    places: tuple[tuple[str, int], ...]
    """Every table: (code of the meeting point, number), in the order in which they fill."""
    taken: tuple[frozenset[int], ...]
    """For each time, the places (by index) that are taken."""
    people: tuple[Person, ...]
    points: tuple[Point, ...] = ()
    """The meeting points, where it matters for somebody at which of them she is; else none: all tables are alike."""
    in_a_row: int = 3
    weights: Weights = field(default_factory=lambda: WEIGHTS)
    another: int = 150
    """Points that a second introduction must be worth; a third twice as much."""
    reserve: bool = False
    """Whether second introductions must leave enough for the firsts of those who are still to come."""
    expected: Mapping[str, float] = field(default_factory=dict)
    """Topic -> first introductions that people who are still to come will need."""
    coming: Mapping[str, float] = field(default_factory=dict)
    """Topic -> meetings that mentors who are still to come will probably offer."""
    held: tuple[tuple[str, str], ...] = ()
    """(mentor, mentee) of introductions that count already."""
    open: tuple[Proposal, ...] = ()
    """Proposals that nobody has answered and that may still change."""
    thorough: bool = False
    """Whether nobody waits for the plan: then it is looked for longer."""
    exploration: float = 0.0
    """Share of second introductions that are drawn at random."""
    seed: int = 0
    """Of what is drawn."""
    turn: int = 0
    """Counts the plans: where not everybody can be looked at, others are looked at next time."""
    pins: tuple[tuple[str, str], ...] = ()
    """(mentor, mentee) whom an organizer wants to meet, before all others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A proposal: who, when (slot id), where, and what speaks for it."""

    mentor: str
    mentee: str
    slot: str
    meeting_point: str
    table: int
    reasons: tuple[Reason, ...] = ()
    terms: Mapping[str, float] = field(default_factory=dict)
    probability: float | None = None
    """With which the mentor was drawn among those who fitted; None = she was planned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What makes room for somebody who would have nothing: a proposal moves or is withdrawn, and what follows. All of it
    happens, or nothing."""

    proposal: Proposal
    moved_to: Meeting | None
    """Where it moves; None = it is withdrawn."""
    meetings: tuple[Meeting, ...]
    """New ones, by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How good a plan is, and how good any could be."""

    served: int
    """Mentees who get their first introduction by it."""
    most_served: int
    """No plan with the same pins gives more a first one."""
    value: int
    bound: int | None
    """No plan has more; None = not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The meetings to propose, and what changes."""

    meetings: tuple[Meeting, ...] = ()
    changes: tuple[Change, ...] = ()
    not_pinned: tuple[tuple[str, str], ...] = ()
    """(mentor, mentee) of those who must meet and for whom there was no time or no place left."""
    found: Found | None = None
    held_back: bool = False
    """Whether somebody could have had a second introduction that was kept for others' first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fairness:
    """Of all introductions that there are or would be."""

    mentees: int
    served: int
    first_timers: int
    first_timers_served: int
    least: tuple[str, int] | None
    """(mentee, points) of the best introduction of whom it fits least."""
    loads: tuple[tuple[int, int], ...]
    """(meetings, how many mentors have so many)."""
    jain: float
    """Index of meetings / what a mentor takes, from 1/n (one has it all) to 1 (all the same); Jain, Chiu, Hawe 1984."""
    blocking: float
    """Of 1,000 possible pairs, how many would rather have each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """`kind` says what binds: nobody, language, company, full, time, tables, step_free, quiet or soon; `topic` which topic it is
    about.
    Adding `slot`, or asking about `other`, too, would let us ask so many `more` mentors."""

    kind: str
    topic: str = ""
    slot: str = ""
    other: str = ""
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A plan before it is published."""

    plan: Plan
    waiting: int
    """Mentees without an introduction in it."""
    unplaced: tuple[tuple[str, Why], ...]
    """Why, for the first of them."""
    fairness: Fairness
