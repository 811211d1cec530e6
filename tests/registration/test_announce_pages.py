"""The page of announcements: each button does its thing once, whoever presses how often; what cannot be is said in a sentence."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from shared import conferences
from shared.access import DEFAULT_ACCOUNT, Scope
from shared.contracts import ConferencePublished
from shared.contracts.conference import Delay
from tests.registration.stage import add, create, logged_in, send
from tests.system import System

PAGE = "/organize/pyconf/announce"
LATE = {"do": "delay", "minutes": "20", "from_slot": "20261123-1400"}


@pytest.fixture
def owner(system: System) -> Any:
    """A browser of an owner of a conference at whose noon it is."""
    create(system)
    return logged_in(system)


def known(system: System) -> ConferencePublished:
    with system.registration.reading() as connection:
        return conferences.by_slug(connection, Scope(account=DEFAULT_ACCOUNT), "pyconf")


def announced(owner: Any, system: System, **said: str) -> Any:
    """What a page sends that was looked at just now."""
    return send(owner, PAGE, seen=str(known(system).version), **said)


def test_a_delay_that_is_sent_twice_or_by_two_counts_once_and_one_that_is_meant_again_counts_again(
    system: System, owner: Any
) -> None:
    seen = str(known(system).version)
    statuses = [send(browser, PAGE, seen=seen, **LATE).status_code for browser in (owner, owner, logged_in(system))]
    assert (statuses, known(system).delays) == ([303] * 3, (Delay(from_slot="20261123-1400", minutes=20),))
    assert announced(owner, system, **LATE).status_code == 303
    assert [slot.starts_at.minute for slot in known(system).slots if slot.id == "20261123-1400"] == [40]


def test_what_was_looked_at_before_somebody_changed_the_conference_is_refused(system: System, owner: Any) -> None:
    seen = str(known(system).version)
    announced(owner, system, **LATE)
    refused = [
        send(owner, PAGE, seen=seen, **said)
        for said in (
            {**LATE, "minutes": "25"},
            {"do": "moved", "point": "lobby", "name": "Hall B"},
        )
    ]
    assert [answer.status_code for answer in refused] == [409, 409]
    assert "The conference was changed meanwhile." in refused[0].text
    assert (len(known(system).delays), known(system).meeting_points[0].name) == (1, "Lobby")


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"do": "everything"},
        {"do": "delay"},
        {**LATE, "minutes": "3"},
        {**LATE, "minutes": "0"},
        {**LATE, "minutes": "121"},
        {**LATE, "minutes": "soon"},
        {**LATE, "from_slot": "14:00"},
        {**LATE, "seen": "first"},
        {"do": "moved", "point": "lobby"},
        {"do": "moved", "point": "lobby", "name": "x" * 81},
    ],
)
def test_what_makes_no_sense_is_said_and_changes_nothing(system: System, owner: Any, said: dict[str, str]) -> None:
    before = known(system)
    answer = send(owner, PAGE, **{"seen": str(before.version), **said})
    assert (answer.status_code, 'role="alert"' in answer.text, known(system)) == (422, True, before)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({**LATE, "from_slot": "20261123-1000"}, "what has begun does not move"),
        ({**LATE, "from_slot": "20261124-1000"}, "what has begun does not move"),
        ({**LATE, "minutes": "-20"}, "That can&#39;t be taken back any more"),
        ({"do": "moved", "point": "roof", "name": "Roof"}, "This meeting point is not there any more"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(system: System, owner: Any, said: dict[str, str], words: str) -> None:
    before = known(system)
    answer = announced(owner, system, **said)
    assert (answer.status_code, words in answer.text, known(system)) == (409, True, before)


def test_mails_stop_once_and_start_once_and_every_step_leaves_a_line(system: System, owner: Any) -> None:
    statuses = [
        announced(owner, system, do=do).status_code for do in ("stop", "stop", "start", "start", "stop", "drop")
    ]
    assert (statuses, known(system).version) == ([303] * 6, 5)
    audit = owner.get("/organize/pyconf/audit").text
    lines = re.findall(r'data-label="What">([a-z, ]+) ', audit)
    assert lines[:4] == [
        "mails started again, what waited was dropped",
        "mails stopped",
        "mails started again",
        "mails stopped",
    ]


def test_while_mails_are_stopped_registrations_wait_for_their_mail_and_organizers_log_in(
    system: System, owner: Any
) -> None:
    announced(owner, system, do="stop")
    add(system)
    system.run_until_quiet()
    assert system.mails == []
    page = owner.get(PAGE).text
    assert [words in page for words in ("1 mail waits.", "Mails have been stopped since 12:00.")] == [True, True]
    browser = system.client("registration")
    browser.get("/login")
    browser.post("/login", data={"email": "owner@example.org"})
    system.run_until_quiet()
    assert [mail.to_address for mail in system.mails] == ["owner@example.org"]
    system.clock.advance(timedelta(days=1))
    assert "12:00, Monday 23 November" in logged_in(system).get(PAGE).text
    announced(logged_in(system), system, do="start")
    system.run_until_quiet()
    assert [mail.to_address for mail in system.mails] == ["owner@example.org", "ana@example.org"]


def test_a_sentence_for_everybody_stands_on_organizers_pages_until_the_day_is_over_or_it_is_taken_down(
    system: System, owner: Any
) -> None:
    shown = []
    for said in ({"text": "Lunch is in <hall> B."}, {"text": "Lunch is in <hall> B."}, {}, {"text": "Dinner, too."}):
        assert announced(owner, system, do="say", **said).status_code == 303
        found = re.findall(r'<aside class="told"[^>]*><div>([^/]*)</div>', owner.get("/desk/pyconf").text)
        shown.append((known(system).version, found))
    assert shown == [(2, ["Lunch is in &lt;hall&gt; B."])] * 2 + [(3, []), (4, ["Dinner, too."])]
    long = announced(owner, system, do="say", text="x" * 201)
    assert (long.status_code, "x" * 201 in long.text, known(system).version) == (422, True, 4)
    system.clock.advance(timedelta(hours=12))
    assert "Dinner, too." not in logged_in(system).get("/desk/pyconf").text
    system.run_until_quiet()
    assert system.mails == []


def test_while_mails_are_stopped_every_page_of_the_conference_says_so(system: System, owner: Any) -> None:
    person = add(system)["id"]
    announced(owner, system, do="stop")
    system.run_until_quiet()
    with owner.session_transaction() as session:
        kept = dict(session)
    silent, looked = [], 0
    for service in ("registration", "introductions", "followup"):
        browser = system.client(service)
        with browser.session_transaction() as session:
            session.update(kept)
        for path in _pages(system, service, person):
            page = browser.get(path)
            if "html" in page.content_type and "<html" in page.text:
                looked += 1
                silent += [] if "Mails have been stopped since" in page.text else [path]
    assert (silent, looked > 20) == ([], True)


def _pages(system: System, service: str, person: str) -> list[str]:
    """Organizers' pages of the conference; one that only a locked device sees aside."""
    rules = [rule.rule for rule in system.app(service).url_map.iter_rules() if "GET" in (rule.methods or ())]
    paths = [rule.replace("<slug>", "pyconf").replace("<attendee_id>", person) for rule in rules if "<slug>" in rule]
    return [path for path in paths if "<" not in path and not path.startswith(("/api", "/c/")) and "unlock" not in path]


def test_saving_the_settings_keeps_what_was_announced(system: System, owner: Any) -> None:
    announced(owner, system, **LATE)
    announced(owner, system, do="moved", point="lobby", name="Hall B")
    announced(owner, system, do="say", text="Lunch is in hall B.")
    before = known(system)
    form = owner.get("/organize/pyconf/edit").text
    fields = dict(re.findall(r'<input[^>]* name="([\w.]+)"[^>]* value="([^"]*)"', form))
    areas = dict(re.findall(r'<textarea[^>]* name="([\w.]+)"[^>]*>([^<]*)</textarea>', form))
    assert send(owner, "/organize/pyconf/edit", **{**fields, **areas, "name": "PyConf!"}).status_code == 303
    after = known(system)
    assert (after.name, after.notice, after.delays, after.slots, after.meeting_points) == (
        "PyConf!",
        "Lunch is in hall B.",
        before.delays,
        before.slots,
        before.meeting_points,
    )
