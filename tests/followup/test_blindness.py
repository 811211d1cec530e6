""" "Would you like to stay in touch?": nobody but her can tell a no from a silence, and two yeses exchange contacts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.contracts import AttendeeWithdrawn, IntroductionMet
from tests.followup.pairs import Pair
from tests.followup.story import Story, local, subjects
from tests.system import System, a_system

Secret = Callable[[Pair], None]
OVER = "By now nothing more is asked about it. This page stays yours. "
CLOSING = "We have not exchanged contacts. Most good conversations are complete in themselves."
ROUNDS = ("2026-11-23 20:00", "2026-11-26 20:00", "2026-11-30 10:00", "2026-12-23 10:00", "2027-02-22 10:00")


def everything(story: Story, answer: str | None, *, by: str, met_by_desk: bool) -> dict[str, Any]:
    """What anybody but Ana can see of three months in which Ben wants more, and Ana answers this."""
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben) if met_by_desk else story.accepted(ana, ben)
    story.at(ROUNDS[0])
    if not met_by_desk:
        story.post(story.page_of(story.mails_to("ben")[0]), pair, "met", "yes")
        story.tell(story.introduction(IntroductionMet, ana, ben, 3, told_by="mentee"))
    story.say(pair, ben, "continue", "yes")
    if answer is not None and by == "page":
        page = story.page_of(story.mails_to("ana")[0])
        assert story.post(page, pair, "continue", answer).status_code == 303
    elif answer is not None:
        assert story.say(pair, ana, "continue", answer).status_code == 201
    seen: list[Any] = everything_counted(story)
    for moment in ROUNDS[1:]:
        story.at(moment)
        seen += everything_counted(story)
        seen += [story.get(story.page_of(mail)).text for mail in story.mails_to("ben") if mail.subject.startswith("A ")]
    return {
        "seen": seen,
        "events": story.published(),
        "mails to Ben": [(mail.subject, mail.text, mail.html) for mail in story.mails_to("ben")],
    }


def everything_counted(story: Story) -> list[Any]:
    """What a program is told of the pairs, and the numbers behind that, which of so few are hidden."""
    return [story.read("relationships"), story.read("outcomes"), story.counted()]


@pytest.mark.parametrize(("by", "met_by_desk"), [("page", False), ("key", True)])
def test_a_no_and_a_silence_look_the_same_from_everywhere(
    story: Story, template: Path, tmp_path: Path, by: str, met_by_desk: bool
) -> None:
    silence = everything(story, None, by=by, met_by_desk=met_by_desk)
    with a_system(template, tmp_path) as beside:
        assert everything(told(beside), "no", by=by, met_by_desk=met_by_desk) == silence


def test_a_no_and_a_silence_look_the_same_also_when_mails_did_not_leave(
    story: Story, template: Path, tmp_path: Path
) -> None:
    def months(story: Story, answer: str | None) -> Any:
        ana, ben = story.people("Ana", "Ben")
        pair = story.met(ana, ben)
        story.at(ROUNDS[0])
        if answer is not None:
            story.post(story.page_of(story.mails_to("ana")[0]), pair, "continue", answer)
        story.at(ROUNDS[1])
        story.system.clock.set(local(ROUNDS[2]))
        while story.system.followup.due_turn():
            pass
        for moment in ("2026-12-05 10:00", *ROUNDS[3:]):  # the mailer was down for five days
            story.at(moment)
        return story.published(), [(mail.subject, mail.text) for mail in story.mails_to("ben")]

    silence = months(story, None)
    assert sum(type(event).__name__ == "FollowUpAsked" for event in silence[0]) == 6
    with a_system(template, tmp_path) as beside:
        assert months(told(beside), "no") == silence


def told(system: System) -> Story:
    """The same installation again, beside the first."""
    story = Story(system)
    story.tell(story.conference)
    return story


def pages_of_pair(story: Story, secret: Secret | None, *, before: Secret | None = None) -> list[str]:
    """What Ben reads on the page of the pair, through three months in which he answers nothing and Ana does this."""
    ana, ben = story.people("Ana", "Ben")
    pair = Pair(story, story.met(ana, ben), ana, ben)
    story.at(ROUNDS[0])
    if before is not None:
        before(pair)
    for name in ("ana", "ben"):
        story.post(story.page_of(story.mails_to(name)[0]), pair.id, "continue", "yes")
    story.run()
    seen = [pair.look("ben")]
    for number, moment in enumerate(ROUNDS[2:]):
        story.at(moment)
        if secret is not None and number == 0:
            secret(pair)
            story.run()
        seen.append(pair.look("ben"))
    return seen


def ana_says(question: str, *words: str) -> Secret:
    """She answers so, one after the other."""

    def say(pair: Pair) -> None:
        for word in words:
            page = pair.story.page_of(pair.story.mails_to("ana")[0 if question == "continue" else -1])
            assert pair.story.post(page, pair.id, question, word).status_code == 303

    return say


def ana_does(what: str, **form: str) -> Secret:
    """She wants to be asked otherwise."""

    def do(pair: Pair) -> None:
        page = pair.story.page_of(pair.story.mails_to("ana")[-1])
        form_ = {name: pair.id if value == "ours" else value for name, value in form.items()}
        assert pair.story.system.client("followup").post(f"{page}/{what}", data=form_).status_code == 303

    return do


@pytest.mark.parametrize(
    ("secret", "before"),
    [
        (ana_says("week", "not_yet"), None),
        (ana_says("week", "wrote"), None),
        (ana_does("pause", months="3"), None),
        (ana_does("snooze", relationship="ours", question="week"), None),
        (None, ana_says("continue", "no")),
        (None, ana_says("continue", "no", "yes", "no")),
    ],
    ids=["not yet", "wrote", "pause", "again in a week", "a no before the yes", "to and fro"],
)
def test_the_history_of_a_pair_tells_no_silence_and_no_no(
    story: Story, template: Path, tmp_path: Path, secret: Secret | None, before: Secret | None
) -> None:
    silence = pages_of_pair(story, None)
    with a_system(template, tmp_path) as beside:
        seen = pages_of_pair(told(beside), secret, before=before)
    assert seen[:3] == silence[:3], "after three months two silent ones are asked no more, and one who spoke is"
    assert [page.replace(OVER, "") for page in seen] == [page.replace(OVER, "") for page in silence]


def test_contact_that_was_told_and_taken_back_stays_in_the_history(
    story: Story, template: Path, tmp_path: Path
) -> None:
    stays = pages_of_pair(story, ana_says("week", "talked"))
    assert "You were in touch again: one of you told us." in stays[1]
    with a_system(template, tmp_path) as beside:
        assert pages_of_pair(told(beside), ana_says("week", "talked", "not_yet")) == stays


def test_every_end_reads_the_same_in_the_history(story: Story, template: Path, tmp_path: Path) -> None:
    silence = pages_of_pair(story, None)
    assert OVER in silence[-1], "both fell silent"
    for number, secret in enumerate((ana_says("week", "complete"), ana_does("leave", relationship="ours"))):
        beside_path = tmp_path / str(number)
        beside_path.mkdir()
        with a_system(template, beside_path) as beside:
            seen = pages_of_pair(told(beside), secret)
        assert (seen[0], seen[1:]) == (silence[0], [silence[-1]] * 3)


def test_two_yeses_exchange_contacts_once_and_say_who_writes_first(story: Story) -> None:
    ana, ben = story.person("Ana Ruiz"), story.person("Ben Okri", goal="Write my first grant application")
    pair = story.met(ana, ben)
    story.at("2026-11-23 20:00")
    pages = {name: story.page_of(story.mails_to(name)[0]) for name in ("ana", "ben")}
    story.post(pages["ana"], pair, "continue", "yes")
    story.run()
    assert len(story.mails) == 2
    story.post(pages["ben"], pair, "continue", "yes")
    story.post(pages["ben"], pair, "continue", "yes")
    story.run()
    assert subjects(story.mails[2:]) == [
        ("Ana", "You both said yes: staying in touch after PyConf"),
        ("Ben", "You both said yes: staying in touch after PyConf"),
    ]
    to_ana, to_ben = story.mails[2:]
    assert [word in to_ana.text for word in ("Ben Okri", "ben@example.org", "Ben writes first")] == [True] * 3
    assert [word in to_ben.text for word in ("Ana Ruiz", "ana@example.org", "You write first")] == [True] * 3
    assert ["Write my first grant application" in mail.text for mail in (to_ana, to_ben)] == [True, True]
    assert story.told()[-1:] == [("relationship.continued_by_both",)]
    story.at("2026-11-26 20:00")
    assert len(story.mails) == 4, "nobody who has the contact is told that there is none"


def test_at_the_close_everybody_who_was_asked_reads_the_same_words(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    story.at("2026-11-23 20:00")
    story.post(story.page_of(story.mails_to("ana")[0]), pair, "continue", "yes")
    story.post(story.page_of(story.mails_to("ben")[0]), pair, "continue", "no")
    story.at("2026-11-26 19:59")
    assert len(story.mails) == 2
    story.at("2026-11-26 20:00")
    story.at("2026-11-26 21:00")
    assert subjects(story.mails[2:]) == [("Ana", "After PyConf"), ("Ben", "After PyConf")]
    assert [CLOSING in mail.text for mail in story.mails[2:]] == [True, True]
    to_ana, to_ben = (
        re.sub(r"/concern/\w+", "/concern/", mail.text.split("No more questions")[0]) for mail in story.mails[2:]
    )
    assert to_ana.replace("Ben", "X") == to_ben.replace("Ana", "X")


def test_after_the_close_a_page_cannot_answer_and_the_api_still_can(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    story.at("2026-11-23 20:00")
    page = story.page_of(story.mails_to("ana")[0])
    story.at("2026-11-26 20:00")
    assert story.post(page, pair, "continue", "yes").status_code == 409
    assert CLOSING in story.get(page).text
    assert story.say(pair, ana, "continue", "yes").status_code == 201
    assert story.say(pair, ben, "continue", "yes").status_code == 201
    assert story.told()[-1] == ("relationship.continued_by_both",)


def test_a_yes_is_kept_while_the_news_that_they_met_is_on_its_way(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.accepted(ana, ben)
    story.at("2026-11-23 20:00")
    pages = [story.page_of(mail) for mail in story.mails]
    assert story.post(pages[0], pair, "continue", "yes").status_code == 409, "she has not said that they met"
    for page in pages:
        assert story.post(page, pair, "met", "yes").status_code == 303
        assert story.post(page, pair, "continue", "yes").status_code == 303
    assert "You said: Yes, please." in story.get(pages[0]).text
    asked = [("follow_up.asked", ana, "evening"), ("follow_up.asked", ben, "evening")]
    answered = [("follow_up.answered", one, "met", "yes") for one in (ana, ben)]
    story.run()
    assert story.told() == asked + answered
    story.tell(story.introduction(IntroductionMet, ana, ben, 3, told_by="mentor"))
    assert story.told()[4:] == [("relationship.started",), ("relationship.continued_by_both",)]
    assert len(story.mails) == 4


def test_a_changed_mind_counts_until_both_said_yes(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    story.at("2026-11-23 20:00")
    pages = [story.page_of(mail) for mail in story.mails]
    story.post(pages[0], pair, "continue", "yes")
    story.post(pages[0], pair, "continue", "no")
    story.post(pages[1], pair, "continue", "yes")
    story.run()
    assert ("relationship.continued_by_both",) not in story.told()
    story.post(pages[0], pair, "continue", "yes")
    story.run()
    assert story.told().count(("relationship.continued_by_both",)) == 1


def test_who_withdrew_gives_no_contact_away(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    story.at("2026-11-23 20:00")
    story.post(story.page_of(story.mails_to("ben")[0]), pair, "continue", "yes")
    story.tell(story.attendee_event(ben, AttendeeWithdrawn, 2, status="withdrawn"))
    story.forget(ben)
    assert story.say(pair, ana, "continue", "yes").status_code == 201
    assert story.told()[-1] == ("relationship.ended", "withdrawn")
    assert len(story.mails) == 2
    page = story.get(story.page_of(story.mails_to("ana")[0])).text
    assert "This person takes part no longer." in page
    assert "Ben" not in page
    assert story.get(story.page_of(story.mails_to("ben")[0])).status_code == 404
