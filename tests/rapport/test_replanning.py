"""`rapport replan`: from an instance, a plan and events to a plan, whatever comes in."""

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

SMALL = an_instance([a_mentor(), a_mentor(company=3), a_mentee(), a_mentee()])
PLAN = [[0, 2, 0, 0], [1, 3, 0, 1]]
LEAVES = [{"kind": "leave", "person": "p0"}]
KEYS = {"events", "of", "meetings", "served", "value", "kept", "moved", "dropped", "new", "open", "untouched", "void"}
KEYS |= {"agreed_changed", "too_late", "p50_ms", "p99_ms", "max_ms", "warm_seconds"}


def run(
    folder: Path, *options: str, instance: Any = SMALL, plan: Any = PLAN, events: Any = LEAVES, out: str = "new.json"
) -> Result:
    """The command on documents in a folder."""
    whole = {
        "instance": instance,
        "plan": {"format": "rapport-plan/1", "meetings": plan} if isinstance(plan, list) else plan,
        "events": {"format": "rapport-events/1", "events": events} if isinstance(events, list) else events,
    }
    for name, one in whole.items():
        (folder / f"{name}.json").write_text(one if isinstance(one, str) else json.dumps(one))
    files = [str(folder / f"{name}.json") for name in whole]
    return CliRunner().invoke(cli, ["replan", *files, "--out", str(folder / out), *options])


def a_busy_morning(instance: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Everybody comes in turn; some leave, some are late, some are new."""
    names = [one["id"] for one in instance["people"]]
    events: list[dict[str, Any]] = []
    for at in range(count):
        kind = ("check-in", "leave", "late", "walk-in")[at % 4]
        person: Any = names[7 * at % len(names)]
        if kind == "walk-in":
            person = {**instance["people"][at % len(names)], "id": f"w{at}"}
        events.append({"kind": kind, "person": person} | ({"slot": 2} if kind == "late" else {}))
    return events


def test_the_new_plan_is_written_and_told_in_a_sentence(tmp_path: Path) -> None:
    result = run(tmp_path)
    out = tmp_path / "new.json"
    assert (result.exit_code, json.loads(out.read_text())) == (
        0,
        {"format": "rapport-plan/1", "meetings": [[1, 3, 0, 1], [1, 2, 1, 0]]},
    )
    said = result.stdout.split(", ")
    assert said[:3] == ["1 events", "served 2", "value 1,952"]
    assert said[3:8] == ["meetings kept 1", "moved 0", "dropped 1", "new 1", "accepted changed 0"]
    assert said[8].endswith(f" ms an event (median / 99 % / longest): {out}\n")


def test_no_event_leaves_every_meeting_where_it_is(tmp_path: Path) -> None:
    assert run(tmp_path, events=[]).exit_code == 0
    assert json.loads((tmp_path / "new.json").read_text())["meetings"] == PLAN


def test_who_walked_in_is_appended_to_people(tmp_path: Path) -> None:
    new = {"id": "new", **a_mentee(avail="4")}
    assert run(tmp_path, events=[{"kind": "walk-in", "person": new}]).exit_code == 0
    assert [0, 4, 2, 0] in json.loads((tmp_path / "new.json").read_text())["meetings"]


def test_the_figures_are_one_line_of_json_where_that_is_asked_for(tmp_path: Path) -> None:
    told = json.loads(run(tmp_path, "--json").stdout.splitlines()[-1])
    assert set(told) == KEYS
    assert (told["events"], told["served"], told["kept"], told["new"], told["agreed_changed"]) == (1, 2, 1, 1, 0)


def test_the_same_input_and_seed_give_the_same_bytes_packed_or_not(tmp_path: Path) -> None:
    instance = make(150, 1, "oneday")
    (tmp_path / "instance.json").write_text(json.dumps(instance))
    asked = ["plan", str(tmp_path / "instance.json"), "--out", str(tmp_path / "first.json")]
    assert CliRunner().invoke(cli, asked).exit_code == 0
    plan, events = (tmp_path / "first.json").read_text(), a_busy_morning(instance, 60)
    texts = []
    for out in ("a.json", "b.json", "c.json.gz", "d.json.gz"):
        assert run(tmp_path, "--seed", "3", instance=instance, plan=plan, events=events, out=out).exit_code == 0
        texts.append((tmp_path / out).read_bytes())
    assert texts[0] == texts[1] == gzip.decompress(texts[2])
    assert texts[2] == texts[3]


def test_packed_documents_are_read(tmp_path: Path) -> None:
    assert run(tmp_path).exit_code == 0
    for name in ("instance", "plan", "events"):
        (tmp_path / f"{name}.json.gz").write_bytes(gzip.compress((tmp_path / f"{name}.json").read_bytes()))
    files = [str(tmp_path / f"{name}.json.gz") for name in ("instance", "plan", "events")]
    assert CliRunner().invoke(cli, ["replan", *files, "--out", str(tmp_path / "again.json")]).exit_code == 0
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "new.json").read_bytes()


@pytest.mark.parametrize(
    ("documents", "sentence"),
    [
        ({"instance": {**SMALL, "n_slots": 0}}, "n_slots: 0 is not a whole number from 1 to 63."),
        ({"plan": "{"}, "line 1, column 2: this is no JSON."),
        ({"plan": [[0, 1, 0, 0]]}, "meetings[0]: people[0] and people[1] are no mentor and mentee."),
        ({"events": {}}, 'format: this is not a "rapport-events/1".'),
        ({"events": [*LEAVES, {"kind": "leave", "person": "x"}]}, "events[1].person: 'x' is nobody who is known."),
        (
            {"events": [*LEAVES, {"kind": "decline", "mentor": "p0", "mentee": "p3"}]},
            "events[1]: these two were never proposed to each other.",
        ),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(tmp_path: Path, documents: dict[str, Any], sentence: str) -> None:
    result = run(tmp_path, **documents)
    said = [line for line in result.stderr.splitlines() if not line.endswith("s left")]  # a slow machine tells progress
    assert (result.exit_code, said, result.stdout) == (2, [sentence], "")
    assert not (tmp_path / "new.json").exists()


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    result = run(tmp_path, out="no/new.json")
    assert (result.exit_code, result.stderr) == (2, f"There is no folder {tmp_path / 'no'} to write to.\n")


def test_a_time_limit_leaves_a_plan_and_says_how_many_events_are_in_it(tmp_path: Path) -> None:
    result = run(tmp_path, "--seconds", "0.000001")
    assert (result.exit_code, result.stdout.split(", ")[0]) == (0, "0 of 1 events")
    assert json.loads((tmp_path / "new.json").read_text())["meetings"] == PLAN


def test_ctrl_c_leaves_the_plan_so_far(tmp_path: Path) -> None:
    instance = make(1000, 1, "conference")
    events = a_busy_morning(instance, 4000) * 50
    events = [one for one in events if one["kind"] != "walk-in"]
    (tmp_path / "instance.json").write_text(json.dumps(instance))
    (tmp_path / "events.json").write_text(json.dumps({"format": "rapport-events/1", "events": events}))
    (tmp_path / "plan.json").write_text(json.dumps({"format": "rapport-plan/1", "meetings": []}))
    command = [
        sys.executable,
        "-m",
        "rapport",
        "replan",
        "instance.json",
        "plan.json",
        "events.json",
        "--out",
        "new.json",
    ]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as replanning:
        assert replanning.stderr is not None
        assert f" of {len(events):,} events, about " in replanning.stderr.readline()
        replanning.send_signal(signal.SIGINT)
        told, _errors = replanning.communicate(timeout=60)
    assert replanning.returncode == 0
    assert f" of {len(events):,} events, served " in told
    assert json.loads((tmp_path / "new.json").read_text())["format"] == "rapport-plan/1"
