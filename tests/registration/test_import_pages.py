"""A list on the organizer's pages: what its columns are, what would happen, progress, cancelling, what is left of it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select, update

from services.registration import tables
from services.registration.forms import read_row
from services.registration.handlers import uploads
from services.registration.store import claim_list
from tests.registration.stage import a_form, create, logged_in, proof, send
from tests.registration.workbooks import OLE, workbook
from tests.system import System

PAGE = "/organize/pyconf/import"
LISTS = Path(__file__).parent / "lists"


class Organizer:
    """An organizer's browser before the import of PyConf."""

    def __init__(self, system: System) -> None:
        create(system)
        self.system, self.browser = system, logged_in(system)

    def upload(self, content: bytes, *consents: str, **fields: Any) -> Any:
        """Send a file; the answer."""
        sent = {"csrf_token": proof(self.browser, PAGE), "role": "mentees", "consents": list(consents), **fields}
        return self.browser.post(PAGE, data={**sent, "file": (io.BytesIO(content), "list.csv")})

    def bring(self, content: bytes, *consents: str) -> str:
        """Send a file that can be read; its page."""
        answer = self.upload(content, *consents)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["Location"])

    def see(self, page: str) -> str:
        """What stands there, as one line of text."""
        answer = self.browser.get(page)
        assert answer.status_code == 200, answer.text
        main = answer.text.split('<main id="main">')[1].split("</main>")[0]
        return " ".join(re.sub(r"<[^>]+>", " ", main).split())

    def do(self, page: str, action: str, **fields: Any) -> Any:
        """Press a button."""
        return send(self.browser, PAGE, page, action=action, **fields)

    def people(self) -> list[tuple[str, str]]:
        """(name, status) of everybody."""
        found = self.system.api("GET", "/api/v1/conferences/pyconf/attendees?limit=500").json["items"]
        return [(person["name"], person["status"]) for person in found]

    def kept(self) -> int:
        """How many lists and findings the database has."""
        with self.system.registration.reading() as connection:
            counted = [
                connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (tables.lists, tables.list_findings)
            ]
        return sum(counted)


@pytest.fixture
def organizer(system: System) -> Organizer:
    """One who has a conference."""
    return Organizer(system)


def many(count: int, *more: str) -> bytes:
    """A list of so many people."""
    rows = [f"Person {number},p{number}@example.org,Python" for number in range(count)]
    return "\n".join(["name,email,wants", *rows, *more, ""]).encode()


def test_a_list_says_whom_it_invites_who_registered_and_did_not_confirm(organizer: Organizer) -> None:
    form = a_form(name="Ana", email="ana@example.org", goal="Typed by anybody")
    organizer.system.client("registration").post("/c/pyconf", data=form)
    page = organizer.bring(b"name,email,wants\nAna,ana@example.org,Python\n")
    said = organizer.see(page)
    assert "Nobody in this list is new. 1 person registered and did not confirm: they would be invited by mail." in said
    assert "Import now: 1 person" in said
    organizer.do(page, "start")
    said = organizer.see(page)
    assert "0 added, 1 known already, 0 to correct. 1 person had registered and not confirmed: an invitation" in said
    assert organizer.people() == [("Ana", "invited")]


def test_first_comes_what_would_happen_then_the_import_then_nothing_stays(organizer: Organizer) -> None:
    text = "name,email,wants\nAna,ana@example.org,Python\n,b@example.org,Python\nAna,ana@example.org,\n"
    page = organizer.bring(text.encode())
    said = organizer.see(page)
    assert "What would happen" in said
    assert "New 1 Known already 0 Left aside 1 To correct 1" in said
    assert "This was a dry run: nothing was changed. Who is new would be invited by mail." in said
    assert "3 name: This is needed." in said
    assert "The same person again. This address stands in line 2 already. 1 row: 4" in said
    assert organizer.people() == []
    assert organizer.do(page, "start").headers["Location"] == page
    said = organizer.see(page)
    assert "The list is in" in said
    assert "1 added, 0 known already, 1 to correct." in said
    assert organizer.people() == [("Ana", "invited")]
    held = organizer.browser.get(f"{page}/csv")
    assert held.headers["Content-Disposition"] == 'attachment; filename="pyconf-to-correct.csv"'
    assert list(csv.reader(io.StringIO(held.text.removeprefix("\ufeff")))) == [
        ["name", "email", "wants", "rejected because"],
        ["", "b@example.org", "Python", "name: This is needed."],
    ]
    assert "ana@example.org" not in kept_text(organizer.system)
    assert organizer.do(page, "forget").headers["Location"] == PAGE
    assert (organizer.browser.get(page).status_code, organizer.kept()) == (404, 0)


def kept_text(system: System) -> str:
    """What the lists that are kept say."""
    with system.registration.reading() as connection:
        contents = connection.execute(select(tables.lists.c.content)).scalars().all()
    return " ".join(str(uploads.unpack(content)) for content in contents)


def test_topics_that_the_conference_does_not_have_are_named_and_counted(organizer: Organizer) -> None:
    text = "Full name,E-mail,Topics\nAna,ana@example.org,Knitting; Python\nBen,ben@example.org,Knitting\nC,c@example.org,\n"
    page = organizer.bring(text.encode())
    said = organizer.see(page)
    assert "New 1 Known already 0 Left aside 0 To correct 2" in said
    assert "Topics that the conference does not have" in said
    assert "Topic Rows Knitting 2 " in said + " "


def test_importing_again_changes_nothing(organizer: Organizer) -> None:
    for added in (2, 0):
        page = organizer.bring(many(2), "introductions")
        said = organizer.see(page)
        assert f"New {added} Known already {2 - added} Left aside 0 To correct 0" in said
        if added:
            assert "registered at once, since you vouch for them" in said
            organizer.do(page, "start")
        else:
            assert "Nobody in this list is new." in said
            assert 'value="start"' not in organizer.browser.get(page).text
    assert organizer.people() == [("Person 0", "confirmed"), ("Person 1", "confirmed")]


def test_columns_of_nobodys_list_are_asked_about_with_samples(organizer: Organizer) -> None:
    page = organizer.bring((LISTS / "anybody.csv").read_bytes())
    said = organizer.see(page)
    assert "What are these columns?" in said
    assert "Worum es geht Python · Grant writing; Python" in said
    wanted = {"column-0": "name", "column-1": "email", "column-2": "", "column-3": "wants"}
    for wrong, why in (
        ({"column-1": ""}, "at least name and email."),
        ({"column-3": "name"}, "name stands twice."),
        ({"column-0": "nonsense"}, "at least name and email."),
    ):
        refused = organizer.do(page, "columns", **{**wanted, **wrong})
        assert (refused.status_code, "<title>Error: " in refused.text, why in refused.text) == (422, True, True)
        assert refused.text.count(" selected") == sum(bool(f) for f in {**wanted, **wrong}.values() if f != "nonsense")
    assert organizer.do(page, "columns", **{"column-0": "name"}).status_code == 422
    organizer.do(page, "columns", **wanted)
    assert "New 2 Known already 0" in organizer.see(page)
    organizer.do(page, "ask")
    assert organizer.browser.get(page).text.count(" selected") == 3
    organizer.do(page, "columns", **wanted)
    organizer.do(page, "start")
    assert organizer.people() == [("Ana Bešić", "invited"), ("Ben Okoro", "invited")]
    assert organizer.do(page, "columns", **wanted).status_code == 409


@pytest.mark.parametrize("name", sorted(path.name for path in LISTS.glob("*.csv") if path.name != "anybody.csv"))
def test_exports_need_no_question(organizer: Organizer, name: str) -> None:
    page = organizer.bring((LISTS / name).read_bytes())
    assert "Recognised: " in organizer.see(page)
    organizer.do(page, "start")
    assert organizer.people()[0][1] == "invited"


def test_rejected_rows_of_a_workbook_are_handed_back_as_one(organizer: Organizer) -> None:
    page = organizer.bring(workbook([["name", "email"], ["=1+1", "a@example.org"], ["Ana", "ana@example.org"]]))
    organizer.do(page, "start")
    (sheet,) = load_workbook(io.BytesIO(organizer.browser.get(f"{page}/xlsx").data)).worksheets
    assert [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        [
            ("=1+1", "s"),
            ("a@example.org", "s"),
            ("A formula stands in column name: please replace it by its value.", "s"),
        ]
    ]
    assert organizer.browser.get(f"{page}/pdf").status_code == 404


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is empty."),
        (b"\x00", "there is a NUL character in it, in line 1."),
        (b"%PDF-1.7", "it is a PDF, whatever its name."),
        (OLE, "it is an old Excel file (.xls)."),
        (b"PK\x03\x04", "it is a broken XLSX file."),
    ],
)
def test_what_cannot_be_read_is_said_and_what_was_chosen_stays(organizer: Organizer, content: bytes, why: str) -> None:
    refused = organizer.upload(content, "introductions", role="mentors")
    assert (refused.status_code, "<title>Error: Import" in refused.text, why in refused.text) == (422, True, True)
    assert refused.text.count(" checked") == 2
    assert organizer.kept() == 0


def test_consents_without_introductions_are_refused_and_a_huge_request_too(organizer: Organizer) -> None:
    refused = organizer.upload(many(1), "follow_up")
    assert (refused.status_code, "must have agreed to being introduced" in refused.text) == (422, True)
    huge = organizer.browser.post(
        PAGE, content_type="multipart/form-data; boundary=x", environ_overrides={"CONTENT_LENGTH": "9000000"}
    )
    assert huge.status_code == 413
    assert send(organizer.browser, PAGE).status_code == 422
    page = organizer.bring(many(1))
    assert organizer.do(page, "dance").status_code == 404


def test_a_large_list_is_worked_on_beside_and_shows_how_far_it_is(organizer: Organizer) -> None:
    system = organizer.system
    page = organizer.bring(many(601, ",x@example.org,"))
    said = organizer.see(page)
    assert "The list is being tried PyConf 0 of 602 rows 0 %" in said
    shown = organizer.browser.get(page).text
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in shown
    assert 'data-again data-every="1.5"' in shown
    assert organizer.do(page, "start").status_code == 409
    assert system.registration.pending()["registration"] == 1
    assert system.registration.due_turn() == 1
    assert "New 601 Known already 0 Left aside 0 To correct 1" in organizer.see(page)
    organizer.do(page, "start")
    system.clock.advance(timedelta(seconds=10))
    with system.registration.work() as work:
        work.connection.execute(update(tables.lists).values(done=300))
    assert "300 of 602 rows 49 % About 10 seconds left." in organizer.see(page)
    with system.registration.work() as work:
        work.connection.execute(update(tables.lists).values(done=0))
    assert system.registration.due_turn() == 1
    assert "601 added, 0 known already, 1 to correct." in organizer.see(page)
    assert len(organizer.people()) == 500
    assert system.registration.due_turn() == 0


class Stops(Exception):
    """The process is gone."""


class StoppingRoom:
    """A runtime whose process dies, or whose organizer acts, before its n-th unit of work."""

    def __init__(self, system: System, at: int, act: Any) -> None:
        self._runtime, self._left, self._act = system.registration, at, act
        self.reading, self.compute, self.now = self._runtime.reading, self._runtime.compute, self._runtime.now

    def work(self) -> Any:
        self._left -= 1
        if self._left == 0:
            self._act()
        return self._runtime.work()


def die() -> None:
    raise Stops


def names(count: int) -> Sequence[tuple[str, str]]:
    """Those who are there after so many rows."""
    return [(f"Person {number}", "invited") for number in range(count)]


def test_an_import_that_died_goes_on_where_it_was_and_takes_nobody_twice(organizer: Organizer) -> None:
    system = organizer.system
    page = organizer.bring(many(350, "Person 0,P0@example.org,", "Other,p1@example.org,Python"))
    with system.registration.work() as work:
        work.connection.execute(update(tables.lists).values(stage="importing", until=None, done=0, added=0))
        work.connection.execute(tables.list_findings.delete())
    with pytest.raises(Stops):
        uploads.run(StoppingRoom(system, 4, die), read_row)
    assert organizer.people() == names(200)
    assert system.registration.due_turn() == 0  # its lease is still held
    system.clock.advance(timedelta(seconds=31))
    assert system.registration.due_turn() == 1
    assert organizer.people() == names(350)
    said = organizer.see(page)
    assert "350 added, 0 known already, 1 to correct." in said
    assert "353 email: This address stands in line 3 already." in said
    assert "The same person again. This address stands in line 2 already. 1 row: 352" in said


def test_a_holder_that_was_paused_changes_nothing_when_it_wakes_up(organizer: Organizer) -> None:
    system = organizer.system
    organizer.bring(many(350))
    with system.registration.work() as work:
        work.connection.execute(update(tables.lists).values(stage="importing", until=None, done=0, added=0))
    with system.registration.work() as work:
        paused = claim_list(work)
    assert paused is not None
    system.clock.advance(timedelta(seconds=31))
    with pytest.raises(Stops):
        uploads.run(StoppingRoom(system, 4, die), read_row)  # somebody else, two groups on
    uploads.go_on(paused, system.registration, read_row)
    with system.registration.reading() as connection:
        counts = select(tables.lists.c.stage, tables.lists.c.done, tables.lists.c.added, tables.lists.c.known)
        assert connection.execute(counts).one() == ("importing", 200, 200, 0)
    assert organizer.people() == names(200)


def test_cancelling_stops_after_a_group_and_keeps_who_is_in(organizer: Organizer) -> None:
    system = organizer.system
    page = organizer.bring(many(601, ",x@example.org,"))
    system.registration.due_turn()
    organizer.do(page, "start")
    cancelled = StoppingRoom(system, 4, lambda: organizer.do(page, "cancel"))
    assert uploads.run(cancelled, read_row) == 1
    assert organizer.people() == names(200)
    said = organizer.see(page)
    assert "200 added, 0 known already, 0 to correct. 200 of 602 rows were looked at before you cancelled." in said
    assert system.registration.due_turn() == 0
    assert "import cancelled" in organizer.see("/organize/pyconf/audit")
    again = organizer.bring(many(601))
    assert organizer.do(again, "cancel").headers["Location"] == PAGE
    assert organizer.browser.get(again).status_code == 404


def test_a_list_that_nobody_needs_any_more_is_gone_after_half_an_hour(organizer: Organizer) -> None:
    page = organizer.bring((LISTS / "anybody.csv").read_bytes())
    organizer.system.clock.advance(timedelta(minutes=29))
    assert organizer.browser.get(page).status_code == 200
    organizer.system.clock.advance(timedelta(minutes=1))
    assert organizer.browser.get(page).status_code == 404
    organizer.system.run_until_quiet()
    assert organizer.kept() == 0


def test_the_oldest_of_too_many_lists_makes_room_and_what_is_imported_never_does(organizer: Organizer) -> None:
    busy = organizer.bring(many(601))
    pages = []
    for _ in range(uploads.MOST_KEPT + 2):
        pages.append(organizer.bring(many(1)))
        organizer.system.clock.advance(timedelta(seconds=1))
    found = [organizer.browser.get(page).status_code for page in (busy, *pages)]
    assert found == [200, 404, 404, *[200] * uploads.MOST_KEPT]


def test_a_list_belongs_to_its_conference_and_to_owners(organizer: Organizer) -> None:
    system = organizer.system
    page = organizer.bring(many(1))
    create(system, slug="other", name="Other")
    foreign = page.replace("pyconf", "other")
    assert organizer.browser.get(foreign).status_code == 404
    assert organizer.do(foreign, "start").status_code == 404
    send(organizer.browser, "/organize/pyconf/team", email="desk@example.org", role="desk")
    desk = logged_in(system, "desk@example.org")
    assert [desk.get(path).status_code for path in (page, f"{page}/csv")] == [403, 403]
    assert desk.post(page, data={"action": "start"}).status_code == 403
    assert organizer.people() == []


def test_the_civil_service_format_brings_topics_only_when_it_is_meant(organizer: Organizer) -> None:
    header = "first name,last name,email address,grade,organisation,profession,biography"
    page = organizer.bring(f"{header}\na,b,a.b@example.org,HEO,Org,Security,SECRET\n".encode(), "introductions")
    assert "New topics: Security." in organizer.see(page)
    topics = "/api/v1/conferences/pyconf"
    assert "Security" not in organizer.system.api("GET", topics).json["topics"]
    organizer.do(page, "start")
    assert organizer.system.api("GET", topics).json["topics"][-1] == "Security"
    assert organizer.people() == [("a b", "confirmed")]
