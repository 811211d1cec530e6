"""Rows that were not taken, as a file to correct and import again, by the writer of all our files. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.registration.handlers.rows.words import REASON, key
from shared.sheets import csv_text, xlsx

Rejected = tuple[int, str, Sequence[str]]
"""(line, why, cells)"""


def as_csv(header: Sequence[str], rejected: Iterable[Rejected]) -> str:
    """CSV with a byte order mark, so that Excel reads it as UTF-8."""
    return csv_text(_rows(header, rejected))


def as_xlsx(header: Sequence[str], rejected: Iterable[Rejected]) -> bytes:
    """XLSX in which every cell is text."""
    return xlsx(_rows(header, rejected), "rejected")


def _rows(header: Sequence[str], rejected: Iterable[Rejected]) -> Iterable[list[str]]:
    keep = [place for place, name in enumerate(header) if key(name) != REASON]
    yield [*(header[place] for place in keep), REASON]
    for _line, why, cells in rejected:
        # Cells that have no column stand behind, so that nothing of a row that is too long is lost.
        yield [*(cells[place] for place in keep), why, *cells[len(header) :]]
