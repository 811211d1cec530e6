"""Tables for people's own programs: the same rows as CSV, XLSX and JSON. No cell of them is one that a spreadsheet would
run. It knows formats, never what stands in a table."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

RISKY = frozenset("=+-@\t\r\n\0−")
"""A spreadsheet takes a cell that starts with one of these for a formula, or cuts it there."""
LOOKED_AT = 64
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
LONGEST = 32_767
"""Characters of a cell, by the format of XLSX."""
NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
FORMS: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
"""Ending -> content type."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, and how it is written where everything is text."""

    value: int | float
    text: str


Cell = str | int | float | bool | Figure | Sequence[str] | None
Row = Sequence[Cell]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table with a line of names above it."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Row]

    def written(self, form: str, about: Mapping[str, str]) -> bytes:
        """The whole of it as a file of a form; in JSON with what is said `about` it."""
        if form == "json":
            items = [{name: _plain(cell) for name, cell in zip(self.columns, row, strict=True)} for row in self.rows]
            return json.dumps({**about, self.title: items}, ensure_ascii=False).encode()
        rows = [self.columns, *self.rows]
        return csv_text(rows).encode() if form == "csv" else xlsx(rows, self.title)


def looks_like_a_formula(cell: str) -> bool:
    """Whether a spreadsheet might run it: full-width look-alikes, and what stands behind blanks, count too."""
    start = cell[:LOOKED_AT]
    seen = unicodedata.normalize("NFKC", start).lstrip().lstrip(INVISIBLE).lstrip()
    return start[:1] in RISKY or seen[:1] in RISKY


def guarded(cell: str) -> str:
    """The text as a spreadsheet takes it for text."""
    return "'" + cell if looks_like_a_formula(cell) else cell


def unguarded(cell: str) -> str:
    """The text without the apostrophe that `guarded` put before it."""
    return cell[1:] if cell[:1] == "'" and looks_like_a_formula(cell[1:]) else cell


def csv_text(rows: Iterable[Row]) -> str:
    """Rows as CSV: with a byte order mark, which spreadsheets know UTF-8 by, and everything in quotes."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_text(cell) for cell in row])
    return "\ufeff" + buffer.getvalue()


def xlsx(rows: Iterable[Row], title: str) -> bytes:
    """Rows as a workbook of one sheet: numbers are numbers, everything else is text and never a formula."""
    # Loaded when somebody wants one: it brings NumPy along, which pages have no use for.
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])

    def typed(cell: Cell) -> Any:
        """A number as it is, everything else as text; also after somebody edited it."""
        value = _plain(cell)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        made = WriteOnlyCell(sheet, value="")
        made.value = NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", _words(cell))[:LONGEST]
        made.data_type = "s"
        made.quotePrefix = looks_like_a_formula(_words(cell))
        return made

    for row in rows:
        sheet.append([None if cell is None else typed(cell) for cell in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _text(cell: Cell) -> str:
    """A cell where everything is text and nothing must run."""
    if isinstance(cell, Figure):
        return cell.text
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return str(cell)
    return guarded(_words(cell))


def _words(cell: Cell) -> str:
    """What is no number, as text."""
    if cell is None or isinstance(cell, bool):
        return {None: "", True: "yes", False: "no"}[cell]
    return cell if isinstance(cell, str) else " | ".join(cast(Sequence[str], cell))


def _plain(cell: Cell) -> str | int | float | bool | list[str] | None:
    """A cell as JSON has it."""
    if isinstance(cell, Figure):
        return cell.value
    return cell if cell is None or isinstance(cell, str | int | float) else list(cell)
