"""What the independent checker says about a plan. It is no part of the repository: $RAPPORT_CHECKER, or
`shared/planner/check_plan.py` beside the checkout. Nothing is judged here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.planner.measured import ROOT

SLOTS_PEOPLE = 2_000
"""Up to how many people the bound from slots is computed; beyond that from pairs only."""


def checker() -> Path | None:
    """The checker, if it is at hand."""
    path = Path(os.environ.get("RAPPORT_CHECKER") or ROOT.parent / "shared" / "planner" / "check_plan.py")
    return path if path.exists() else None


@dataclass(frozen=True)
class Verdict:
    """What the checker said; None = it did not say."""

    told: dict[str, Any]

    @property
    def valid(self) -> bool | None:
        return self.told.get("valid")

    @property
    def gaps_a_meeting(self) -> float | None:
        """Idle slots between two meetings of somebody, on both sides, for each meeting."""
        if "meetings" not in self.told:
            return None
        return (self.told["gaps_mentor"] + self.told["gaps_mentee"]) / max(1, self.told["meetings"])

    @property
    def slot_gap(self) -> float | None:
        """Per cent that the value lies below the bound from slots. Nothing for a plan that serves fewer than could be:
        the checker then counts what they would add, at the weight of a person, as value that is missing."""
        return None if self.told.get("served_gap") else self.told.get("slot_lp_gap_pct")

    def __getattr__(self, name: str) -> Any:
        return self.told.get(name)


def check(instance: Path, plan: Path, bound: str) -> Verdict:
    """Ask the checker, with a bound: none, pairs or slots."""
    path = checker()
    if path is None:
        return Verdict({})
    told = plan.with_suffix(".verdict.json")
    told.unlink(missing_ok=True)
    command = [sys.executable, str(path), str(instance), str(plan), "--bound", bound, "--json", str(told)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not told.exists():
        raise RuntimeError(f"the checker could not read {plan.name}: {done.stderr.strip()}")
    return Verdict(json.loads(told.read_text()))
