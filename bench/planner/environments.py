"""Virtual environments of references that cannot share ours: PyPI `matching` and `mentor-match` both install a module
`matching`. Made once, with pinned versions, in the user's cache folder; called through JSON files. Nothing of them is
ever imported here."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WORKERS = Path(__file__).parent / "references" / "workers"
PINNED = {
    "hospital": ("matching==1.4.3", "numpy==2.4.6"),
    "munkres": ("mentor-match==7.0.1", "munkres==3.0.0"),
}
"""Worker -> what its environment has, complete: pip resolves nothing."""


class NotInstalled(Exception):
    """This reference cannot be installed on this machine; the message says why."""


@dataclass
class Outside:
    """What the calls of this process cost beside their work, and how much memory the largest of them took."""

    overhead: float = 0.0
    """Seconds for starting interpreters, importing, and writing and reading files."""
    memory_mb: float = 0.0


OUTSIDE = Outside()


def cache_folder() -> Path:
    """Where environments are kept: $XDG_CACHE_HOME/rapport-bench or ~/.cache/rapport-bench."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "rapport-bench"


def environment(name: str) -> Path:
    """The interpreter of this worker's environment, made now if it is not there yet."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    digest = hashlib.sha256(" ".join((version, *PINNED[name])).encode()).hexdigest()[:12]
    folder = cache_folder() / f"{name}-{digest}"
    python = folder / "bin" / "python"
    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
        with (cache_folder() / f"{folder.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (folder / "complete").exists():
                _install(folder, python, PINNED[name])
    except OSError as refused:
        raise NotInstalled(f"no place for its environment: {refused}") from None
    return python


def _install(folder: Path, python: Path, packages: tuple[str, ...]) -> None:
    venv.create(folder, with_pip=True, clear=True)
    options = ("--disable-pip-version-check", "--quiet", "--no-deps", "--retries", "1", "--timeout", "15")
    command = [str(python), "-m", "pip", "install", *options, *packages]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
        raise NotInstalled(f"{' and '.join(packages)} cannot be installed here: {why}")
    (folder / "complete").touch()


def call(name: str, task: dict[str, Any]) -> Any:
    """The `answer` of a worker to a task; what that cost beside the work is added to `OUTSIDE`."""
    python, began = environment(name), time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="rapport-bench-") as folder:
        question, answer = Path(folder) / "task.json", Path(folder) / "answer.json"
        question.write_text(json.dumps(task))
        subprocess.run([str(python), str(WORKERS / f"{name}_worker.py"), str(question), str(answer)], check=True)
        told = json.loads(answer.read_text())
    OUTSIDE.overhead += time.perf_counter() - began - told["seconds"]
    OUTSIDE.memory_mb = max(OUTSIDE.memory_mb, told["memory_mb"])
    return told["answer"]
