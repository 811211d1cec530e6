"""Everybody as a file: what stands in it, who gets it, and the line that taking one leaves."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from openpyxl import load_workbook

from shared import audit, conferences
from shared.access import DEFAULT_ACCOUNT, Scope
from tests.registration.stage import add, an_attendee, create, logged_in, send
from tests.system import System

PATH = "/organize/pyconf/people"
HEADER = [
    "id",
    "name",
    "email",
    "role",
    "state",
    "approved",
    "present_on",
    "offers",
    "wants",
    "helps",
    "goals",
    "first_timer",
    "likes_newcomers",
    "step_free",
    "quiet",
    "goal",
    "languages",
    "company",
    "field",
    "years",
    "capacity",
    "introductions",
    "available",
    "agrees_to_introductions",
    "agrees_to_follow_up",
    "agrees_to_statistics",
    "agrees_to_next_year",
]


def people(system: System) -> tuple[str, str]:
    """A mentee with a name that a spreadsheet would run, who is here, and a mentor who withdrew."""
    create(system)
    ana = add(system, name="=Ana", years=3, step_free=True, wants=["Grant writing", "Python"])["id"]
    system.api("POST", f"/api/v1/conferences/pyconf/attendees/{ana}/check-in", json={})
    blocked = {"blocks": [ana], "offers": ["Python"], "role": "mentor", "wants": [], "quiet": True}
    ben = add(system, name="Ben", email="ben@example.org", **blocked)["id"]
    system.api("DELETE", f"/api/v1/conferences/pyconf/attendees/{ben}")
    return ana, ben


def lines(system: System) -> list[tuple[str, Any]]:
    """(action, details) of what was done, the newest first, exports alone."""
    with system.registration.reading() as connection:
        conference = conferences.by_slug(connection, Scope(DEFAULT_ACCOUNT), "pyconf")
        rows = audit.newest(connection, conference.conference)
    return [(row.action, row.details) for row in rows if "exported" in row.action]


def test_a_csv_has_everybody_with_state_days_topics_and_consents(system: System) -> None:
    ana, ben = people(system)
    answer = logged_in(system).get(PATH + ".csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="people-pyconf.csv"'
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    here = "2026-11-23"
    assert rows == [
        HEADER,
        [ana, "'=Ana", "ana@example.org", "mentee", "checked_in", "yes", here, "", "Grant writing | Python", "", ""]
        + ["no", "no", "yes", "no", "", "en", "", "", "3", "", "", "", "yes", "yes", "no", "no"],
        [ben, "", "", "mentor", "withdrawn", "no", "", "Python", "", "", ""]
        + ["no", "no", "no", "no", "", "en", "", "", "", "", "", "", "yes", "yes", "no", "no"],
    ]
    assert lines(system) == [("people exported", {"form": "csv", "rows": 2})]


def test_a_workbook_and_json_have_the_same_with_types(system: System) -> None:
    people(system)
    owner = logged_in(system)
    sheet = load_workbook(io.BytesIO(owner.get(PATH + ".xlsx").data)).active
    first = dict(zip(HEADER, sheet[2], strict=True))
    assert [(first[name].value, first[name].data_type) for name in ("name", "years")] == [("=Ana", "s"), (3, "n")]
    told = owner.get(PATH + ".json").json
    assert (told["conference"], told["made_at"]) == ("pyconf", "2026-11-23T11:00:00Z")
    item = told["people"][0]
    assert [item[name] for name in ("name", "years", "wants", "agrees_to_follow_up", "present_on")] == [
        "=Ana",
        3,
        ["Grant writing", "Python"],
        True,
        ["2026-11-23"],
    ]
    assert lines(system) == [
        ("people exported", {"form": "json", "rows": 2}),
        ("people exported", {"form": "xlsx", "rows": 2}),
    ]


def test_whom_somebody_never_wants_to_meet_stands_in_no_file(system: System) -> None:
    create(system)
    ana = add(system)["id"]
    ben = an_attendee(name="Ben", email="ben@example.org", blocks=[ana], never_addresses=["foe@example.org"])
    assert system.api("POST", "/api/v1/conferences/pyconf/attendees", json=ben).status_code == 201
    text = logged_in(system).get(PATH + ".json").text
    assert (text.count(ana), "foe@example.org" in text, "blocks" in text) == (1, False, False)


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_only_owners_get_the_file_and_only_who_gets_it_leaves_a_line(system: System, form: str) -> None:
    people(system)
    owner = logged_in(system)
    send(owner, "/organize/pyconf/team", email="desk@example.org", role="desk")
    path = f"{PATH}.{form}"
    desk = logged_in(system, "desk@example.org")
    statuses = [client.get(path).status_code for client in (system.client("registration"), desk)]
    assert (statuses, owner.head(path).status_code, lines(system)) == ([303, 403], 200, [])
    assert owner.get("/organize/nowhere/people." + form).status_code == 404


def test_the_page_leads_to_the_files(system: System) -> None:
    create(system)
    page = logged_in(system).get(PATH).text
    assert [f'href="{PATH}.{form}"' in page for form in ("csv", "xlsx", "json")] == [True, True, True]
