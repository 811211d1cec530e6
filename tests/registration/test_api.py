"""The fixed interface of conferences, attendees and check-in, to the letter, over HTTP."""

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
POINTS = a_conference()["meeting_points"]


def test_a_conference_is_answered_whole_with_slots_and_every_default(system: System) -> None:
    made = create(system)
    day = "2026-11-23"
    assert system.api("GET", "/api/v1/conferences/pyconf").json == made
    assert made == {
        **a_conference(),
        "meeting_points": [{**point, "step_free": True, "quiet": False, "walk_minutes": 0} for point in POINTS],
        "id": made["id"],
        "slots": [
            {"id": "20261123-1000", "starts_at": f"{day}T09:00:00Z", "ends_at": f"{day}T09:15:00Z"},
            {"id": "20261123-1020", "starts_at": f"{day}T09:20:00Z", "ends_at": f"{day}T09:35:00Z"},
            {"id": "20261123-1040", "starts_at": f"{day}T09:40:00Z", "ends_at": f"{day}T09:55:00Z"},
            {"id": "20261123-1400", "starts_at": f"{day}T13:00:00Z", "ends_at": f"{day}T13:15:00Z"},
            {"id": "20261123-1420", "starts_at": f"{day}T13:20:00Z", "ends_at": f"{day}T13:35:00Z"},
            {"id": "20261123-1440", "starts_at": f"{day}T13:40:00Z", "ends_at": f"{day}T13:55:00Z"},
            {"id": "20261124-1000", "starts_at": "2026-11-24T09:00:00Z", "ends_at": "2026-11-24T09:15:00Z"},
        ],
        "policy": {
            "approve_mentors": True,
            "introductions_per_mentee": 2,
            "introductions_at_most": 3,
            "mentor_meetings_per_half_day": 2,
            "mentor_slots_in_a_row": 3,
            "mentor_proposals_beyond_slots": 2,
            "hold_evening_before": "18:00",
            "hold_minutes_after_break": 5,
            "hold_ends_minutes_before_slot": 15,
            "propose_minutes_before_slot": 10,
            "points_common_topics": 600,
            "points_goals_helped": 150,
            "points_years_between": 150,
            "points_own_language": 50,
            "points_asked_for": 250,
            "points_referred": 120,
            "points_first_timer": 20,
            "points_likes_newcomers": 50,
            "points_for_another": 150,
            "exploration_percent": 0,
            "mails_per_day": 6,
            "evening_mail_at": "20:00",
            "continue_hours": 72,
            "follow_up_days": [7, 30, 91],
            "silences_end": 2,
            "small_cells_under": 5,
            "adults_only": False,
            "concern_contact": "",
        },
    }


def test_a_policy_keeps_what_is_given_and_fills_in_the_rest(system: System) -> None:
    made = create(system, policy={"approve_mentors": False, "follow_up_days": [91, 7, 30]})
    assert made["policy"]["approve_mentors"] is False
    assert made["policy"]["follow_up_days"] == [7, 30, 91]
    assert made["policy"]["introductions_per_mentee"] == 2


def test_a_short_name_is_given_once(system: System) -> None:
    made = create(system)
    again = system.api("POST", "/api/v1/conferences", json=a_conference(name="Another"))
    assert (again.status_code, again.content_type) == (409, "application/problem+json")
    assert again.json["state"] == {"slug": "pyconf", "id": made["id"]}


def test_every_mistake_in_a_conference_is_named_with_its_field(system: System) -> None:
    wrong = a_conference(
        slug="No Good",
        timezone="Mars/Olympus",
        days=[{"date": "2026-02-30", "blocks": [{"start": "25:00", "end": "11:00"}]}],
        slot_minutes=2.5,
        topics=[],
        colour="blue",
        policy={"mails_per_day": 2**63},
    )
    answer = system.api("POST", "/api/v1/conferences", json=wrong)
    assert answer.status_code == 400  # 2**63 is a number that JSON readers disagree about
    wrong["policy"] = {"mails_per_day": 51}
    answer = system.api("POST", "/api/v1/conferences", json=wrong)
    assert answer.status_code == 422
    assert {(item["field"], item["detail"]) for item in answer.json["errors"]} == {
        ("slug", "Please use 1 to 40 small letters, digits and hyphens."),
        ("timezone", "Please choose a time zone such as Europe/Berlin."),
        ("days.0.date", "There is no such day."),
        ("days.0.blocks.0.start", "Please write a time such as 09:30."),
        ("slot_minutes", "Please give a whole number from 5 to 240."),
        ("topics", "Please give at least 1."),
        ("policy.mails_per_day", "Please give a whole number from 1 to 50."),
        ("colour", "There is no such field."),
    }


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ([("11:00", "10:00")], "A block ends before it starts."),
        ([("10:00", "12:00"), ("11:00", "13:00")], "Two blocks of a day overlap."),
        ([("10:00", "10:10")], "No slot fits into these blocks. Make a block longer or a slot shorter."),
    ],
)
def test_a_day_that_cannot_be_is_refused(system: System, days: Any, sentence: str) -> None:
    blocks = [{"start": start, "end": end} for start, end in days]
    answer = system.api(
        "POST", "/api/v1/conferences", json=a_conference(days=[{"date": "2026-11-23", "blocks": blocks}])
    )
    assert answer.status_code == 422
    assert answer.json["errors"] == [{"field": "days", "detail": sentence}]


def test_topics_of_one_group_are_written_behind_a_bar_and_come_back_like_that(system: System) -> None:
    create(system)
    topics = ["Grant writing | Funding", "Budgets|Funding", "Python"]
    told = system.api("PUT", "/api/v1/conferences/pyconf", json=a_conference(topics=topics)).json
    assert told["topics"] == ["Grant writing | Funding", "Budgets | Funding", "Python"]
    system.run_until_quiet()
    (*_older, event) = [event for kind, event in system.events() if kind == "conference.published"]
    assert [(topic.code, topic.label, topic.group) for topic in event.topics] == [
        ("grant-writing", "Grant writing", "Funding"),
        ("budgets", "Budgets", "Funding"),
        ("python", "Python", ""),
    ]


def test_who_shares_a_mail_domain_of_an_employer_has_the_same_code_and_providers_have_none(system: System) -> None:
    create(system)
    addresses = ("a@Acme.io", "b@acme.io", "c@gmail.com", "d@example.org", "e@other.io")
    ids = [add(system, name=f"Person {number}", email=address)["id"] for number, address in enumerate(addresses)]
    system.run_until_quiet()
    told = {event.attendee: event.domain for kind, event in system.events() if kind == "attendee.registered"}
    codes = [told[one] for one in ids]
    assert [code and codes.index(code) for code in codes] == [0, 0, None, None, 4]


def test_a_conference_is_changed_as_a_whole_and_topics_keep_their_codes(system: System) -> None:
    create(system)
    changed = system.api("PUT", "/api/v1/conferences/pyconf", json=a_conference(name="PyConf 26", topics=["Python"]))
    assert (changed.status_code, changed.json["name"], changed.json["topics"]) == (200, "PyConf 26", ["Python"])
    assert system.api("GET", "/api/v1/conferences/pyconf").json == changed.json
    assert system.api("PUT", "/api/v1/conferences/nothing", json=a_conference()).status_code == 404


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


def test_conferences_come_in_pages_by_short_name_and_only_those_of_the_key(system: System) -> None:
    made = {slug: create(system, slug=slug) for slug in ("d-days", "a11y", "c3", "b")}
    some = system.access.issue_key(
        key_id="e" * 32, account=DEFAULT_ACCOUNT, conferences=frozenset({"a11y", "c3", "d-days"})
    )
    for key, slugs in ((system.key, ["a11y", "b", "c3", "d-days"]), (some, ["a11y", "c3", "d-days"])):
        first = system.api("GET", "/api/v1/conferences?limit=2", key=key)
        assert first.json["items"] == [made[slug] for slug in slugs[:2]]
        assert first.headers["Link"] == f'</api/v1/conferences?cursor={first.json["next"]}&limit=2>; rel="next"'
        second = system.api("GET", f"/api/v1/conferences?limit=2&cursor={first.json['next']}", key=key)
        assert second.json == {"items": [made[slug] for slug in slugs[2:]], "next": None}
    for query in ("cursor=x", "cursor=a11y", "limit=0"):
        assert system.api("GET", f"/api/v1/conferences?{query}").status_code == 422, query


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
