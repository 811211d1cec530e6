"""The dashboard: what it says first, what it hides, who may see it, and its file."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest

from services.followup.domain.cells import shown
from services.followup.web.report import lead
from shared.access import DEFAULT_ACCOUNT, Actor
from shared.contracts import IntroductionDeclined, IntroductionExpired, IntroductionProposed
from shared.web.who import log_in
from tests.followup.kept import crowd, keep
from tests.followup.story import Story
from tests.followup.test_cells import LEAST, outcomes


@pytest.mark.parametrize(
    ("parts", "asked", "sentence"),
    [
        ((0, 0, 0), (), "Nobody was introduced yet."),
        (
            (1, 1, 1),
            ("week",),
            "Fewer than 5 pairs met so far: too few to say more without telling who they are.",
        ),
        ((0, 0, 212), (), "212 pairs met. Whether they kept talking is asked first a week later."),
        ((0, 0, 212), ("week",), "Of 212 pairs who met, none has answered after a week yet."),
        (
            (58, 64, 90),
            ("week",),
            "Of 212 pairs who met, between 27\u00a0% and 70\u00a0% were in touch after a week: 58 pairs "
            "told us that they were, 64 that they were not, and 90 told us nothing.",
        ),
        (
            (58, 64, 0),
            ("week",),
            "Of 122 pairs who met, 58 (48\u00a0%) were in touch after a week. All of them answered.",
        ),
        (
            (3, 64, 90),
            ("week",),
            "Of 157 pairs who met, some answered after a week: too few to say more without telling who they are.",
        ),
    ],
)
def test_what_is_said_first(parts: tuple[int, int, int], asked: tuple[str, ...], sentence: str) -> None:
    assert lead(shown(outcomes(*parts), LEAST, asked), LEAST) == sentence


def logged_in(story: Story, *, role: str = "owner", account: str = DEFAULT_ACCOUNT):  # type: ignore[no-untyped-def]
    """A browser of an organizer."""
    app = story.system.app("followup")
    client = app.test_client()
    with app.test_request_context("/"):
        from flask import session

        log_in(Actor("1" * 32, "2" * 32, "organizer", role, account, None, "Olga"))
        stored = dict(session)
    with client.session_transaction() as session_:
        session_.update(stored)
    return client


def eight_pairs(story: Story) -> None:
    """Eight pairs met; five are in touch, one is not, of two nobody knows."""
    for number in range(8):
        mentor, mentee = story.people(f"M{number}", f"N{number}")
        story.run()
        pair = story.met(mentor, mentee)
        if number < 6:
            story.say(pair, mentor, "week", "talked" if number < 5 else "not_yet")
    story.at("2026-11-30 10:00")


def test_the_page_and_the_file_hide_the_same_small_cells(story: Story) -> None:
    eight_pairs(story)
    client = logged_in(story)
    page = client.get("/outcomes/pyconf")
    assert page.status_code == 200
    text = page.text
    assert "too few to say more without telling who they are" in text
    assert "&lt; 5" in text
    assert "not shown" in text
    file = client.get("/outcomes/pyconf.csv")
    assert file.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(file.data.decode("utf-8-sig"))))
    week = {row[1]: row[2] for row in rows if len(row) > 2 and row[0] == "week"}
    assert week == {
        "met": "8",
        "yes": "5",
        "no": "< 5",
        "unknown": "< 5",
        "wrote": "not shown",
        "complete": "not shown",
        "reported": "0.6250",
        "among those who answered": "",
        "bounds": "",
    }


def test_the_api_hides_the_same_and_says_nothing_of_what_was_not_asked(story: Story) -> None:
    eight_pairs(story)
    hidden, not_asked = dict.fromkeys(("wrote", "complete")), dict.fromkeys(("yes", "no", "unknown"))
    assert story.read("outcomes") == {
        "people": {
            "registered": 16,
            "checked_in": 0,
            "introduced": 16,
            "accepted": 16,
            "met": 16,
            "in_touch": {"week": 10, "month": None, "quarter": None},
        },
        "pairs": {
            "introduced": 8,
            "accepted": 8,
            "met": 8,
            "continued": 0,
            "in_touch": {
                "week": {"yes": 5, "no": None, "unknown": None},
                "month": not_asked,
                "quarter": not_asked,
            },
            "apart": dict.fromkeys(("week", "month", "quarter"), hidden),
        },
    }


def in_words_of_the_file(told: dict[str, Any]) -> dict[tuple[str, str], int | None]:
    """What the API tells, by the rows of the file."""
    people, pairs = told["people"], told["pairs"]
    said = {("people", step): n for step, n in {**people, **people["in_touch"]}.items() if step != "in_touch"}
    said |= {("pairs", step): pairs[step] for step in ("introduced", "accepted", "met", "continued")}
    for question, parts in pairs["in_touch"].items():
        said["pairs", question] = parts["yes"]
        said |= {(question, name): n for name, n in (parts | pairs["apart"][question]).items()}
    return said


@pytest.mark.parametrize("pairs", [2, 7, 11, 20, 26, 33, 45, 150])
def test_whatever_the_size_the_api_hides_what_the_page_and_the_file_hide(story: Story, pairs: int) -> None:
    keep(story, crowd(pairs, seed=pairs))
    client, told = logged_in(story), in_words_of_the_file(story.read("outcomes"))
    rows = csv.reader(io.StringIO(client.get("/outcomes/pyconf.csv").data.decode("utf-8-sig")))
    file = {(row[0], row[1]): seen(row[2]) for row in rows if len(row) > 2 and (row[0], row[1]) in told}
    assert told == dict.fromkeys(told) | file, "null also where nothing was asked yet"
    page = re.findall(r'</th><td class="number" data-label="Count">([^<]*)<', client.get("/outcomes/pyconf").text)
    assert [seen(count) for count in page] == [told[what] for what in file if what[0] in ("people", "pairs")]


def seen(count: str) -> int | None:
    """A count as a page or a file has it; None where it is hidden."""
    return int(count) if count.isdigit() else None


def test_the_page_and_the_file_say_where_the_others_stayed(story: Story) -> None:
    eight_pairs(story)
    for number in range(6):
        mentor, mentee = story.people(f"D{number}", f"E{number}")
        kind = IntroductionDeclined if number % 2 else IntroductionExpired
        story.tell(
            story.introduction(IntroductionProposed, mentor, mentee, 1), story.introduction(kind, mentor, mentee, 2)
        )
    story.accepted(*story.people("F", "G"))
    client = logged_in(story)
    text = client.get("/outcomes/pyconf").text
    assert re.findall(r'Why not further">([^<]*)<.*?Pairs">([^<]*)<', text, re.DOTALL) == [
        ("not both said yes", "6"),
        ("too few to tell the reasons apart", "–"),
    ]
    rows = list(csv.reader(io.StringIO(client.get("/outcomes/pyconf.csv").data.decode("utf-8-sig"))))
    assert [row for row in rows if row[:1] in (["accepted"], ["met"])] == [
        ["accepted", "not_agreed", "6"],
        ["met", "every reason", "not shown"],
    ]


def test_an_empty_conference_says_what_will_appear(story: Story) -> None:
    page = logged_in(story).get("/outcomes/pyconf")
    assert "Nothing to count yet" in page.text
    assert "Monday 30 November – Tuesday 1 December" in page.text


def test_only_organizers_of_the_account_see_it(story: Story) -> None:
    stranger = story.system.client("followup").get("/outcomes/pyconf")
    other = logged_in(story, account="9" * 32).get("/outcomes/pyconf")
    desk = logged_in(story, role="desk").get("/outcomes/pyconf")
    assert (stranger.status_code, other.status_code, desk.status_code) == (303, 404, 200)
