"""The fixed interface of attendees and check-in, and of whoever calls it, to the letter, over HTTP."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.access import DEFAULT_ACCOUNT
from shared.settings import Settings
from tests.registration.stage import a_conference, add, an_attendee, create
from tests.system import System

PEOPLE = "/api/v1/conferences/pyconf/attendees"


def test_who_shares_a_mail_domain_of_an_employer_has_the_same_code_and_providers_have_none(system: System) -> None:
    create(system)
    addresses = ("a@Acme.io", "b@acme.io", "c@gmail.com", "d@example.org", "e@other.io")
    ids = [add(system, name=f"Person {number}", email=address)["id"] for number, address in enumerate(addresses)]
    system.run_until_quiet()
    told = {event.attendee: event.domain for kind, event in system.events() if kind == "attendee.registered"}
    codes = [told[one] for one in ids]
    assert [code and codes.index(code) for code in codes] == [0, 0, None, None, 4]


def test_an_attendee_is_answered_whole(system: System) -> None:
    create(system)
    made = add(
        system,
        goals=["advice", "safe_place"],
        first_timer=True,
        step_free=True,
        goal="A first grant",
        languages=["en", "de"],
        company="Acme",
        field="Physics",
        years=3,
        introductions=2,
        available=["20261123-1400", "20261124-1000"],
        locale="de",
    )
    assert made == {
        "id": made["id"],
        "conference": "pyconf",
        "status": "confirmed",
        "name": "Ana Bešić",
        "email": "ana@example.org",
        "role": "mentee",
        "offers": [],
        "wants": ["Grant writing"],
        "helps": [],
        "goals": ["advice", "safe_place"],
        "first_timer": True,
        "likes_newcomers": False,
        "step_free": True,
        "quiet": False,
        "goal": "A first grant",
        "languages": ["en", "de"],
        "company": "Acme",
        "field": "Physics",
        "years": 3,
        "capacity": None,
        "introductions": 2,
        "available": ["20261123-1400", "20261124-1000"],
        "requests": [],
        "blocks": [],
        "referrals": [],
        "locale": "de",
        "consents": {"introductions": True, "follow_up": True, "statistics": False, "next_year": False},
        "approved": True,
        "present_on": [],
        "links": {"page": made["links"]["page"]},
    }
    assert system.api("GET", f"{PEOPLE}/{made['id']}").json == made
    page = system.client("registration").get(made["links"]["page"].removeprefix("http://localhost"))
    assert page.status_code == 200
    assert "Hallo Ana" in page.text


def test_without_confirmed_somebody_is_invited_and_absent_slots_mean_all(system: System) -> None:
    create(system)
    made = add(system, confirmed=False)
    assert (made["status"], made["available"]) == ("invited", None)
    system.run_until_quiet()
    assert [mail.subject for mail in system.mails] == ["You are invited to meet somebody at PyConf"]
    assert [kind for kind, _event in system.events()] == ["conference.published"]


def test_the_same_address_twice_is_409_with_its_id_whatever_the_case(system: System) -> None:
    create(system)
    made = add(system)
    again = system.api("POST", PEOPLE, json=an_attendee(email="ANA@Example.org", name="Someone"))
    assert (again.status_code, again.content_type) == (409, "application/problem+json")
    assert again.json["id"] == made["id"]
    assert again.json["state"] == {"id": made["id"], "status": "confirmed", "present_on": []}
    assert system.api("GET", f"{PEOPLE}/{made['id']}").json["name"] == "Ana Bešić"


def test_to_confirm_somebody_her_consent_is_needed(system: System) -> None:
    create(system)
    answer = system.api("POST", PEOPLE, json=an_attendee(consents={"follow_up": True}))
    sentence = "To be introduced, please allow us to share your first name and what you have in common."
    assert answer.status_code == 422
    assert answer.json["errors"] == [{"field": "consents.introductions", "detail": sentence}]
    assert system.api("GET", PEOPLE).json == {"items": [], "next": None}
    invited = add(system, confirmed=False, consents={})
    answer = system.api("PATCH", f"{PEOPLE}/{invited['id']}", json={"confirmed": True})
    assert [item["field"] for item in answer.json["errors"]] == ["consents.introductions"]
    answer = system.api(
        "PATCH", f"{PEOPLE}/{invited['id']}", json={"confirmed": True, "consents": {"introductions": True}}
    )
    assert (answer.status_code, answer.json["status"]) == (200, "confirmed")


def test_mentors_wait_for_approval_unless_it_is_given_or_not_asked_for(system: System) -> None:
    create(system)
    create(system, slug="open", policy={"approve_mentors": False})
    mentor: dict[str, Any] = {"role": "mentor", "offers": ["Python"], "wants": []}
    assert add(system, email="a@example.org", **mentor)["approved"] is False
    assert add(system, email="b@example.org", **mentor, approved=True)["approved"] is True
    assert add(system, "open", email="c@example.org", **mentor)["approved"] is True
    waiting = system.api("GET", PEOPLE).json["items"][0]
    assert system.api("PATCH", f"{PEOPLE}/{waiting['id']}", json={"approved": True}).json["approved"] is True
    mentee = system.api("PATCH", f"{PEOPLE}/{waiting['id']}", json={"role": "mentee", "wants": ["Python"]}).json
    assert mentee["approved"] is True
    back = system.api("PATCH", f"{PEOPLE}/{waiting['id']}", json={"role": "both"}).json
    assert back["approved"] is False


def test_people_to_meet_or_never_to_meet_are_ids_of_other_attendees(system: System) -> None:
    create(system)
    ana, ben = add(system), add(system, email="ben@example.org", name="Ben")
    cora = add(system, email="cora@example.org", name="Cora", requests=[ana["id"]], blocks=[ben["id"]])
    assert (cora["requests"], cora["blocks"]) == ([ana["id"]], [ben["id"]])
    for ids in (["0" * 32], [cora["id"]]):
        answer = system.api("PATCH", f"{PEOPLE}/{cora['id']}", json={"blocks": ids})
        assert (answer.status_code, [item["field"] for item in answer.json["errors"]]) == (422, ["blocks"])
    assert system.api("GET", f"{PEOPLE}/{cora['id']}").json == cora
    cleared = system.api("PATCH", f"{PEOPLE}/{cora['id']}", json={"blocks": None, "requests": [ben["id"]]}).json
    assert (cleared["requests"], cleared["blocks"]) == ([ben["id"]], [])
    answer = system.api("POST", PEOPLE, json=an_attendee(email="d@example.org", requests=["f" * 32]))
    assert answer.status_code == 422
    assert len(system.api("GET", PEOPLE).json["items"]) == 3


def test_what_does_not_fit_the_conference_is_named(system: System) -> None:
    create(system)
    wrong = an_attendee(wants=["Knitting"], available=["20261123-0000"], introductions=9)
    answer = system.api("POST", PEOPLE, json=wrong)
    assert answer.status_code == 422
    assert {item["field"]: item["detail"] for item in answer.json["errors"]} == {
        "wants": "One of these is not a topic of this conference.",
        "available": "One of these times is not a slot of this conference.",
        "introductions": "At most 3 introductions a person.",
    }
    answer = system.api("POST", PEOPLE, json=an_attendee(role="both", wants=[]))
    assert [item["field"] for item in answer.json["errors"]] == ["offers", "wants"]


def test_a_patch_merges_and_null_clears(system: System) -> None:
    create(system)
    made = add(system, goal="A first grant", company="Acme", years=3, available=["20261123-1400"], languages=["de"])
    path = f"{PEOPLE}/{made['id']}"
    assert system.api("PATCH", path, json={"years": 4}).json == {**made, "years": 4}
    merged = system.api("PATCH", path, json={"consents": {"statistics": True}}).json
    assert merged["consents"] == {"introductions": True, "follow_up": True, "statistics": True, "next_year": False}
    cleared = dict.fromkeys(("goal", "company", "years", "available", "languages"))
    answer = system.api("PATCH", path, json={**cleared, "consents": {"statistics": None}})
    assert answer.json == {**made, **cleared, "languages": ["en"]}
    assert system.api("PATCH", path, json={}).json == answer.json
    assert system.api("PATCH", path, json={"consents": None}).json["consents"] == dict.fromkeys(made["consents"], False)


@pytest.mark.parametrize(
    "change",
    [{"email": "else@example.org"}, {"name": None}, {"role": None}, {"status": "left"}, {"wants": []}, {"years": "4"}],
)
def test_what_cannot_be_changed_is_refused_with_its_field(system: System, change: dict[str, Any]) -> None:
    create(system)
    made = add(system)
    answer = system.api("PATCH", f"{PEOPLE}/{made['id']}", json=change)
    assert answer.status_code == 422
    assert [item["field"] for item in answer.json["errors"]] == list(change)
    assert system.api("GET", f"{PEOPLE}/{made['id']}").json == made


def test_whoever_is_deleted_leaves_a_tombstone_and_may_come_back_as_somebody_new(system: System) -> None:
    create(system)
    made = add(system, goal="A first grant")
    system.run_until_quiet()
    gone = system.api("DELETE", f"{PEOPLE}/{made['id']}")
    assert gone.status_code == 200
    assert (gone.json["status"], gone.json["name"], gone.json["email"], gone.json["goal"]) == (
        "withdrawn",
        None,
        None,
        None,
    )
    assert gone.json["links"] == {"page": None}
    again = system.api("DELETE", f"{PEOPLE}/{made['id']}")
    assert (again.status_code, again.json) == (200, gone.json)
    system.run_until_quiet()
    assert system.client("registration").get(made["links"]["page"][16:]).status_code == 404
    assert system.api("PATCH", f"{PEOPLE}/{made['id']}", json={"years": 1}).status_code == 409
    told = [(kind, event is None) for kind, event in system.events()]
    assert sorted(item for item in told if item[0].startswith(("attendee.", "person."))) == [
        ("attendee.registered", False),
        ("attendee.withdrawn", False),
        ("person.described", False),
        ("person.described", True),
    ]
    back = add(system)
    assert back["id"] != made["id"]
    assert system.client("registration").get(back["links"]["page"][16:]).status_code == 200


def test_kept_for_next_year_somebody_comes_back_with_links_that_work(system: System) -> None:
    create(system)
    made = add(system, consents={"introductions": True, "next_year": True})
    system.api("DELETE", f"{PEOPLE}/{made['id']}")
    back = add(system)
    assert back["id"] != made["id"]
    assert system.client("registration").get(back["links"]["page"][16:]).status_code == 200


def test_lists_come_in_pages_with_a_cursor_and_a_link(system: System) -> None:
    create(system)
    ids = [add(system, email=f"p{number}@example.org")["id"] for number in range(5)]
    first = system.api("GET", PEOPLE + "?limit=2")
    assert [item["id"] for item in first.json["items"]] == ids[:2]
    assert first.headers["Link"] == f'<{PEOPLE}?cursor={first.json["next"]}&limit=2>; rel="next"'
    second = system.api("GET", PEOPLE + f"?limit=2&cursor={first.json['next']}")
    third = system.api("GET", PEOPLE + f"?limit=2&cursor={second.json['next']}")
    assert [item["id"] for page in (second, third) for item in page.json["items"]] == ids[2:]
    assert (third.json["next"], "Link" in third.headers) == (None, False)
    for query in ("cursor=x", "cursor=1", "limit=0", "limit=501", "limit=-1", "limit=²", "cursor=%ED%A0%80"):
        assert system.api("GET", f"{PEOPLE}?{query}").status_code == 422, query
    twice = system.api("GET", PEOPLE + f"?limit=2&cursor={first.json['next']}&cursor={second.json['next']}")
    assert twice.status_code == 200


def test_what_is_not_there_or_not_for_this_key_is_404(system: System) -> None:
    create(system)
    made = add(system)
    other = system.access.issue_key(key_id="e" * 32, account=DEFAULT_ACCOUNT, conferences=frozenset({"other"}))
    stranger = system.access.issue_key(key_id="d" * 32, account="1" * 32, conferences=None)
    for key in (other, stranger):
        for method, path in (
            ("GET", "/api/v1/conferences/pyconf"),
            ("GET", PEOPLE),
            ("POST", PEOPLE),
            ("GET", f"{PEOPLE}/{made['id']}"),
            ("PATCH", f"{PEOPLE}/{made['id']}"),
            ("DELETE", f"{PEOPLE}/{made['id']}"),
            ("POST", f"{PEOPLE}/{made['id']}/check-in"),
        ):
            body = an_attendee(email="new@example.org") if path == PEOPLE and method == "POST" else {}
            answer = system.api(method, path, key=key, json=None if method in ("GET", "DELETE") else body)
            assert answer.status_code == 404, (method, path)
        assert system.api("GET", "/api/v1/conferences", key=key).json == {"items": [], "next": None}
    assert system.api("GET", "/api/v1/conferences/nothing").status_code == 404
    assert system.api("GET", "/api/v1/conferences/nothing/attendees").status_code == 404
    assert system.api("GET", f"{PEOPLE}/{'0' * 32}").status_code == 404
    assert system.api("POST", "/api/v1/conferences", key=other, json=a_conference(slug="third")).status_code == 403
    assert system.api("POST", "/api/v1/conferences", key=other, json=a_conference(slug="other")).status_code == 201


@pytest.mark.parametrize("key", ["", "rk_nonsense", "nonsense", "rk_" + "x" * 3000, "ré"])
def test_a_wrong_key_is_401(system: System, key: str) -> None:
    answer = system.client("registration").get("/api/v1/conferences", headers={"Authorization": f"Bearer {key}"})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="rapport"')
    assert answer.content_type == "application/problem+json"


def test_an_idempotency_key_repeats_the_answer_and_refuses_another_body(system: System) -> None:
    create(system)
    key = {"Idempotency-Key": "k-1"}
    first = system.api("POST", PEOPLE, json=an_attendee(), headers=key)
    again = system.api("POST", PEOPLE, json=an_attendee(), headers=key)
    assert (first.status_code, again.status_code, again.json) == (201, 201, first.json)
    other = system.api("POST", PEOPLE, json=an_attendee(years=3), headers=key)
    assert (other.status_code, other.json["type"]) == (422, "urn:rapport:idempotency-key-reused")
    path = f"{PEOPLE}/{first.json['id']}/check-in"
    came = system.api("POST", path, headers={"Idempotency-Key": "k-2"})
    assert (came.status_code, came.json["status"]) == (201, "checked_in")
    again = system.api("POST", path, headers={"Idempotency-Key": "k-2"})
    assert (again.status_code, again.json) == (201, came.json)
    assert system.api("POST", path, headers={"Idempotency-Key": "k-2"}, json={"a": 1}).status_code == 422
    assert system.api("POST", path).status_code == 200
    assert len(system.api("GET", PEOPLE).json["items"]) == 1


def test_check_in_opens_at_midnight_of_the_first_day_in_the_zone(system: System) -> None:
    create(system)
    made = add(system)
    path = f"{PEOPLE}/{made['id']}/check-in"
    system.clock.set(datetime(2026, 11, 22, 22, 59, 59, tzinfo=UTC))
    early = system.api("POST", path)
    assert early.status_code == 409
    assert early.json["type"] == "urn:rapport:too-early"
    assert early.json["state"] == {"id": made["id"], "status": "confirmed", "present_on": []}
    system.clock.set(datetime(2026, 11, 22, 23, 0, tzinfo=UTC))
    came = system.api("POST", path)
    assert (came.status_code, came.json) == (201, {**made, "status": "checked_in", "present_on": ["2026-11-23"]})
    again = system.api("POST", path)
    assert (again.status_code, again.json) == (200, came.json)
    left = system.api("POST", path.replace("check-in", "leave"))
    assert (left.status_code, left.json["status"], left.json["present_on"]) == (201, "left", [])
    system.clock.advance(timedelta(days=1))
    assert system.api("POST", path).json["present_on"] == ["2026-11-24"]
    system.clock.advance(timedelta(days=1))
    late = system.api("POST", path)
    assert (late.status_code, late.json["type"]) == (409, "urn:rapport:over")


def test_only_who_confirmed_can_be_checked_in(system: System) -> None:
    create(system)
    made = add(system, confirmed=False)
    answer = system.api("POST", f"{PEOPLE}/{made['id']}/check-in")
    assert (answer.status_code, answer.json["state"]["status"]) == (409, "invited")


def test_every_step_is_told_in_order(system: System) -> None:
    create(system)
    made = add(system)
    path = f"{PEOPLE}/{made['id']}"
    system.api("POST", f"{path}/check-in")
    system.api("PATCH", path, json={"years": 2})
    system.api("POST", f"{path}/leave")
    system.api("DELETE", path)
    system.run_until_quiet()
    happened = [event for kind, event in system.events() if kind.startswith("attendee.")]
    assert [(event.TYPE, event.version, event.status) for event in happened if event] == [
        ("attendee.registered", 2, "confirmed"),
        ("attendee.checked_in", 3, "checked_in"),
        ("attendee.changed", 4, "checked_in"),
        ("attendee.left", 5, "left"),
        ("attendee.withdrawn", 6, "withdrawn"),
    ]


def test_a_key_has_fifty_calls_a_second_and_is_told_when_to_come_back(system: System) -> None:
    assert Settings().api_rate == 50
    # Two instead of fifty, so that a slow machine reaches the limit within its second too.
    system.registration.settings = replace(system.registration.settings, api_rate=2)
    answers = [system.api("GET", "/api/v1/conferences") for _ in range(20)]
    refused = [answer for answer in answers if answer.status_code != 200]
    assert [answer.status_code for answer in answers[:2]] == [200, 200]
    assert {(answer.status_code, answer.headers["Retry-After"], answer.content_type) for answer in refused} == {
        (429, "1", "application/problem+json")
    }


def test_status_is_all_zero_when_all_is_quiet(system: System) -> None:
    create(system)
    busy = system.api("GET", "/api/v1/status").json
    assert busy["pending"]["relay"] == 1
    system.run_until_quiet()
    names = ("relay", "registration", "introductions", "followup", "mail")
    assert system.api("GET", "/api/v1/status").json == {
        "now": "2026-11-23T11:00:00Z",
        "pending": dict.fromkeys(names, 0),
    }
