"""The second process of `rapport up`: it wakes and is woken, comes back when it dies, and ends with the first one."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from rapport import CALLED_AGAIN, environment
from rapport.beside import BESIDE, COMMAND, HERE, Beside, hang_bells, hear
from rapport.loops import KINDS, Loops
from shared.marks import NearMarks
from tests.rapport.installed import Up, command_of, tree
from tests.registration.stage import create
from tests.servers.waiting import wait_until
from tests.system import System


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    running = Up(tmp_path, RAPPORT_ORGANIZERS="ana@example.org")
    yield running
    running.process.kill()


def second_processes(up: Up) -> list[int]:
    return [pid for pid in tree(up.process.pid) if "--beside" in command_of(pid)]


def mails(up: Up) -> int:
    return up.get("/outbox")[1].count(".eml")


def test_two_processes_share_the_kinds_of_work() -> None:
    assert sorted((*HERE, *BESIDE)) == sorted(KINDS)


def test_whoever_dies_is_started_again_and_goes_on_sending(up: Up) -> None:
    wait_until(lambda: len(second_processes(up)) == 1, 10, "the second process")
    first = second_processes(up)
    os.kill(first[0], signal.SIGKILL)
    wait_until(lambda: second_processes(up) not in ([], first), 10, "another one")
    assert up.post("/login", email="ana@example.org")[0] == 200
    wait_until(lambda: mails(up) > 0, 10, "a mail to log in by")
    assert "the process that sends mails is not there, starting it again" in up.process.log.read_text()
    assert [path.name for path in up.data.glob("working-*")] == ["working-all"], "the sign that it works"


@pytest.mark.parametrize("who", ["whoever serves", "all but the second"])
def test_nobody_is_left_behind_when_the_first_one_is_killed(up: Up, who: str) -> None:
    wait_until(lambda: len(second_processes(up)) == 1, 10, "the second process")
    second = second_processes(up)
    gunicorns = [pid for pid in tree(up.process.pid) if " up" in command_of(pid)]
    assert len(gunicorns) == 2, "an arbiter and its worker"
    for pid in gunicorns[1:] if who == "whoever serves" else gunicorns:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not command_of(second[0]), 10, "it ends by itself")


def test_who_could_not_be_started_is_started_once_that_is_possible(
    system: System, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    program, done = tmp_path / "program", tmp_path / "done"
    beside = Beside([system.registration], [str(program)])
    beside.start()
    wait_until(lambda: "starting it again" in caplog.text, 10, "it says so")
    draft = tmp_path / "draft"
    draft.write_text(f"#!/bin/sh\ntouch {done}\ncat\n")
    draft.chmod(0o755)
    draft.rename(program)
    wait_until(done.exists, 20, "it runs")
    beside.hang_up()
    beside.wait(5)


def test_what_is_written_here_rings_for_the_work_of_the_other_process_alone(system: System) -> None:
    registration, introductions = system.registration, system.introductions
    calls: list[bytes] = []
    hang_bells([registration, introductions], BESIDE, calls.append)
    registration.wake({"mail", "relay"})
    introductions.wake({"due", "mail"})
    assert calls == [b"registration mail\n", b"introductions due\n", b"introductions mail\n"]


def test_one_that_hangs_is_killed_and_started_again(
    system: System, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    starts = tmp_path / "starts"
    silent = ["/bin/sh", "-c", f"echo $$ >> {starts}; exec sleep 600"]
    beside = Beside([system.registration], silent, hung_seconds=0.5)
    beside.start()
    wait_until(lambda: starts.exists() and len(starts.read_text().split()) > 1, 20, "it is started a second time")
    assert "the process that sends mails hangs, killing it" in caplog.text
    beside.hang_up()
    beside.wait(0)


def test_the_second_process_says_that_it_goes_on(tmp_path: Path) -> None:
    settings = {**environment(), "RAPPORT_DATA": str(tmp_path)}
    subprocess.run([*CALLED_AGAIN, "migrate"], env=settings, check=True, stdout=subprocess.DEVNULL)
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=settings) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == b"\n"
        process.stdin.close()
        assert process.wait(20) == 0


def test_a_turn_that_hangs_is_seen_and_so_is_its_end(system: System) -> None:
    registration = system.registration
    loops = Loops([registration], ("relay", "mail"), stuck_seconds=1.0)
    create(system)
    with registration.database.writing():
        loops.start()
        wait_until(lambda: loops.stuck() == ["registration-relay"], 10, "it hangs while somebody else writes")
    wait_until(lambda: not loops.stuck(), 10, "it goes on")
    loops.stop()


def test_what_the_second_process_marks_is_new_here_and_everything_is_once_it_is_gone(system: System) -> None:
    registration = system.registration
    marks = registration.marks = NearMarks()
    before = marks.marks(["ana", "ben"], "old")
    hear(io.BytesIO(b"marks ana cy\nmarks\n"), [registration])
    told = marks.marks(["ana", "ben"], "other")
    assert (before, told.split("|")[0] == "old", told.split("|")[1]) == ("old|old", False, "old")
    beside = Beside([registration], ["/bin/true"])
    beside.start()
    wait_until(lambda: marks.marks(["ben"], "new") == "new", 20, "all marks are new")
    beside.hang_up()
    beside.wait(5)


def test_a_call_wakes_the_loop_that_it_names_and_nobody_else(system: System) -> None:
    registration = system.registration
    woken = {kind: threading.Event() for kind in KINDS}
    for kind, event in woken.items():
        registration.listen(event, kind)
    hear(io.BytesIO(b"registration mail\nnobody due\n\xff\nregistration"), [registration])
    assert [kind for kind, event in woken.items() if event.is_set()] == ["mail"]
