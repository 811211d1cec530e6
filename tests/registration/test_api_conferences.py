"""The fixed interface of conferences, to the letter, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from shared.access import DEFAULT_ACCOUNT
from tests.registration.stage import a_conference, create
from tests.system import System

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


def test_a_conference_is_changed_as_a_whole_and_topics_keep_their_codes(system: System) -> None:
    create(system)
    changed = system.api("PUT", "/api/v1/conferences/pyconf", json=a_conference(name="PyConf 26", topics=["Python"]))
    assert (changed.status_code, changed.json["name"], changed.json["topics"]) == (200, "PyConf 26", ["Python"])
    assert system.api("GET", "/api/v1/conferences/pyconf").json == changed.json
    assert system.api("PUT", "/api/v1/conferences/nothing", json=a_conference()).status_code == 404


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
