"""`rapport up` as a process: it says where it is when it serves, drains when asked to end, and needs little memory."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rapport.installed import UP, Up, environment, tree
from tests.servers.process import free_port
from tests.servers.waiting import wait_until

MEGABYTES = 150


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    running = Up(tmp_path_factory.mktemp("up"))
    yield running
    running.process.kill()


def proportional_kilobytes(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    raise AssertionError("no Pss")


def test_when_it_says_where_it_is_it_serves(up: Up) -> None:
    for path in (
        "/",
        "/healthz",
        "/readyz",
        "/demo",
        "/outbox",
        "/openapi.json",
        "/asyncapi.json",
        "/static/style.css",
    ):
        assert up.get(path)[0] == 200, path
    assert "Play the demo" in up.get("/")[1]


def test_it_needs_little_memory(up: Up) -> None:
    up.get("/")
    used = sum(proportional_kilobytes(pid) for pid in tree(up.process.pid)) / 1024
    assert used < MEGABYTES, f"{used:.0f} MB"


def test_a_second_one_on_the_same_port_says_so_and_ends(up: Up) -> None:
    second = subprocess.run(
        UP, env=environment(up.data, up.port), capture_output=True, text=True, timeout=60, check=False
    )
    assert (second.returncode, second.stdout) == (2, "")
    assert second.stderr == f"Port {up.port} is taken: is Rapport running already? PORT=8001 chooses another one.\n"


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    data = tmp_path / "file" / "data"
    failed = subprocess.run(
        UP, env=environment(data, free_port()), capture_output=True, text=True, timeout=60, check=False
    )
    assert (failed.returncode, failed.stdout) == (2, "")
    assert failed.stderr == f"RAPPORT_DATA: the folder '{data}' cannot be written to.\n"


def test_wrong_settings_are_told_in_a_sentence(tmp_path: Path) -> None:
    environ = environment(tmp_path, free_port(), RAPPORT_BUS="pigeon")
    failed = subprocess.run(UP, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert (failed.returncode, failed.stdout, failed.stderr) == (2, "", "RAPPORT_BUS: embedded, kafka or memory.\n")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_within_ten_seconds_and_keeps_everything(tmp_path: Path, how: signal.Signals) -> None:
    running = Up(tmp_path)
    running.get("/")
    pids = tree(running.process.pid)
    os.kill(running.process.pid, how)
    wait_until(lambda: not running.process.alive, 10, "it drains")
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids), 2, "nothing is left behind")
    assert "Traceback" not in running.process.log.read_text()
    for name in ("registration", "introductions", "followup", "log"):
        with sqlite3.connect(running.data / f"{name}.db") as store:
            assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
