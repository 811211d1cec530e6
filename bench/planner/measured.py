"""One run of one method on one instance, in a process of its own: what it took, and why there is no plan if there is
none. It never looks into a plan (`checking.py`)."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
ENGINE = {"engine": (), "engine-proof": ("--proof",)}
"""The engine's rows: its options."""
PROOF_PEOPLE = 1_500
"""Up to how many people a proof is asked for unless by name."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a run took. None = it did not say."""

    wall: float
    """Seconds of the whole process."""
    seconds: float | None = None
    """Without starting, importing, and reading and writing files."""
    first: float | None = None
    """Seconds to the first plan, where the engine says so."""
    proof: float | None = None
    """Seconds to the proof."""
    proven: bool | None = None
    """Whether the plan is proven to be the best."""
    memory_mb: float | None = None
    """Beyond the process after its imports."""
    why_not: str = ""
    """A sentence where there is no plan."""


def run(method: str, instance: Path, plan: Path, *, seconds: float | None = None, seed: int = 1) -> Run:
    """Let a method plan. `seconds` limits those that take a limit."""
    if method in ENGINE:
        return _engine(method, instance, plan, seconds, seed)
    limit = [] if seconds is None else [str(seconds)]
    return _timed([sys.executable, "-m", "bench.planner.child", method, str(instance), str(plan), *limit], plan)


def _engine(method: str, instance: Path, plan: Path, seconds: float | None, seed: int) -> Run:
    """`rapport plan`; with `--json` its last line says what it took: seconds, first_seconds,
    proof_seconds, proven, memory_mb."""
    command = [sys.executable, "-m", "rapport", "plan", str(instance), "--out", str(plan), "--seed", str(seed)]
    command += [*ENGINE[method], *(() if seconds is None else ("--seconds", str(seconds)))]
    found = _timed([*command, "--json"], plan)
    return _timed(command, plan) if "--json" in found.why_not else found


def _timed(command: list[str], plan: Path) -> Run:
    plan.unlink(missing_ok=True)
    began = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - began
    told = _told(done.stdout)
    if done.returncode or not plan.exists():
        lines = done.stderr.strip().splitlines() or [f"it ended with {done.returncode} and no plan"]
        return Run(wall=wall, why_not=str(told.get("why_not") or lines[-1]))
    return Run(
        wall=wall,
        seconds=told.get("seconds"),
        first=told.get("first_seconds"),
        proof=told.get("proof_seconds"),
        proven=told.get("proven"),
        memory_mb=told.get("memory_mb"),
    )


def _told(output: str) -> dict[str, Any]:
    """The last line, if it is a JSON object."""
    try:
        told = json.loads(output.strip().splitlines()[-1])
    except (IndexError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}
