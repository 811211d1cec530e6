"""What a pair and a person count as, in a few letters, and what changes in the totals when either does. Pure.

Totals are kept by cell: (what is counted, the value of it, the letters). A pair stands in one cell "pair", and once the two
met in one for each cohort that it belongs to; a person in one cell "person", a mentor who met somebody in one cell "load".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

from services.followup.domain.definitions import NO, standing
from services.followup.policies import CHECK_INS

Cell = tuple[str, str, str]
"""(what, value, letters)"""

COHORTS = ("topic", "first_timer", "goal", "hour", "language", "chance", "mentored")
"""`mentored`: how many pairs the mentor of the pair met (`loads.load_of`); whoever counts a pair that met, or no longer did,
counts all pairs of its mentor anew."""
SEVERAL, NO_ONE = "*", "-"
"""What a pair counts as that has several topics or languages in common, or none. It stands in one value of each cohort, so that
they add up to all pairs and none of them gives another one away."""
LOST = {
    "proposed": "open",
    "declined": "not_agreed",
    "expired": "not_agreed",
    "cancelled": "cancelled",
    "missed": "missed",
    "accepted": "unreported",
}
"""State of an introduction -> why the two have not met. Whether somebody said no or said nothing is one and the same."""
WHY = {"": "-", "open": "o", "not_agreed": "n", "cancelled": "x", "missed": "m", "unreported": "r"}
SAID = {"unknown": "u", "yes": "y", "no": "n", "wrote": "w", "complete": "c", "both": "b"}
"""What is known of a pair as of a question. The last three are a no of which one wrote, said that it is complete, or both."""
_WHY, _SAID = ({letter: word for word, letter in words.items()} for words in (WHY, SAID))
STEPS = ("introduced", "accepted", "met", *CHECK_INS)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything of a pair that outcomes count."""

    introduced: bool = False
    accepted: bool = False
    met: bool = False
    continued: bool = False
    lost: str = ""
    """Why the two have not met (LOST); empty once they did."""
    said: tuple[str, ...] = ("unknown",) * len(CHECK_INS)
    """What is known as of each question (SAID)."""
    asked: tuple[bool, ...] = (False,) * len(CHECK_INS)
    """Whether each question was put to at least one of the two."""

    @property
    def letters(self) -> str:
        """The same in eight letters; what was said without being asked is in capitals."""
        stages = "".join(letter if getattr(self, name) else "-" for name, letter in _STAGES.items())
        words = (SAID[word] if asked else SAID[word].upper() for word, asked in zip(self.said, self.asked, strict=True))
        return stages + WHY[self.lost] + "".join(words)

    def in_touch(self, question: str) -> bool:
        """Whether one of the two reported two-way contact or another meeting, as of this question."""
        return self.met and self.said[CHECK_INS.index(question)] == "yes"


_STAGES = {"introduced": "i", "accepted": "a", "met": "m", "continued": "c"}


@lru_cache(maxsize=4096)
def facts(letters: str) -> Facts:
    """The facts that these letters stand for."""
    stages = {name: letters[place] != "-" for place, name in enumerate(_STAGES)}
    said = letters[len(_STAGES) + 1 :]
    return Facts(
        lost=_WHY[letters[len(_STAGES)]],
        said=tuple(_SAID[letter.lower()] for letter in said),
        asked=tuple(letter.islower() for letter in said),
        **stages,
    )


def one_of(codes: Sequence[str]) -> str:
    """The one value of a cohort for what the two have in common."""
    return codes[0] if len(codes) == 1 else SEVERAL if codes else NO_ONE


def known_of(words: Collection[str]) -> str:
    """What the answers of both to one question come to."""
    stands = standing(words)
    apart = [word for word in ("wrote", "complete") if word in words] if stands == NO else []
    return "both" if len(apart) > 1 else apart[0] if apart else stands


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A pair as it is counted: ids, its facts, and the cohorts that it belongs to, each with its values."""

    id: str
    conference: str
    mentor: str
    mentee: str
    letters: str
    cohorts: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def cells(self) -> Iterable[Cell]:
        """Where it counts."""
        yield "pair", "", self.letters
        if facts(self.letters).met:
            yield from ((what, value, self.letters) for what, values in self.cohorts.items() for value in values)

    @property
    def steps(self) -> Iterable[str]:
        """How far the two came."""
        found = facts(self.letters)
        yield from (name for name in ("introduced", "accepted", "met") if getattr(found, name))
        yield from (question for question in CHECK_INS if found.in_touch(question))


@dataclass(frozen=True, kw_only=True)
class Person:
    """An attendee as she is counted: with how many pairs she came how far, and in how many meetings she was the mentor."""

    attendee: str
    conference: str
    registered: bool = False
    checked_in: bool = False
    introduced: int = 0
    accepted: int = 0
    met: int = 0
    week: int = 0
    month: int = 0
    quarter: int = 0
    mentored: int = 0

    @property
    def cells(self) -> Iterable[Cell]:
        """Where she counts."""
        yield "person", "", " ".join(name for name in ("registered", "checked_in", *STEPS) if getattr(self, name))
        if self.mentored:
            yield "load", str(self.mentored), ""


@dataclass(frozen=True, kw_only=True)
class Change:
    """Pairs and people as they count from now on, and what that adds to the cells of each conference."""

    pairs: Sequence[Pair] = ()
    people: Sequence[Person] = ()
    cells: Mapping[tuple[str, Cell], int] = field(default_factory=dict)


def change(
    pairs: Iterable[Pair],
    counted: Mapping[str, Pair],
    people: Iterable[Person],
    known: Mapping[str, Person],
) -> Change:
    """What changes when these pairs are so, and these people registered and checked in or not. `counted` and `known` are
    pairs and people as they counted until now, those of all these pairs included."""
    cells: Counter[tuple[str, Cell]] = Counter()
    steps: dict[str, Counter[str]] = {}
    news = [pair for pair in pairs if counted.get(pair.id) != pair]
    for pair in news:
        before = counted.get(pair.id)
        _move(cells, before, pair)
        for side, sign in ((before, -1), (pair, 1)):
            if side is not None:
                _count_steps(side, sign, steps)
    moved = []
    for person in people:
        known_as = known.get(person.attendee)
        after = _after(known_as or person, person, steps.get(person.attendee, {}))
        if after != known_as:
            moved.append(after)
            _move(cells, known_as, after)
    return Change(pairs=news, people=moved, cells={cell: by for cell, by in cells.items() if by})


def _move(cells: Counter[tuple[str, Cell]], before: Pair | Person | None, after: Pair | Person) -> None:
    """Out of the cells where it counted, into those where it counts."""
    for one, sign in ((before, -1), (after, 1)):
        if one is not None:
            for cell in one.cells:
                cells[one.conference, cell] += sign


def _after(base: Person, told: Person, by: Mapping[str, int]) -> Person:
    """As she counts from now on: with what is told of her, and so many pairs more or fewer."""
    counts: dict[str, Any] = {name: getattr(base, name) + more for name, more in by.items()}
    return replace(base, registered=told.registered, checked_in=told.checked_in, **counts)


def _count_steps(pair: Pair, sign: int, steps: dict[str, Counter[str]]) -> None:
    for attendee in (pair.mentor, pair.mentee):
        for name in pair.steps:
            steps.setdefault(attendee, Counter())[name] += sign
    if facts(pair.letters).met:
        steps.setdefault(pair.mentor, Counter())["mentored"] += sign


@dataclass(frozen=True)
class Totals:
    """All cells of one conference, as of now."""

    cells: Mapping[Cell, int]

    @cached_property
    def _by_kind(self) -> dict[str, list[tuple[str, str, int]]]:
        """What -> its cells that are not empty; there are thousands, and each way to split asks for its own."""
        found: dict[str, list[tuple[str, str, int]]] = {}
        for (what, value, letters), count in self.cells.items():
            if count:
                found.setdefault(what, []).append((value, letters, count))
        return found

    def of(self, what: str) -> dict[str, dict[Facts, int]]:
        """Value -> how many pairs with which facts: of "pair" (with the one value "") or of a cohort."""
        found: dict[str, dict[Facts, int]] = {}
        for value, letters, count in self._by_kind.get(what, ()):
            found.setdefault(value, {})[facts(letters)] = count
        return found

    def pairs(self) -> dict[Facts, int]:
        """How many pairs have which facts."""
        return self.of("pair").get("", {})

    def people(self) -> dict[frozenset[str], int]:
        """How many people came through which steps."""
        found: Counter[frozenset[str]] = Counter()
        for _value, steps, count in self._by_kind.get("person", ()):
            found[frozenset(steps.split())] += count
        return dict(found)

    def load(self) -> dict[int, int]:
        """Meetings that a mentor had -> how many mentors."""
        return {int(value): count for value, _letters, count in self._by_kind.get("load", ())}

    def asked(self) -> frozenset[str]:
        """The questions that were put to anybody by now."""
        return frozenset(
            question
            for place, question in enumerate(CHECK_INS)
            if any(count and pair.asked[place] for pair, count in self.pairs().items())
        )
