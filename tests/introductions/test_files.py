"""Every introduction as a file: when, where, who, and how it stands as organizers may know it; never who said no."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from openpyxl import load_workbook

from shared import audit
from shared.access import DEFAULT_ACCOUNT
from tests.introductions.stage import CONFERENCE, Stage, a_conference, a_person, id_of
from tests.system import System

ANA, BEN, CEM, DEA = (
    a_person("Ana", "mentor"),
    a_person("Ben", "mentee"),
    a_person("Cem", "mentor", capacity=1),
    a_person("Dea", "mentee"),
)
HEADER = [
    "id",
    "state",
    "day",
    "starts",
    "ends",
    "timezone",
    "place",
    "table",
    "mentor",
    "mentee",
    "mentor_id",
    "mentee_id",
    "topics",
]


@pytest.fixture
def stage(system: System) -> Stage:
    """Two pairs were proposed; one agreed, of the other somebody said no."""
    made = Stage(system, a_conference(introductions_at_most=1, introductions_per_mentee=1))
    made.here(ANA, BEN)
    made.quiet()
    (first,) = made.introductions
    for person in (ANA, BEN):
        made.answer(first, person, "accept")
    made.here(CEM, DEA)
    made.quiet()
    second = made.introductions[1]
    made.answer(second, DEA, "decline")
    return made


def owner(system: System) -> Any:
    browser = system.client("introductions")
    with browser.session_transaction() as session:
        now = system.clock.now().isoformat()
        session["organizer"] = {
            "id": "9" * 32,
            "access": "8" * 32,
            "role": "owner",
            "account": DEFAULT_ACCOUNT,
            "conferences": None,
            "name": "Kim",
            "issued": now,
            "seen": now,
        }
    return browser


def test_a_csv_says_when_where_and_who_and_of_a_no_only_that_it_is_off(stage: Stage) -> None:
    first, second = stage.introductions[:2]
    answer = owner(stage.system).get("/plan/conf/introductions.csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    names = {id_of(name): f"{name} Example" for name in ("Ana", "Ben", "Cem", "Dea")}
    assert rows[:2] == [
        HEADER,
        [
            first.id,
            "agreed",
            "2026-11-23",
            "14:00",
            "14:15",
            "Europe/Berlin",
            "Foyer",
            "1",
            "Ana Example",
            "Ben Example",
        ]
        + [first.mentor, first.mentee, "Grants"],
    ]
    off = [row for row in rows[1:] if row[0] == second.id]
    assert [[row[1], *row[8:12]] for row in off] == [
        ["off", names[second.mentor], names[second.mentee], second.mentor, second.mentee]
    ]
    assert "decline" not in answer.text


def test_the_other_forms_have_the_same_rows_and_taking_one_leaves_a_line(stage: Stage) -> None:
    browser = owner(stage.system)
    sheet = load_workbook(io.BytesIO(browser.get("/plan/conf/introductions.xlsx").data)).active
    told = browser.get("/plan/conf/introductions.json").json["introductions"]
    assert [cell.value for cell in sheet[1]] == HEADER == list(told[0])
    assert [[cell.value for cell in row][:8] for row in sheet.iter_rows(min_row=2)] == [
        [row[name] for name in HEADER[:8]] for row in told
    ]
    with stage.system.introductions.reading() as connection:
        lines = [(row.action, row.details) for row in audit.newest(connection, CONFERENCE)]
    count = len(told)
    assert [line for line in lines if "exported" in line[0]] == [
        ("introductions exported", {"form": "json", "rows": count}),
        ("introductions exported", {"form": "xlsx", "rows": count}),
    ]
