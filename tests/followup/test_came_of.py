"""A year later, once: what came of it? Counted by codes; a sentence is quoted only by a permission of its own."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from services.followup.agreement_tables import year_cards
from services.followup.domain.came_of import CameOf, asked_at, count, quotes
from shared.access import DEFAULT_ACCOUNT
from shared.contracts import AttendeeChanged, AttendeeWithdrawn
from shared.errors import Invalid
from tests.contracts.test_doors import organizer
from tests.followup.story import Story, a_conference, subjects
from tests.followup.test_pair_page import everything_stored

WEEK, YEAR = "2026-11-30 10:00", "2027-11-24 10:00"
ASKED = "A year after PyConf: what came of it?"


@pytest.fixture
def pair(story: Story) -> str:
    """Ana and Ben, who were in touch after a week."""
    ana, ben = story.people("Ana Ruiz", "Ben Okri")
    found = story.met(ana, ben)
    story.at(WEEK)
    assert story.say(found, ana, "week", "talked").status_code == 201
    return found


def asked(story: Story) -> list[tuple[str, str]]:
    """Who was asked after a year."""
    return subjects([mail for mail in story.mails if mail.subject == ASKED])


def page(story: Story, name: str) -> str:
    """The path of her page."""
    (mail,) = (mail for mail in story.mails_to(name) if mail.subject == ASKED)
    found = re.search(r"http://localhost(/r/year/[a-z2-7]{26})", mail.text)
    assert found is not None
    return found[1]


def say(story: Story, name: str, pair: str, *came: str, sentence: str = "") -> Any:
    """She sends the form."""
    form = {"relationship": pair, "came": list(came), "sentence": sentence}
    return story.system.client("followup").post(page(story, name), data=form)


def allow(story: Story, name: str, pair: str, quote: str) -> Any:
    """She taps whether it may be quoted."""
    form = {"relationship": pair, "quote": quote}
    return story.system.client("followup").post(f"{page(story, name)}/quote", data=form)


def of_organizers(story: Story, role: str = "owner") -> Any:
    """What an organizer's page shows."""
    browser = organizer(story.system, "followup", role, DEFAULT_ACCOUNT, None)
    answer = browser.get("/outcomes/pyconf/year")
    return answer if answer.status_code != 200 else " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def test_both_of_a_pair_that_was_in_touch_are_asked_once_a_year_after_the_last_day(story: Story, pair: str) -> None:
    story.at("2027-11-24 09:59")
    assert asked(story) == []
    story.at(YEAR)
    assert asked(story) == [("Ana", ASKED), ("Ben", ASKED)]
    story.at("2028-11-24 10:00")
    assert len(asked(story)) == 2


def test_who_did_not_choose_to_be_kept_is_not_asked_a_year_later(story: Story) -> None:
    ana, ben = story.person("Ana", next_year=False), story.person("Ben")
    found = story.met(ana, ben)
    story.at(WEEK)
    story.say(found, ana, "week", "talked")
    story.at(YEAR)
    assert asked(story) == [("Ben", ASKED)]


def test_nobody_is_asked_who_was_not_in_touch_or_wants_no_mails_or_no_contact(story: Story, pair: str) -> None:
    cleo, dan, eve, fay = story.people("Cleo", "Dan", "Eve", "Fay")
    story.system.clock.set(story.system.clock.now().replace(day=24))
    silent, other = story.met(cleo, dan, "20261124-1420"), story.met(eve, fay, "20261124-1500")
    story.at("2026-12-01 10:00")
    story.say(silent, cleo, "week", "wrote")
    story.say(other, eve, "continue", "no")
    story.say(other, fay, "week", "met")
    ben = next(attendee for attendee in story.persons if story.persons[attendee].endswith("2"))
    story.tell(story.attendee_event(ben, AttendeeChanged, 2, consents={"follow_up": False}))
    story.at(YEAR)
    assert asked(story) == [("Ana", ASKED), ("Fay", ASKED)]


@pytest.mark.parametrize("way", ["withdrawn", "erased"])
def test_nobody_is_asked_about_somebody_who_is_gone(story: Story, pair: str, way: str) -> None:
    ben = list(story.persons)[1]
    if way == "withdrawn":
        story.tell(story.attendee_event(ben, AttendeeWithdrawn, 2, status="withdrawn"))
    else:
        story.forget(ben)
    story.at(YEAR)
    assert asked(story) == []
    assert story.system.followup.pending()["mail"] == 0


def test_a_process_that_was_down_for_long_asks_no_more(story: Story, pair: str) -> None:
    story.at("2027-12-09 10:00")
    assert asked(story) == []
    assert story.system.followup.pending()["followup"] == 0


def test_one_mail_and_one_page_for_all_her_pairs(story: Story, pair: str) -> None:
    ana, cleo = next(iter(story.persons)), story.person("Cleo")
    story.system.clock.set(story.system.clock.now().replace(day=24))
    second = story.met(ana, cleo, "20261124-1420")
    story.at("2026-12-01 10:00")
    story.say(second, cleo, "week", "talked")
    story.at(YEAR)
    assert sorted(asked(story)) == [("Ana", ASKED), ("Ben", ASKED), ("Cleo", ASKED)]
    shown = story.get(page(story, "ana")).text
    assert [shown.count(f"You and {name}</h2>") for name in ("Ben", "Cleo")] == [1, 1]
    assert len(re.findall(r' id="([^"]+)"', shown)) == len(set(re.findall(r' id="([^"]+)"', shown)))
    assert say(story, "ben", second, "job").status_code == 404, "not a pair of hers"


def test_what_she_ticks_is_kept_and_can_be_changed_and_looking_changes_nothing(story: Story, pair: str) -> None:
    story.at(YEAR)
    before = everything_stored(story)
    for method in ("GET", "HEAD", "OPTIONS"):
        assert story.system.client("followup").open(page(story, "ana"), method=method).status_code == 200
    assert "checked" not in story.get(page(story, "ana")).text
    assert everything_stored(story) == before
    assert say(story, "ana", pair, "job", "in_touch").status_code == 303
    assert re.findall(r'value="(\w+)" checked', story.get(page(story, "ana")).text) == ["job", "in_touch"]
    say(story, "ana", pair, "friendship")
    assert re.findall(r'value="(\w+)" checked', story.get(page(story, "ana")).text) == ["friendship"]
    assert "checked" not in story.get(page(story, "ben")).text, "the other one never sees it"


@pytest.mark.parametrize(
    ("came", "sentence", "expected"),
    [
        ((), "", "Please tick what came of it, or that nothing did."),
        (("job", "nothing"), "", "Please tick either what came of it, or that nothing did."),
        (("other",), "", "Please say in a sentence what else came of it."),
        (("winning",), "", "Please choose one of:"),
        (("job",), "x" * 201, "Please use at most 200 characters."),
    ],
)
def test_what_cannot_be_taken_is_said_and_stays(
    story: Story, pair: str, came: tuple[str, ...], sentence: str, expected: str
) -> None:
    story.at(YEAR)
    before = everything_stored(story)
    answer = say(story, "ana", pair, *came, sentence=sentence)
    assert (answer.status_code, expected in answer.text, sentence in answer.text) == (422, True, True)
    assert [code for code in came if f'value="{code}" checked' not in answer.text and code != "winning"] == []
    assert everything_stored(story) == before


def test_a_sentence_is_quoted_only_while_she_allows_it(story: Story, pair: str) -> None:
    story.at(YEAR)
    assert allow(story, "ana", pair, "yes").status_code == 409
    say(story, "ana", pair, "job", sentence="A canary sang.")
    assert "Yes, they may quote it" in story.get(page(story, "ana")).text
    assert "canary" not in of_organizers(story)
    assert allow(story, "ana", pair, "yes").status_code == 303
    assert "A canary sang." in of_organizers(story)
    assert "Ana" not in of_organizers(story)
    say(story, "ana", pair, "job", "project", sentence="A canary sang.")
    assert "A canary sang." in of_organizers(story), "the same sentence"
    say(story, "ana", pair, "job", sentence="Two canaries sang.")
    assert "canar" not in of_organizers(story), "nobody allowed this one"
    allow(story, "ana", pair, "yes")
    allow(story, "ana", pair, "no")
    assert "canar" not in of_organizers(story)


def test_what_may_be_quoted_stands_on_the_page_for_a_sponsor_the_shortest_first(story: Story, pair: str) -> None:
    story.at(YEAR)
    owner = organizer(story.system, "followup", "owner", DEFAULT_ACCOUNT, None)
    found = []
    assert say(story, "ben", pair, "job", sentence="I found my work by it.").status_code == 303
    for word in ("no", "yes", "no"):
        assert allow(story, "ben", pair, word).status_code == 303
        found.append("I found my work by it." in owner.get("/outcomes/pyconf/report").text)
    assert found == [False, True, False]
    cards = [CameOf(relationship=pair, attendee="a", sentence="x" * n, quote=n != 2) for n in (5, 2, 3, 1, 4)]
    assert [len(text) for text in quotes(cards)] == [1, 3, 4, 5]


@pytest.mark.parametrize("who", [0, 1])
def test_sentences_go_with_either_of_the_two_and_the_codes_stay(story: Story, pair: str, who: int) -> None:
    story.at(YEAR)
    say(story, "ana", pair, "job", sentence="A canary sang.")
    allow(story, "ana", pair, "yes")
    story.forget(list(story.persons)[who])
    assert "canary" not in str(everything_stored(story))
    with story.system.followup.reading() as connection:
        codes = connection.execute(select(year_cards.c.codes).order_by(year_cards.c.attendee)).scalars().all()
    assert codes == [["job"], []]


def test_organizers_read_counts_of_five_and_more_of_those_who_consent(story: Story) -> None:
    assert "Not asked yet" in of_organizers(story)
    hub = story.person("Hub")
    others = [story.person(f"P{number}", statistics=number != 6) for number in range(7)]
    pairs = {name: story.met(hub, name) for name in others}
    story.at(WEEK)
    for found in pairs.values():
        story.say(found, hub, "week", "talked", run=False)
    story.run()
    story.at(YEAR)
    for number, found in enumerate(pairs.values()):
        say(story, f"p{number}", found, "in_touch", *(["job"] if number < 2 else []))
        if number < 4:
            assert "Fewer than 5 people have answered so far." in of_organizers(story)
    shown = of_organizers(story)
    assert "Of 8 people who were asked, all but a few have answered." in shown
    assert "a new job not shown a project together 0" in shown
    assert "we are still in touch 6" in shown
    assert of_organizers(story, "desk").status_code == 403


@pytest.mark.parametrize(
    ("asked", "silent", "jobs", "expected"),
    [
        (4, 0, 4, (None, True, None)),
        (9, 5, 4, (None, True, None)),
        (20, 0, 20, (20, False, 20)),
        (20, 0, 0, (20, False, 0)),
        (20, 0, 16, (20, False, None)),
        (20, 0, 4, (20, False, None)),
        (20, 3, 12, (None, False, 12)),
        (20, 10, 5, (10, False, 5)),
    ],
)
def test_neither_a_few_nor_all_but_a_few_are_told(
    asked: int, silent: int, jobs: int, expected: tuple[int | None, bool, int | None]
) -> None:
    people = [f"a{number}" for number in range(asked)]
    cards = [
        CameOf(relationship=f"r{n}", attendee=who, codes=("job",) if n < jobs else ("project",))
        for n, who in enumerate(people[: asked - silent])
    ]
    quiet = [CameOf(relationship="r", attendee=who) for who in people[asked - silent :]]
    found = count([*cards, *cards, *quiet], people, 5)
    assert (found.answered, found.few, found.counts["job"]) == expected


def test_the_day_is_a_year_after_the_last_one_also_in_a_leap_year() -> None:
    conference = a_conference()
    assert asked_at(conference).isoformat() == "2027-11-24T09:00:00+00:00"
    leap = conference.days[0].__class__(date=conference.days[0].date.replace(2028, 2, 29), blocks=())
    moved = conference.__class__(**{**vars(conference), "days": (leap,)})
    assert asked_at(moved).isoformat() == "2029-02-28T09:00:00+00:00"


def test_the_same_answer_again_changes_nothing_and_nonsense_is_refused(story: Story) -> None:
    now = story.system.clock.now()
    card = CameOf(relationship="r", attendee="a").answer(("project", "job"), "Yes.", now)
    assert card.codes == ("job", "project")
    assert card.answer(("job", "project"), "Yes.", now) is card
    assert card.allow(True).answer(("job",), "Yes.", now).quote
    with pytest.raises(Invalid):
        card.answer((), None, now)
