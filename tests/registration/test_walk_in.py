"""Who comes without a registration: four answers behind the poster, a day at once, mails once she showed her address; the
code of the day, and the desk's form and slip."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from services.registration.domain import venue
from shared import conferences
from shared.access import DEFAULT_ACCOUNT, Scope
from tests.registration.stage import a_form, create, link_in, logged_in, proof, send
from tests.system import System

ANSWERS = {
    "name": "Ida Novak",
    "email": "ida@example.org",
    "role": "mentee",
    "topics": "Grant writing",
    "consents.introductions": "on",
}


def poster(system: System) -> str:
    """The address on today's poster."""
    with system.registration.reading() as connection:
        conference = conferences.by_slug(connection, Scope(DEFAULT_ACCOUNT), "pyconf")
    code = venue.code_of(system.registration.links, conference, conference.days[0].date)
    return f"/c/pyconf/here/{code}"


def walk_in(system: System, **changes: Any) -> Any:
    """Send the poster's form, everything quiet afterwards."""
    answer = system.client("registration").post(poster(system), data={**ANSWERS, **changes})
    system.run_until_quiet()
    return answer


def events(system: System) -> list[str]:
    return [kind for kind, _event in system.events() if kind != "conference.published"]


def day_in(page: str) -> str:
    """The path of her day in a page of hers."""
    found = re.search(r'href="(/d/[a-z2-7]{26})"', page)
    assert found is not None, page
    return found.group(1)


def person(system: System) -> dict[str, Any]:
    """The one attendee, over the API."""
    (one,) = system.api("GET", "/api/v1/conferences/pyconf/attendees").json["items"]
    found: dict[str, Any] = one
    return found


def test_four_answers_behind_the_poster_open_her_day_before_any_mail_is_opened(system: System) -> None:
    create(system)
    browser = system.client("registration")
    assert "Meet somebody today at PyConf" in browser.get(poster(system)).text
    answer = walk_in(system)
    assert answer.status_code == 303
    welcome = browser.get(answer.headers["Location"]).text
    assert "You are in, and checked in" in welcome
    assert "Your day" in system.client("introductions").get(day_in(welcome)).text
    assert events(system) == ["attendee.registered", "attendee.checked_in"]
    assert (person(system)["status"], person(system)["present_on"]) == ("checked_in", ["2026-11-23"])


def test_what_she_needs_of_a_place_stands_behind_a_fold_of_the_four_answers(system: System) -> None:
    create(system)
    form = system.client("registration").get(poster(system)).text
    assert "<details><summary>Do you need a certain kind of place?</summary>" in form
    walk_in(system, step_free="on")
    assert (person(system)["step_free"], person(system)["quiet"]) == (True, False)
    with_mistake = walk_in(system, name="", quiet="on").text
    assert "<details open><summary>Do you need a certain kind of place?</summary>" in with_mistake


def test_she_is_introduced_at_once_and_named_once_she_showed_her_address(system: System) -> None:
    create(system)
    walk_in(system, name="Mia Roy", email="mia@example.org", role="mentor")
    system.api("PATCH", f"/api/v1/conferences/pyconf/attendees/{person(system)['id']}", json={"approved": True})
    confirm = {"answer": "confirm", "consents.introductions": "on"}
    system.client("registration").post(link_in(system.mails[0]), data=confirm)
    system.run_until_quiet()
    welcome = system.client("registration").get(walk_in(system).headers["Location"]).text
    day = day_in(welcome)
    page = system.client("introductions").get(day).text
    assert "Mia" in page
    to_mia = [mail for mail in system.mails if mail.to_address == "mia@example.org"]
    assert "meet a participant" in to_mia[-1].subject
    assert [mail.subject for mail in system.mails if mail.to_address == "ida@example.org"] == [
        "Please confirm: introductions at PyConf"
    ]
    (hers,) = [mail for mail in system.mails if mail.to_address == "ida@example.org"]
    assert (
        "Somebody registered this address at the venue as a mentee"
        in system.client("registration").get(link_in(hers)).text
    )
    system.client("registration").post(link_in(hers), data={"answer": "confirm"})
    system.run_until_quiet()
    assert [mail.subject for mail in system.mails if mail.to_address == "ida@example.org"][1:] == [
        "You are in: PyConf",
        "14:00, table 1: meet Mia (15 minutes)",
    ]


def test_an_address_that_is_known_tells_nobody_more_and_gets_its_link_by_mail(system: System) -> None:
    create(system)
    walk_in(system)
    again = walk_in(system, name="Somebody Else")
    assert again.headers["Location"] == "/c/pyconf/thanks?known=1"
    assert "We know this address already." in system.client("registration").get("/c/pyconf/thanks?known=1").text
    assert person(system)["name"] == "Ida Novak"
    assert {mail.to_address for mail in system.mails} == {"ida@example.org"}


def test_whoever_did_not_register_says_so_and_is_gone_at_once(system: System) -> None:
    create(system)
    walk_in(system)
    gone = system.client("registration").post(link_in(system.mails[0]), data={"answer": "forget"})
    system.run_until_quiet()
    assert gone.status_code == 200
    assert events(system)[-1] == "attendee.withdrawn"
    assert person(system)["status"] == "withdrawn"


def test_who_types_somebody_elses_address_at_the_venue_reads_nothing_that_she_wrote_and_clears_nothing(
    system: System,
) -> None:
    create(system)
    browser = system.client("registration")
    hers = a_form(goal="A quiet plan", company="Acme", never_addresses="stalker@example.org")
    browser.post("/c/pyconf", data=hers)
    system.run_until_quiet()
    own = walk_in(system, email="ana@example.org").headers["Location"].removesuffix("/welcome")
    page = browser.get(own).text
    assert [text in page for text in ("A quiet plan", "Acme", "stalker@example.org")] == [False, False, False]
    sent = {"name": "Ida", "role": "mentee", "wants": "Python", "languages": "en", "consents.introductions": "on"}
    assert browser.post(own, data={**sent, "never_addresses": "other@example.org"}).status_code == 303
    browser.post(link_in(system.mails[0]), data={"answer": "confirm"})
    page = browser.get(own).text
    kept = ("A quiet plan", "Acme", "stalker@example.org", "other@example.org")
    assert [text in page for text in kept] == [True] * 4


def test_who_taps_twice_because_the_network_is_bad_is_in_once_and_sees_her_day(system: System) -> None:
    create(system)
    browser = system.client("registration")
    found = re.search(r'name="form" value="(\w+)"', browser.get(poster(system)).text)
    assert found is not None
    first, second = (walk_in(system, form=found[1]).headers["Location"] for _tap in range(2))
    assert (first, first.startswith("/a/")) == (second, True)
    assert walk_in(system, form="0" * 32).headers["Location"] == "/c/pyconf/thanks?known=1"
    assert events(system) == ["attendee.registered", "attendee.checked_in"]
    system.clock.advance(timedelta(hours=2))
    assert walk_in(system, form=found[1]).headers["Location"] == "/c/pyconf/thanks?known=1"


def test_a_poster_says_its_day_in_the_language_of_who_prints_it(system: System) -> None:
    create(system)
    page = logged_in(system).get("/desk/pyconf/poster?lang=de").text
    assert "Montag, 23.\u00a0November 2026" in page


def test_who_walks_in_in_german_gets_pages_and_mails_in_german(system: System) -> None:
    create(system)
    browser, german = system.client("registration"), {"Accept-Language": "de-DE,de;q=0.9"}
    sent = browser.post(poster(system), data=ANSWERS, headers=german)
    system.run_until_quiet()
    assert 'lang="de"' in browser.get(sent.headers["Location"], headers=german).text
    assert [mail.subject for mail in system.mails] == ["PyConf: Bitte bestätige deine Anmeldung"]
    assert person(system)["languages"] == ["en", "de"]
    asked = browser.post(poster(system) + "?lang=de", data=ANSWERS)
    assert asked.headers["Location"] == "/c/pyconf/thanks?known=1&lang=de"


def test_yesterdays_poster_says_where_todays_hangs_and_locks_nobody_out(system: System) -> None:
    create(system)
    browser = system.client("registration")
    said = [browser.get("/c/pyconf/here/AAAAAA") for _person in range(30)]
    assert "The one of today hangs at the entrance" in said[0].text
    assert {answer.status_code for answer in said} == {404, 429}
    assert browser.post(poster(system), data=ANSWERS).status_code == 303


def test_three_hundred_walk_in_within_a_minute_from_behind_one_address(system: System) -> None:
    create(system)
    browser = system.client("registration")
    sent = [
        browser.post(poster(system), data={**ANSWERS, "email": f"p{number}@example.org"}).status_code
        for number in range(300)
    ]
    assert sent == [303] * 300


def test_whoever_says_herself_that_she_is_here_or_goes_leaves_a_line(system: System) -> None:
    create(system)
    own = walk_in(system).headers["Location"].removesuffix("/welcome")
    browser = system.client("registration")
    browser.post(own + "/leave")
    browser.post(own + "/here", data={"code": poster(system)[-6:]})
    page = logged_in(system).get("/organize/pyconf/audit").text
    lines = re.findall(r'data-label="Who">([^<]*)</td><td class="whole" data-label="What">([^<]*?) <', page)
    assert lines[:3] == [
        ("the attendee", "checked in"),
        ("the attendee", "left"),
        ("the attendee", "walk-in added"),
    ]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "This is needed."),
        ({"email": "ida"}, "Please write a mail address such as name@example.org."),
        ({"topics": ""}, "Please choose at least one topic that you are looking for."),
        ({"consents.introductions": ""}, "To be introduced, please allow us to share"),
        ({"role": "both"}, "Please choose one of"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(
    system: System, changes: dict[str, str], sentence: str
) -> None:
    create(system)
    answer = walk_in(system, **changes)
    kept = {**ANSWERS, **changes}
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert f'value="{kept["name"]}"' in answer.text
    assert events(system) == []


def test_all_that_is_missing_is_said_at_once(system: System) -> None:
    create(system)
    answer = system.client("registration").post(poster(system), data={"role": "mentor"})
    summary = answer.text.split("</h1>")[0]
    fields = re.findall(r'href="#f-(\w+)"', summary)
    assert fields == ["name", "email", "topics", "consents"], "in the order of the form"
    assert "please allow us" in summary


def test_only_the_code_of_today_is_in_the_venue(system: System) -> None:
    create(system)
    browser = system.client("registration")
    assert browser.get("/c/pyconf/here/AAAAAA").status_code == 404
    address = poster(system)
    assert browser.get(address.rsplit("/", 1)[0] + "/" + address[-6:].lower()).status_code == 200
    system.clock.advance(timedelta(days=1))
    assert browser.get(address).status_code == 404
    assert browser.post(address, data=ANSWERS).status_code == 404
    assert events(system) == []


def test_who_is_registered_checks_in_by_the_code_and_leaves_by_a_tap(system: System) -> None:
    create(system)
    browser = logged_in(system)
    poster_page = browser.get("/desk/pyconf/poster").text
    code = re.findall(r'<p class="code">(\w+)</p>', poster_page)[0]
    system.api(
        "POST",
        "/api/v1/conferences/pyconf/attendees",
        json={
            "name": "Ana",
            "email": "ana@example.org",
            "role": "mentee",
            "wants": ["Python"],
            "consents": {"introductions": True},
            "confirmed": True,
        },
    )
    system.run_until_quiet()
    page = person(system)["links"]["page"].removeprefix("http://localhost")
    stranger = system.client("registration")
    wrong = stranger.post(page + "/here", data={"code": "ABCDEF"})
    assert (wrong.status_code, "That is not the code of today." in wrong.text) == (409, True)
    typed = f" {code[:3].lower()} {code[3:]}"
    assert stranger.post(page + "/here", data={"code": typed}).headers["Location"] == page + "/welcome"
    assert person(system)["present_on"] == ["2026-11-23"]
    left = stranger.post(page + "/leave")
    assert "You left for today" in stranger.get(left.headers["Location"]).text
    system.run_until_quiet()
    assert events(system)[1:] == ["attendee.registered", "attendee.checked_in", "attendee.left"]


def test_the_desk_types_for_who_has_no_phone_and_hands_her_a_slip(system: System) -> None:
    create(system)
    browser = logged_in(system)
    sent = {**ANSWERS, "csrf_token": proof(browser, "/desk/pyconf/new")}
    answer = browser.post("/desk/pyconf/new", data=sent)
    assert answer.headers["Location"] == f"/desk/pyconf/slip/{person(system)['id']}"
    slip = browser.get(answer.headers["Location"]).text
    assert ("Ida Novak" in slip, slip.count("<svg") >= 2) == (True, True)
    copied = re.findall(r"show this, or say ([A-Z2-7]{4}\xa0[A-Z2-7]{4}\xa0[A-Z2-7]{4})\.", slip)[0]  # on one line
    said = copied.replace("\xa0", " ")
    for typed in (
        copied,
        said,
        said.replace(" ", ""),
        said.lower().replace(" ", "-"),
        f" {said} ",
        f"/q/{said.replace(' ', '')}",
    ):
        found = browser.get("/desk/pyconf", query_string={"q": typed}).text
        assert '<ul class="rows">' in found, typed
        at_once = send(browser, "/desk/pyconf/many", lines=typed, action="look").text
        assert "Was here already." in at_once, typed
    assert '<ul class="rows">' not in browser.get("/desk/pyconf", query_string={"q": "ABCD EFGH IJKL"}).text
    assert browser.get(f"/q/{said}").status_code == 200
    again = browser.post("/desk/pyconf/new", data=sent)
    assert again.headers["Location"] == "/desk/pyconf?q=Ida+Novak&known=1"
    other = browser.post("/desk/pyconf/new", data={**sent, "name": "A & B #1"})
    assert other.headers["Location"] == "/desk/pyconf?q=Ida+Novak&known=1"
    page = browser.get(other.headers["Location"]).text
    assert ("This address is registered already" in page, "Ida Novak" in page) == (True, True)
    assert browser.post("/desk/pyconf/new", data={**sent, "name": ""}).status_code == 422
    assert "walk-in added" in browser.get("/organize/pyconf/audit").text
