"""The API of follow-up: relationships, answers, outcomes, and what it refuses."""

from __future__ import annotations

from shared.access import DEFAULT_ACCOUNT
from shared.contracts import IntroductionMet
from tests.followup.story import Story, introduction_id

NOON, EVENING = "2026-11-23T11:00:00Z", "2026-11-23 20:00"


def test_before_a_mutual_yes_a_pair_is_met_and_nothing_more(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    for question, answer in (("continue", "yes"), ("week", "talked"), ("month", "complete")):
        assert story.say(pair, ana, question, answer).status_code == 201
    state = {"id": pair, "mentor": ana, "mentee": ben, "status": "met", "history": [{"state": "met", "at": NOON}]}
    assert story.read("relationships") == {"items": [state], "next": None}


def test_after_a_mutual_yes_the_history_shows_how_it_went_but_never_who_said_what(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    story.at(EVENING)
    story.say(pair, ana, "continue", "yes")
    answered = story.say(pair, ben, "continue", "yes")
    assert (answered.status_code, answered.json["status"]) == (201, "continued")
    story.at("2026-11-30 10:00")
    assert story.say(pair, ana, "week", "talked").json["status"] == "in_touch"
    story.at("2026-12-23 10:00")
    assert story.say(pair, ben, "month", "complete").json == {
        "id": pair,
        "mentor": ana,
        "mentee": ben,
        "status": "ended",
        "history": [
            {"state": "met", "at": NOON},
            {"state": "continued", "at": "2026-11-23T19:00:00Z"},
            {"state": "in_touch", "at": "2026-11-30T09:00:00Z"},
            {"state": "ended", "at": "2026-12-23T09:00:00Z"},
        ],
    }


def test_the_same_answer_again_changes_nothing_and_a_new_one_does(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    said = [story.say(pair, ana, "week", answer).status_code for answer in ("wrote", "wrote", "talked", "talked")]
    assert said == [201, 200, 201, 200]
    assert story.told()[1:] == [
        ("follow_up.answered", ana, "week", "wrote"),
        ("follow_up.answered", ana, "week", "talked"),
        ("relationship.contacted", "week"),
    ]


def test_whoever_asks_by_key_learns_nothing_of_what_was_said_on_a_page(story: Story) -> None:
    ana, ben, cleo = story.people("Ana", "Ben", "Cleo")
    silent, told = story.met(ana, ben), story.met(ana, cleo)
    story.at(EVENING)
    story.post(story.page_of(story.mails_to("ana")[0]), told, "continue", "no")
    probes = [[story.say(pair, ana, "continue", "no").status_code for _ in range(2)] for pair in (silent, told)]
    assert probes == [[201, 200], [201, 200]]


def test_an_answer_is_refused_with_the_field_that_is_wrong(story: Story) -> None:
    ana, ben, cleo = story.people("Ana", "Ben", "Cleo")
    pair = story.met(ana, ben)
    refused = [
        story.say(pair, cleo, "week", "talked"),
        story.say(pair, ana, "week", "yes"),
        story.say(pair, ana, "continue", "talked"),
        story.say(pair, ana, "met", "yes"),
        story.say(pair, "nobody", "week", "talked"),
    ]
    assert [(answer.status_code, [item["field"] for item in answer.json["errors"]]) for answer in refused] == [
        (422, ["attendee"]),
        (422, ["answer"]),
        (422, ["answer"]),
        (422, ["question"]),
        (422, ["attendee"]),
    ]
    assert story.told() == [("relationship.started",)]


def test_before_they_met_an_answer_is_too_early_and_says_how_it_stands(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.accepted(ana, ben)
    early = story.say(pair, ana, "continue", "yes")
    assert (early.status_code, early.json["status"], early.json["state"]) == (
        409,
        409,
        {"id": pair, "status": "accepted"},
    )
    assert story.read("relationships") == {"items": [], "next": None}


def test_unknown_and_foreign_pairs_are_the_same_404(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    foreign = story.system.access.issue_key(key_id="9" * 32, account=DEFAULT_ACCOUNT, conferences=frozenset({"other"}))
    answers = [story.say("0" * 32, ana, "week", "talked"), story.say(pair, ana, "week", "talked", key=foreign)]
    assert [answer.status_code for answer in answers] == [404, 404]


def test_a_conference_that_nobody_told_of_has_no_relationships_and_zeros(story: Story) -> None:
    headers = {"Authorization": f"Bearer {story.system.key}"}
    client = story.system.client("followup")
    not_asked = {"yes": None, "no": None, "unknown": None}
    apart = {"wrote": None, "complete": None}
    assert client.get("/api/v1/conferences/new/relationships", headers=headers).json == {"items": [], "next": None}
    assert client.get("/api/v1/conferences/new/outcomes/details", headers=headers).json == {
        "curve": None,
        "cohorts": [],
        "mentors": [],
        "matched": None,
    }
    assert client.get("/api/v1/conferences/new/outcomes", headers=headers).json == {
        "people": {
            "registered": 0,
            "checked_in": 0,
            "introduced": 0,
            "accepted": 0,
            "met": 0,
            "in_touch": {"week": None, "month": None, "quarter": None},
        },
        "pairs": {
            "introduced": 0,
            "accepted": 0,
            "met": 0,
            "continued": 0,
            "in_touch": {"week": not_asked, "month": not_asked, "quarter": not_asked},
            "apart": {"week": apart, "month": apart, "quarter": apart},
        },
    }


def test_an_idempotency_key_answers_the_same_and_refuses_another_body(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    again = {"Idempotency-Key": "one"}
    answers = [story.say(pair, ana, "week", word, headers=again).status_code for word in ("met", "met", "wrote")]
    assert answers == [201, 201, 422]
    assert [event for event in story.told() if event[0] == "follow_up.answered"] == [
        ("follow_up.answered", ana, "week", "met")
    ]


def test_the_list_comes_in_pages(story: Story) -> None:
    ana, *others = story.people("Ana", "Ben", "Cleo", "Dan")
    for other in others:
        story.met(ana, other)
    first = story.read("relationships?limit=2")
    second = story.read(f"relationships?limit=2&cursor={first['next']}")
    found = [item["id"] for item in first["items"] + second["items"]]
    assert (found, second["next"]) == ([introduction_id(ana, other) for other in others], None)


def test_events_that_come_twice_or_in_the_wrong_order_give_the_same_state(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = introduction_id(ana, ben)
    story.tell(story.introduction(IntroductionMet, ana, ben, 3, told_by="desk"))
    before = story.read("relationships")
    story.accepted(ana, ben)
    story.tell(story.introduction(IntroductionMet, ana, ben, 3, told_by="desk"))
    assert story.read("relationships") == before
    assert story.told() == [("relationship.started",)]
    pairs = story.counted()["pairs"]
    assert {name: pairs[name] for name in ("introduced", "accepted", "met")} == {
        "introduced": 1,
        "accepted": 1,
        "met": 1,
    }
    story.at(EVENING)
    assert story.told()[1:] == [("follow_up.asked", ana, "evening"), ("follow_up.asked", ben, "evening")]
    assert before["items"][0]["id"] == pair


def test_every_answer_by_key_leaves_a_row_without_the_answer(story: Story) -> None:
    from sqlalchemy import select

    from shared.tables import audit

    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    story.say(pair, ana, "continue", "no")
    with story.system.followup.reading() as connection:
        (row,) = connection.execute(select(audit)).all()
    assert (row.action, row.object, row.actor_kind) == ("follow-up answered", pair, "key")
    assert row.details == {"attendee": ana, "question": "continue"}
