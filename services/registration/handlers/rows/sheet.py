"""A list as it came: the names of its columns, its lines, and what was noticed while it was read. It knows neither our
fields nor anybody's formats. Pure."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.errors import Refused
from shared.i18n import gettext as _
from shared.sheets import unguarded

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 200
LONGEST_FIELD = 4_000
SAMPLES, LOOKED_AT = 3, 500


class Unreadable(Refused):
    """The file cannot be imported: {why}"""

    status = 422
    code = "unreadable"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number as a spreadsheet shows it, its cells, and what is wrong with it whatever the columns mean."""

    number: int
    cells: tuple[str, ...]
    wrong: str = ""
    formulas: tuple[int, ...] = ()
    """Columns in which a formula, or an error of one, stands."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole list, as text."""

    kind: str
    """csv or xlsx: what rejected rows are given back as"""
    header: tuple[str, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()
    """Sentences about how it was read."""

    def samples(self, column: int) -> list[str]:
        """The first few values of a column, each once, as far as one looks."""
        found: dict[str, None] = {}
        for line in self.lines[:LOOKED_AT]:
            if cell := line.cells[column].strip():
                found[cell[:80]] = None
            if len(found) == SAMPLES:
                break
        return list(found)

    def only(self, numbers: set[int]) -> Sheet:
        """The sheet with these lines alone."""
        return replace(self, lines=tuple(line for line in self.lines if line.number in numbers))


def plain(cell: str) -> str:
    """The cell without the apostrophe that keeps a spreadsheet from running it."""
    return unguarded(cell.strip())


def made(kind: str, rows: Sequence[Line], notes: Sequence[str] = ()) -> Sheet:
    """The sheet whose first row names the columns. Raises Unreadable."""
    if not rows:
        raise Unreadable(why=_("it is empty."))
    first, body = rows[0], rows[1:]
    if first.formulas:
        raise Unreadable(why=_("a formula stands in the first row, which must name the columns."))
    width = max(len(_cut(row.cells)) for row in rows) if kind == "xlsx" else len(first.cells)
    if width > MOST_COLUMNS:
        raise Unreadable(why=_("it has more than 200 columns."))
    if not body:
        raise Unreadable(why=_("it names columns and has no row below them."))
    if len(body) > MOST_ROWS:
        raise Unreadable(why=_("it has more than 20,000 rows."))
    if kind == "xlsx":  # which stores no empty cells
        first, body = _padded(first, width), [_padded(line, width) for line in body]
    lines = tuple(_fitted(line, width) for line in body)
    if all(line.wrong == _wrong_width() for line in lines):
        raise Unreadable(why=_at(lines[0].number, _("line {line} has another number of columns than the first.")))
    return Sheet(kind, first.cells, lines, tuple(notes))


def _padded(line: Line, width: int) -> Line:
    return replace(line, cells=(line.cells + ("",) * width)[:width])


def _fitted(line: Line, width: int) -> Line:
    cells = line.cells
    if len(cells) > width >= len(_cut(cells)):
        cells = cells[:width]
    if len(cells) != width:
        return replace(line, cells=cells + ("",) * (width - len(cells)), wrong=_wrong_width())
    if any(len(cell) > LONGEST_FIELD for cell in cells):
        return replace(line, cells=cells, wrong=_("It has a field of more than 4,000 characters."))
    return replace(line, cells=cells)


def _wrong_width() -> str:
    return _("It has another number of columns than the first row: a separator or a quote is missing, or too many.")


def _cut(cells: Sequence[str]) -> tuple[str, ...]:
    """Cells without empty ones at the end."""
    last = len(cells)
    while last and not cells[last - 1].strip():
        last -= 1
    return tuple(cells[:last])


def _at(line: int, sentence: str) -> str:
    return sentence.replace("{line}", str(line))


def pack(sheet: Sheet) -> bytes:
    """The sheet as few bytes."""
    lines = [[line.number, line.cells, line.wrong, line.formulas] for line in sheet.lines]
    text = json.dumps([sheet.kind, sheet.header, lines, sheet.notes], ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 1)


def unpack(content: bytes) -> Sheet:
    """The sheet that was packed."""
    kind, header, lines, notes = json.loads(zlib.decompress(content).decode("utf-8", "surrogatepass"))
    found = (Line(number, tuple(cells), wrong, tuple(formulas)) for number, cells, wrong, formulas in lines)
    return Sheet(kind, tuple(header), tuple(found), tuple(notes))
