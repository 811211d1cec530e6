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

import numpy as np
import pytest
from click.testing import CliRunner, Result
from scipy.sparse import csr_matrix

from bench.planner.instances import make
from rapport.__main__ import cli
from rapport.commands.apart import SMALL as SOLVED_HERE
from rapport.commands.apart import Apart
from services.introductions.planner.engine import model_of, wrong_with
from services.introductions.planner.highs import Answer, Program, solve
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


PROVED = "Proved: no plan serves more or has more value."


def test_a_hundred_people_get_the_best_plan_and_the_last_sentence_says_so(tmp_path: Path) -> None:
    result = run(tmp_path, make(100, 1, "oneday"), "--proof")
    out = tmp_path / "plan.json"
    assert (result.exit_code, result.stdout) == (
        0,
        f"76 meetings, served 74 of at most 74, value 40,680, bound 40,680, gap 0.000 %, 2 idle slots between meetings:"
        f" {out}\n{PROVED}\n",
    )


def test_the_same_input_and_seed_give_the_same_bytes_with_a_proof_too(tmp_path: Path) -> None:
    instance = make(150, 2, "evening")
    for out in ("a.json", "b.json"):
        assert run(tmp_path, instance, "--proof", out=out).stdout.endswith(f"{PROVED}\n")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_json_says_when_the_proof_was_there_and_whether_it_is_one(tmp_path: Path) -> None:
    told = json.loads(run(tmp_path, SMALL, "--proof", "--json").stdout.splitlines()[-1])
    assert set(told) == {"seconds", "first_seconds", "proof_seconds", "proven", "memory_mb"}
    assert (told["proven"], told["proof_seconds"] >= told["seconds"]) == (True, True)


def test_a_time_limit_ends_a_proof_with_how_far_the_best_may_be(tmp_path: Path) -> None:
    instance = make(100, 1, "oneday")
    result = run(tmp_path, instance, "--proof", "--json", "--seconds", "0.001")
    *_sentence, proof, told = result.stdout.splitlines()
    assert (result.exit_code, json.loads(told)["proven"]) == (0, False)
    assert proof.startswith("Not proved to be the best: a plan may ")
    assert wrong_with(model_of(instance), by_rows(tmp_path, instance)) == ()


def by_rows(folder: Path, instance: dict[str, Any]) -> Any:
    """The meetings of the plan as the engine numbers people."""
    model = model_of(instance)
    meetings = np.array(json.loads((folder / "plan.json").read_text())["meetings"], np.int64)
    meetings[:, 0] = np.searchsorted(model.mentors, meetings[:, 0])
    meetings[:, 1] = np.searchsorted(model.mentees, meetings[:, 1])
    return meetings


def test_more_people_than_can_be_proved_get_a_plan_and_are_told_that_slots_were_left_aside(tmp_path: Path) -> None:
    result = run(tmp_path, make(1_501, 1, "oneday"), "--proof", "--seconds", "0.001")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].endswith(". Slots are not considered for more than 1,500 people.")


def test_ctrl_c_during_a_proof_leaves_the_best_plan_so_far(tmp_path: Path) -> None:
    instance = make(1000, 1, "conference")
    (tmp_path / "instance.json").write_text(json.dumps(instance))
    command = [sys.executable, "-m", "rapport", "plan", "instance.json", "--out", "plan.json", "--proof"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as planning:
        assert planning.stderr is not None
        assert "proving, 745 served" in next(line for line in planning.stderr if line.startswith("proving"))
        os.killpg(planning.pid, signal.SIGINT)  # as a terminal does
        told, errors = planning.communicate(timeout=60)
    assert (planning.returncode, errors) == (0, "")
    assert told.splitlines()[-1].startswith("Not proved to be the best: a plan may have ")
    assert wrong_with(model_of(instance), by_rows(tmp_path, instance)) == ()


def a_large_program(*, whole: bool = False) -> Program:
    """More entries than are solved here: three of every hundred numbers may be 1."""
    groups = SOLVED_HERE // 100 + 1
    gain = np.linspace(1, 2, 100 * groups)
    rows = csr_matrix(np.kron(np.eye(groups), np.ones(100)))
    return Program(gain=gain, rows=rows, most=np.full(groups, 3.0), equal=1, whole=len(gain) if whole else 0)


@pytest.mark.parametrize("whole", [False, True])
def test_where_a_program_is_solved_changes_no_answer(whole: bool) -> None:
    program = a_large_program(whole=whole)
    with Apart(lambda: True, lambda: None) as apart:
        answers = apart(program), solve(program)
    assert [parts_of(answer) for answer in answers] == [parts_of(answers[1])] * 2
    assert apart.memory > 0


def parts_of(answer: Answer | None) -> tuple[Any, ...]:
    """What can be compared."""
    assert answer is not None
    return tuple(None if part is None else part.tolist() for part in (answer.x, answer.prices)) + (answer.complete,)


def test_a_solver_that_is_stopped_answers_nothing() -> None:
    looks = iter([True])
    count = SOLVED_HERE + 1
    hard = Program(
        gain=np.linspace(1, 2, count),
        rows=csr_matrix(np.vstack([np.ones(count), np.zeros(count)])),
        most=np.array([3.5, 0.0]),
        equal=1,
        whole=count,
    )
    with Apart(lambda: next(looks, False), lambda: None) as apart:
        answers = [apart(hard) for _ in range(2)]
    assert (answers, apart.process is None) == ([None, None], False)


def test_ctrl_c_at_the_terminal_does_not_reach_the_solver() -> None:
    with Apart(lambda: True, lambda: None) as apart:
        first = apart(a_large_program())
        assert apart.process is not None
        os.kill(apart.process.pid or 0, signal.SIGINT)
        again = apart(a_large_program())
    assert parts_of(first) == parts_of(again)
    assert again is not None
    assert again.complete


def test_a_solver_that_died_has_proved_nothing() -> None:
    with Apart(lambda: True, lambda: None) as apart:
        assert apart(a_large_program()) is not None
        assert apart.process is not None
        apart.process.kill()
        answer = apart(a_large_program())
    assert (answer and parts_of(answer)) == (None, None, False)
