"""Lists as text: which encoding, which separator, strict quotes. What is not plainly one of those we know is refused with
a sentence. Pure."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator, Sequence

from services.registration.handlers.rows.sheet import MOST_ROWS, Line, Sheet, Unreadable, made
from shared.i18n import gettext as _

BYTE_ORDERS = (b"\xff\xfe", b"\xfe\xff")
SEPARATORS = ",;\t"
LOOKED_AT = 20
WESTERN = re.compile(r"[\t\r\n -~\xa0À-ÖØ-ÜßÀ-ïñ-öø-üÿ€…‘’“”–—«»¿¡§°´·ªº®©™ŒœŠšŽž„‚•]*")
"""What people write in Western Europe. Signs that are Turkish or Polish letters in neighbouring encodings are left out."""
NOT_WITHIN = re.compile(r"[a-zà-ÿ][ŠŽŒ]|[^\W\d_][€…‘“”–—«»¿¡§°´·ªº®©™„‚•šž][a-zà-ÿ]|[À-Öà-öø-ü]{4}")
"""Signs where no Western word has them: then the bytes mean something else (a Mac's letters, Cyrillic, Greek)."""


def read_text(content: bytes) -> Sheet:
    """The list in the bytes of a text file. Raises Unreadable."""
    text, notes = _decoded(content)
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise Unreadable(why=_at(line, _("there is a NUL character in it, in line {line}.")))
    text, separator = _separated(text)
    rows = list(
        itertools.islice(_rows(text, separator), MOST_ROWS + 2)
    )  # a million rows are not all read to be refused
    return made("csv", rows, notes)


def _decoded(content: bytes) -> tuple[str, Sequence[str]]:
    utf16 = content[:2] in BYTE_ORDERS
    try:
        return content.decode("utf-16" if utf16 else "utf-8-sig"), ()
    except UnicodeDecodeError as wrong:
        if utf16:
            raise Unreadable(why=_("it is not UTF-8. It starts as UTF-16 does, but does not go on as such.")) from None
        western = _western(content)
        if western is not None:
            return western, [_WESTERN()]
        line = content.count(b"\n", 0, wrong.start) + 1
        raise Unreadable(
            why=_at(line, _("it is not UTF-8. (line {line}) Save it as “CSV UTF-8”, or send the XLSX file itself."))
        ) from None


def _WESTERN() -> str:
    return _(
        "The file is not UTF-8; it was read as Windows-1252, the old encoding of Western Europe. Please look whether"
        " names with accents are right."
    )


def _western(content: bytes) -> str | None:
    """The text, where the bytes are plainly Windows-1252 (of which Latin-1 is a part)."""
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        return None
    return text if WESTERN.fullmatch(text) and not NOT_WITHIN.search(text) else None


def _separated(text: str) -> tuple[str, str]:
    """(the text, what separates its cells): the sign that makes the first rows equally wide, and the widest."""
    said = re.match(r"\ufeff?sep=(.)\r?\n", text)
    if said and said[1] in SEPARATORS:  # the line by which Excel tells itself
        return "\n" + text[said.end() :], said[1]
    return text, max(SEPARATORS, key=lambda sign: _fit(text, sign))


def _fit(text: str, separator: str) -> tuple[bool, int]:
    widths = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            widths += [len(row)] if row else []
            if len(widths) == LOOKED_AT:
                break
    except csv.Error:
        pass
    return len(set(widths)) == 1 and widths[0] > 1, widths[0] if widths else 0


def _rows(text: str, separator: str) -> Iterator[Line]:
    number = 0
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), 1):
            if any(cell.strip() for cell in cells):
                yield Line(number, tuple(cells))
    except csv.Error:
        raise Unreadable(
            why=_at(number + 1, _("line {line}: a quote is not closed, or a field is far too long."))
        ) from None


def _at(line: int, sentence: str) -> str:
    return sentence.replace("{line}", str(line))
