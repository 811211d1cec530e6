"""A day of a conference as the engine's arrays: people as rows, attributes as numbers, what mentors are spared as limits.
It says the rules of `policies` once more, for millions of pairs at once; tests hold the two together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from services.introductions import policies
from services.introductions.planner.board import lot
from services.introductions.planner.engine import Planned
from services.introductions.planner.engine.limits import limits
from services.introductions.planner.engine.model import Integers, Model
from services.introductions.planner.engine.utility import UNKNOWN_YEARS, Utility, Weights
from services.introductions.planner.problem import Person, Problem
from services.introductions.policies import Somebody

MANY = 1_000
"""Meetings of half a day that are no limit."""
MOST_LANGUAGES = 63
"""A set of languages is one int64 of bits."""


@dataclass(frozen=True, kw_only=True)
class Arrays:
    """A model, and whose its rows are."""

    model: Model
    mentors: tuple[str, ...]
    mentees: tuple[str, ...]
    first: int
    """The number of its first slot in the day."""

    def meetings_of(self, planned: Planned) -> Iterator[tuple[str, str, int]]:
        """(mentor, mentee, number of the slot) of a plan."""
        for mentor, mentee, slot, _table in planned.meetings.tolist():
            yield self.mentors[mentor], self.mentees[mentee], self.first + slot


def arrays_of(problem: Problem, first: int, count: int) -> Arrays:
    """Everybody who can give or be given something, and at most `MOST_SLOTS` slots from the `first` on."""
    people = sorted(problem.people, key=lambda person: lot(person.who.id))
    people = [person for person in people if person.who.consented]
    window = (1 << count) - 1
    # At a full door nearly every mentor has given all she can: who is left is few, and the plan quick.
    gives = [row for row, person in enumerate(people) if person.gives and _can_give(person)]
    asks = [row for row, person in enumerate(people) if person.wishes > 0 and person.who.role != "mentor"]
    times = problem.times[first : first + count]
    half = np.array([time.half for time in times], np.int64)
    free = np.array([person.free >> first & window for person in people], np.int64)
    longest = max((people[row].wishes + people[row].has for row in asks), default=1)
    model = Model(
        slots=count,
        half=half,
        tables=np.array([len(problem.places) - len(problem.taken[first + at]) for at in range(count)], np.int64),
        available=free,
        busy=np.array([person.busy >> first & window for person in people], np.int64),
        mentors=np.array(gives, np.int64),
        mentees=np.array(asks, np.int64),
        capacity=np.array([_can_give(people[row]) for row in gives], np.int64),
        wish=np.array([people[row].wishes for row in asks], np.int64),
        had=np.array([people[row].has for row in asks], np.int64),
        attention=problem.another * np.arange(longest, dtype=np.int64),
        fixed=np.zeros((0, 4), np.int64),
        limits=limits(
            np.array([time.position for time in times], np.int64),
            half,
            _halves([people[row] for row in gives], np.unique(half)),
            problem.in_a_row,
        ),
        utility=_utility(
            problem, [people[row].who for row in gives], [people[row].who for row in asks], free, gives, asks
        ),
    )
    return Arrays(
        model=model,
        mentors=tuple(people[row].who.id for row in gives),
        mentees=tuple(people[row].who.id for row in asks),
        first=first,
    )


def _can_give(person: Person) -> int:
    """How many more meetings at most."""
    return max(0, min(person.left, person.proposals))


def _halves(mentors: list[Person], halves: Integers) -> Integers:
    """[nm, half-days] of those that there are slots in."""
    found = np.full((len(mentors), len(halves)), MANY, np.int64)
    for row, person in enumerate(mentors):
        if person.load is None:
            found[row] = [person.halves[half] if half < len(person.halves) else 0 for half in halves.tolist()]
    return found


def _utility(
    problem: Problem,
    gives: list[Somebody],
    asks: list[Somebody],
    free: Integers,
    mentors: list[int],
    mentees: list[int],
) -> Utility:
    """The terms of `policies` in the engine's words."""
    topics = _Codes([who.offers | who.near for who in gives] + [who.wants for who in asks])
    helps = _Codes([who.helps for who in gives] + [who.goals for who in asks])
    tongues = _Codes([_common_languages(gives, asks)])
    wants = max((len(who.wants) for who in asks), default=0)
    pairs = _Pairs(gives, asks)
    companies = _employers(gives, asks, lambda who: who.company)
    english = ~tongues.bits(frozenset({policies.ENGLISH}))
    return Utility(
        weights=_weights(problem.weights),
        offers=_offers(topics, gives),
        wants_topic=_rows([topics.numbers(who.wants) for who in asks], max(1, wants)),
        wants_weight=_rows([[1] * len(who.wants) for who in asks], max(1, wants)),
        helps=_array([helps.bits(who.helps) for who in gives]),
        goals=_array([helps.bits(who.goals) for who in asks]),
        mentor_years=_array([UNKNOWN_YEARS if who.years is None else who.years for who in gives]),
        mentee_years=_array([-UNKNOWN_YEARS if who.years is None else who.years for who in asks]),
        mentor_field=np.zeros(len(gives), np.int64),
        mentee_field=np.ones(len(asks), np.int64),
        mentor_company=companies[0],
        mentee_company=companies[1],
        domains=_employers(gives, asks, lambda who: who.domain),
        mentor_languages=_array([tongues.bits(policies.spoken(who)) for who in gives]),
        mentee_languages=_array([tongues.bits(policies.spoken(who)) for who in asks]),
        first_language=_array([tongues.bits(policies.spoken(who)) & english for who in asks]),
        mentor_available=free[mentors],
        mentee_available=free[mentees],
        requested=pairs.keys(of_mentee=lambda who: who.requests),
        asked_by_mentor=pairs.keys(of_mentor=lambda who: who.requests),
        referred=pairs.keys(of_mentee=lambda who: who.referrals, of_mentor=lambda who: who.referrals),
        welcome=pairs.both_asked(),
        forbidden=pairs.forbidden(),
        newcomers=(_array([who.likes_newcomers for who in gives]), _array([who.first_timer for who in asks])),
    )


def _common_languages(gives: list[Somebody], asks: list[Somebody]) -> frozenset[str]:
    """Those in which a mentor and a mentee can talk; of very many, those that most pairs share."""
    given, asked = (Counter(code for who in people for code in policies.spoken(who)) for people in (gives, asks))
    common = sorted(given.keys() & asked.keys(), key=lambda code: (-given[code] * asked[code], code))
    return frozenset(common[:MOST_LANGUAGES])


def _weights(points: policies.Weights) -> Weights:
    return Weights(
        topic=points["common_topics"],
        goal=points["goals_helped"],
        years=points["years_between"],
        field=0,
        language=points["own_language"],
        requested=points["asked_for"],
        referred=points["referred"],
        first_timer=points["first_timer"],
        newcomer=points["likes_newcomers"],
        least_topic=policies.LEAST_FIT,
        enough=100,
        may_be_behind=True,
    )


def _array(values: Sequence[int]) -> Integers:
    return np.array(values, np.int64).reshape(len(values))


def _rows(values: Sequence[Sequence[int]], width: int) -> Integers:
    """Rows of different length, padded with 0."""
    found = np.zeros((len(values), width), np.int64)
    for row, numbers in enumerate(values):
        found[row, : len(numbers)] = numbers
    return found


class _Codes:
    """Texts as numbers, and sets of them as bits."""

    def __init__(self, sets: Sequence[frozenset[str]]) -> None:
        self.number = {code: at for at, code in enumerate(sorted(frozenset().union(*sets)))}

    def numbers(self, codes: frozenset[str]) -> list[int]:
        """Rising."""
        return sorted(self.number[code] for code in codes if code in self.number)

    def bits(self, codes: frozenset[str]) -> int:
        """One bit a code."""
        return sum(1 << number for number in self.numbers(codes))


def _offers(topics: _Codes, gives: list[Somebody]) -> np.ndarray[tuple[int, int], np.dtype[np.int16]]:
    found = np.zeros((len(gives), max(1, len(topics.number))), np.int16)
    for row, who in enumerate(gives):
        found[row, topics.numbers(who.near)] = policies.NEAR
        found[row, topics.numbers(who.offers)] = 100
    return found


def _employers(
    gives: list[Somebody], asks: list[Somebody], of: Callable[[Somebody], str | None]
) -> tuple[Integers, Integers]:
    """Numbers of employers; who names none is alone with hers."""
    number: dict[str, int] = {}
    for who in (*gives, *asks):
        code = of(who)
        if code is not None:
            number.setdefault(code, len(number))
    codes = [of(who) for who in gives], [of(who) for who in asks]
    return (
        _array([-1 if code is None else number[code] for code in codes[0]]),
        _array([-2 if code is None else number[code] for code in codes[1]]),
    )


Names = Callable[[Somebody], frozenset[str]]


class _Pairs:
    """Lists of names as sorted keys mentee row * mentors + mentor row."""

    def __init__(self, gives: list[Somebody], asks: list[Somebody]) -> None:
        self.gives, self.asks = gives, asks
        self.mentor = {who.id: row for row, who in enumerate(gives)}
        self.mentee = {who.id: row for row, who in enumerate(asks)}

    def keys(self, of_mentee: Names | None = None, of_mentor: Names | None = None) -> Integers:
        """Pairs in which the mentee, or the mentor, names the other."""
        found: set[int] = set()
        if of_mentee is not None:
            for row, who in enumerate(self.asks):
                names = of_mentee(who) & self.mentor.keys()
                found.update(row * len(self.gives) + self.mentor[name] for name in names)
        if of_mentor is not None:
            for row, who in enumerate(self.gives):
                names = of_mentor(who) & self.mentee.keys()
                found.update(self.mentee[name] * len(self.gives) + row for name in names)
        return _array(sorted(found))

    def both_asked(self) -> Integers:
        """Pairs in which each names the other."""
        return np.intersect1d(
            self.keys(of_mentee=lambda who: who.requests), self.keys(of_mentor=lambda who: who.requests)
        )

    def forbidden(self) -> Integers:
        """Pairs that are no two people, are blocked, or were introduced before."""
        asked = self.keys(lambda who: who.requests, lambda who: who.requests)
        before = self.keys(lambda who: who.met_before, lambda who: who.met_before)
        never = self.keys(
            lambda who: who.blocks | who.known | who.apart | {who.id}, lambda who: who.blocks | who.known | who.apart
        )
        return np.union1d(never, np.setdiff1d(before, asked))
