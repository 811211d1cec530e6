"""What this machine does by itself: fsyncs a second, memory of a process tree, system calls of a process under strace."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

SYNCS = "fsync,fdatasync"


def fsyncs_a_second(folder: Path, seconds: float = 1.0) -> float:
    """Appends of 4 KiB, each made durable, one after the other."""
    path = folder / "fsync-probe"
    number = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    count, began = 0, time.perf_counter()
    try:
        while (took := time.perf_counter() - began) < seconds:
            os.write(number, b"x" * 4096)
            os.fdatasync(number)
            count += 1
    finally:
        os.close(number)
        path.unlink()
    return count / took


def tree(pid: int) -> list[int]:
    """A process and all that it started, and they started."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue  # it ended in between
        children.setdefault(parent, []).append(int(stat.parent.name))
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += children.get(one, [])
    return found


def memory_mb(pid: int) -> float:
    """Proportional set size of a process tree in MB: shared pages are counted once."""
    kb = 0
    for one in tree(pid):
        try:
            text = Path(f"/proc/{one}/smaps_rollup").read_text()
        except OSError:
            continue
        kb += int(re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)[1])  # type: ignore[index]
    return kb / 1000


def cpu_seconds(pid: int) -> float:
    """Seconds of processor that a process tree has used, those of children that ended included."""
    ticks = 0
    for one in tree(pid):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def syncs_during(pid: int, act: Callable[[], int], folder: Path) -> float | None:
    """fsyncs and fdatasyncs of a process tree per thing that `act` says it did; None where strace cannot look.

    strace slows the process down, so that nothing else is measured meanwhile.
    """
    with counted_syncs(pid, folder) as read:
        done = act()
    syncs = read()
    return None if syncs is None or not done else syncs / done


@contextmanager
def counted_syncs(pid: int, folder: Path) -> Iterator[Callable[[], int | None]]:
    """Counts fsyncs and fdatasyncs of a process tree during the block; ask afterwards. None = strace cannot look."""
    strace, counts = shutil.which("strace"), folder / "strace.txt"
    if strace is None:
        yield lambda: None
        return
    pids = [argument for one in tree(pid) for argument in ("-p", str(one))]
    command = [strace, "-f", "-c", "-e", f"trace={SYNCS}", "-o", str(counts), *pids]
    looking = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.5)  # attached by then, or gone
    try:
        yield lambda: _syncs(counts)
    finally:
        looking.send_signal(signal.SIGINT)
        looking.wait(10)


def _syncs(counts: Path) -> int | None:
    try:
        lines = counts.read_text().splitlines()
    except OSError:
        return None
    calls = [line.split()[3] for line in lines if line.split()[-1:] and line.split()[-1] in SYNCS.split(",")]
    return sum(int(number) for number in calls)
