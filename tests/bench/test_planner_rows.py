"""What the planner's bench prints, and when a promise counts as held."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.planner.checking import Verdict
from bench.planner.measured import Run
from bench.planner.promises import broken, text
from bench.planner.rows import COLUMNS, Row, heading, summary

ROOT = Path(__file__).parents[2]
GOOD = {
    "valid": True,
    "meetings": 100,
    "served": 745,
    "served_ub": 745,
    "served_gap": 0,
    "value": 663_186,
    "value_ub": 663_300,
    "value_gap_pct": 0.017,
    "slot_lp_gap_pct": 0.013,
    "gaps_mentor": 1,
    "gaps_mentee": 1,
    "jain": 0.94,
}


def a_row(**changed: Any) -> Row:
    given: dict[str, Any] = {"people": 1000, "profile": "conference", "seed": 1, "method": "engine", "pace": 0.1}
    given |= {"run": Run(wall=0.9, seconds=0.3, memory_mb=60.0), "verdict": Verdict(GOOD), "broken": []} | changed
    return Row(**given)


def test_a_row_has_a_cell_for_every_column() -> None:
    row = a_row(promise="0.4 s")
    ends = [sum(list(COLUMNS.values())[: n + 1]) + 2 * n for n in range(len(COLUMNS))]
    cells = [row.line()[end - width : end].strip() for end, width in zip(ends, COLUMNS.values(), strict=True)]
    assert dict(zip([name.strip() + str(n) for n, name in enumerate(COLUMNS)], cells, strict=True)) == {
        "instance0": "conference 1,000 #1",
        "method1": "engine",
        "s2": "0.300",
        "wall s3": "0.90",
        "ratio4": "3.0",
        "MB5": "60",
        "served6": "745",
        "bound7": "745",
        "value8": "663,186",
        "bound9": "663,300",
        "gap %10": "0.017",
        "slot gap %11": "0.013",
        "gaps12": "0.02",
        "jain13": "0.940",
        "promise14": "0.4 s",
        "held15": "yes",
    }
    assert heading().split() == " ".join(COLUMNS).split()


def test_a_row_with_a_proof_counts_the_seconds_to_its_end() -> None:
    row = a_row(run=Run(wall=9, seconds=0.3, proof=6.0, proven=True, memory_mb=60.0))
    assert (row.seconds, row.ratio, row.line().split()[4:7]) == (6.0, 60.0, ["6.000", "9.00", "60.0"])


def test_a_method_that_made_no_plan_says_why() -> None:
    row = a_row(run=Run(wall=0.1, why_not="Error: No such command 'plan'."), verdict=Verdict({}))
    assert row.line().split("  ")[-1] == "no plan: Error: No such command 'plan'."


def test_a_plan_that_breaks_a_rule_is_seen_at_once() -> None:
    assert a_row(method="greedy", broken=None, verdict=Verdict(GOOD | {"valid": False})).line().endswith("NO: invalid")


def test_seeds_become_median_least_and_most() -> None:
    rows = [a_row(seed=seed, run=Run(wall=1, seconds=seconds)) for seed, seconds in ((1, 0.3), (2, 0.5), (3, 0.4))]
    heads, line = summary([*rows, a_row(seed=4, run=Run(wall=1, why_not="no"))])
    assert (heads.split()[:3], "0.400 (0.300 to 0.500)" in line, "3 of 3" in line) == (
        ["over", "the", "seeds"],
        True,
        True,
    )


GOOD_RUN = Run(wall=1, seconds=0.3, memory_mb=60)


def test_what_nobody_measured_was_not_held() -> None:
    silent = broken(1000, "conference", Run(wall=0.3), Verdict({}), None, proof=False)
    assert silent == ["MB?", "served?", "gaps?"]


def test_what_was_not_held_is_named() -> None:
    slow = Run(wall=2, seconds=0.5, memory_mb=81)
    short = GOOD | {"served_gap": 2, "value_gap_pct": 0.2, "gaps_mentor": 5, "value": 650_000}
    judged = broken(1000, "conference", slow, Verdict(short), 644_873, proof=False)
    assert judged == ["s", "MB", "served", "value", "gaps", "greedy"]
    assert broken(1000, "conference", GOOD_RUN, Verdict(GOOD), 644_873, proof=False) == []
    assert broken(700, "conference", slow, Verdict(short), None, proof=False) is None


def test_a_proof_counts_more_than_the_bound_of_a_relaxation() -> None:
    above = Verdict(GOOD | {"slot_lp_gap_pct": 0.2})
    proven, open_ = (Run(wall=1, seconds=15, memory_mb=300, proven=proven) for proven in (True, False))
    assert broken(1000, "conference", proven, above, None, proof=True) == []
    assert broken(1000, "conference", open_, above, None, proof=True) == ["proof", "value"]


def test_a_bound_from_slots_says_nothing_of_a_plan_that_serves_fewer() -> None:
    fewer = Verdict(GOOD | {"served_gap": 1, "slot_lp_gap_pct": 1.5, "value_gap_pct": 0.05})
    assert (fewer.slot_gap, broken(1000, "conference", GOOD_RUN, fewer, None, proof=False)) == (
        None,
        [],
    )


def test_promises_are_read_in_a_line() -> None:
    assert text(20_000, "oneday", proof=False) == "15 s, first 9 s, 400 MB, bound-15, 0.2 % of pairs, 0.1 gaps"


def test_a_quick_run_prints_a_line_for_every_method() -> None:
    command = [sys.executable, "-m", "bench.planner", "--quick", "--people", "60", "--bound", "none"]
    command += ["--methods", "greedy", "everybodys_first"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    at = lines.index(heading())
    assert [line[22:38].strip() for line in lines[at + 1 :]] == ["greedy", "everybodys_first"]
