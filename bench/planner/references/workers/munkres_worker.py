"""Munkres by PyPI `mentor-match`: task.json -> answer.json. Runs in an environment of its own, imports nothing of the
bench and knows no slots."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

from matching.mentee import Mentee
from matching.mentor import Mentor
from matching.process import process_data
from matching.rules.rule import Disqualify, Rule, UnmatchedBonus


class Worth(Rule):
    """The utility of a pair, less what one introduction more costs the mentee's attention."""

    def __init__(self, utilities: list[list[int]], attention: list[int]) -> None:
        super().__init__()
        self.utilities, self.attention = utilities, attention

    def evaluate(self, match_object: Any) -> int:
        """What the pair adds; 0 = it must not be."""
        mentee, mentor = match_object.mentee, match_object.mentor
        utility = self.utilities[mentee.number][mentor.number]
        count = mentee.count()
        return max(0, utility - (self.attention[count] if count < len(self.attention) else 0)) if utility else 0

    def apply(self, match_object: Any) -> int:
        """The same, as points."""
        return self.evaluate(match_object)


def numbered(kind: type, number: int, person: list[int]) -> Any:
    """[who, how many more, how many already] as a participant; two of the same address are the same person."""
    who, most, has = person
    participant = kind(grade=0, email=str(who))
    participant.number, participant.most = number, most
    participant.count = lambda: has + len(participant.connections)
    return participant


def full(match: Any) -> bool:
    """Whether one of the two takes no more."""
    return any(len(one.connections) >= one.most for one in (match.mentor, match.mentee))


def solve(task: dict[str, Any]) -> list[list[int]]:
    """[mentor's number, mentee's number] of all rounds, in their order."""
    worth = Worth(task["utilities"], task["attention"])
    rules = [
        UnmatchedBonus(task["bonus"]),
        worth,
        Disqualify(lambda match: not worth.evaluate(match)),
        Disqualify(full),
    ]
    mentors = [numbered(Mentor, n, person) for n, person in enumerate(task["mentors"])]
    mentees = [numbered(Mentee, n, person) for n, person in enumerate(task["mentees"])]
    process_data(mentors, mentees, [rules] * task["rounds"])
    found = [(n, mentor.number, mentee.number) for mentee in mentees for n, mentor in enumerate(mentee.mentors)]
    return [[mentor, mentee] for _n, mentor, mentee in sorted(found)]


def peak_mb() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


if __name__ == "__main__":
    imported = peak_mb()
    read = json.loads(Path(sys.argv[1]).read_text())
    began = time.perf_counter()
    answer = solve(read)
    told = {"answer": answer, "seconds": time.perf_counter() - began, "memory_mb": peak_mb() - imported}
    Path(sys.argv[2]).write_text(json.dumps(told))
