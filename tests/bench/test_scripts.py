"""The benchmarks run at all, so that nobody finds them broken on the day a figure is doubted. No figure is asserted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def figures(name: str) -> list[str]:
    """What the first column of the table says after a quick run."""
    command = [sys.executable, "-m", "bench", "--quick", name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return [line[:34].strip() for line in done.stdout.splitlines()[2:] if not line.startswith("    ")]


def test_the_figures_of_the_embedded_log_are_printed() -> None:
    assert figures("log") == ["embedded log, append", "embedded log, read and commit"]


def test_the_figure_of_the_demo_is_printed() -> None:
    assert figures("demo") == ["demo, three months"]


def test_the_figures_of_registrations_are_printed() -> None:
    assert figures("register") == ["registrations, to be confirmed", "registrations, vouched for"]


def test_the_figures_of_imports_are_printed() -> None:
    assert figures("importing") == ["import of 300 rows, vouched for", "import of 300 rows, invited"]


def test_the_figures_of_the_dashboard_are_printed() -> None:
    assert figures("dashboard") == ["dashboard, 1,000 pairs, SQLite", "dashboard, 1,000 pairs, PostgreSQL"]
