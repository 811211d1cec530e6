"""Every reference of the planner's bench makes a plan that keeps every rule. The rules are written down here once more,
one pair at a time, so that a mistake in the bench's own scores does not go unseen."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from bench.planner import environments
from bench.planner.instances import make
from bench.planner.references import PEOPLE, reference
from bench.planner.scoring import Scores
from bench.planner.timetable import Timetable

INSTALLED = ("hospital", "munkres")


def utility(instance: dict[str, Any], mentor: int, mentee: int) -> int:
    """What a pair is worth by the letter, 0 = it must not be."""
    a, b = instance["people"][mentor], instance["people"][mentee]
    requested, referred = ([mentee, mentor] in instance[key] for key in ("requests", "referrals"))
    years, blocked = a["years"] - b["years"], [[mentor, mentee], [mentee, mentor]]
    strangers = a["company"] != b["company"] and not any(pair in instance["blocks"] for pair in blocked)
    can = set(a["langs"]) & set(b["langs"]) and int(a["avail"], 16) & int(b["avail"], 16)
    topic = topic_points(instance, dict(a["mentor"]["offers"]), b["mentee"]["wants"])
    if mentor == mentee or not strangers or not can or years < 1 or not (topic >= 90 or requested):
        return 0
    goals = b["mentee"]["goals"]
    goal = 150 * len(set(goals) & set(a["mentor"]["helps"])) // len(goals)
    gap = 30 * years if years <= 4 else 150 if years <= 15 else max(50, 150 - 8 * (years - 15))
    near = 50 * (a["field"] == b["field"]) + 50 * (b["langs"][0] in a["langs"])
    return max(1, min(1000, topic + goal + gap + near + 250 * requested + 120 * referred))


def topic_points(instance: dict[str, Any], offers: dict[int, int], wants: list[list[int]]) -> int:
    group = instance["topic_group"]
    groups = {group[topic] for topic in offers}
    points = {
        topic: {1: 55, 2: 80, 3: 100}[offers[topic]] if topic in offers else 30 * (group[topic] in groups)
        for topic, _weight in wants
    }
    return 6 * sum(weight * points[topic] for topic, weight in wants) // sum(weight for _topic, weight in wants)


def mistakes(instance: dict[str, Any], meetings: list[list[int]]) -> list[str]:
    """Every rule that a plan breaks."""
    people = instance["people"]
    found = []
    for mentor, mentee, slot, table in meetings:
        if not utility(instance, mentor, mentee):
            found.append(f"{mentor} and {mentee} must not meet")
        if not all(int(people[who]["avail"], 16) >> slot & 1 for who in (mentor, mentee)):
            found.append(f"somebody is away in slot {slot}")
        if not 0 <= table < instance["tables"][slot]:
            found.append(f"no table {table} in slot {slot}")
    for what, most in (
        (Counter((who, slot) for mentor, mentee, slot, _table in meetings for who in (mentor, mentee)), 1),
        (Counter((slot, table) for _mentor, _mentee, slot, table in meetings), 1),
        (Counter(frozenset(meeting[:2]) for meeting in meetings), 1),
    ):
        found += [f"{key} {count} times" for key, count in what.items() if count > most]
    for role, key, at in (("mentor", "cap", 0), ("mentee", "want", 1)):
        counts = Counter(meeting[at] for meeting in meetings)
        found += [f"{role} {who} has {count}" for who, count in counts.items() if count > people[who][role][key]]
    return found + [f"not as accepted: {fixed}" for fixed in instance["fixed"] if fixed not in meetings]


def an_instance(profile: str = "conference") -> dict[str, Any]:
    """60 people, a few of them in both roles; two meetings have been accepted already."""
    instance: dict[str, Any] = json.loads(json.dumps(make(60, 3, profile, both_share=0.2)))
    instance["fixed"] = reference("first_come")(instance)[:2]
    return instance


@pytest.mark.parametrize("profile", ["conference", "oneday", "evening"])
def test_scores_are_those_of_the_formula(profile: str) -> None:
    instance = an_instance(profile)
    scores = Scores(instance)
    by_the_letter = [[utility(instance, int(m), int(e)) for m in scores.mentors] for e in scores.mentees]
    assert scores.whole().tolist() == by_the_letter
    assert any(value for row in by_the_letter for value in row)


@pytest.mark.parametrize("profile", ["conference", "evening"])
@pytest.mark.parametrize("name", PEOPLE)
def test_a_reference_keeps_every_rule(name: str, profile: str) -> None:
    if name in INSTALLED:
        try:
            environments.environment(name)
        except environments.NotInstalled as why:
            pytest.skip(str(why))
    instance = an_instance(profile)
    more = (1.0,) if name == "cpsat" else ()
    meetings = reference(name)(instance, *more)
    assert mistakes(instance, meetings) == []
    assert len(meetings) > len(instance["fixed"])


def test_the_best_pairs_are_the_same_whether_or_not_most_are_left_out() -> None:
    scores = Scores(an_instance())
    few, all_of_them = scores.best_pairs(3), scores.best_pairs(1000)
    kept: Counter[int] = Counter()
    expected = []
    for row, _column, value in zip(*(part.tolist() for part in all_of_them), strict=True):
        kept[row] += 1
        expected += [(row, value)] * (kept[row] <= 3)
    assert sorted(zip(few[0].tolist(), few[2].tolist(), strict=True)) == sorted(expected)


def test_the_emptiest_slot_is_taken_and_a_full_one_is_closed() -> None:
    people = [
        {"avail": "7", "mentor": {"cap": 3}},
        {"avail": "7", "mentee": {"want": 2}},
        {"avail": "3", "mentee": {"want": 1}},
    ]
    table = Timetable({"people": people, "tables": [1, 2, 1], "attention": [0, 150], "fixed": []})
    assert (table.offer(0, 1, 500), table.offer(0, 1, 500), table.offer(0, 2, 100)) == (True, False, True)
    assert (table.meetings, table.open) == ([[0, 1, 1, 0], [0, 2, 0, 0]], 0b110)


def test_a_reference_that_cannot_be_installed_says_so(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(environments.NotInstalled, match="no place for its environment"):
        environments.environment("hospital")
