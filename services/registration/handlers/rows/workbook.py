"""Lists as XLSX: looked at from outside before anything is unpacked, read cell by cell without macros, links or formulas.
openpyxl reads it, its XML goes through defusedxml. Pure."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException

from services.registration.handlers.rows.sheet import MOST_COLUMNS, MOST_ROWS, Line, Sheet, Unreadable, made
from shared.i18n import gettext as _

MOST_PARTS = 500
MOST_UNPACKED = 60 * 1024 * 1024
MOST_TIMES = 150
"""How many times larger than packed: cells of real lists repeat themselves ten to thirty times."""
MOST_CELLS = 1_000_000
MOST_SIGNS = 20_000_000
"""A workbook holds a text once, however many cells show it."""
LAST_ROW = 4 * MOST_ROWS
"""Empty rows are allowed between, within reason."""
BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, ParseError, DefusedXmlException, EOFError, OSError, LookupError,
    ValueError, TypeError, AttributeError, NotImplementedError, RuntimeError, ArithmeticError, AssertionError,
)  # fmt: skip
"""What openpyxl raises when a part is missing or is not what it should be."""


IsKnown = Callable[[Sequence[str]], bool]


def read_workbook(content: bytes, is_known: IsKnown) -> Sheet:
    """The list on the first sheet whose columns are known, else on the first that is not empty: exports often have several
    sheets. Raises Unreadable."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl says what it leaves out; nothing of that is a cell
            return _read(content, is_known)
    except BROKEN:
        raise Unreadable(why=_("it is a broken XLSX file. Please open and save it again, or save it as CSV.")) from None


def _read(content: bytes, is_known: IsKnown) -> Sheet:
    _look_from_outside(content)
    from openpyxl import load_workbook  # noqa: PLC0415 - takes a while to load, and few lists are workbooks

    book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    try:
        found = [(page.title, rows) for page in _visible(book) if (rows := list(_rows(page)))]
    finally:
        book.close()
    if not found:
        return made("xlsx", [])
    title, rows = next((one for one in found if is_known(one[1][0].cells)), found[0])
    sentence = _("There are several sheets in the file; only the sheet {name} was read.")
    return made("xlsx", rows, [sentence.replace("{name}", title[:40])] if len(found) > 1 else [])


def _look_from_outside(content: bytes) -> None:
    """Raises Unreadable for what would unpack to far more than it is, before a byte of it is unpacked. What a part says
    about its size is kept by zipfile: it unpacks no more than that."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = packed.infolist()
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise Unreadable(why=_("it is a packed file, but not XLSX. We read CSV and XLSX."))
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable(why=_("it is protected by a password. Please save it without one."))
    whole = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or whole > MOST_UNPACKED or whole > MOST_TIMES * len(content):
        raise Unreadable(why=_too_large())


def _too_large() -> str:
    return _("unpacked it is far too large for a list of people. Save the one sheet as CSV.")


def _visible(book: Any) -> Iterator[Any]:
    for page in book.worksheets:
        if page.sheet_state == "visible" and hasattr(page, "reset_dimensions"):
            page.reset_dimensions()  # what a file says about its own size is often wrong
            yield page


def _rows(page: Any) -> Iterator[Line]:
    count = signs = 0
    for number, cells in enumerate(page.iter_rows(), 1):
        if len(cells) > MOST_COLUMNS:
            raise Unreadable(why=_("it has more than 200 columns."))
        if number > LAST_ROW:
            raise Unreadable(why=_("it has more than 20,000 rows."))
        count += len(cells)
        if count > MOST_CELLS:
            raise Unreadable(why=_("it has more than a million cells."))
        texts = tuple(_text(cell.value) for cell in cells)
        signs += sum(map(len, texts))
        if signs > MOST_SIGNS:
            raise Unreadable(why=_too_large())
        if any(text.strip() for text in texts):
            runs = tuple(place for place, cell in enumerate(cells) if cell.value is not None and cell.data_type in "fe")
            yield Line(number, texts, formulas=runs)


def _text(value: Any) -> str:
    """A cell as somebody would have typed it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, date | time | timedelta):
        return str(value)
    return str(getattr(value, "text", value) or "")  # of an array formula its text
