"""Checking many people in at once: a look before, one POST, a word for every line, none undone by another."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from tests.registration.stage import add, create, logged_in, send
from tests.system import System

PAGE = "/desk/pyconf/many"


def codes(system: System) -> dict[str, str]:
    """Address -> the address behind the code in the ticket."""
    system.run_until_quiet()
    found = [(mail.to_address, re.findall(r"http://localhost/q/\w+", mail.text)) for mail in system.mails]
    return {address: links[0] for address, links in found if links}


def told(answer: Any) -> list[tuple[str, str, str]]:
    """(line, who, what) of every row of the answer."""
    rows = re.findall(
        r'<tr><th scope="row"[^>]*>(\d+)</th><td[^>]*><span>(.*?)</span></td><td[^>]*><span>(.*?)</span></td></tr>',
        answer.text.replace("\n", " "),
    )
    return [(line, *(" ".join(re.sub("<[^>]+>", "", part).split()) for part in parts)) for line, *parts in rows]


def here(system: System) -> list[str]:
    """Who is checked in, by name."""
    people = system.api("GET", "/api/v1/conferences/pyconf/attendees").json["items"]
    return [person["name"] for person in people if person["present_on"]]


def test_codes_addresses_and_ticks_are_looked_at_first_and_checked_in_by_one_post(system: System) -> None:
    create(system)
    create(system, slug="other", name="Other")
    add(system, company="Acme")
    ben = add(system, name="Ben", email="ben@example.org")
    cleo = add(system, name="Cleo", email="cleo@example.org")
    add(system, name="Dora", email="dora@example.org", confirmed=False)
    add(system, slug="other", name="Elsewhere", email="else@example.org")
    known, browser = codes(system), logged_in(system)
    send(browser, "/desk/pyconf", f"/desk/pyconf/{cleo['id']}", action="check-in")
    lines = [
        known["ana@example.org"],
        known["ana@example.org"].rsplit("/", 1)[1].upper(),
        "",
        "CLEO@example.org",
        "dora@example.org",
        known["else@example.org"],
        "else@example.org",
        "nothing",
    ]
    sent = {"lines": "\r\n".join(lines), "who": ben["id"]}
    looked = send(browser, PAGE, **sent, action="look")
    others = [
        ("2", "Ana Bešić Acme", "Stands in the list twice: counted once."),
        ("4", "Cleo c…@example.org", "Was here already."),
        (
            "5",
            "Dora d…@example.org",
            "This registration is not confirmed yet: the link in the mail does that, or an organizer.",
        ),
        ("6", known["else@example.org"], "This code is not for PyConf."),
        ("7", "else@example.org", "Nobody has this code or address."),
        ("8", "nothing", "Nobody has this code or address."),
    ]
    found = [
        ("1", "Ana Bešić Acme", "Will be checked in."),
        *others,
        ("9", "Ben b…@example.org", "Will be checked in."),
    ]
    assert (looked.status_code, told(looked), here(system)) == (200, found, ["Cleo"])
    assert "2 people would be checked in." in looked.text
    assert "Elsewhere" not in looked.text
    assert "cleo@example.org" in looked.text.lower().split("<textarea")[1]  # nothing that was pasted is lost
    done = send(browser, PAGE, **sent, action="check-in")
    checked = [("1", "Ana Bešić Acme", "Checked in."), *others, ("9", "Ben b…@example.org", "Checked in.")]
    assert (told(done), here(system)) == (checked, ["Ana Bešić", "Ben", "Cleo"])
    again = send(browser, PAGE, **sent, action="check-in")
    assert [what for line, _who, what in told(again) if line in "19"] == ["Was here already."] * 2
    system.run_until_quiet()
    assert [kind for kind, _event in system.events()].count("attendee.checked_in") == 3


def test_five_hundred_lines_are_taken_at_once_and_more_are_refused_with_nothing_lost(system: System) -> None:
    create(system)
    for number in range(3):
        add(system, email=f"p{number}@example.org", name=f"Person {number}")
    browser = logged_in(system)
    lines = [f"p{number}@example.org" for number in range(500)]
    done = send(browser, PAGE, lines="\n".join(lines), action="check-in")
    assert (done.status_code, len(told(done)), here(system)) == (200, 500, ["Person 0", "Person 1", "Person 2"])
    more = send(browser, PAGE, lines="\n".join([*lines, "one@example.org"]), action="check-in")
    assert (more.status_code, more.text.count("Please give at most 500 at once: these are 501.")) == (422, 2)
    assert "one@example.org</textarea>" in more.text
    none = send(browser, PAGE, lines=" \n ", action="look")
    assert (none.status_code, none.text.count("Please paste at least one line, or tick somebody.")) == (422, 2)
    assert send(browser, PAGE, lines="x", action="other").status_code == 404


def test_other_rows_to_tick_are_shown_without_losing_what_was_typed_or_ticked(system: System) -> None:
    create(system)
    ana = add(system)
    add(system, name="Ben", email="ben@example.org")
    browser = logged_in(system)
    shown = send(browser, PAGE, lines="x@example.org", who=ana["id"], q="ben", action="show").text
    boxes = re.findall(r'name="who" value="(\w+)"( checked)?', shown)
    assert [checked for _who, checked in boxes] == [" checked", ""]
    assert "x@example.org</textarea>" in shown
    assert here(system) == []


def test_on_the_wrong_day_every_line_says_why(system: System) -> None:
    create(system)
    add(system)
    system.clock.set(datetime(2026, 11, 20, 12, tzinfo=UTC))
    early = send(logged_in(system), PAGE, lines="ana@example.org", action="check-in")
    assert told(early) == [("1", "Ana Bešić a…@example.org", "Check-in opens at midnight of the first day.")]


def test_odd_lines_are_nobodys(system: System) -> None:
    create(system)
    add(system)
    odd = ["%", "' OR 1=1", "x" * 100_000, "http://localhost/q/", "/q/%00", "\u202e", "@", "ﬀ@example.org", "0" * 32]
    answer = send(logged_in(system), PAGE, lines="\n".join(odd), who="\ud800".encode("utf-8", "replace"), action="look")
    assert {what for _line, _who, what in told(answer)} == {"Nobody has this code or address."}
    assert len(told(answer)) == len(odd) + 1
