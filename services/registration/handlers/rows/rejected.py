"""Rows that were not taken, as a file to correct and import again: no cell of it runs in a spreadsheet. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from services.registration.handlers.rows.sheet import RISKY
from services.registration.handlers.rows.words import REASON, key

Rejected = tuple[int, str, Sequence[str]]
"""(line, why, cells)"""


def as_csv(header: Sequence[str], rejected: Iterable[Rejected]) -> str:
    """CSV with a byte order mark, so that Excel reads it as UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    for cells in _rows(header, rejected):
        writer.writerow([_safe(cell) for cell in cells])
    return "\ufeff" + out.getvalue()


def _safe(cell: str) -> str:
    return "'" + cell if cell[:1] in RISKY else cell


def as_xlsx(header: Sequence[str], rejected: Iterable[Rejected]) -> bytes:
    """XLSX in which every cell is text."""
    # Here, because it takes a while to load, and few lists are workbooks.
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415

    book, out = Workbook(write_only=True), io.BytesIO()
    page = book.create_sheet()
    for cells in _rows(header, rejected):
        row = []
        for text in cells:
            cell = WriteOnlyCell(page, value=ILLEGAL_CHARACTERS_RE.sub("", text))
            cell.data_type = "s"
            row.append(cell)
        page.append(row)
    book.save(out)
    return out.getvalue()


def _rows(header: Sequence[str], rejected: Iterable[Rejected]) -> Iterable[list[str]]:
    keep = [place for place, name in enumerate(header) if key(name) != REASON]
    yield [*(header[place] for place in keep), REASON]
    for _line, why, cells in rejected:
        # Cells that have no column stand behind, so that nothing of a row that is too long is lost.
        yield [*(cells[place] for place in keep), why, *cells[len(header) :]]
