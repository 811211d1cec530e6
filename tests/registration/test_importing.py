"""Lists of people: rows that are wrong, again without effect, invited or vouched for. What files are read is in
`test_lists`, the organizer's pages in `test_import_pages`."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.registration.forms import read_row
from services.registration.handlers.importing import Result, import_people
from services.registration.handlers.taking import ReadRow
from shared import conferences
from shared.access import DEFAULT_ACCOUNT, Actor, Scope
from tests.registration.stage import a_form, add, create, link_in
from tests.system import System

HERE = Actor("0" * 32, "0" * 32, "command", "owner", DEFAULT_ACCOUNT)
LISTS = Path(__file__).parent / "lists"
CIVIL = (
    "first name,last name,email address,both mentor and mentee,job title,grade,organisation,profession,"
    "match with similar identity,identity to match,biography\n"
)


def take(
    system: System,
    text: str | bytes,
    role: str = "mentee",
    *,
    slug: str = "pyconf",
    dry_run: bool = False,
    mapping: Mapping[str, str] | None = None,
    read: ReadRow = read_row,
    **consents: bool,
) -> Result:
    """Import a list."""
    with system.registration.reading() as connection:
        conference = conferences.by_slug(connection, Scope(DEFAULT_ACCOUNT), slug)
    return import_people(
        text.encode() if isinstance(text, str) else text,
        conference,
        role,
        consents=consents or None,
        dry_run=dry_run,
        actor=HERE,
        open_work=system.registration.work,
        read_row=read,
        mapping=mapping,
    )


def people(system: System) -> list[dict[str, Any]]:
    """Everybody, over the API."""
    found: list[dict[str, Any]] = system.api("GET", "/api/v1/conferences/pyconf/attendees?limit=500").json["items"]
    return found


def dump(system: System) -> list[str]:
    """The whole database as text."""
    system.registration.database.engine.dispose()
    connection = system.registration.engine.raw_connection()
    try:
        return list(connection.driver_connection.iterdump())
    finally:
        connection.close()


def test_our_own_columns_bring_everything_a_form_can_say(system: System) -> None:
    create(system)
    result = take(
        system,
        "Name;Email;Role;Offers;Wants;Helps;Goals;First_timer;Likes_newcomers;Step_free;Quiet;"
        "Goal;Languages;Company;Field;Years;Capacity;Introductions;Available\n"
        '"Bešić; Ana";ana@example.org;both;Python|Leading people;Grant writing;'
        "network;advice|safe_place;yes;no;yes;;A grant;en|de;Acme;Physics;3;2;1;"
        "20261123-1400|20261123-1420\n",
        introductions=True,
        statistics=True,
    )
    assert (result.added, result.rejected, result.refused) == (1, [], "")
    (ana,) = people(system)
    assert {name: ana[name] for name in ana if name not in ("id", "links")} == {
        "conference": "pyconf",
        "status": "confirmed",
        "name": "Bešić; Ana",
        "email": "ana@example.org",
        "role": "both",
        "offers": ["Python", "Leading people"],
        "wants": ["Grant writing"],
        "helps": ["network"],
        "goals": ["advice", "safe_place"],
        "first_timer": True,
        "likes_newcomers": False,
        "step_free": True,
        "quiet": False,
        "goal": "A grant",
        "languages": ["en", "de"],
        "company": "Acme",
        "field": "Physics",
        "years": 3,
        "capacity": 2,
        "introductions": 1,
        "available": ["20261123-1400", "20261123-1420"],
        "requests": [],
        "blocks": [],
        "referrals": [],
        "locale": "en",
        "consents": {"introductions": True, "follow_up": False, "statistics": True, "next_year": False},
        "approved": True,
        "present_on": [],
    }


def test_the_civil_service_format_brings_topics_and_drops_identity_unread(system: System) -> None:
    create(system)
    text = CIVIL + (
        "mentee,00,mentee.00@example.org,yes,Some role,HEO,Department of Virtue,Security,yes,SECRET identity,SECRET life\n"
        "mentee,01,mentee.01@example.org,yes,Some role,Grade 7,Department of Love,Policy,yes,SECRET identity,SECRET life\n"
    )
    result = take(system, text, introductions=True, follow_up=True)
    assert (result.added, result.new_topics, result.rejected) == (2, ["Policy", "Security"], [])
    shown = [
        (p["name"], p["wants"], p["years"], p["company"], p["languages"], p["introductions"]) for p in people(system)
    ]
    assert shown == [
        ("mentee 00", ["Security"], 6, "Department of Virtue", ["en"], 3),
        ("mentee 01", ["Policy"], 12, "Department of Love", ["en"], 3),
    ]
    assert "SECRET" not in "\n".join(dump(system))
    mentors = take(system, CIVIL + "m,00,m.00@example.org,no,x,SCS4,Joy,Security,,,\n", "mentor", introductions=True)
    assert mentors.added == 1
    mentor = people(system)[2]
    assert (mentor["role"], mentor["offers"], mentor["capacity"], mentor["approved"]) == (
        "mentor",
        ["Security"],
        3,
        True,
    )


def test_topics_that_a_list_brings_leave_the_others_in_their_groups(system: System) -> None:
    create(system, topics=["Grant writing | Money", "Python"])
    take(system, CIVIL + "a,b,a.b@example.org,yes,r,HEO,Org,Security,,,\n", introductions=True)
    topics = system.api("GET", "/api/v1/conferences/pyconf").json["topics"]
    assert topics == ["Grant writing | Money", "Python", "Security"]


def test_importing_again_changes_nothing(system: System) -> None:
    create(system)
    text = "name,email,wants\nAna,ana@example.org,Python\nBen,BEN@example.org,Python\n"
    take(system, text)
    system.run_until_quiet()
    before = [line for line in dump(system) if "audit" not in line]
    again = take(system, text.replace("Ana", "Anna"), introductions=True)
    assert (again.added, again.known, again.rejected) == (0, 2, [])
    system.run_until_quiet()
    assert [line for line in dump(system) if "audit" not in line] == before


def test_whoever_wanted_out_is_not_brought_back_by_a_list(system: System) -> None:
    create(system)
    text = "name,email,wants\nAna,ana@example.org,Python\n"
    take(system, text)
    system.run_until_quiet()
    system.client("registration").post(link_in(system.mails[0]), data={"answer": "forget"})
    again = take(system, text)
    assert (again.added, again.known) == (0, 1)
    assert [p["status"] for p in people(system)] == ["withdrawn"]
    assert "ana@example.org" not in "\n".join(dump(system))


def test_without_consents_everybody_gets_one_mail_and_one_tap_joins(system: System) -> None:
    create(system)
    take(system, "name,email\nAna,ana@example.org\n")
    system.run_until_quiet()
    assert [mail.subject for mail in system.mails] == ["You are invited to meet somebody at PyConf"]
    path, browser = link_in(system.mails[0]), system.client("registration")
    assert 'name="wants" value="Python"' in browser.get(path).text
    refused = browser.post(path, data={"answer": "confirm", "consents.introductions": "on"})
    assert "Please choose at least one topic that you are looking for." in refused.text
    joined = browser.post(path, data={"answer": "confirm", "consents.introductions": "on", "wants": "Python"})
    assert joined.status_code == 303
    assert [(p["status"], p["wants"]) for p in people(system)] == [("confirmed", ["Python"])]


@pytest.mark.parametrize("vouched", [False, True])
def test_whoever_registered_and_did_not_confirm_is_invited_by_a_list_once(system: System, vouched: bool) -> None:
    create(system)
    browser = system.client("registration")
    browser.post("/c/pyconf", data=a_form(name="Ana", email="ana@example.org", goal="Typed by anybody"))
    system.run_until_quiet()
    consents = {"introductions": True} if vouched else {}
    text = "name,email,wants\nAnna,ANA@example.org,Python\n"
    tried = take(system, text, dry_run=True, **consents)
    system.run_until_quiet()
    assert [one["status"] for one in people(system)] == ["pending"]
    results = [tried, take(system, text, **consents), take(system, text, **consents)]
    assert [(r.added, r.known, r.asked, r.rejected) for r in results] == [(0, 1, 1, []), (0, 1, 1, []), (0, 1, 0, [])]
    system.run_until_quiet()
    assert [mail.subject for mail in system.mails] == [
        "Please confirm: introductions at PyConf",
        "You are invited to meet somebody at PyConf",
    ]
    system.clock.set(system.clock.now() + timedelta(days=8))
    system.run_until_quiet()
    assert [(one["status"], one["wants"]) for one in people(system)] == [("invited", ["Grant writing"])]


def test_consents_without_introductions_import_nothing(system: System) -> None:
    create(system)
    result = take(system, "name,email,wants\nAna,ana@example.org,Python\n", follow_up=True)
    assert result.refused.startswith("Whoever is registered by a list must have agreed to being introduced")
    assert people(system) == []


def test_a_wrong_row_names_all_its_errors_and_the_others_come_in(system: System) -> None:
    create(system)
    text = (
        "name,email,wants,years,available\n"
        "Ana,ana@example.org,Python,3,\n"
        ",nobody,Knitting,many,20991231-0000\n"
        "Ana again,ANA@example.org,Python,,\n"
        "=cmd(),cmd@example.org,Knitting,,\n"
    )
    result = take(system, text, introductions=True)
    assert result.added == 1
    assert [(line, why) for line, why, _cells in result.rejected] == [
        (
            3,
            "name: This is needed. email: Please write a mail address such as name@example.org. "
            "years: Please give a whole number from 0 to 70. wants: One of these is not a topic of this conference. "
            "available: One of these times is not a slot of this conference.",
        ),
        (4, "email: This address stands in line 2 already."),
        (5, "wants: One of these is not a topic of this conference."),
    ]
    rows = list(csv.reader(io.StringIO(result.rejected_csv().removeprefix("\ufeff"))))
    assert rows[0] == ["name", "email", "wants", "years", "available", "rejected because"]
    assert rows[3][0] == "'=cmd()"
    corrected = result.rejected_csv().replace("Knitting", "Python").replace("nobody", "b@example.org")
    corrected = corrected.replace("many", "").replace("20991231-0000", "").replace('\n"","b@', '\n"Ben","b@')
    again = take(system, corrected, introductions=True)
    assert (again.added, again.known, again.rejected) == (2, 1, [])
    assert {p["name"] for p in people(system)} == {"Ana", "Ben", "=cmd()"}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is empty."),
        (b"\xff\xfe\x00", "it is not UTF-8."),
        (b"name,wants\nAna,Python", "the first row must name the columns, at least name and email."),
        (b"name,email,shoe size\nA,a@example.org,3", "there is a column that we do not know: shoe size."),
        (b"name,email,Name\nA,a@example.org,B", "a column stands in it twice."),
        (b"Full name,email,Name\nA,a@example.org,B", "there is a column that we do not know: name."),
        (b'name,email\n"A,a@example.org', "line 2: a quote is not closed, or a field is far too long."),
    ],
)
def test_a_file_that_cannot_be_read_imports_nothing(system: System, content: bytes, why: str) -> None:
    create(system)
    result = take(system, content)
    assert result.refused.startswith("The file cannot be imported: ")
    assert why in result.refused
    assert (result.added, people(system)) == (0, [])


def test_two_tickets_of_one_person_are_one_person_and_two_people_need_two_addresses(system: System) -> None:
    create(system)
    result = take(system, (LISTS / "eventbrite.csv").read_bytes())
    assert (result.added, result.known, result.form) == (2, 0, "Eventbrite")
    assert result.skipped == [
        (3, "The same person again. This address stands in line 2 already."),
        (5, "“Attendee Status” is “Not Attending”."),
    ]
    assert [(line, why) for line, why, _cells in result.rejected] == [
        (4, "Email: This address stands in line 2 already."),
    ]
    assert [(p["name"], p["status"], p["present_on"]) for p in people(system)] == [
        ("Ana Bešić", "invited", []),
        ("Cem Demir", "invited", []),
    ]
    corrected = result.rejected_csv().replace('"Ben","Okoro","ana@', '"Ben","Okoro","ben@')
    again = take(system, corrected)
    assert (again.added, again.form, again.rejected) == (1, "Eventbrite", [])


def test_what_somebody_booked_besides_is_no_row_to_correct(system: System) -> None:
    create(system)
    head = "Order code,Position ID,Status,Email,Product,Attendee name,Attendee email\n"
    rows = "A1,1,paid,ana@example.org,Ticket,Ana,ana@example.org\nA1,2,paid,ana@example.org,Workshop,,\n"
    result = take(system, head + rows + "A2,1,paid,ben@example.org,Ticket,,\n")
    assert (result.added, result.skipped) == (1, [(3, "The same person again. This address stands in line 2 already.")])
    assert [(line, why) for line, why, _cells in result.rejected] == [(4, "Attendee name: This is needed.")]


def test_a_wrong_row_does_not_stand_in_the_way_of_a_right_one_with_its_address(system: System) -> None:
    create(system)
    result = take(system, "name,email,years\nAna,ana@example.org,many\nAna,ana@example.org,3\n")
    assert (result.added, [line for line, _why, _cells in result.rejected]) == (1, [2])


def test_columns_are_what_one_says_they_are(system: System) -> None:
    create(system)
    content = (LISTS / "anybody.csv").read_bytes()
    mapping = {"Wer": "name", "Adresse im Netz": "email", "Worum es geht": "wants", "T-Shirt": ""}
    assert "name stands twice." in take(system, content, mapping={**mapping, "T-Shirt": "name"}).refused
    del mapping["T-Shirt"]
    assert "a column that we do not know: t-shirt." in take(system, content, mapping=mapping).refused
    mapping["t-shirt"] = ""
    assert take(system, content, mapping={"Wo": "name"}).refused == (
        "Please say what the columns are: there is no column Wo in the file."
    )
    assert take(system, content, introductions=True, mapping=mapping).added == 2
    assert [(p["name"], p["wants"]) for p in people(system)] == [
        ("Ana Bešić", ["Python"]),
        ("Ben Okoro", ["Grant writing", "Python"]),
    ]


def test_a_row_that_is_refused_at_the_last_moment_leaves_the_others_in(system: System) -> None:
    create(system)

    def read(said: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
        found, errors = read_row(said)
        return (found | {"requests": ["f" * 32]} if found["name"] == "Ben" else found), errors

    text = "name,email\nAna,ana@example.org\nBen,ben@example.org\nCem,cem@example.org\n"
    result = take(system, text, read=read)
    assert (result.added, [(line, why) for line, why, _cells in result.rejected]) == (
        2,
        [(3, "requests: One of these takes no part in this conference.")],
    )
    assert [p["name"] for p in people(system)] == ["Ana", "Cem"]
    system.run_until_quiet()
    assert [mail.to_address for mail in system.mails] == ["ana@example.org", "cem@example.org"]


def test_spreadsheets_say_their_text_in_several_ways(system: System) -> None:
    create(system)
    text = "name\temail\twants\r\nÁna\tana@example.org\tPython\r\n\r\n"
    assert take(system, text.encode("utf-16")).added == 1
    assert take(system, b"\xef\xbb\xbf" + text.replace("ana@", "b@").replace("\t", ";").encode()).added == 1
    assert [p["name"] for p in people(system)] == ["Ána", "Ána"]


def test_a_dry_run_says_the_same_and_changes_nothing(system: System) -> None:
    create(system)
    text = CIVIL + "a,b,a.b@example.org,yes,r,HEO,Org,Security,,,\nc,d,nobody,yes,r,HEO,Org,Policy,,,\n"
    before = dump(system)
    tried = take(system, text, dry_run=True, introductions=True)
    assert dump(system) == before
    done = take(system, text, introductions=True)
    assert (tried.added, tried.rejected, tried.new_topics) == (done.added, done.rejected, done.new_topics)
    assert done.added == 1


ROW = st.tuples(
    st.sampled_from(["Ana", "Ben", "", "\u202e", "=1+1"]),
    st.sampled_from(["ana@example.org", "ANA@example.org", "ben@example.org", "known@example.org", "nobody", ""]),
    st.sampled_from(["mentor", "mentee", "both", "Mentorin", "nothing", ""]),
    st.sampled_from(["Python", "Grant writing|Python", "Knitting", ""]),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(ROW, min_size=1, max_size=8), st.booleans())
def test_a_dry_run_says_what_then_happens(system: System, rows: list[tuple[str, ...]], vouched: bool) -> None:
    slug = f"c{system.registration.new_id()[-8:]}"
    create(system, slug=slug)
    add(system, slug, email="known@example.org")
    out = io.StringIO()
    csv.writer(out).writerows([("name", "email", "role", "topics"), *rows])
    consents = {"introductions": True} if vouched else {}
    tried, done, again = (
        take(system, out.getvalue(), slug=slug, dry_run=dry_run, **consents) for dry_run in (True, False, False)
    )
    assert (tried.added, tried.known, tried.rejected, tried.skipped, tried.refused) == (
        done.added,
        done.known,
        done.rejected,
        done.skipped,
        done.refused,
    )
    assert (again.added, again.known, again.rejected) == (0, done.added + done.known, done.rejected)


def test_a_thousand_rows_take_seconds(system: System) -> None:
    create(system)
    lines = "\n".join(f"P{number},p{number}@example.org,Python" for number in range(1000))
    started = time.process_time()
    assert take(system, "name,email,wants\n" + lines, introductions=True).added == 1000
    assert time.process_time() - started < 15
