"""What the independent checker says to a plan, where it is beside the checkout."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rapport.commands.planning import plan_text
from services.introductions.planner.engine import Model
from services.introductions.planner.engine.model import Integers
from tests.beside import NOT_BESIDE, SHARED

CHECKER = SHARED / "planner" / "check_plan.py"
CHECKED = pytest.mark.skipif(not CHECKER.exists(), reason=NOT_BESIDE)


def checked(instance: dict[str, Any], model: Model, meetings: Integers, bound: str, folder: Path) -> dict[str, Any]:
    """Its verdict, with a bound from pairs or from slots."""
    (folder / "instance.json").write_text(json.dumps(instance))
    (folder / "plan.json").write_text(plan_text(model, meetings))
    command = [sys.executable, str(CHECKER), "instance.json", "plan.json", "--bound", bound]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    told: dict[str, Any] = json.loads(done.stdout)
    return told
