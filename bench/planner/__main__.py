"""`python -m bench.planner`: the engine and what one would use instead plan the same instances, one after the other; one
line each. `make bench-planner` compares a conference of 1,000 people."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import product
from pathlib import Path
from statistics import median

from bench.planner import promises
from bench.planner.checking import SLOTS_PEOPLE, Verdict, check, checker
from bench.planner.instances import PROFILES
from bench.planner.measured import ENGINE, PROOF_PEOPLE, ROOT, Run, run
from bench.planner.references import GREEDY, PACE, PEOPLE
from bench.planner.rows import Row, heading, summary

METHODS = (*PEOPLE, *ENGINE)
BOUNDS = ("auto", "none", "pairs", "slots")
PACES = 3
"""Runs of the smart greedy; the median is what others are compared with."""


def main() -> None:
    """Compare plans of the same instances."""
    given = _arguments().parse_args()
    seconds = 3.0 if given.quick and given.seconds is None else given.seconds
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    if checker() is None:
        print("The checker is not at hand ($RAPPORT_CHECKER): times only.")
    print(heading(), flush=True)
    rows: list[Row] = []
    with _folder(given.out) as folder:
        for people, profile, seed in product(_sizes(given), given.profiles, given.seeds):
            case = Case(folder, people, profile, seed, bound=given.bound, seconds=seconds)
            for row in case.rows(given.methods):
                print(row.line(), flush=True)
                rows.append(row)
    if len(given.seeds) > 1:
        print("\n" + "\n".join(summary(rows)))
    sys.exit(1 if any(row.verdict.valid is False for row in rows) else 0)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench.planner", description="Compare plans of the same instances.")
    parser.add_argument("--people", type=int, nargs="+", default=[], metavar="N", help="sizes; 1000")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1], metavar="N", help="one instance each; 1")
    parser.add_argument("--profiles", nargs="+", choices=sorted(PROFILES), default=["conference"], help="conference")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=[], help="all that suit the size")
    parser.add_argument("--bound", choices=BOUNDS, default="auto", help="what the checker proves; by size")
    parser.add_argument("--seconds", type=float, help="a limit for methods that take one")
    parser.add_argument("--quick", action="store_true", help="only whether it works: 100 people, 3 seconds for CP-SAT")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="keep instances and plans here")
    return parser


def _sizes(given: argparse.Namespace) -> list[int]:
    return given.people or [100 if given.quick else 1000]


@contextmanager
def _folder(out: Path | None) -> Iterator[Path]:
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        yield out.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="rapport-bench-planner-") as folder:
        yield Path(folder)


def suiting(people: int) -> tuple[str, ...]:
    """The methods that are tried at a size unless others are asked for."""
    engines = [name for name in ENGINE if "--proof" not in ENGINE[name] or people <= PROOF_PEOPLE]
    return (*(name for name, most in PEOPLE.items() if people <= most), *engines)


class Case:
    """One instance and everything that plans it."""

    def __init__(
        self, folder: Path, people: int, profile: str, seed: int, *, bound: str = "auto", seconds: float | None = None
    ) -> None:
        self.folder, self.people, self.profile, self.seed = folder, people, profile, seed
        self.bound, self.seconds = bound, seconds
        self.instance = folder / f"{profile}-{people}-{seed}.json"
        self.pace: float | None = None
        self.greedy: int | None = None
        """The most that a greedy method has reached."""

    def rows(self, methods: Sequence[str] = ()) -> Iterator[Row]:
        """A row for each method, in their order; the smart greedy runs first, since all are compared with it."""
        arguments = ["--people", str(self.people), "--seed", str(self.seed), "--profile", self.profile]
        command = [sys.executable, "-m", "bench.planner.instances", *arguments, "-o", str(self.instance)]
        subprocess.run(command, cwd=ROOT, check=True)  # a process of its own: this one stays small
        paces = [self._run(PACE) for _ in range(PACES)]
        self.pace = median(one.seconds or one.wall for one in paces)
        for method in methods or suiting(self.people):
            yield self._row(method, replace(paces[0], seconds=self.pace) if method == PACE else self._run(method))

    def _plan(self, method: str) -> Path:
        return self.folder / f"{self.instance.stem}.{method}.json"

    def _run(self, method: str) -> Run:
        return run(method, self.instance, self._plan(method), seconds=self.seconds, seed=self.seed)

    def _row(self, method: str, took: Run) -> Row:
        verdict = Verdict({}) if took.why_not else check(self.instance, self._plan(method), self._bound(method))
        if method in GREEDY and verdict.value is not None:
            self.greedy = max(self.greedy or 0, verdict.value)
        row = Row(
            people=self.people,
            profile=self.profile,
            seed=self.seed,
            method=method,
            run=took,
            verdict=verdict,
            pace=self.pace,
        )
        if method not in ENGINE or took.why_not:
            return row
        proof = "--proof" in ENGINE[method]
        broken = promises.broken(self.people, self.profile, took, verdict, self.greedy, proof=proof)
        return replace(row, promise=promises.text(self.people, self.profile, proof=proof), broken=broken)

    def _bound(self, method: str) -> str:
        """From slots takes up to a minute and says nothing about plans that serve fewer than they could, so that only
        the engine gets it."""
        if self.bound != "auto":
            return self.bound
        return "slots" if self.people <= SLOTS_PEOPLE and method in ENGINE else "pairs"


if __name__ == "__main__":
    main()
