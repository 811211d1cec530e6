"""`rapport plan`: from an instance to a plan, whatever comes in."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bench.planner.instances import make
from rapport.__main__ import cli
from tests.introductions.planner.small import a_mentee, a_mentor, an_instance

SMALL = an_instance([a_mentor(), a_mentee()])


def run(folder: Path, instance: Any, *options: str, out: str = "plan.json") -> Result:
    """The command on an instance in a folder."""
    (folder / "instance.json").write_text(instance if isinstance(instance, str) else json.dumps(instance))
    return CliRunner().invoke(cli, ["plan", str(folder / "instance.json"), "--out", str(folder / out), *options])


def test_a_plan_is_written_and_told_in_a_sentence(tmp_path: Path) -> None:
    result = run(tmp_path, SMALL)
    out = tmp_path / "plan.json"
    assert (result.exit_code, json.loads(out.read_text())) == (
        0,
        {"format": "rapport-plan/1", "meetings": [[0, 1, 0, 0]]},
    )
    assert result.stdout == (
        f"1 meetings, served 1 of at most 1, value 976, bound 976, gap 0.000 %, 0 idle slots between meetings: {out}\n"
    )


def test_the_same_input_and_seed_give_the_same_bytes_packed_or_not(tmp_path: Path) -> None:
    instance = make(120, 1, "evening")
    texts = []
    for out in ("a.json", "b.json", "c.json.gz", "d.json.gz"):
        assert run(tmp_path, instance, "--seed", "3", out=out).exit_code == 0
        texts.append((tmp_path / out).read_bytes())
    assert texts[0] == texts[1] == gzip.decompress(texts[2])
    assert texts[2] == texts[3]


def test_a_packed_instance_is_read(tmp_path: Path) -> None:
    (tmp_path / "instance.json.gz").write_bytes(gzip.compress(json.dumps(SMALL).encode()))
    command = ["plan", str(tmp_path / "instance.json.gz"), "--out", str(tmp_path / "plan.json")]
    assert CliRunner().invoke(cli, command).exit_code == 0


def test_what_it_took_is_one_line_of_json_where_that_is_asked_for(tmp_path: Path) -> None:
    told = json.loads(run(tmp_path, SMALL, "--json").stdout.splitlines()[-1])
    assert set(told) == {"seconds", "first_seconds", "memory_mb"}


@pytest.mark.parametrize(
    ("instance", "sentence"),
    [
        ("{", "line 1, column 2: this is no JSON."),
        ("[" * 100_000, "This JSON is nested too deeply."),
        ("\udcff".encode("utf-8", "surrogateescape").decode("latin-1"), "line 1, column 1: this is no JSON."),
        ({**SMALL, "n_slots": 0}, "n_slots: 0 is not a whole number from 1 to 63."),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(tmp_path: Path, instance: Any, sentence: str) -> None:
    result = run(tmp_path, instance)
    assert (result.exit_code, result.stderr, result.stdout) == (2, sentence + "\n", "")
    assert not (tmp_path / "plan.json").exists()


def test_a_file_that_is_not_there_and_a_folder_that_is_not_there_are_said(tmp_path: Path) -> None:
    missing = CliRunner().invoke(cli, ["plan", str(tmp_path / "none.json"), "--out", str(tmp_path / "plan.json")])
    nowhere = run(tmp_path, SMALL, out="no/plan.json")
    assert (missing.exit_code, nowhere.exit_code) == (2, 2)
    assert missing.stderr == f"{tmp_path / 'none.json'} cannot be read: No such file or directory.\n"
    assert nowhere.stderr == f"There is no folder {tmp_path / 'no'} to write to.\n"


def test_a_time_limit_leaves_a_plan(tmp_path: Path) -> None:
    result = run(tmp_path, make(300, 1, "conference"), "--seconds", "0.001")
    assert (result.exit_code, len(json.loads((tmp_path / "plan.json").read_text())["meetings"]) > 100) == (0, True)


def test_ctrl_c_leaves_the_best_plan_so_far(tmp_path: Path) -> None:
    (tmp_path / "instance.json").write_text(json.dumps(make(4000, 1, "evening")))
    command = [sys.executable, "-m", "rapport", "plan", "instance.json", "--out", "plan.json"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as planning:
        assert planning.stderr is not None
        assert "served" in planning.stderr.readline()
        planning.send_signal(signal.SIGINT)
        told, _errors = planning.communicate(timeout=60)
    meetings = json.loads((tmp_path / "plan.json").read_text())["meetings"]
    assert (planning.returncode, told.startswith(f"{len(meetings):,} meetings, served ")) == (0, True)
