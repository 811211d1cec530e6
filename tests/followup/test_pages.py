"""The pages behind the mails: what they show, that looking changes nothing, and how they end."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from services.followup.service import SERVICE
from shared import tables
from tests.followup.story import Story

EVENING = "2026-11-23 20:00"


def everything_stored(story: Story) -> list[Any]:
    """Every row of follow-up's database."""
    with story.system.followup.reading() as connection:
        found = [*tables.metadata.sorted_tables, *SERVICE.metadata.sorted_tables]
        return [connection.execute(select(table)).all() for table in found]


def test_looking_at_every_link_of_a_mail_changes_nothing(story: Story) -> None:
    ana, ben, cleo = story.people("Ana", "Ben", "Cleo")
    pairs = [story.accepted(ana, ben), story.met(ana, cleo)]
    story.at(EVENING)
    page = story.page_of(story.mails_to("ana")[0])
    before = everything_stored(story)
    client = story.system.client("followup")
    for pair in pairs:
        for path in ("", f"/{pair}/met/yes", f"/{pair}/continue/yes", f"/{pair}/continue/nonsense", "/x/y/z"):
            for method in ("GET", "HEAD", "OPTIONS"):
                assert client.open(page + path, method=method).status_code in (200, 303)
    assert client.get(str(story.mails_to("ana")[0].unsubscribe_url).removeprefix("http://localhost")).status_code == 200
    assert everything_stored(story) == before


def test_a_link_of_the_mail_shows_its_answer_with_one_button(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.accepted(ana, ben)
    story.at(EVENING)
    page = story.page_of(story.mails_to("ana")[0])
    shown = story.get(f"{page}/{pair}/met/yes").text
    assert "Did you and Ben meet?" in shown
    assert "<strong>Yes, we met</strong>" in shown
    main = shown.split("<main")[1]
    assert (main.count("<form"), main.count("<button")) == (1, 1)


def test_the_page_shows_what_she_said_and_lets_her_change_it(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.accepted(ana, ben)
    story.at(EVENING)
    page = story.page_of(story.mails_to("ana")[0])
    assert "Your meeting: Monday 23 November, 14:20 (Europe/Berlin), PyConf" in story.get(page).text
    story.post(page, pair, "met", "yes")
    assert "You said: Yes, we met." in story.get(page).text
    assert "Would you like to stay in touch?" in story.get(page).text
    assert "You met" not in story.get(page).text, "she knows, and whoever said no is not contradicted"
    story.post(page, pair, "met", "no")
    shown = story.get(page).text
    assert "You said: We did not meet." in shown
    assert "Would you like to stay in touch?" not in shown
    story.run()
    assert story.told()[2:] == [("follow_up.answered", ana, "met", "yes"), ("follow_up.answered", ana, "met", "no")]


def test_a_check_in_is_one_tap_and_can_be_changed(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    story.at("2026-11-30 10:00")
    page = story.page_of(story.mails_to("ana")[0])
    assert "A week later: have you been in touch?" in story.get(page).text
    assert story.post(page, pair, "week", "wrote").status_code == 303
    assert story.post(page, pair, "week", "met").status_code == 303
    assert "You said: We met again." in story.get(page).text
    story.run()
    assert story.told()[3:] == [
        ("follow_up.answered", ana, "week", "wrote"),
        ("follow_up.answered", ana, "week", "met"),
        ("relationship.contacted", "week"),
    ]


def test_nobody_answers_for_a_pair_of_others_or_with_a_word_that_does_not_fit(story: Story) -> None:
    ana, ben, cleo, dan = story.people("Ana", "Ben", "Cleo", "Dan")
    story.met(ana, ben)
    foreign = story.met(cleo, dan)
    story.at("2026-11-30 10:00")
    page = story.page_of(story.mails_to("ana")[0])
    refused = [
        story.post(page, foreign, "week", "met"),
        story.post(page, foreign, "week", "yes"),
        story.post(page, "x", "week", "met"),
        story.post(page, foreign, "evening", "met"),
        story.post(page, foreign, "week", ""),
    ]
    assert [answer.status_code for answer in refused] == [404, 404, 422, 422, 422]


def test_a_link_is_over_after_thirty_days_and_wrong_ones_look_the_same(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    story.met(ana, ben)
    story.at(EVENING)
    page = story.page_of(story.mails_to("ana")[0])
    story.system.clock.set(story.system.clock.now().replace(month=12, day=23))
    gone, wrong = story.get(page), story.get("/r/" + "a" * 26)
    stopped = story.get("/r/stop/" + page.removeprefix("/r/"))
    assert [answer.status_code for answer in (gone, wrong, stopped)] == [404, 404, 404]
    assert gone.text == wrong.text == stopped.text


def test_stored_markup_never_runs(story: Story) -> None:
    ana = story.person("<script>alert(1)</script> Ruiz", goal="<b>goal</b>")
    ben = story.person("Ben", goal="=1+1 <img src=x>")
    pair = story.met(ana, ben)
    story.at(EVENING)
    pages = [story.page_of(mail) for mail in story.mails]
    for page in pages:
        story.post(page, pair, "continue", "yes")
    story.run()
    story.at("2026-11-30 10:00")
    shown = [story.get(page).text for page in pages] + [mail.html for mail in story.mails]
    assert [text for text in shown if "<script>alert" in text or "<b>goal" in text or "<img src=x" in text] == []


def test_no_name_and_no_topic_stands_in_a_subject(story: Story) -> None:
    ana, ben = story.person("Ana", goal="Grants"), story.person("Ben", goal="Grants")
    pair = story.met(ana, ben)
    story.at(EVENING)
    for mail in story.mails_to("ana") + story.mails_to("ben"):
        story.post(story.page_of(mail), pair, "continue", "yes")
    story.run()
    for moment in ("2026-11-26 20:00", "2026-11-30 10:00"):
        story.at(moment)
    subjects = " ".join(mail.subject for mail in story.mails)
    assert [word in subjects for word in ("Ana", "Ben", "Grants")] == [False] * 3
    assert all(mail.unsubscribe_url and mail.list_id for mail in story.mails)
