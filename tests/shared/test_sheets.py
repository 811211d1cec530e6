"""Tables as files: numbers are numbers, and no cell is one that a spreadsheet would run."""

from __future__ import annotations

import io
import json

import pytest
from openpyxl import load_workbook

from shared.sheets import Figure, Sheet, csv_text, guarded, unguarded, xlsx

FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@a",
    "\ta",
    "\ra",
    "\na",
    "\0a",
    "＝1+1",
    "＋1",
    "－1",
    "＠a",
    "﹣1",
    "−1",
    " =1",
    "\u200b=1",
)
TEXTS = ("Ana", "< 5", "1=1", "a@b", "'", "", "é", "x-1")


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_might_run_gets_an_apostrophe(text: str) -> None:
    assert (guarded(text), unguarded(guarded(text))) == ("'" + text, text)


@pytest.mark.parametrize("text", TEXTS)
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert (guarded(text), unguarded(text)) == (text, text)


def test_a_csv_has_a_mark_quotes_everything_and_writes_numbers_plainly() -> None:
    rows = [["=1+1", "< 5", 'say "x"'], [-1, 2.5, Figure(1234, "1,234")], [None, True, ["a", "=b"]], []]
    assert csv_text(rows) == ('\ufeff"\'=1+1","< 5","say ""x"""\r\n"-1","2.5","1,234"\r\n"","yes","a | =b"\r\n\r\n')


def test_a_workbook_has_numbers_as_numbers_and_no_formula() -> None:
    rows = [["=1+1", "＝1", "Ana\x01"], [-1, 2.5, Figure(1234, "1,234")], [None, False, ["a", "b"]], []]
    sheet = load_workbook(io.BytesIO(xlsx(rows, "people"))).active
    found = [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows()]
    assert found == [
        [("=1+1", "s"), ("＝1", "s"), ("Ana\N{REPLACEMENT CHARACTER}", "s")],
        [(-1, "n"), (2.5, "n"), (1234, "n")],
        [(None, "n"), ("no", "s"), ("a | b", "s")],
    ]


def test_as_json_rows_are_objects_with_their_own_types() -> None:
    sheet = Sheet(title="people", columns=("name", "years", "offers"), rows=[["=Ana", 3, ("a", "b")]])
    assert json.loads(sheet.written("json", {"conference": "pyconf"})) == {
        "conference": "pyconf",
        "people": [{"name": "=Ana", "years": 3, "offers": ["a", "b"]}],
    }
