"""Reads "rapport-instance/1" into arrays and refuses what cannot be planned with a sentence that names the place. It
opens no file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np

from services.introductions.planner.engine.clashes import clashes
from services.introductions.planner.engine.model import MOST_SLOTS, Integers, Model
from services.introductions.planner.engine.utility import Utility, Weights

FORMAT = "rapport-instance/1"
LEVEL_POINTS = {1: 55, 2: 80, 3: 100}
GROUP_POINTS = 30
MOST_PEOPLE = 250_000
MOST_TABLES = 100_000
MOST_CODES = 60
"""Languages and goals are bits of one integer."""
MOST_TOPICS = 2_000
MOST_OF_A_LIST = 64
MOST_YEARS = 120
MOST_POINTS = 10**6


class BadInstance(ValueError):
    """An instance that cannot be planned; the message names the place."""


def model_of(data: Any) -> Model:
    """The arrays of an instance. Raises BadInstance."""
    return _Reading(data).model()


def refuse(place: str, what: str) -> NoReturn:
    """Say where and what."""
    raise BadInstance(f"{place}: {what}")


def whole(value: Any, place: str, least: int, most: int) -> int:
    """A whole number within bounds (true and false are none)."""
    if type(value) is not int or not least <= value <= most:
        refuse(place, f"{_shown(value)} is not a whole number from {least} to {most}.")
    return int(value)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


def _list(value: Any, place: str, most: int) -> list[Any]:
    if not isinstance(value, list):
        refuse(place, f"{_shown(value)} is not a list.")
    if len(value) > most:
        refuse(place, f"{len(value):,} entries are more than the {most:,} that can be planned.")
    return value


class _Reading:
    """One instance while it is read."""

    def __init__(self, data: Any) -> None:
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            refuse("format", f'this is not a "{FORMAT}".')
        self.data: dict[str, Any] = data
        self.slots = whole(self._get("n_slots"), "n_slots", 1, MOST_SLOTS)
        self.topics = whole(self._get("n_topics"), "n_topics", 1, MOST_TOPICS)
        self.goals = whole(self._get("n_goals"), "n_goals", 1, MOST_CODES)
        self.people = _list(self._get("people"), "people", MOST_PEOPLE)
        self.groups = self._numbers("topic_group", self.topics, 0, MOST_TOPICS)

    def _get(self, name: str) -> Any:
        if name not in self.data:
            refuse(name, "it is missing.")
        return self.data[name]

    def _numbers(self, name: str, length: int, least: int, most: int) -> Integers:
        found = _list(self._get(name), name, max(length, MOST_OF_A_LIST))
        if len(found) != length:
            refuse(name, f"{len(found)} numbers where {length} are needed.")
        return np.array([whole(one, f"{name}[{at}]", least, most) for at, one in enumerate(found)], np.int64)

    def model(self) -> Model:
        """The whole."""
        half = self._numbers("slot_block", self.slots, 0, MOST_SLOTS)
        if (np.diff(half) < 0).any():
            refuse("slot_block", "half-days must not go back in time.")
        tables = self._numbers("tables", self.slots, 0, MOST_TABLES)
        attention = self._attention()
        rows = [self._person(at, one) for at, one in enumerate(self.people)]
        mentors = [at for at, one in enumerate(self.people) if "mentor" in one]
        mentees = [at for at, one in enumerate(self.people) if "mentee" in one]
        self._names()
        self.mentor_row = {person: row for row, person in enumerate(mentors)}
        self.mentee_row = {person: row for row, person in enumerate(mentees)}
        table = np.array(rows, np.int64).reshape(len(rows), len(_COLUMNS))
        utility = self._utility(table, np.array(mentors, np.int64), np.array(mentees, np.int64))
        model = Model(
            slots=self.slots,
            half=half,
            tables=tables,
            available=table[:, 0],
            mentors=np.array(mentors, np.int64),
            mentees=np.array(mentees, np.int64),
            capacity=np.array([self.people[at]["mentor"]["cap"] for at in mentors], np.int64),
            wish=np.array([self.people[at]["mentee"]["want"] for at in mentees], np.int64),
            attention=attention,
            fixed=np.zeros((0, 4), np.int64),
            utility=utility,
        )
        return model.with_fixed(self._fixed(model))

    def _attention(self) -> Integers:
        found = _list(self._get("attention"), "attention", MOST_OF_A_LIST)
        numbers = [whole(one, f"attention[{at}]", 0, MOST_POINTS) for at, one in enumerate(found)]
        if not numbers or any(later < earlier for earlier, later in zip(numbers, numbers[1:], strict=False)):
            refuse("attention", "the points taken off must not fall from one introduction to the next.")
        return np.array(numbers, np.int64)

    def _names(self) -> None:
        seen: dict[str, int] = {}
        for at, one in enumerate(self.people):
            name = one.get("id", f"p{at}")
            if not isinstance(name, str):
                refuse(f"people[{at}].id", f"{_shown(name)} is not a text.")
            if name in seen:
                refuse(f"people[{at}].id", f"{_shown(name)} is people[{seen[name]}] already.")
            seen[name] = at

    def _person(self, at: int, one: Any) -> tuple[int, ...]:
        place = f"people[{at}]"
        if not isinstance(one, dict):
            refuse(place, f"{_shown(one)} is not a person.")
        if "mentor" not in one and "mentee" not in one:
            refuse(place, "neither mentor nor mentee.")
        languages = _codes(one.get("langs"), f"{place}.langs", MOST_CODES)
        if not languages:
            refuse(f"{place}.langs", "at least one language is needed.")
        if "mentor" in one:
            self._mentor(one["mentor"], f"{place}.mentor")
        if "mentee" in one:
            self._mentee(one["mentee"], f"{place}.mentee")
        return (
            self._available(one.get("avail"), f"{place}.avail"),
            whole(one.get("company"), f"{place}.company", 0, 2**40),
            whole(one.get("field"), f"{place}.field", 0, MOST_TOPICS),
            whole(one.get("years"), f"{place}.years", 0, MOST_YEARS),
            sum(1 << code for code in set(languages)),
            1 << languages[0],
        )

    def _available(self, value: Any, place: str) -> int:
        try:
            mask = int(value, 16)
        except (TypeError, ValueError):
            refuse(place, f"{_shown(value)} is not a hexadecimal text.")
        if mask < 0 or mask >> self.slots:
            refuse(place, f"{_shown(value)} has bits beyond the {self.slots} slots.")
        return mask

    def _mentor(self, one: Any, place: str) -> None:
        if not isinstance(one, dict):
            refuse(place, f"{_shown(one)} is not a mentor.")
        whole(one.get("cap"), f"{place}.cap", 1, MOST_TABLES)
        for topic, level, where in _pairs(one.get("offers"), f"{place}.offers"):
            whole(topic, where, 0, self.topics - 1)
            whole(level, where, 1, 3)
        _codes(one.get("helps"), f"{place}.helps", self.goals)

    def _mentee(self, one: Any, place: str) -> None:
        if not isinstance(one, dict):
            refuse(place, f"{_shown(one)} is not a mentee.")
        whole(one.get("want"), f"{place}.want", 1, len(self.data["attention"]))
        wanted = [
            whole(topic, where, 0, self.topics - 1) + 0 * whole(weight, where, 1, 3)
            for topic, weight, where in _pairs(one.get("wants"), f"{place}.wants")
        ]
        if not wanted or len(set(wanted)) != len(wanted):
            refuse(f"{place}.wants", "at least one topic is needed, and each only once.")
        if not _codes(one.get("goals"), f"{place}.goals", self.goals):
            refuse(f"{place}.goals", "at least one goal is needed.")

    def _utility(self, table: Integers, mentors: Integers, mentees: Integers) -> Utility:
        topics, weights = self._wants(mentees)
        requested, referred, forbidden = self._keys("requests"), self._keys("referrals"), self._blocks()
        both = np.intersect1d(requested, forbidden)
        if len(both):
            mentee, mentor = int(mentees[both[0] // len(mentors)]), int(mentors[both[0] % len(mentors)])
            refuse("requests", f"people {mentee} and {mentor} are requested and blocked at once.")
        column = {name: table[:, at] for at, name in enumerate(_COLUMNS)}
        return Utility(
            weights=Weights(),
            offers=self._offers(mentors),
            wants_topic=topics,
            wants_weight=weights,
            helps=_masks([self.people[at]["mentor"]["helps"] for at in mentors]),
            goals=_masks([self.people[at]["mentee"]["goals"] for at in mentees]),
            mentor_years=column["years"][mentors],
            mentee_years=column["years"][mentees],
            mentor_field=column["field"][mentors],
            mentee_field=column["field"][mentees],
            mentor_company=column["company"][mentors],
            mentee_company=column["company"][mentees],
            mentor_languages=column["languages"][mentors],
            mentee_languages=column["languages"][mentees],
            first_language=column["first"][mentees],
            mentor_available=column["available"][mentors],
            mentee_available=column["available"][mentees],
            requested=requested,
            referred=referred,
            forbidden=forbidden,
            welcome=requested,
        )

    def _offers(self, mentors: Integers) -> Any:
        offers = np.zeros((len(mentors), self.topics), np.int16)
        for row, at in enumerate(mentors):
            listed = self.people[at]["mentor"]["offers"]
            if listed:
                offers[row, np.isin(self.groups, self.groups[[topic for topic, _level in listed]])] = GROUP_POINTS
            for topic, level in listed:
                offers[row, topic] = LEVEL_POINTS[level]
        return offers

    def _wants(self, mentees: Integers) -> tuple[Integers, Integers]:
        lists = [self.people[at]["mentee"]["wants"] for at in mentees]
        width = max((len(one) for one in lists), default=1)
        topics, weights = np.zeros((len(lists), width), np.int64), np.zeros((len(lists), width), np.int64)
        for row, one in enumerate(lists):
            topics[row, : len(one)] = [topic for topic, _weight in one]
            weights[row, : len(one)] = [weight for _topic, weight in one]
        return topics, weights

    def _keys(self, name: str) -> Integers:
        """Sorted keys of (mentee, mentor) pairs of a list."""
        keys = []
        for mentee, mentor, place in self._people_of(name):
            if mentee not in self.mentee_row:
                refuse(place, f"people[{mentee}] is no mentee.")
            if mentor not in self.mentor_row:
                refuse(place, f"people[{mentor}] is no mentor.")
            keys.append(self.mentee_row[mentee] * len(self.mentor_row) + self.mentor_row[mentor])
        return np.unique(np.array(keys, np.int64))

    def _blocks(self) -> Integers:
        """Keys of pairs that never meet: blocked either way, and everybody with herself."""
        count = len(self.mentor_row)
        keys = [row * count + self.mentor_row[at] for at, row in self.mentee_row.items() if at in self.mentor_row]
        for one, other, _place in self._people_of("blocks"):
            for mentee, mentor in ((one, other), (other, one)):
                if mentee in self.mentee_row and mentor in self.mentor_row:
                    keys.append(self.mentee_row[mentee] * count + self.mentor_row[mentor])
        return np.unique(np.array(keys, np.int64))

    def _people_of(self, name: str) -> Iterator[tuple[int, int, str]]:
        for first, second, place in _pairs(self.data.get(name, []), name, 20 * MOST_PEOPLE):
            one = whole(first, place, 0, len(self.people) - 1)
            other = whole(second, place, 0, len(self.people) - 1)
            if one == other:
                refuse(place, f"people[{one}] is named twice.")
            yield one, other, place

    def _fixed(self, model: Model) -> Integers:
        rows = []
        for at, one in enumerate(_list(self.data.get("fixed", []), "fixed", MOST_PEOPLE)):
            place = f"fixed[{at}]"
            if not isinstance(one, list) or len(one) != 4:
                refuse(place, f"{_shown(one)} is not [mentor, mentee, slot, table].")
            mentor, mentee = (whole(person, place, 0, len(self.people) - 1) for person in one[:2])
            if mentor not in self.mentor_row or mentee not in self.mentee_row:
                refuse(place, f"people[{mentor}] and people[{mentee}] are no mentor and mentee.")
            slot = whole(one[2], place, 0, self.slots - 1)
            table = whole(one[3], place, 0, int(model.tables[slot]) - 1)
            rows.append((self.mentor_row[mentor], self.mentee_row[mentee], slot, table))
        fixed = np.array(rows, np.int64).reshape(len(rows), 4)
        for sentence in clashes(model, fixed):
            raise BadInstance(sentence)
        return fixed


_COLUMNS = ("available", "company", "field", "years", "languages", "first")


def _pairs(value: Any, place: str, most: int = MOST_OF_A_LIST) -> Iterator[tuple[Any, Any, str]]:
    for at, one in enumerate(_list(value, place, most)):
        if not isinstance(one, (list, tuple)) or len(one) != 2:
            refuse(f"{place}[{at}]", f"{_shown(one)} is not a pair.")
        yield one[0], one[1], f"{place}[{at}]"


def _codes(value: Any, place: str, count: int) -> list[int]:
    found = _list(value, place, MOST_OF_A_LIST)
    return [whole(code, f"{place}[{at}]", 0, count - 1) for at, code in enumerate(found)]


def _masks(lists: list[list[int]]) -> Integers:
    return np.array([sum(1 << code for code in set(one)) for one in lists], np.int64)
