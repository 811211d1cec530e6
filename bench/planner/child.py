"""One reference in a process of its own: `python -m bench.planner.child METHOD INSTANCE PLAN [SECONDS]`. Says in a line
of JSON what it took; starts nothing by itself and compares nothing."""

from __future__ import annotations

import gzip
import json
import re
import resource
import sys
import time
from pathlib import Path
from typing import Any

from bench.planner.environments import OUTSIDE, NotInstalled, environment
from bench.planner.references import LIMITED, reference

FORMAT = "rapport-plan/1"


def read(path: Path) -> dict[str, Any]:
    """An instance or a plan; compressed where its name ends in .gz."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt") as file:
        found: dict[str, Any] = json.load(file)
    return found


def peak_mb() -> float:
    """The most memory that this process has had. Linux' ru_maxrss starts with what the process had that started this
    one, so that the kernel's own mark is read where there is one."""
    status = Path("/proc/self/status")
    mark = re.search(r"^VmHWM:\s+(\d+) kB", status.read_text(), re.MULTILINE) if status.exists() else None
    return int(mark[1]) * 1024 / 1e6 if mark else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def main(method: str, instance: str, plan: str, seconds: str = "") -> dict[str, Any]:
    """Plan, write, and say what it took."""
    make = reference(method)
    if method in ("hospital", "munkres"):
        environment(method)  # made before the clock runs
    imported, problem = peak_mb(), read(Path(instance))
    began = time.perf_counter()
    meetings = make(problem, float(seconds)) if seconds and method in LIMITED else make(problem)
    took = time.perf_counter() - began - OUTSIDE.overhead
    Path(plan).write_text(json.dumps({"format": FORMAT, "meetings": meetings}))
    return {"seconds": took, "memory_mb": peak_mb() - imported + OUTSIDE.memory_mb}


if __name__ == "__main__":
    try:
        print(json.dumps(main(*sys.argv[1:])))
    except (NotInstalled, MemoryError) as why:
        print(json.dumps({"why_not": str(why) or "there is not enough memory"}))
        sys.exit(1)
