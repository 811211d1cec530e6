"""Rows of a list of people: recognises the columns, reads each row strictly, says what is wrong with which. Pure.

Two formats: our own columns (docs/operations.md), and the CSV of mentor-matching programmes in the British civil service
(profession -> topic, grade -> years). Columns about identity, and biographies, are dropped unread.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shared.errors import Refused
from shared.i18n import gettext as _

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 20_000
LONGEST_FIELD = 4_000
RISKY = frozenset("=+-@\t\r")
"""A spreadsheet takes a cell that starts with one of these for a formula."""
LISTS = ("offers", "wants", "helps", "goals", "languages", "available")
OWN = (
    "name",
    "email",
    "role",
    "offers",
    "wants",
    "helps",
    "goals",
    "first_timer",
    "likes_newcomers",
    "goal",
    "languages",
    "company",
    "field",
    "years",
    "capacity",
    "introductions",
    "available",
)
REASON = "rejected because"
"""The column that our own files of rejected rows have in addition: they can be corrected and imported again."""
CIVIL_SERVICE = {"first name", "last name", "email address", "grade", "organisation", "profession"}
GRADES = {
    "AA": 1, "AO": 2, "EO": 4, "HEO": 6, "SEO": 9, "GRADE 7": 12, "GRADE 6": 15, "SCS1": 18, "SCS2": 21, "SCS3": 24, "SCS4": 27,
}  # fmt: skip
"""Grades of the British civil service, lowest first, as years of experience: an ordering, not a claim about anybody."""


class Unreadable(Refused):
    """The file cannot be imported: {why}"""

    status = 422
    code = "unreadable"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row: its line in the file, its cells as they came, and what they say (raw, for the schema)."""

    line: int
    cells: list[str]
    said: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A whole list."""

    header: list[str]
    rows: list[Row]
    brings_topics: bool
    """The format's professions become topics of the conference."""


def read(content: bytes, role: str) -> Table:
    """The list in a file. Raises Unreadable: nothing is imported then."""
    if len(content) > MOST_BYTES:
        raise Unreadable(why=_("it is larger than 5 MB."))
    lines = list(_lines(_text(content)))
    if not lines:
        raise Unreadable(why=_("it is empty."))
    (_line, header), body = lines[0], lines[1:]
    names = [name.strip().lower() for name in header]
    civil = set(names) >= CIVIL_SERVICE
    if not civil and not {"name", "email"} <= set(names):
        raise Unreadable(why=_("the first row must name the columns, at least name and email."))
    if len(set(names)) != len(names):
        raise Unreadable(why=_("a column stands in it twice."))
    if unknown := [name for name in names if not civil and name not in (*OWN, REASON)]:
        raise Unreadable(why=_("there is a column that we do not know: {name}.").replace("{name}", unknown[0][:40]))
    make = _civil if civil else _own
    rows = [Row(line=line, cells=cells, said=make(dict(zip(names, cells, strict=False)), role)) for line, cells in body]
    return Table(header=header, rows=rows, brings_topics=civil)


def _text(content: bytes) -> str:
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable(why=_("it is not UTF-8.")) from None
    if "\x00" in text:
        raise Unreadable(why=_("there is a NUL character in it."))
    return text


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    first = text.split("\n", 1)[0]
    delimiter = max((",", ";", "\t"), key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    width = 0
    try:
        for number, cells in enumerate(reader):
            if not any(cell.strip() for cell in cells):
                continue
            width = width or len(cells)
            _check(reader.line_num, number, cells, width)
            yield reader.line_num, cells
    except csv.Error:
        raise Unreadable(
            why=_("line {line}: a quote is not closed, or a field is far too long.").replace(
                "{line}", str(reader.line_num)
            )
        ) from None


def _check(line: int, number: int, cells: list[str], width: int) -> None:
    if len(cells) != width:
        raise Unreadable(
            why=_("line {line} has another number of columns than the first.").replace("{line}", str(line))
        )
    if any(len(cell) > LONGEST_FIELD for cell in cells):
        raise Unreadable(why=_("line {line} has a field of more than 4,000 characters.").replace("{line}", str(line)))
    if number > MOST_ROWS:
        raise Unreadable(why=_("it has more than 20,000 rows."))


def _own(cells: dict[str, str], role: str) -> dict[str, Any]:
    said: dict[str, Any] = {name: text for name in OWN if (text := _plain(cells.get(name, "")))}
    for name in LISTS:
        if name in said:
            said[name] = [part.strip() for part in said[name].split("|") if part.strip()]
    said.setdefault("role", role)
    return said


def _plain(cell: str) -> str:
    """The cell without the apostrophe that keeps a spreadsheet from running it."""
    text = cell.strip()
    return text[1:] if text[:1] == "'" and text[1:2] in RISKY else text


def _civil(cells: dict[str, str], role: str) -> dict[str, Any]:
    name = f"{cells['first name'].strip()} {cells['last name'].strip()}".strip()
    topic = _plain(cells["profession"])
    years = GRADES.get(cells["grade"].strip().upper())
    said: dict[str, Any] = {
        "name": _plain(name),
        "email": cells["email address"].strip(),
        "role": role,
        "company": _plain(cells["organisation"]),
        "languages": ["en"],
        "wants" if role == "mentee" else "offers": [topic] if topic else [],
        "introductions" if role == "mentee" else "capacity": 3,
    }
    return said if years is None else {**said, "years": years}
