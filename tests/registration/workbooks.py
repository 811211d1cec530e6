"""Workbooks for tests: good ones by openpyxl, and bad ones put together part by part."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def workbook(*sheets: Sequence[Sequence[Any]]) -> bytes:
    """A workbook with these sheets of rows; text that starts with = is a formula, as in a spreadsheet."""
    book, out = Workbook(), io.BytesIO()
    book.remove(book.active)
    for rows in sheets:
        page = book.create_sheet()
        for row in rows:
            page.append(list(row))
    book.save(out)
    return out.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The workbook with a part replaced, or with one more."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for known in old.namelist():
            if known != name:
                new.writestr(known, old.read(known))
        new.writestr(name, part)
    return out.getvalue()


def without_part(content: bytes, name: str) -> bytes:
    """The workbook with a part missing."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for known in old.namelist():
            if known != name:
                new.writestr(known, old.read(known))
    return out.getvalue()


def part_of(content: bytes, name: str) -> bytes:
    """One part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return packed.read(name)


def with_shared_texts(texts: Sequence[str], rows: Sequence[Sequence[int]]) -> bytes:
    """A workbook as Excel writes it: every text once, and cells that name its place."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    said = "".join(f"<si><t>{text}</t></si>" for text in texts)
    each = ([f"<c t='s'><v>{place}</v></c>" for place in row] for row in rows)
    cells = "".join("<row>" + "".join(row) + "</row>" for row in each)
    content = workbook([["x"]])
    kinds = part_of(content, "[Content_Types].xml").decode()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    kinds = kinds.replace("</Types>", f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}" /></Types>')
    content = with_part(content, "[Content_Types].xml", kinds.encode())
    content = with_part(content, "xl/sharedStrings.xml", f'<sst xmlns="{main}">{said}</sst>'.encode())
    sheet = f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>'
    return with_part(content, "xl/worksheets/sheet1.xml", sheet.encode())
