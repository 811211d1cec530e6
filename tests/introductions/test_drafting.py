"""A draft before the event: made, looked at, pairs pinned or kept apart, made anew, published; and the dry run."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.introductions import store
from services.introductions.planner import Person, plan
from services.introductions.policies import Somebody
from shared import address_book
from tests.introductions.stage import CONFERENCE, TODAY, Stage, a_conference, a_person, described, id_of, slots
from tests.introductions.test_pages import as_organizer, proof
from tests.introductions.test_planner import a_day, mentee, mentor
from tests.system import NOON, System

ANA, BEN = a_person("Ana", "mentor", capacity=1), a_person("Ben", "mentee", introductions=1)
CLEO, DAN = a_person("Cleo", "mentee", introductions=1), a_person("Dan", "mentor", capacity=1)


@pytest.fixture
def stage(system: System) -> Stage:
    """Two mentors and two mentees are registered; it is the day before."""
    system.clock.set(NOON - timedelta(days=1))
    made = Stage(system, a_conference())
    made.registered(ANA, BEN, CLEO, DAN)
    return made


class Owner:
    """An owner's browser."""

    def __init__(self, stage: Stage, role: str = "owner") -> None:
        self.browser = as_organizer(stage.system, role)
        self.stage = stage

    def sends(self, path: str, **data: Any) -> Any:
        """What she is answered."""
        token = proof(self.browser, "/plan/conf/pairs")
        return self.browser.post(f"/plan/conf/{path}", data={"csrf_token": token, **data})

    def sees(self, path: str = "draft") -> str:
        """The page."""
        answer = self.browser.get(f"/plan/conf/{path}")
        assert answer.status_code == 200
        return str(answer.text)

    def draft(self, **data: Any) -> str:
        """The draft once it is made."""
        self.sends("draft", action="make", **data)
        self.stage.quiet()
        return self.sees()


def pairs_in(text: str) -> set[tuple[str, str]]:
    """(mentor, mentee) of the rows of a draft."""
    cells = [part.split("</td>")[0] for part in text.split('data-label="Mentor">')[1:]]
    others = [part.split("</td>")[0] for part in text.split('data-label="Mentee">')[1:]]
    return {(one.split()[0], other.split()[0]) for one, other in zip(cells, others, strict=True)}


def test_a_draft_asks_nobody_until_it_is_published(stage: Stage) -> None:
    owner = Owner(stage)
    assert "Nothing is drafted" in owner.sees()
    drafted = owner.draft()
    assert (len(pairs_in(drafted)), stage.pairs, stage.mails()) == (2, [], [])
    assert "No better plan is possible. Made at 12:00." in drafted
    for words in (
        "Grants",
        "Publish: ask 2 pairs",
        "2 of 2",
        "Evenness of mentors",
        "100 %",
    ):
        assert words in drafted
    owner.sends("draft", action="publish", made=1)
    stage.quiet()
    assert {(pair[0], pair[1], pair[3]) for pair in stage.pairs} == {(*pair, "proposed") for pair in pairs_in(drafted)}
    assert len(stage.mails()) == 4
    assert "Published: all 2 meetings were proposed." in owner.sees()


def test_what_became_impossible_is_not_proposed_and_said(stage: Stage) -> None:
    owner = Owner(stage)
    owner.draft()
    stage.withdrew(BEN)
    owner.sends("draft", action="publish", made=1)
    stage.quiet()
    assert [pair[1] for pair in stage.pairs] == ["Cleo"]
    assert "Published: 1 of 2 meetings were proposed." in owner.sees()


def test_pairs_are_kept_apart_or_must_meet_and_the_rest_is_planned_anew(stage: Stage) -> None:
    owner = Owner(stage)
    owner.draft()
    owner.sends("pair", mentor=id_of("Ana"), mentee=id_of("Ben"), kind="ban")
    stage.quiet()
    first = owner.sees()
    assert pairs_in(first) == {("Ana", "Cleo"), ("Dan", "Ben")}
    assert "Pairs who are kept apart" in first
    owner.sends("pair", mentor=id_of("Ana"), mentee=id_of("Ben"), kind="pin")
    stage.quiet()
    second = owner.sees()
    assert pairs_in(second) == {("Ana", "Ben"), ("Dan", "Cleo")}
    assert ("Pairs who are kept apart" in second, "Pairs who must meet" in second) == (False, True)
    owner.sends("pair", mentor=id_of("Ana"), mentee=id_of("Ben"), kind="let")
    assert "Pairs who must meet" not in owner.sees()


def test_pairs_that_must_meet_are_first_on_the_day_too_whatever_their_topics(stage: Stage) -> None:
    stage.changed(BEN, wants=("python",))
    owner = Owner(stage)
    owner.sends("pairs", lines="ana@example.org, ben@example.org\n")
    stage.system.clock.set(NOON)
    stage.here(ANA, BEN, CLEO)
    stage.quiet()
    assert [(pair[0], pair[1]) for pair in stage.pairs] == [("Ana", "Ben")]
    assert "The organizers would like the two of you to meet." in stage.mails("Ben")[-1].text


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("ana@example.org", "Line 1: please write the mentor&#39;s address, a comma, and the mentee&#39;s address."),
        ("ana@example.org, x@example.org", "Line 1: nobody with the address x@example.org takes part."),
        ("ben@example.org; cleo@example.org", "Line 1: ben@example.org is no mentor."),
        ("ana@example.org, dan@example.org", "Line 1: dan@example.org is no mentee."),
        ("ana@example.org, ana@example.org", "Line 1: that is one and the same person."),
        ("", "This is needed."),
    ],
)
def test_a_wrong_line_is_named_nothing_typed_is_lost_and_nothing_changes(
    stage: Stage, line: str, sentence: str
) -> None:
    answer = Owner(stage).sends("pairs", lines=line and f"{line}\nana@example.org,ben@example.org")
    assert (answer.status_code, sentence in answer.text, line.split(",")[0] in answer.text) == (422, True, True)
    assert "Pairs who must meet" not in Owner(stage).sees()


def test_a_draft_of_yesterday_is_not_published_while_a_newer_one_is_made(stage: Stage) -> None:
    owner = Owner(stage)
    early = owner.sends("draft", action="publish")
    owner.draft()
    owner.sends("draft", action="make")
    late = owner.sends("draft", action="publish", made=1)
    refused = (early, "There is no draft to publish"), (late, "The draft is still being made")
    assert [(answer.status_code, words in answer.text) for answer, words in refused] == [(409, True)] * 2
    owner.sends("draft", action="cancel")
    assert "Publish: ask 2 pairs" in owner.sees()
    stage.quiet()
    assert stage.pairs == []


def test_without_a_choice_the_page_says_so(stage: Stage) -> None:
    answer = Owner(stage).sends("draft", action="dance")
    assert (answer.status_code, "Please choose what to do." in answer.text) == (422, True)


def test_pairs_of_nobody_change_nothing(stage: Stage) -> None:
    owner = Owner(stage)
    for mentor_id, mentee_id in (("f" * 32, id_of("Ben")), (id_of("Ana"), id_of("Ana")), ("x", "y")):
        assert owner.sends("pair", mentor=mentor_id, mentee=mentee_id, kind="pin").status_code == 303
    assert "Pairs who must meet" not in owner.sees()


def test_who_has_none_in_a_draft_reads_as_not_yet_placed_with_what_would_help(stage: Stage) -> None:
    stage.registered(a_person("Eve", "mentee", introductions=1), a_person("Fay", "mentor", offers=("python",)))
    drafted = Owner(stage).draft()
    assert "More people asked for Grants than mentors could offer." in drafted
    assert "Asking about Python, too, lets us ask 1 more; we can&#39;t promise." in drafted
    stage.registered(a_person("Gus", "mentee", wants=("writing",)))
    drafted = Owner(stage).draft()
    assert "Nobody to meet about" in drafted
    assert "is registered yet." in drafted
    words = re.findall(
        r'data-label="W[^"]+">([^<]+)</td>', drafted.split("Not yet placed</h2>")[1].split("</table>")[0]
    )
    assert not [said for said in words if "you" in said.lower()], "it is read by organizers, not by whom it is about"


def test_a_dry_run_names_whom_it_would_affect_and_changes_nothing(stage: Stage) -> None:
    stage.system.clock.set(NOON)
    stage.here(ANA, BEN, CLEO, DAN)
    stage.quiet()
    before = stage.introductions
    owner = Owner(stage)
    slot = before[0].place.slot
    seen = [owner.sees(f"what-if?{query}") for query in (f"slot={slot}", "person=ana", "point=foyer", "person=zoe")]
    assert ["would be affected" in text for text in seen] == [True, True, True, True]
    assert ["Ana Example" in text.split("<table")[-1] for text in seen[1:3]] == [True, False]
    assert ["Nobody would be affected" in text for text in seen] == [False, False, True, True]
    assert stage.introductions == before


def test_the_desk_sees_no_draft(stage: Stage) -> None:
    desk = as_organizer(stage.system, "desk")
    assert [desk.get(f"/plan/conf/{page}").status_code for page in ("draft", "pairs", "what-if")] == [403] * 3


def test_all_days_that_are_left_are_drafted_as_if_everybody_came_and_today_with_who_is_here(system: System) -> None:
    tomorrow = TODAY + timedelta(days=1)
    days = a_conference().days
    stage = Stage(
        system,
        replace(
            a_conference(times=(*slots(TODAY, "14:00", 1), *slots(tomorrow, "10:00", 1))),
            days=(*days, replace(days[0], date=tomorrow)),
        ),
    )
    stage.registered(a_person("Ana", "mentor"), BEN, CLEO)
    owner = Owner(stage)
    tomorrow_only = owner.draft()
    stage.here(a_person("Ana", "mentor"), BEN)
    both = owner.draft()
    assert (len(pairs_in(tomorrow_only)), "Mon 23 Nov" in tomorrow_only) == (1, False)
    assert "Tue 24 Nov" in both


def test_a_pin_while_the_first_draft_is_made_makes_another_one(stage: Stage) -> None:
    owner = Owner(stage)
    owner.sends("draft", action="make")
    with stage.system.introductions.work() as work:
        claimed = store.claim_draft(work)
    assert claimed is not None
    owner.sends("pair", mentor=id_of("Ana"), mentee=id_of("Ben"), kind="pin")
    with stage.system.introductions.work() as work:
        store.keep_draft(claimed, {"meetings": []}, work)
    stage.quiet()
    assert pairs_in(owner.sees()) == {("Ana", "Ben"), ("Dan", "Cleo")}


def test_many_pairs_at_once_make_one_new_draft(stage: Stage) -> None:
    owner = Owner(stage)
    owner.draft()
    owner.sends("pairs", lines="ana@example.org,ben@example.org\ndan@example.org,cleo@example.org")
    with stage.system.introductions.reading() as connection:
        known = store.draft(connection, CONFERENCE)
    assert known is not None
    assert (known.wanted, known.made) == (2, 1)


def test_two_mentors_of_one_name_are_two_in_the_list_of_load(stage: Stage) -> None:
    with stage.system.introductions.work() as work:
        address_book.remember(replace(described(DAN), version=2, name="Ana Example"), work)
    listed = Owner(stage).draft().split("By name, in this draft")[1].split("</details>")[0]
    assert listed.count('<th scope="row">Ana Example</th><td class="number">1</td>') == 2


def test_how_much_better_a_plan_could_be_is_said_as_a_share_of_this_one(stage: Stage) -> None:
    owner = Owner(stage)
    owner.draft()
    with stage.system.introductions.work() as work:
        known = store.draft(work.connection, CONFERENCE)
        assert known is not None
        assert known.plan is not None
        store.want_draft(CONFERENCE, work)
        claimed = store.claim_draft(work)
        assert claimed is not None
        store.keep_draft(claimed, {**known.plan, "found": {**known.plan["found"], "value": 80, "bound": 100}}, work)
    assert "No plan could be more than 25.00 % better than this one." in owner.sees()


def test_two_thousand_lines_are_taken_at_once_and_one_more_is_not(stage: Stage) -> None:
    line, owner = f"ana@example.org,{' ' * 60}ben@example.org\n", Owner(stage)
    answers = [owner.sends("pairs", lines=line * count) for count in (2001, 2000)]
    assert ["at most 2,000 lines" in answer.text for answer in answers] == [True, False]
    assert answers[1].status_code == 303


# Pairs that must meet, in the planner


def test_pins_come_before_better_pairs_and_what_cannot_be_is_said() -> None:
    people = mentor("m", load=1), mentee("n1", wishes=1), mentee("n2", "b", wishes=1), mentee("n3", wishes=1, free=0)
    made = plan(a_day(*people, pins=(("m", "n2"), ("m", "n3"), ("m", "nobody"))))
    assert [(item.mentor, item.mentee) for item in made.meetings] == [("m", "n2")]
    assert made.not_pinned == (("m", "n3"),)
    assert made.found is not None
    assert (made.found.served, made.found.most_served) == (1, 1)


def test_pins_are_held_one_after_the_other_without_waiting() -> None:
    people = mentor("m", load=3), *(mentee(f"n{number}", "b", wishes=1) for number in range(3))
    made = plan(a_day(*people, pins=tuple(("m", f"n{number}") for number in range(3))))
    assert sorted(item.slot for item in made.meetings) in (["t0", "t1", "t2"], ["t3", "t4", "t5"])


def test_a_block_is_stronger_than_a_pin() -> None:
    people = mentor("m", blocks=frozenset({"n"})), mentee("n")
    made = plan(a_day(*people, pins=(("m", "n"),)))
    assert (made.meetings, made.not_pinned) == ((), (("m", "n"),))


def test_a_draft_says_what_chance_chose_and_what_that_could_show(system: System) -> None:
    system.clock.set(NOON - timedelta(days=1))
    stage = Stage(system, a_conference(times=slots(TODAY, "14:00", 10), tables=9, exploration_percent=50))
    stage.registered(
        *(a_person(name, "mentor", capacity=9) for name in ("Ana", "Dan", "Eve")),
        *(a_person(f"n{number}", "mentee") for number in range(6)),
    )
    drafted = Owner(stage).draft()
    assert "drawn at random among those who fit." in drafted
    assert "points in how many go on could be told from chance." in drafted


def test_two_who_are_named_either_way_round_meet_once() -> None:
    people = (
        Person(
            who=Somebody(id=name, role="both", offers=frozenset("a"), wants=frozenset("a")),
            free=0b111111,
            wishes=2,
            load=2,
            proposals=8,
        )
        for name in "xy"
    )
    made = plan(a_day(*people, pins=(("x", "y"), ("y", "x"))))
    assert ([(item.mentor, item.mentee) for item in made.meetings], made.not_pinned) == ([("x", "y")], ())
