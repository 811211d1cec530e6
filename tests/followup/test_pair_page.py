"""The page that two people have to themselves: what they expect of each other, who may see it, and when it is gone."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from services.followup.service import SERVICE
from shared import tables
from shared.contracts import AttendeeChanged, AttendeeWithdrawn
from tests.followup.pairs import EVENING, Pair, a_pair
from tests.followup.story import Story

WRITTEN = {
    "seen": "0",
    "often": "fortnightly",
    "lasts": "three_months",
    "goal": "To know by May whether I apply.",
    "second_goal": "",
    "not_for": "No calls at weekends.",
}


def everything_stored(story: Story) -> list[Any]:
    """Every row of follow-up's database."""
    with story.system.followup.reading() as connection:
        found = [*tables.metadata.sorted_tables, *SERVICE.metadata.sorted_tables]
        return [connection.execute(select(table)).all() for table in found]


@pytest.fixture
def two(story: Story) -> Pair:
    """Ana and Ben, who both said yes."""
    return a_pair(story)


def test_each_of_the_two_gets_a_link_of_her_own_with_the_contact_and_nobody_before(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    story.at(EVENING)
    assert [mail for mail in story.mails if "/r/pair/" in mail.text + mail.html] == []
    for mail in tuple(story.mails):
        story.post(story.page_of(mail), pair, "continue", "yes")
    story.run()
    both = Pair(story, pair, ana, ben)
    assert both.page("ana") != both.page("ben")
    assert both.look("ana").startswith("You and Ben")
    assert both.look("ben").startswith("You and Ana")


def test_what_one_wrote_both_see_and_the_other_one_agrees(two: Pair) -> None:
    assert two.do("ana", "agreement", **WRITTEN).status_code == 303
    assert (
        "How often every two weeks How long three months What for To know by May whether I apply. What not No calls at "
        "weekends. Written by Ana, Monday 23 November, 20:00 (Europe/Berlin) Fine with me"
    ) in two.look("ben")
    assert "Written by you, Monday 23 November, 20:00 (Europe/Berlin) As soon as Ben says" in two.look("ana")
    assert two.do("ana", "fine", seen="1").status_code == 303, "her own words; nothing changes"
    assert "agreed by both since" not in two.look("ben")
    assert two.do("ben", "fine", seen="1").status_code == 303
    for name in ("ana", "ben"):
        assert "agreed by both since Monday 23 November, 20:00 (Europe/Berlin)" in two.look(name)


def test_only_the_newest_version_exists_and_it_is_agreed_anew(two: Pair) -> None:
    two.do("ana", "agreement", **WRITTEN)
    two.do("ben", "fine", seen="1")
    assert two.do("ben", "agreement", **{**WRITTEN, "seen": "1", "goal": "A second pair of eyes."}).status_code == 303
    shown = two.look("ana")
    assert "A second pair of eyes. What not No calls at weekends. Written by Ben" in shown
    assert ("agreed by both since" in shown, "To know by May" in shown) == (False, False)
    assert "To know by May" not in str(everything_stored(two.story))


def test_saying_the_same_again_keeps_what_was_agreed(two: Pair) -> None:
    two.do("ana", "agreement", **WRITTEN)
    two.do("ben", "fine", seen="1")
    assert two.do("ben", "agreement", **{**WRITTEN, "seen": "1"}).status_code == 303
    assert "agreed by both since" in two.look("ana")


def test_who_was_slower_reads_the_newest_version_and_loses_nothing(two: Pair) -> None:
    two.do("ana", "agreement", **WRITTEN)
    late = two.do("ben", "agreement", **{**WRITTEN, "goal": "Grants & more"})
    assert late.status_code == 409
    assert "The other one changed this in the meantime." in late.text
    assert ">Grants &amp; more</textarea>" in late.text
    assert "To know by May whether I apply." in late.text
    assert 'name="seen" value="1"' in late.text, "the next time she sends it, she has read it"
    assert two.do("ben", "fine", seen="0").status_code == 409
    assert "agreed by both since" not in two.look("ana")


def test_both_read_the_same_history_of_their_pair(two: Pair) -> None:
    story = two.story
    for moment, name, question, word in (
        ("2026-11-30 10:00", "ben", "week", "talked"),
        ("2026-12-23 10:00", "ana", "month", "met"),
        ("2027-02-22 10:00", "ana", "quarter", "complete"),
    ):
        story.at(moment)
        assert story.post(story.page_of(story.mails_to(name)[-1]), two.id, question, word).status_code == 303
    told = [two.look(name).split("How it went on ")[1].split(" It says the same")[0] for name in ("ana", "ben")]
    assert (
        told
        == [
            "Monday 23 November You met. Monday 23 November You both said that you want to stay in touch. "
            "Monday 30 November You were in touch again: one of you told us. "
            "Wednesday 23 December And once more: you keep talking. "
            "By now nothing more is asked about it. This page stays yours."
        ]
        * 2
    )


def test_contact_that_was_told_before_both_said_yes_is_in_no_history(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    two = Pair(story, story.met(ana, ben), ana, ben)
    story.at("2026-11-30 10:00")
    story.say(two.id, ana, "week", "talked")
    story.at("2026-12-01 10:00")
    for one in (ana, ben):
        story.say(two.id, one, "continue", "yes")
    assert [word in two.look("ben") for word in ("You both said that", "You were in touch again")] == [True, False]


def test_the_form_begins_with_what_the_mentee_wanted(story: Story) -> None:
    two = a_pair(story, goal="Whether to\napply this year")
    for name in ("ana", "ben"):
        page = story.get(two.page(name)).text
        assert ">Whether to apply this year</textarea>" in page
    assert "Nothing is written here yet." in two.look("ana")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"goal": "x" * 201}, "Please use at most 200 characters."),
        ({"not_for": "\u202eevil"}, "There are characters in this that cannot be read."),
        ({"second_goal": "---"}, "Please write at least one letter or digit."),
        ({"often": "hourly"}, "Please choose one of:"),
        ({"seen": "yesterday"}, "Please give a whole number"),
        ({"seen": ""}, "This is needed."),
    ],
)
def test_what_cannot_be_taken_is_said_in_a_sentence_and_stays_in_the_form(
    two: Pair, wrong: dict[str, str], sentence: str
) -> None:
    before = everything_stored(two.story)
    answer = two.do("ana", "agreement", **{**WRITTEN, "goal": "Kept & safe", **wrong})
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert (">Kept &amp; safe</textarea>" in answer.text) == ("goal" not in wrong)
    assert everything_stored(two.story) == before


def test_looking_changes_nothing_and_no_link_opens_another_page(two: Pair) -> None:
    story, client = two.story, two.story.system.client("followup")
    page, evening = two.page("ana"), story.page_of(story.mails_to("ana")[0])
    before = everything_stored(story)
    for path in (page, page + "?done=agreement", page + "?done=<x>"):
        for method in ("GET", "HEAD", "OPTIONS"):
            assert client.open(path, method=method).status_code == 200
    token, other = page.rpartition("/")[2], evening.rpartition("/")[2]
    refused = [f"/r/{token}", f"/r/stop/{token}", f"/r/pair/{other}", "/r/pair/" + "a" * 26]
    assert [client.get(path).status_code for path in refused] == [404] * 4
    assert [client.post(f"/r/pair/{other}/{what}", data=WRITTEN).status_code for what in ("agreement", "fine")] == [
        404,
        404,
    ]
    assert everything_stored(story) == before


def test_markup_stays_text(two: Pair) -> None:
    two.do("ana", "agreement", **{**WRITTEN, "goal": "<script>alert(1)</script>", "not_for": '"><img src=x>'})
    shown = two.story.get(two.page("ben")).text
    assert [words for words in ("<script>alert", "<img src=x") if words in shown] == []


@pytest.mark.parametrize("who", ["ana", "ben"])
@pytest.mark.parametrize("way", ["withdrawn", "erased"])
def test_everything_is_gone_when_one_of_the_two_goes(two: Pair, who: str, way: str) -> None:
    story = two.story
    two.do("ana", "agreement", **{**WRITTEN, "goal": "Canary goal", "not_for": "Canary words"})
    attendee = two.ana if who == "ana" else two.ben
    pages = {name: two.page(name) for name in ("ana", "ben")}
    if way == "withdrawn":
        story.tell(story.attendee_event(attendee, AttendeeWithdrawn, 2, status="withdrawn"))
    else:
        story.forget(attendee)
    assert "Canary" not in str(everything_stored(story))
    assert story.get(pages.pop(who)).status_code == 404
    ((name, left),) = pages.items()
    assert "This person takes part no longer." in two.look(name)
    assert story.get(left).text.count("<form") == 0
    late = two.do(name, "agreement", **WRITTEN)
    assert (late.status_code, "takes part no longer" in late.text) == (409, True)
    assert "To know by May" not in str(everything_stored(story))


def test_no_event_holds_a_word_of_it(two: Pair) -> None:
    before = len(two.story.system.events())
    two.do("ana", "agreement", **{**WRITTEN, "goal": "Canary goal"})
    two.do("ben", "fine", seen="1")
    two.story.run()
    assert len(two.story.system.events()) == before
    with two.story.system.followup.reading() as connection:
        rows = [connection.execute(select(table)).all() for table in tables.metadata.sorted_tables]
    assert "Canary" not in str(rows)


def test_the_page_is_there_for_a_year_also_without_consent_to_questions(two: Pair) -> None:
    story = two.story
    story.tell(story.attendee_event(two.ben, AttendeeChanged, 2, consents={"follow_up": False}))
    page = two.page("ben")
    story.system.clock.set(story.system.clock.now().replace(year=2027, month=12, day=20))
    assert story.get(page).status_code == 200
    story.system.clock.set(story.system.clock.now().replace(year=2028, month=1, day=5))
    assert story.get(page).status_code == 404


def test_who_sends_without_end_is_asked_to_wait(two: Pair) -> None:
    found = [two.do("ana", "fine", seen="1").status_code for _ in range(62)]
    assert (found[0], found[59], found[60]) == (409, 409, 429)
