"""The room full of phones itself, at the bare endpoint: it keeps its connections, sends its ETags and counts from when a phone
wanted to ask."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict
from json import dumps, loads
from pathlib import Path

import pytest

from bench.phones import Call, Plan
from bench.served import ROOT, bare


@pytest.mark.slow
def test_phones_look_again_with_what_they_know(tmp_path: Path) -> None:
    asked, out = tmp_path / "plan.json", tmp_path / "came.json"
    with bare(tmp_path / "bare") as served:
        served.wait()
        pages = [f"/d/{number}/live" for number in range(20)]
        plan = Plan(introductions=served.port, registration=served.port, pages=pages, seconds=15.5)
        asked.write_text(dumps(asdict(plan)))
        subprocess.run([sys.executable, "-m", "bench.phones", str(asked), str(out)], cwd=ROOT, check=True, timeout=60)
    calls = [Call(*one) for one in loads(out.read_text())["calls"]]
    first = {call.about: call.status for call in reversed(calls)}
    assert first == dict.fromkeys(pages, 200)
    assert {call.status for call in calls if call.status != 200} <= {304}
    assert all(call.took > 0 for call in calls)
