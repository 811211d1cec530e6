"""What became of pairs comes back to introductions: in codes, in any order, and only of those who agree to statistics."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from rapport.commands import rebuilding
from services.introductions import tables
from services.introductions.learning import Pair
from shared.bus import envelope
from shared.bus.log import NewRecord
from shared.contracts import FollowUpAnswered
from shared.contracts.attendee import Consents
from tests.introductions.met import ALL, MONTH, a_meeting, became, elsewhere, hear, keep, lesson, said, someone
from tests.introductions.stage import CONFERENCE, Stage, a_conference, person_of
from tests.system import NOON, System

ANA, BEN = someone("Ana", "mentor"), someone("Ben", "mentee")


@pytest.fixture
def stage(system: System) -> Stage:
    """Ana and Ben met; it is a month and a week later."""
    made = Stage(system, a_conference())
    made.registered(ANA, BEN)
    keep(made, a_meeting(made, ANA, BEN, 0))
    system.clock.set(NOON + MONTH)
    return made


def rows(stage: Stage) -> list[tuple[str | int | None, ...]]:
    """What is kept."""
    with stage.system.introductions.reading() as connection:
        return [tuple(row) for row in connection.execute(select(tables.contacts))]


def test_a_pair_of_which_nobody_says_anything_is_unknown(stage: Stage) -> None:
    assert lesson(stage).pairs == [
        Pair(
            mentor=person_of("Ana"),
            mentee=person_of("Ben"),
            conference=CONFERENCE,
            terms={"common_topics": 1.0},
            in_touch=None,
        )
    ]
    assert rows(stage) == []


@pytest.mark.parametrize(
    ("mentor", "mentee", "found"),
    [
        ("talked", None, True),
        (None, "met", True),
        ("not_yet", "talked", True),
        ("wrote", None, False),
        ("not_yet", "not_yet", False),
        ("complete", None, False),
    ],
)
def test_either_side_may_say_that_they_are_in_touch(
    stage: Stage, mentor: str | None, mentee: str | None, found: bool
) -> None:
    (introduction,) = stage.introductions
    for version, (side, answer) in enumerate((("mentor", mentor), ("mentee", mentee)), 4):
        if answer is not None:
            hear(stage, said(introduction, side, answer, version))
    assert became(stage) == [found]


def test_the_newest_answer_of_each_counts_in_whatever_order_events_come_and_however_often(stage: Stage) -> None:
    (introduction,) = stage.introductions
    events = [
        said(introduction, "mentor", "talked", 4),
        said(introduction, "mentee", "wrote", 5),
        said(introduction, "mentor", "not_yet", 6),
    ]
    kept = (introduction.id, "not_yet", 6, "wrote", 5)
    for order in itertools.permutations(events):
        hear(stage, *order, *order[:2])
        assert rows(stage) == [kept]
        with stage.system.introductions.work() as work:
            work.connection.execute(tables.contacts.delete())
    assert became(stage) == [None]


def test_answers_from_before_they_were_kept_are_heard_again_from_the_log(stage: Stage) -> None:
    (introduction,) = stage.introductions
    told = [
        said(introduction, "mentor", "talked", 4),
        said(introduction, "mentee", "wrote", 5),
        said(introduction, "mentor", "met", 6, "quarter"),
    ]
    for number, event in enumerate(told):
        stage.system.log.append([in_the_log(event, number), in_the_log(event, number, payload=b"no event")])
    assert rows(stage) == []
    for _ in range(2):
        assert rebuilding.hear_again(stage.system.introductions) == 2
        assert rows(stage) == [(introduction.id, "talked", 4, "wrote", 5)]
    hear(stage, said(introduction, "mentor", "not_yet", 7))
    assert rebuilding.hear_again(stage.system.introductions) == 2
    assert rows(stage) == [(introduction.id, "not_yet", 7, "wrote", 5)], "what is newer stays"


def in_the_log(event: FollowUpAnswered, number: int, payload: bytes | None = None) -> NewRecord:
    """As follow-up's relay appended it."""
    return envelope.record(
        topic=event.TOPIC,
        key=event.key,
        payload=payload or envelope.dump(event),
        event_id=f"e{number:031}",
        kind=event.TYPE,
        version=event.VERSION,
        source="/followup",
        time=event.at,
    )


def test_other_questions_and_strangers_leave_nothing(stage: Stage) -> None:
    (introduction,) = stage.introductions
    hear(
        stage,
        said(introduction, "mentor", "talked", 4, "week"),
        said(introduction, "mentor", "talked", 5, "quarter"),
        replace(said(introduction, "mentor", "talked", 6), attendee="f" * 32),
    )
    assert rows(stage) == []


def test_an_answer_counts_only_while_she_agrees_to_statistics(stage: Stage) -> None:
    (introduction,) = stage.introductions
    hear(stage, said(introduction, "mentor", "talked", 4), said(introduction, "mentee", "not_yet", 5))
    assert became(stage) == [True]
    stage.changed(ANA, consents=Consents(introductions=True, follow_up=True))
    assert became(stage) == [False]
    stage.changed(BEN, consents=Consents(introductions=True, follow_up=True))
    assert became(stage) == [None]
    stage.changed(ANA, consents=ALL)
    assert became(stage) == [True]


def test_until_both_had_a_week_to_answer_nothing_is_learned_of_them(stage: Stage) -> None:
    (introduction,) = stage.introductions
    hear(stage, said(introduction, "mentor", "talked", 4))
    asked = introduction.place.starts_at.replace(hour=9, minute=0) + timedelta(days=37)  # 10:00 in Berlin
    stage.system.clock.set(asked - timedelta(minutes=1))
    assert became(stage) == []
    stage.system.clock.set(asked)
    assert became(stage) == [True]


def test_who_did_not_meet_and_whose_terms_were_never_logged_are_left_out(stage: Stage) -> None:
    cleo, dea = someone("Cleo", "mentee"), someone("Dea", "mentee")
    stage.registered(cleo, dea)
    keep(stage, a_meeting(stage, ANA, cleo, 1, status="accepted"), a_meeting(stage, ANA, dea, 2, terms={}))
    assert became(stage) == [None]


def test_conferences_of_an_account_are_pooled_and_others_are_not(stage: Stage) -> None:
    second, foreign = elsewhere(stage, "second"), elsewhere(stage, "foreign", account="7" * 32)
    for there, names in ((second, ("Cleo", "Dea")), (foreign, ("Eva", "Finn"))):
        mentor, mentee = (
            replace(someone(name, role), conference=there.conference.conference, account=there.conference.account)
            for name, role in zip(names, ("mentor", "mentee"), strict=True)
        )
        there.registered(mentor, mentee)
        number = len(there.conference.slug)
        keep(there, a_meeting(there, mentor, mentee, number, probability=0.25))
    found = lesson(stage)
    assert [(pair.conference[0], pair.probability) for pair in found.pairs] == [("c", None), ("s", 0.25)]
    assert [pair.conference[0] for pair in lesson(foreign).pairs] == ["f"]
