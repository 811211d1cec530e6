"""`rapport schedule`, as somebody at a terminal meets it."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rapport.__main__ import cli
from services.introductions.planner.agreed import idle_slots, read, wrong_with

ROOT = Path(__file__).parents[2]
TRIANGLE = """nBusiness = 3; nMeetings = 3; nTables = 1; nTotalSlots = 3; nMorningSlots = 3;
requested = [|1, 2, 3,|1, 3, 3,|2, 3, 3,|]; fixat = [1,0,3,]; forbidden = [{0,},{},{0,},];
"""
TWO_SLOTS = "nBusiness = 3; nMeetings = 3; nTables = 1; nTotalSlots = 2; nMorningSlots = 2; requested = [|1,2,3,|1,3,3,|2,3,3,|];"


def schedule(*words: object) -> Result:
    return CliRunner().invoke(cli, ["schedule", *map(str, words)], prog_name="rapport")


def circle(people: int = 60) -> str:
    """A file with far more to try than any test waits for."""
    rows = "".join(f"|{one + 1}, {(one + step) % people + 1}, 3," for one in range(people) for step in (1, 2, 5))
    forbidden = ",".join(f"{{{one % 11 + 1}}}" for one in range(people))
    return (
        f"nBusiness = {people}; nMeetings = {3 * people}; nTables = {people // 4}; nTotalSlots = 14; nMorningSlots = 7;"
        f"requested = [{rows}|]; forbidden = [{forbidden}];"
    )


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_becomes_a_schedule(tmp_path: Path, packed: bool) -> None:
    asked, out = tmp_path / "asked.dzn", tmp_path / "plan.json"
    asked.write_bytes(gzip.compress(TRIANGLE.encode()) if packed else TRIANGLE.encode())
    result = schedule(asked, "--out", out)
    assert (result.exit_code, result.stdout) == (
        0,
        f"All 3 meetings are held, with 1 idle slot in 1 wait, which is proved to be the fewest: {out}\n",
    )
    assert json.loads(out.read_text()) == {
        "format": "rapport-schedule/1",
        "meetings": [[0, 1], [1, 2], [2, 3]],
        "idle": 1,
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == ["asked.dzn", "plan.json"]
    assert "idle slot" in result.stderr


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"nBusiness = 3;", "nTotalSlots is missing.\n"),
        (b"\xff\xfe\xfa", "{file} is no text in UTF-8.\n"),
        (b"\x1f\x8b nonsense", "{file} cannot be read: Unknown compression method.\n"),
        (gzip.compress(TRIANGLE.encode())[:-20],
         "{file} cannot be read: Compressed file ended before the end-of-stream marker was reached.\n"),
        (TWO_SLOTS.encode(),
         "There are 3 meetings and room for 2: too few tables and slots.\n"),
        (None, "{file} cannot be read: No such file or directory.\n"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_or_held_is_one_sentence(tmp_path: Path, content: bytes | None, sentence: str) -> None:
    asked, out = tmp_path / "asked.dzn", tmp_path / "plan.json"
    if content is not None:
        asked.write_bytes(content)
    result = schedule(asked, "--out", out)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", sentence.format(file=asked))
    assert not out.exists()


def test_a_place_that_cannot_be_written_is_said_before_the_search(tmp_path: Path) -> None:
    asked = tmp_path / "asked.dzn"
    asked.write_text(circle())
    result = schedule(asked, "--out", tmp_path / "nowhere" / "plan.json")
    assert (result.exit_code, result.stderr) == (2, f"There is no folder {tmp_path / 'nowhere'} to write to.\n")


def test_the_search_ends_in_time(tmp_path: Path) -> None:
    asked, out = tmp_path / "asked.dzn", tmp_path / "plan.json"
    asked.write_text(circle())
    began = time.monotonic()
    result = schedule(asked, "--out", out, "--seconds", "1", "--seed", "7")
    assert result.exit_code == 0, result.output
    assert time.monotonic() - began < 4
    assert _is_valid(asked, out)


def test_an_interrupted_search_leaves_the_best_so_far(tmp_path: Path) -> None:
    asked, out = tmp_path / "asked.dzn", tmp_path / "plan.json"
    asked.write_text(circle())
    command = subprocess.Popen(
        [sys.executable, "-m", "rapport", "schedule", asked, "--out", out],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with command:
        assert command.stderr is not None
        assert "idle slots so far" in command.stderr.readline()
        command.send_signal(signal.SIGINT)
        said, complained = command.communicate(timeout=30)
    assert (command.returncode, "Traceback" in complained) == (0, False)
    assert said.startswith("All 180 meetings are held, with ")
    assert _is_valid(asked, out)


def _is_valid(asked: Path, out: Path) -> bool:
    wishes, written = read(asked.read_text()), json.loads(out.read_text())
    meetings = [(meeting, slot - 1) for meeting, slot in written["meetings"]]
    return wrong_with(wishes, meetings) == () and idle_slots(wishes, meetings)[1] == written["idle"]
