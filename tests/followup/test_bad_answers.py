"""Whatever comes in on the way of an answer: twice, contradicting, too late, by an old link, for somebody who is gone, by a
scanner, in any script and length. A sentence each, nothing lost, nothing changed that should not be, never a 5xx."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from sqlalchemy import select

from services.followup.policies import ANSWERS
from services.followup.service import SERVICE
from shared import tables
from shared.contracts import AttendeeWithdrawn, IntroductionMet, IntroductionMissed
from tests.followup.story import Story

EVENING, CLOSE, WEEK, MONTH, QUARTER = (
    *("2026-11-23 20:00", "2026-11-26 20:00", "2026-11-30 10:00"),
    *("2026-12-23 10:00", "2027-02-22 10:00"),
)


def stored(story: Story) -> list[Any]:
    """Every row of follow-up's database."""
    with story.system.followup.reading() as connection:
        found = [*tables.metadata.sorted_tables, *SERVICE.metadata.sorted_tables]
        return [connection.execute(select(table)).all() for table in found]


def asked_after_a_week(story: Story) -> tuple[str, str, str, list[str]]:
    """(Ana, Ben, pair, pages of both)."""
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    for moment in (EVENING, CLOSE, WEEK):
        story.at(moment)
    return ana, ben, pair, [story.page_of(story.mails_to(name)[-1]) for name in ("ana", "ben")]


def test_the_same_answer_twice_is_one_answer(story: Story) -> None:
    ana, _ben, pair, pages = asked_after_a_week(story)
    assert [story.post(pages[0], pair, "week", "talked").status_code for _ in range(3)] == [303] * 3
    story.run()
    assert [event for event in story.told() if event[0] == "follow_up.answered"] == [
        ("follow_up.answered", ana, "week", "talked")
    ]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_who_contradict_each_other_are_in_touch_whoever_speaks_first(story: Story, order: tuple[int, int]) -> None:
    _ana, _ben, pair, pages = asked_after_a_week(story)
    words = ("talked", "not_yet")
    for side in order:
        assert story.post(pages[side], pair, "week", words[side]).status_code == 303
    assert story.counted()["pairs"]["in_touch"]["week"] == {"yes": 1, "no": 0, "unknown": 0}
    assert ["You said: Not yet." in story.get(page).text for page in pages] == [False, True], "each reads her own word"


def test_one_says_complete_and_the_other_that_they_met_again(story: Story) -> None:
    _ana, _ben, pair, pages = asked_after_a_week(story)
    story.post(pages[0], pair, "week", "complete")
    assert story.post(pages[1], pair, "week", "met").status_code == 303, "a late word is welcome"
    story.run()
    assert story.told()[-1] == ("relationship.contacted", "week")
    assert "Nothing more is asked about this meeting." in story.get(pages[1]).text


def test_two_who_contradict_each_other_about_the_meeting_itself(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.accepted(ana, ben)
    story.at(EVENING)
    pages = [story.page_of(mail) for mail in story.mails]
    story.post(pages[0], pair, "met", "yes")
    story.post(pages[1], pair, "met", "no")
    story.tell(story.introduction(IntroductionMissed, ana, ben, 3))
    story.tell(story.introduction(IntroductionMet, ana, ben, 4, told_by="mentor", contradicted=True))
    assert [story.post(page, pair, "continue", "yes").status_code for page in pages] == [303, 303]
    story.run()
    assert ("relationship.continued_by_both",) not in story.told(), "who says that they did not meet wants no contact"
    assert "You said: We did not meet." in story.get(pages[1]).text


@pytest.mark.parametrize("end", ["complete", "left", "lapsed", "finished"])
def test_after_the_end_an_old_page_takes_a_late_word_and_says_that_nothing_more_is_asked(
    story: Story, end: str
) -> None:
    ana, _ben, pair, pages = asked_after_a_week(story)
    if end == "complete":
        story.say(pair, ana, "week", "complete")
    if end == "left":
        story.system.client("followup").post(f"{pages[0]}/leave", data={"relationship": pair})
    if end == "lapsed":
        story.at(MONTH)
    if end == "finished":
        for moment, question in ((MONTH, "month"), (QUARTER, "quarter")):
            story.say(pair, ana, {"month": "week", "quarter": "month"}[question], "wrote")
            story.at(moment)
        page = story.page_of(story.mails_to("ana")[-1])
        story.at("2027-03-24 10:00")
    if end == "finished":
        assert story.told()[-1] == ("relationship.ended", "finished")
        assert story.post(page, pair, "quarter", "met").status_code == 404, "its link lived for thirty days"
        return
    assert "Nothing more is asked about this meeting." in story.get(pages[1]).text
    assert story.post(pages[1], pair, "week", "met").status_code == 303
    story.run()
    assert story.told()[-1] == ("relationship.contacted", "week")
    shown = story.read("relationships")["items"][0]
    assert (shown["status"], shown["history"]) == ("met", shown["history"][:1]), "before a mutual yes they met, no more"


def test_an_old_link_answers_what_it_asked_and_nothing_that_came_later(story: Story) -> None:
    _ana, _ben, pair, pages = asked_after_a_week(story)
    evening = story.page_of(story.mails_to("ana")[0])
    late = story.post(evening, pair, "continue", "yes")
    assert (late.status_code, "This question is closed by now." in late.text) == (409, True)
    early = story.post(evening, pair, "month", "talked")
    assert (early.status_code, "We have not asked this yet." in early.text) == (409, True)
    story.at("2026-12-23 20:01")
    assert [story.get(page).status_code for page in (evening, pages[0])] == [404, 200], "thirty days each"
    assert story.post(evening, pair, "week", "talked").status_code == 404
    assert story.post(pages[0], pair, "week", "talked").status_code == 303


@pytest.mark.parametrize("how", ["withdrawn", "erased", "both"])
def test_for_somebody_who_is_gone_every_link_is_the_neutral_page(story: Story, how: str) -> None:
    ana, ben, pair, pages = asked_after_a_week(story)
    if how != "erased":
        story.tell(story.attendee_event(ana, AttendeeWithdrawn, 2, status="withdrawn"))
    if how != "withdrawn":
        story.forget(ana)
    stranger = story.get("/r/" + "a" * 26)
    client = story.system.client("followup")
    before = stored(story)
    answers = [
        story.get(pages[0]),
        story.post(pages[0], pair, "week", "talked"),
        *(client.post(f"{pages[0]}/{what}", data={"relationship": pair}) for what in ("snooze?question=week", "leave")),
        client.post(f"{pages[0]}/pause", data={"months": "1"}),
        client.post(f"{pages[0]}/line/{pair}/week", data={"happened": "x"}),
        client.get(f"{pages[0]}/line/{pair}/week"),
        client.get(f"{pages[0]}/{pair}/week/talked"),
    ]
    answers = [answer for answer in answers if answer.status_code != 422]  # a form that is wrong says so first
    assert {answer.status_code for answer in answers} == {404}
    assert stranger.text.split("<footer")[0] == answers[0].text.split("<footer")[0], "the way to report a concern stays"
    assert stored(story) == before
    if how != "erased":
        assert "This person takes part no longer." in story.get(pages[1]).text
        assert "Ana" not in story.get(pages[1]).text


def test_a_scanner_that_follows_everything_in_every_mail_changes_nothing(story: Story) -> None:
    _ana, _ben, pair, pages = asked_after_a_week(story)
    before = stored(story)
    client = story.system.client("followup")
    answers = [f"/{pair}/{question}/{word}" for question, words in ANSWERS.items() for word in (*words, "x")]
    rest = ["/pause", "/snooze", "/leave", f"/line/{pair}/week", f"/line/{pair}/continue", "?done=" + pair, "/x/y/z"]
    for page, path in itertools.product(pages, ["", *answers, *rest]):
        for method in ("GET", "HEAD", "OPTIONS"):
            status = client.open(page + path, method=method).status_code
            assert status in (200, 303, 404, 405), (method, path, status)
    assert stored(story) == before


ODD = (
    "",
    " ",
    "\x00",
    "TALKED",
    "talked ",
    "tälked",
    "言葉",
    "كلمة",
    "\u202eyes",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467",
    "z" + "\u0300" * 2000,
    "1e999",
    "-1",
    "null",
    "[]",
    "../../etc/passwd",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "%s%n%00",
    "x" * 100_000,
)


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_text_of_every_script_and_length_in_every_field_is_a_sentence(story: Story, text: str) -> None:
    _ana, _ben, pair, pages = asked_after_a_week(story)
    client = story.system.client("followup")
    before = stored(story)
    good = {"relationship": pair, "question": "week", "answer": "talked", "again": "yes", "months": "1"}
    for way, fields in (
        ("", ("relationship", "question", "answer")),
        ("/snooze", ("relationship", "question")),
        ("/leave", ("relationship",)),
        ("/pause", ("months",)),
    ):
        for name in fields:
            answered = client.post(pages[0] + way, data={**good, name: text})
            assert (answered.status_code, "There is a problem" in answered.text) == (422, True), (way, name)
            assert "<script>alert" not in answered.text
            assert len(text) < 1000 or text not in answered.text
    for path in (f"/{text[:200]}/week/talked", f"/{pair}/{text[:200]}/talked", f"/{pair}/week/{text[:200]}"):
        assert client.get(pages[0] + path).status_code in (200, 303, 308, 400, 404)
    assert stored(story) == before


def test_no_form_at_all_and_a_form_of_another_kind_are_sentences(story: Story) -> None:
    _ana, _ben, pair, pages = asked_after_a_week(story)
    client = story.system.client("followup")
    before = stored(story)
    json = {"relationship": pair, "question": "week", "answer": "talked"}
    answers = [
        client.post(pages[0]),
        client.post(pages[0], json=json),
        client.post(pages[0], data=b"\xff\xfe\x00", headers={"Content-Type": "application/x-www-form-urlencoded"}),
        client.post(pages[0], data=b"relationship=", headers={"Content-Type": "multipart/form-data; boundary=x"}),
        client.post(f"{pages[0]}?relationship={pair}&question=week&answer=talked"),
    ]
    assert [answer.status_code for answer in answers] == [422] * 5
    assert stored(story) == before
