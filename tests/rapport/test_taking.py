"""`rapport export`: what owners get on the pages, as a file by a command."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from shared import audit, conferences
from shared.access import DEFAULT_ACCOUNT, Scope
from tests.rapport.test_commands import PEOPLE, Run, create_conference, environment, run, runtimes, write

__all__ = ["environment", "run"]


def test_people_come_out_as_they_came_in_and_it_leaves_a_line(
    run: Run, environment: dict[str, str], tmp_path: Path
) -> None:
    create_conference(environment)
    run("import", str(write(tmp_path / "m.csv", PEOPLE[:3])), "--conference", "pycon", "--as", "mentors")
    for form in ("csv", "json"):
        out = tmp_path / f"people.{form}"
        done = run("export", "people", "--conference", "pycon", "--out", str(out))
        assert (done.exit_code, done.stdout) == (0, f"2 rows in {out}.\n")
    rows = list(csv.DictReader((tmp_path / "people.csv").read_text("utf-8-sig").splitlines()))
    assert [(row["name"], row["email"], row["state"], row["offers"]) for row in rows] == [
        ("Ana Silva", "ana@example.org", "invited", "Data pipelines"),
        ("Bea Kaya", "bea@example.org", "invited", "Data pipelines"),
    ]
    assert [item["name"] for item in json.loads((tmp_path / "people.json").read_text())["people"]] == [
        "Ana Silva",
        "Bea Kaya",
    ]
    registration = runtimes(environment)["registration"]
    with registration.reading() as connection:
        conference = conferences.by_slug(connection, Scope(DEFAULT_ACCOUNT), "pycon").conference
        lines = [(row.action, row.details, row.actor_kind) for row in audit.newest(connection, conference)]
    registration.close()
    assert lines[:2] == [
        ("people exported", {"form": "json", "rows": 2}, "command"),
        ("people exported", {"form": "csv", "rows": 2}, "command"),
    ]


@pytest.mark.parametrize(
    ("what", "name", "conference", "sentence"),
    [
        ("people", "people.txt", "pycon", "The name of the file ends in .csv or .xlsx"),
        ("outcomes", "outcomes.json", "pycon", "The name of the file ends in .csv or .xlsx"),
        ("people", "no/such/folder.csv", "pycon", "There is no folder"),
        ("people", "people.csv", "nowhere", "There is no conference 'nowhere' here."),
    ],
)
def test_what_cannot_be_written_is_said_in_a_sentence(
    run: Run, tmp_path: Path, what: str, name: str, conference: str, sentence: str
) -> None:
    done = run("export", what, "--conference", conference, "--out", str(tmp_path / name))
    assert done.exit_code in (1, 2)
    assert sentence in done.stderr
    assert not (tmp_path / name).exists()
