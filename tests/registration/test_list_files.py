"""Files that are no list, or a damaged one: refused with a sentence, or read, and never anything else. Pure."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.handlers.rows import (
    Sheet,
    Unreadable,
    pack,
    read_file,
    unpack,
)
from tests.registration.workbooks import OLE, part_of, with_part, with_shared_texts, without_part, workbook

SHEET = "xl/worksheets/sheet1.xml"


def refusal(content: bytes) -> str:
    """Why a file cannot be read."""
    with pytest.raises(Unreadable) as why:
        read_file(content)
    return why.value.sentence()


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Иван Петров", "cp1251"),
        ("Łukasz Śliwa", "cp1250"),
        ("İbrahim Doğan", "cp1254"),
        ("Jörg Weiß", "mac-roman"),
        ("García Muñoz", "mac-roman"),
        ("Γιώργος", "cp1253"),
        ("山田太郎", "shift-jis"),
    ],
)
def test_what_is_not_plainly_western_is_refused_instead_of_guessed(text: str, encoding: str) -> None:
    content = f"name,email\nAnn,ann@example.org\n{text},a@example.org\n".encode(encoding)
    assert refusal(content).startswith("The file cannot be imported: it is not UTF-8. (line 3)")


def bomb() -> bytes:
    """A workbook of some kilobytes that unpacks to 80 MB."""
    return with_part(workbook([["name"]]), SHEET, b"<worksheet>" + b" " * 80_000_000)


GOOD = workbook([["name", "email"], ["Ana", "ana@example.org"]])
LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><worksheet xmlns="http://schemas.'
    b'openxmlformats.org/spreadsheetml/2006/main"><sheetData><row><c t="str"><v>&b;</v></c></row></sheetData></worksheet>'
)
FILE_ENTITY = LAUGHS.replace(b'<!ENTITY a "aaaaaaaaaa">', b'<!ENTITY a SYSTEM "file:///etc/hostname">')
FAR = (
    part_of(GOOD, SHEET)
    .replace(b'r="2"', b'r="1048576"')
    .replace(b'"A2"', b'"A1048576"')
    .replace(b'"B2"', b'"B1048576"')
)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is empty."),
        (b"\n\n \n", "it is empty."),
        (b"name,email\n", "it names columns and has no row below them."),
        (b"name,email\nA\x00,a@example.org", "there is a NUL character in it, in line 2."),
        (b'name,email\nB,b@example.org\n"A,a@example.org\nC,c@example.org', "line 3: a quote is not closed"),
        (b'name,email\n"A"x,a@example.org', "line 2: a quote is not closed"),
        (b"name,email\n" + b"A" * 131_073 + b",a@example.org", "line 2: a quote is not closed, or a field is far too long."),
        (b"name,email\n" + b"A" * 1_000_000, "line 2"),
        (b"name,email\nA,a@example.org,x", "line 2 has another number of columns than the first."),
        (b"n," * 250 + b"\n" + b"x," * 250, "it has more than 200 columns."),
        (b"name,email\n" + b"A,a@example.org\n" * 20_001, "it has more than 20,000 rows."),
        (b"name,email\n" * 500_000, "it is larger than 5 MB."),
        (b"%PDF-1.7 and so on", "it is a PDF, whatever its name."),
        (b"\x89PNG\r\n\x1a\n\x00", "it is a picture"),
        (b"<html><table><tr><td>name</td></tr></table></html>", "it is a web page or XML"),
        (b'{"name": "Ana"}', "it is JSON."),
        (OLE + b"\x00" * 600, "it is an old Excel file (.xls)."),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "it is protected by a password."),
        (b"PK\x03\x04 and nothing else", "it is a broken XLSX file."),
        (without_part(GOOD, "xl/workbook.xml"), "it is a packed file, but not XLSX."),
        (without_part(GOOD, SHEET), "it is empty."),
        (GOOD[: len(GOOD) // 2], "it is a broken XLSX file."),
        (with_part(GOOD, SHEET, part_of(GOOD, SHEET)[:-40]), "it is a broken XLSX file."),
        (with_part(GOOD, SHEET, LAUGHS), "it is a broken XLSX file."),
        (with_part(GOOD, SHEET, FILE_ENTITY), "it is a broken XLSX file."),
        (with_part(GOOD, SHEET, FAR), "it has more than 20,000 rows."),
        (workbook([["name"] * 201, ["x"] * 201]), "it has more than 200 columns."),
        (workbook([["=A2", "email"], ["x", "a@example.org"]]), "a formula stands in the first row"),
        (workbook([]), "it is empty."),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(content: bytes, why: str) -> None:
    told = refusal(content)
    assert told.startswith("The file cannot be imported: ")
    assert why in told


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    assert "unpacked it is far too large" in refusal(bomb())
    many = GOOD
    for number in range(3):
        many = with_part(many, f"xl/{number}.bin", bytes(25_000_000))
    assert "unpacked it is far too large" in refusal(many)
    repeated = with_shared_texts(["x" * 100_000], [[0]] * 300)  # one text, which 300 cells show
    assert "unpacked it is far too large" in refusal(repeated)


def test_a_million_rows_are_refused_without_reading_them_all() -> None:
    began = time.process_time()
    with pytest.raises(Unreadable) as refused:
        read_file(b"name,email\n" + b"a,b\n" * 1_000_000)
    assert "it has more than 20,000 rows" in refused.value.sentence()
    assert time.process_time() - began < 3


@given(st.binary(max_size=400))
def test_whatever_bytes_come_are_read_or_refused(content: bytes) -> None:
    for start in (b"", b"name,email\n", b"PK\x03\x04", b"\xff\xfe"):
        try:
            sheet = read_file(start + content)
        except Unreadable:
            continue
        assert isinstance(sheet, Sheet)
        assert unpack(pack(sheet)) == sheet


DAMAGE = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.sampled_from([0, 1, 5, 20]),
        st.sampled_from(
            [
                b"",
                b"<",
                b'"',
                b"-1",
                b"999999999999",
                b"NaN",
                b"1e400",
                b"ZZZZ9",
                b"\x00",
                b"<f>1</f>",
                b't="d"',
                b't="b"',
            ]
            + [b's="99"', b'<f t="array" ref="A1">1</f>', b'<f t="shared" si="0"/>', b'<f t="dataTable" x="1"/>']
        ),
    ),
    min_size=1,
    max_size=4,
)
EXCEL = with_shared_texts(["name", "email", "Ana", "ana@example.org"], [[0, 1], [2, 3]])


@given(
    st.sampled_from([GOOD, EXCEL]),
    st.sampled_from([SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"]),
    DAMAGE,
)
def test_a_damaged_workbook_is_read_or_refused(
    content: bytes, name: str, damage: list[tuple[float, int, bytes]]
) -> None:
    part = part_of(content, name)
    for place, length, instead in damage:
        start = int(place * len(part))
        part = part[:start] + instead + part[start + length :]
    try:
        sheet = read_file(with_part(content, name, part))
    except Unreadable:
        return
    assert unpack(pack(sheet)) == sheet
