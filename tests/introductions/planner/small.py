"""Instances of a handful of people, and the best plan of each by trying all of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from hypothesis import strategies as st

Pair = tuple[int, int]

SLOTS = 3


def a_person(**parts: Any) -> dict[str, Any]:
    """Somebody with 10 years, one language and all slots, unless said otherwise."""
    return {"company": 1, "field": 1, "years": 10, "langs": [0], "avail": "7", **parts}


def a_mentor(**parts: Any) -> dict[str, Any]:
    """Somebody who takes two and offers topic 0 well."""
    return a_person(**{"mentor": {"cap": 2, "offers": [[0, 3]], "helps": [0]}, "years": 20, **parts})


def a_mentee(**parts: Any) -> dict[str, Any]:
    """Somebody who wants one introduction about topic 0."""
    return a_person(**{"mentee": {"want": 1, "wants": [[0, 2]], "goals": [0]}, "company": 2, "years": 2, **parts})


def an_instance(people: list[dict[str, Any]], **parts: Any) -> dict[str, Any]:
    """Three slots of two half-days with two tables each, unless said otherwise."""
    return {
        "format": "rapport-instance/1",
        "name": "small",
        "n_slots": SLOTS,
        "slot_block": [0, 0, 1],
        "tables": [2, 2, 1],
        "n_topics": 3,
        "topic_group": [0, 0, 1],
        "n_goals": 2,
        "attention": [0, 150, 300],
        "people": [{"id": f"p{at}", **one} for at, one in enumerate(people)],
        "requests": [],
        "referrals": [],
        "blocks": [],
        "fixed": [],
        **parts,
    }


@st.composite
def instances(draw: st.DrawFn) -> dict[str, Any]:
    """Up to three mentors and three mentees, one of whom may be both."""
    numbers = st.integers
    people = []
    for _ in range(draw(numbers(1, 3))):
        offers = draw(st.dictionaries(numbers(0, 2), numbers(1, 3), min_size=1, max_size=2))
        mentor = {"cap": draw(numbers(1, 3)), "offers": [list(one) for one in offers.items()], "helps": [0]}
        people.append(a_mentor(mentor=mentor, **_circumstances(draw, 6)))
    for _ in range(draw(numbers(1, 3))):
        wants = draw(st.dictionaries(numbers(0, 2), numbers(1, 3), min_size=1, max_size=2))
        goals = draw(st.sampled_from([[0], [1], [0, 1]]))
        mentee = {"want": draw(numbers(1, 3)), "wants": [list(one) for one in wants.items()], "goals": goals}
        people.append(a_mentee(mentee=mentee, **_circumstances(draw, 2)))
    if draw(st.booleans()):
        people[0]["mentee"] = {"want": 2, "wants": [[draw(numbers(0, 2)), 1]], "goals": [0]}
    tables = draw(st.lists(numbers(0, 2), min_size=SLOTS, max_size=SLOTS))
    return an_instance(people, tables=tables)


def _circumstances(draw: st.DrawFn, least_years: int) -> dict[str, Any]:
    return {
        "avail": format(draw(st.integers(0, 7)), "x"),
        "company": draw(st.integers(1, 4)),
        "years": draw(st.integers(least_years, least_years + 12)),
    }


def points(instance: dict[str, Any], mentor: int, mentee: int) -> int:
    """By the letter of the formula; 0 where the two may not meet."""
    giver, asker = instance["people"][mentor], instance["people"][mentee]
    ahead = giver["years"] - asker["years"]
    common = set(giver["langs"]) & set(asker["langs"]) and int(giver["avail"], 16) & int(asker["avail"], 16)
    if mentor == mentee or giver["company"] == asker["company"] or ahead < 1 or not common:
        return 0
    if [mentor, mentee] in instance["blocks"] or [mentee, mentor] in instance["blocks"]:
        return 0
    offers, groups = dict(giver["mentor"]["offers"]), instance["topic_group"]
    near = {groups[topic] for topic in offers}
    level = {1: 55, 2: 80, 3: 100}
    wants = asker["mentee"]["wants"]
    fit = sum(
        weight * (level[offers[topic]] if topic in offers else 30 * (groups[topic] in near)) for topic, weight in wants
    )
    topic = 6 * fit // sum(weight for _topic, weight in wants)
    asked_for = [mentee, mentor] in instance["requests"]
    if topic < 90 and not asked_for:
        return 0
    goals = asker["mentee"]["goals"]
    goal = 150 * len(set(goals) & set(giver["mentor"]["helps"])) // len(goals)
    years = 30 * ahead if ahead <= 4 else 150 if ahead <= 15 else max(50, 150 - 8 * (ahead - 15))
    extra = 50 * (giver["field"] == asker["field"]) + 50 * (asker["langs"][0] in giver["langs"])
    extra += 250 * asked_for + 120 * ([mentee, mentor] in instance["referrals"])
    return max(1, min(1000, topic + goal + years + extra))


def pairs_of(instance: dict[str, Any]) -> dict[Pair, int]:
    """(mentor, mentee) -> points of all who may meet."""
    people = range(len(instance["people"]))
    mentors = [one for one in people if "mentor" in instance["people"][one]]
    mentees = [one for one in people if "mentee" in instance["people"][one]]
    found = {(mentor, mentee): points(instance, mentor, mentee) for mentor in mentors for mentee in mentees}
    return {pair: value for pair, value in found.items() if value}


def worth(instance: dict[str, Any], chosen: dict[Pair, int]) -> tuple[int, int]:
    """(served, value)."""
    mentees = [mentee for _mentor, mentee in chosen]
    cost = sum(sum(instance["attention"][: mentees.count(mentee)]) for mentee in set(mentees))
    return len(set(mentees)), sum(chosen.values()) - cost


def open_slots(instance: dict[str, Any], person: int) -> int:
    """The slots with tables in which somebody is there, as bits."""
    tables = sum(1 << slot for slot, number in enumerate(instance["tables"]) if number)
    return int(instance["people"][person]["avail"], 16) & tables


def selections(instance: dict[str, Any]) -> Iterator[dict[Pair, int]]:
    """Every set of pairs that capacities, wishes and the number of usable tables allow, slots left aside."""
    people = instance["people"]
    masks = [open_slots(instance, at) for at in range(len(people))]
    every = {pair: value for pair, value in pairs_of(instance).items() if masks[pair[0]] & masks[pair[1]]}
    free = [mask.bit_count() for mask in masks]
    for count in range(min(len(every), usable_tables(instance)) + 1):
        for some in combinations(every, count):
            load = [sum(mentor == one for mentor, _mentee in some) for one in range(len(people))]
            wish = [sum(mentee == one for _mentor, mentee in some) for one in range(len(people))]
            fits = all(
                load[at] <= min(one.get("mentor", {"cap": 0})["cap"], free[at])
                and wish[at] <= min(one.get("mentee", {"want": 0})["want"], free[at])
                for at, one in enumerate(people)
            )
            if fits:
                yield {pair: every[pair] for pair in some}


def usable_tables(instance: dict[str, Any]) -> int:
    """The most meetings that tables and the people present allow."""
    total = 0
    for slot, tables in enumerate(instance["tables"]):
        here = [one for one in instance["people"] if int(one["avail"], 16) >> slot & 1]
        total += min(tables, sum("mentor" in one for one in here), sum("mentee" in one for one in here))
    return total


def can_be_timed(instance: dict[str, Any], some: list[Pair]) -> bool:
    """Whether these pairs fit into slots and tables."""
    return _timed(instance, some, set(), list(instance["tables"]))


def best_around(instance: dict[str, Any], fixed: list[tuple[int, int, int]]) -> tuple[int, int]:
    """(served, value) of the best plan with these (mentor, mentee, slot) in it."""
    tables = [number - sum(at == slot for *_pair, slot in fixed) for at, number in enumerate(instance["tables"])]
    busy = {(one, slot) for *pair, slot in fixed for one in pair}
    agreed = {(mentor, mentee) for mentor, mentee, _slot in fixed}
    return max(
        worth(instance, chosen)
        for chosen in selections(instance)
        if agreed <= set(chosen) and _timed(instance, [one for one in chosen if one not in agreed], busy, tables)
    )


def _timed(instance: dict[str, Any], some: list[Pair], busy: set[Pair], tables: list[int]) -> bool:
    if not some:
        return True
    first, rest = some[0], some[1:]
    for slot in range(SLOTS):
        free = all(int(instance["people"][one]["avail"], 16) >> slot & 1 and (one, slot) not in busy for one in first)
        if free and tables[slot]:
            left = [number - (at == slot) for at, number in enumerate(tables)]
            if _timed(instance, rest, busy | {(one, slot) for one in first}, left):
                return True
    return False
