"""Hospital/Residents by PyPI `matching`: task.json -> answer.json. Runs in an environment of its own, imports nothing of
the bench and knows no slots."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

from matching.games import HospitalResident


def solve(task: dict[str, Any]) -> list[list[str]]:
    """[hospital, resident] of the stable matching that residents like best."""
    game = HospitalResident.create_from_dictionaries(task["residents"], task["hospitals"], task["capacities"])
    return [[hospital.name, one.name] for hospital, those in game.solve(optimal="resident").items() for one in those]


def peak_mb() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


if __name__ == "__main__":
    sys.setrecursionlimit(1_000_000)  # the package copies its players, who know each other, by recursion
    imported = peak_mb()
    read = json.loads(Path(sys.argv[1]).read_text())
    began = time.perf_counter()
    answer = solve(read)
    told = {"answer": answer, "seconds": time.perf_counter() - began, "memory_mb": peak_mb() - imported}
    Path(sys.argv[2]).write_text(json.dumps(told))
