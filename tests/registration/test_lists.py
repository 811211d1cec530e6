"""Files of people, read and recognised: exports by their columns, encodings, workbooks. Pure."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from services.registration.handlers.rows import (
    FIELDS,
    Unreadable,
    as_csv,
    as_xlsx,
    columns_of,
    format_of,
    is_plain,
    read_file,
    suggested,
    table,
)
from services.registration.handlers.rows.words import meaning, value
from tests.registration.workbooks import with_shared_texts, workbook

LISTS = Path(__file__).parent / "lists"
TOPICS = ("Grant writing", "Python", "Leading people")
ANA = {"name": "Ana Bešić", "email": "ana@example.org"}


def said(content: bytes, role: str = "mentee") -> list[tuple[int, Any]]:
    """(line, what it says, or why it says nothing) of a list whose columns are plain."""
    sheet = read_file(content)
    columns = suggested(sheet)
    assert is_plain(sheet, columns)
    rows = table(sheet, columns, role, TOPICS).rows
    return [(row.line, row.said or row.skipped or row.wrong) for row in rows]


EXPORTS = {
    "pretix-positions.csv": (
        "pretix, order positions",
        [
            (2, {**ANA, "role": "mentee", "wants": ["Python", "Grant writing"], "years": "3", "company": "Acme"}),
            (3, {"name": "Ben Okoro", "email": "buyer@example.org", "role": "mentee", "wants": ["Leading people"]}),
            (4, "“Status” is “canceled”."),
            (5, "“Status” is “pending”."),
            (6, {**ANA, "role": "mentee", "wants": ["Python"]}),
        ],
    ),
    "pretix-bestellzeilen.csv": (
        "pretix, order positions",
        [
            (
                2,
                {
                    "name": "Jörg Müller",
                    "email": "joerg@example.org",
                    "role": "mentor",
                    "offers": ["Python"],
                    "languages": ["de", "en"],
                    "years": "12",
                    "company": "Werk",
                },
            ),
            (3, "“Status” is “storniert”."),
        ],
    ),
    "pretix-check-in.csv": (
        "pretix, check-in list",
        [(2, {**ANA, "role": "mentee", "wants": ["Python"], "company": "Acme"}), (3, "“Paid” is “No”.")],
    ),
    "pretix-check-in-de.csv": (
        "pretix, check-in list",
        [(2, {**ANA, "role": "mentee", "wants": ["Python"], "company": "Werk"}), (3, "“Bezahlt” is “Nein”.")],
    ),
    "eventbrite.csv": (
        "Eventbrite",
        [
            (
                2,
                {
                    **ANA,
                    "role": "both",
                    "offers": ["Python", "Grant writing"],
                    "wants": ["Python", "Grant writing"],
                    "company": "Acme",
                },
            ),
            (3, {**ANA, "role": "mentee"}),
            (4, {"name": "Ben Okoro", "email": "ana@example.org", "role": "mentee", "wants": ["Python"]}),
            (5, "“Attendee Status” is “Not Attending”."),
            (6, {"name": "Cem Demir", "email": "cem@example.org", "role": "mentee", "wants": ["Leading people"]}),
        ],
    ),
    "luma.csv": (
        "Luma",
        [
            (
                2,
                {
                    **ANA,
                    "role": "mentee",
                    "goal": "A grant, at last",
                    "wants": ["Grant writing"],
                    "languages": ["en", "fr"],
                },
            ),
            (3, "“approval_status” is “waitlist”."),
            (4, "“approval_status” is “declined”."),
        ],
    ),
    "hi-events.csv": (
        "hi.events",
        [(2, {**ANA, "role": "mentee", "company": "Acme"}), (3, "“Status” is “CANCELLED”.")],
    ),
    "alf-io.csv": (
        "alf.io",
        [
            (2, {**ANA, "role": "mentee", "wants": ["Python"], "company": "Acme"}),
            (3, {"name": "Ben Okoro", "email": "ben@example.org", "role": "mentee"}),
            (4, "“Status” is “RELEASED”."),
        ],
    ),
    "indico.csv": (
        "Indico",
        [
            (2, {**ANA, "role": "mentee", "wants": ["Python"], "company": "Acme"}),
            (3, "“Registration state” is “Withdrawn”."),
        ],
    ),
}


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_is_recognised_by_its_columns_and_only_rows_that_count_say_something(name: str) -> None:
    form, rows = EXPORTS[name]
    content = (LISTS / name).read_bytes()
    assert (format_of(read_file(content).header).name, said(content)) == (form, rows)


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_says_the_same_as_a_workbook_and_with_its_columns_in_another_order(name: str) -> None:
    form, rows = EXPORTS[name]
    sheet = read_file((LISTS / name).read_bytes())
    turned = [list(reversed(cells)) for cells in (sheet.header, *(line.cells for line in sheet.lines))]
    content = workbook(turned)
    assert (format_of(read_file(content).header).name, said(content)) == (form, rows)


def test_questions_that_nobody_can_know_are_asked_about_and_the_rest_is_known() -> None:
    header = "api_id,name,email,approval_status,Topics,T-shirt size,Special offers by mail"
    sheet = read_file(f"{header}\n1,Ana,ana@example.org,approved,Python,M,yes\n".encode())
    assert suggested(sheet) == ["", "name", "email", "", "topics", None, None]
    assert not is_plain(sheet, suggested(sheet))
    assert table(sheet, columns_of(sheet, {}), "mentee").left_out == ["T-shirt size", "Special offers by mail"]


@pytest.mark.parametrize(
    "header", ["Vorname;Name;E-Mail", "First name;Last name;Mail", "Given name;Surname;Your email address"]
)
def test_a_name_in_two_columns_is_put_together(header: str) -> None:
    row = {"name": "Ana Bešić", "email": "ana@example.org", "role": "mentee"}
    assert said(f"{header}\nAna;Bešić;ana@example.org\n".encode()) == [(2, row)]


def test_a_list_of_nobody_is_taken_as_its_columns_are_said() -> None:
    sheet = read_file((LISTS / "anybody.csv").read_bytes())
    assert suggested(sheet) == [None, None, None, None]
    with pytest.raises(Unreadable, match="Unreadable"):
        columns_of(sheet, {"Wer": "name", "Adresse im Netz": "email"})
    columns = columns_of(sheet, {"wer": "name", "ADRESSE IM NETZ": "email", "Worum es geht": "wants", "T-Shirt": ""})
    assert columns == ["name", "email", "", "wants"]
    assert [row.said for row in table(sheet, columns, "mentee", TOPICS).rows] == [
        {**ANA, "role": "mentee", "wants": ["Python"]},
        {"name": "Ben Okoro", "email": "ben@example.org", "role": "mentee", "wants": ["Grant writing", "Python"]},
    ]


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("Full Name", "name"),
        ("Vorname", "given"),
        ("Nachname", "family"),
        ("E-Mail-Adresse", "email"),
        ("Are you a mentor or a mentee?", "role"),
        ("Which topics can you offer?", "offers"),
        ("Themen, die ich suche", "wants"),
        ("Mentoring topics", "topics"),
        ("Sprachen", "languages"),
        ("Unternehmen", "company"),
        ("Wie viele Jahre Berufserfahrung?", "years"),
        ("Is this your first PyCon?", "first_timer"),
        ("T-shirt size", None),
        ("Special offers by mail", None),
        ("Name of your hotel", None),
        ("mentor " * 700, None),
    ],
)
def test_a_column_is_a_field_where_its_name_is_plain(name: str, field: str | None) -> None:
    assert meaning(name) == field


@pytest.mark.parametrize(
    ("field", "cell", "found"),
    [
        ("role", "Mentorin", "mentor"),
        ("role", "as a mentee", "mentee"),
        ("role", "Beides", "both"),
        ("role", "a mentor, to find a mentee", "a mentor, to find a mentee"),
        ("wants", "Grant writing, Tea, coffee and cake, Python", ["Grant writing", "Tea, coffee and cake", "Python"]),
        ("wants", "Tea, coffee and cake", ["Tea, coffee and cake"]),
        ("languages", "Englisch / Français & Deutsch", ["en", "fr", "de"]),
        ("languages", "Klingon", ["Klingon"]),
        ("years", "10+", "10"),
        ("years", "a few", "a few"),
        ("first_timer", "Ja", "yes"),
        ("goals", "Safe place; Advice", ["safe_place", "advice"]),
        ("name", "'=Ana", "=Ana"),
    ],
)
def test_a_cell_is_read_as_people_write_it(field: str, cell: str, found: Any) -> None:
    assert value(field, cell, {"tea, coffee and cake", "python"}) == found


TEXT = (
    "Name;E-Mail;Firma\r\nJosé Müller;jose@example.org;Société Générale\r\nAna D’Arcy;ana@example.org;„Werk“ – Süd\r\n"
)


@pytest.mark.parametrize(
    ("encoding", "notes"),
    [("utf-8", 0), ("utf-8-sig", 0), ("utf-16", 0), ("cp1252", 1)],
)
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_three_encodings_and_three_separators_are_read(encoding: str, notes: int, separator: str) -> None:
    sheet = read_file(TEXT.replace(";", separator).encode(encoding))
    assert [line.cells for line in sheet.lines] == [
        ("José Müller", "jose@example.org", "Société Générale"),
        ("Ana D’Arcy", "ana@example.org", "„Werk“ – Süd"),
    ]
    assert len(sheet.notes) == notes


def test_excels_own_line_about_separators_is_heeded_and_topics_may_have_commas() -> None:
    text = 'sep=;\r\nName;E-Mail;Topics (a, b, c)\r\n"Bešić; Ana";ana@example.org;a, b\r\n'
    sheet = read_file(text.encode())
    assert (sheet.header, [line.cells for line in sheet.lines]) == (
        ("Name", "E-Mail", "Topics (a, b, c)"),
        [("Bešić; Ana", "ana@example.org", "a, b")],
    )
    assert [line.number for line in sheet.lines] == [3]


def test_a_row_that_is_too_short_too_long_or_far_too_large_is_rejected_alone() -> None:
    text = "name,email,goal\nA,a@example.org,x\nB,b@example.org\nC,c@example.org,x,,\nD,d@example.org,x,y\n"
    text += f"E,e@example.org,{'x' * 4001}\nname,email,goal\nF,f@example.org,x\n"
    shape = "It has another number of columns than the first row: a separator or a quote is missing, or too many."
    assert [(line, why if isinstance(why, str) else "fine") for line, why in said(text.encode())] == [
        (2, "fine"),
        (3, shape),
        (4, "fine"),
        (5, shape),
        (6, "It has a field of more than 4,000 characters."),
        (7, "The names of the columns stand here again."),
        (8, "fine"),
    ]


def test_a_workbook_is_read_as_it_looks_and_a_formula_only_spoils_rows_that_need_it() -> None:
    rows: list[list[Any]] = [
        ["Name", "Email", "Years of experience", "First time here", "Price", None],
        ["Ana", "ana@example.org", 3.0, True, "=1+1", None],
        [None] * 6,
        ["=HYPERLINK(1)", "ben@example.org", 4, False, 2, None],
        ["Cem", "cem@example.org", None, None, None, "a remark"],
    ]
    sheet = read_file(workbook(rows, [["another"]]))
    assert sheet.notes == ("There are several sheets in the file; only the sheet Sheet was read.",)
    columns = columns_of(sheet, {"Price": ""})
    found = [(row.line, row.said or row.wrong) for row in table(sheet, columns, "mentor").rows]
    assert found == [
        (2, {"name": "Ana", "email": "ana@example.org", "years": "3", "first_timer": "yes", "role": "mentor"}),
        (4, "A formula stands in column Name: please replace it by its value."),
        (5, {"name": "Cem", "email": "cem@example.org", "role": "mentor"}),
    ]


def test_of_several_sheets_the_one_that_is_an_export_is_read() -> None:
    sheet = read_file((LISTS / "pretix-positions.csv").read_bytes())
    positions = [sheet.header, *(line.cells for line in sheet.lines)]
    orders = [
        ["Event slug", "Order code", "Order total", "Status", "Email"],
        ["pyconf", "ABC01", 90, "paid", "b@example.org"],
    ]
    content = workbook(orders, positions, [["Order code", "Fee type"], ["ABC01", "payment"]])
    assert said(content) == EXPORTS["pretix-positions.csv"][1]
    assert read_file(content).notes == ("There are several sheets in the file; only the sheet Sheet1 was read.",)


def test_texts_that_excel_keeps_once_are_read() -> None:
    content = with_shared_texts(["name", "email", "Ana", "ana@example.org"], [[0, 1], [2, 3]])
    assert said(content) == [(2, {"name": "Ana", "email": "ana@example.org", "role": "mentee"})]


def test_rejected_rows_run_in_no_spreadsheet_and_come_back_as_they_were() -> None:
    cells = ("=cmd|' /C calc'!A0", "+49 30 1", "@x", "\tx", "plain")
    header = ("a", "b", "c", "d", "rejected because")
    text = as_csv(header, [(2, "No.", cells)])
    assert list(csv.reader(io.StringIO(text.removeprefix("\ufeff")))) == [
        list(header),
        ["'=cmd|' /C calc'!A0", "'+49 30 1", "'@x", "'\tx", "No."],
    ]
    (page,) = load_workbook(io.BytesIO(as_xlsx(header, [(2, "No.", cells)]))).worksheets
    assert [(cell.value, cell.data_type) for cell in page[2]] == [
        ("=cmd|' /C calc'!A0", "s"),
        ("+49 30 1", "s"),
        ("@x", "s"),
        ("\tx", "s"),
        ("No.", "s"),
    ]
    long = as_csv(
        ("name", "email", "rejected because"), [(2, "Too long.", ("Ana", "ana@example.org", "", "more", "=1"))]
    )
    assert long.splitlines()[1] == '"Ana","ana@example.org","Too long.","more","\'=1"'
    again = read_file(as_xlsx(("name", "email"), [(2, "No.", ("=Ana", "ana@example.org"))]))
    assert [(line.cells, line.formulas) for line in again.lines] == [(("=Ana", "ana@example.org", "No."), ())]


CELL = st.text(st.characters(exclude_characters="\x00\r", exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=8), st.sampled_from(",;\t"))
def test_what_a_csv_writer_wrote_is_read_as_it_was_and_says_only_what_we_know(
    rows: list[list[str]], separator: str
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerows([["Full name", "E-mail", "Topics"], *rows])
    kept = [tuple(row) for row in rows if any(cell.strip() for cell in row)]
    if not kept:
        return
    sheet = read_file(out.getvalue().encode("utf-8-sig"))
    assert [line.cells for line in sheet.lines] == kept
    found = table(sheet, suggested(sheet), "mentee", TOPICS).rows
    assert all(set(row.said) <= {*FIELDS} for row in found)
