"""What the planner promises at each size, and whether a row held it. Seconds are as promised on two cores; the column
beside them, times the smart greedy in the same run, is what two machines can be compared by."""

from __future__ import annotations

from dataclasses import dataclass

from bench.planner.checking import Verdict
from bench.planner.measured import Run

PROFILES = ("conference", "oneday", "evening")
GAPS = dict(zip(PROFILES, (0.03, 0.10, 0.25), strict=True))
"""Idle slots for each meeting."""
MORE_THAN_GREEDY = 1.025


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What is promised for one size; None = nothing."""

    seconds: float
    first: float | None = None
    """Seconds to the first plan."""
    proof: float | None = None
    memory_mb: float
    proof_memory_mb: float | None = None
    missing: int
    """How many fewer may be served than the bound allows."""
    gap: tuple[float, float, float]
    """How many per cent the value may lie below its bound: conference, oneday, evening."""
    slots: bool = False
    """Whether that is the bound from slots, or the one from pairs."""


PROMISES = {
    100: Promise(seconds=1, proof=1, memory_mb=150, missing=0, gap=(0, 0, 0), slots=True),
    1_000: Promise(
        seconds=0.4, proof=20, memory_mb=80, proof_memory_mb=350, missing=1, gap=(0.10, 0.10, 0.10), slots=True
    ),
    5_000: Promise(seconds=2, memory_mb=170, missing=3, gap=(0.06, 0.25, 0.55)),
    20_000: Promise(seconds=15, first=9, memory_mb=400, missing=15, gap=(0.05, 0.20, 0.50)),
    100_000: Promise(seconds=150, memory_mb=1300, missing=5, gap=(0.04, 0.04, 0.04)),
}


def text(people: int, profile: str, *, proof: bool) -> str:
    """The promise in a line; empty where nothing is promised."""
    promise = PROMISES.get(people)
    if promise is None:
        return ""
    memory = promise.proof_memory_mb if proof and promise.proof_memory_mb else promise.memory_mb
    gap = promise.gap[PROFILES.index(profile)]
    of = "slots" if promise.slots else "pairs"
    parts = (
        f"{_seconds(promise, proof):g} s",
        f"first {promise.first:g} s" if promise.first else "",
        f"{memory:,.0f} MB",
        f"bound-{promise.missing}" if promise.missing else "bound",
        f"{gap:g} % of {of}",
        f"{GAPS[profile]:g} gaps",
    )
    return ", ".join(part for part in parts if part)


def broken(
    people: int, profile: str, run: Run, verdict: Verdict, greedy: int | None, *, proof: bool
) -> list[str] | None:
    """What a row of the engine did not hold, by name; None where nothing is promised. A plan that is proven to be the
    best may lie below a bound: that is the bound of a relaxation."""
    promise = PROMISES.get(people)
    if promise is None:
        return None
    took = (run.proof if proof else None) or run.seconds or run.wall
    memory = promise.proof_memory_mb if proof and promise.proof_memory_mb else promise.memory_mb
    checks = {
        "proof": proof and run.proven is False,
        "invalid": verdict.valid is False,
        "s": took > _seconds(promise, proof),
        "first": _over(run.first, promise.first),
        "MB": _over(run.memory_mb, memory),
        "served": _over(verdict.served_gap, promise.missing),
        "value": not run.proven and _over(_gap(verdict, slots=promise.slots), promise.gap[PROFILES.index(profile)]),
        "gaps": _over(verdict.gaps_a_meeting, GAPS[profile]),
        "greedy": greedy is not None and verdict.value is not None and verdict.value < MORE_THAN_GREEDY * greedy,
    }
    unknown = {
        "MB?": run.memory_mb is None,
        "served?": verdict.served_gap is None,
        "gaps?": verdict.gaps_a_meeting is None,
    }
    return [name for name, failed in {**checks, **unknown}.items() if failed]


def _seconds(promise: Promise, proof: bool) -> float:
    return promise.proof if proof and promise.proof else promise.seconds


def _gap(verdict: Verdict, *, slots: bool) -> float | None:
    """Per cent below the bound from slots where there is one that says something, else below the one from pairs."""
    gap: float | None = verdict.value_gap_pct
    return verdict.slot_gap if slots and verdict.slot_gap is not None else gap


def _over(value: float | None, most: float | None) -> bool:
    return value is not None and most is not None and value > most
