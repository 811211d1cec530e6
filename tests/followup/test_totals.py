"""Totals that are kept up to date equal a count of everything at every moment, and what a rebuild makes of the rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, text

from services.followup import queries
from services.followup.domain.outcomes import Met, Outcomes, added_up, count
from services.followup.domain.tallying import COHORTS, Totals, facts
from services.followup.handlers import tallying
from services.followup.policies import CHECK_INS
from services.followup.service import SERVICE
from services.followup.tables import pairs, questions, recounts, totals
from shared.access import DEFAULT_ACCOUNT
from shared.bus.embedded_log import EmbeddedLog
from shared.bus.log import NewRecord
from shared.contracts import (
    AttendeeChanged,
    IntroductionAccepted,
    IntroductionGoalAgreed,
    IntroductionMet,
    IntroductionProposed,
)
from shared.contracts.introduction import Reason
from shared.database import Database
from shared.parts import TOPICS
from shared.tables import known_attendees
from tests.followup.counting import EVERYTHING, as_told, counted, recounted
from tests.followup.history import History
from tests.followup.story import CONFERENCE, Story, introduction_id
from tests.system import one_alone


@pytest.fixture(params=("sqlite", pytest.param("postgres", marks=pytest.mark.postgres)))
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Story]:
    """A conference on SQLite, or on PostgreSQL."""
    url = f"sqlite:///{tmp_path / 'followup.db'}"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres").create_database("totals")
    with one_alone(SERVICE, Database(url, durable=False), tmp_path) as system:
        story = Story(system)
        story.tell(story.conference)
        yield story


def counted_by_hand(connection: Connection) -> Outcomes:
    """Every pair and every answer, read and added up."""
    facts_ = ("introduced", "accepted", "met", "continued")
    found = [
        Met(
            id=row.id,
            mentor=row.mentor,
            mentee=row.mentee,
            lost=_lost(row),
            **{name: getattr(row, f"{name}_at") is not None for name in facts_},
        )
        for row in connection.execute(select(pairs))
    ]
    said = connection.execute(
        select(questions.c.relationship, questions.c.attendee, questions.c.question, questions.c.answer).where(
            questions.c.question.in_(CHECK_INS), questions.c.answer.is_not(None)
        )
    )
    people = connection.execute(select(known_attendees)).all()
    counted = {row.attendee for row in people if row.state["consents"]["statistics"]}
    arrived = sum(row.first_checked_in_at is not None for row in people)
    return count(found, [tuple(row) for row in said], counted, len(people), arrived)


def _lost(row: Any) -> str:
    """Why the two have not met."""
    declined = row.state in ("declined", "expired")
    words = {"proposed": "open", "accepted": "unreported"}
    return "" if row.met_at else "not_agreed" if declined else words.get(row.state, row.state)


def now(story: Story) -> Totals:
    """The totals as a page would have them."""
    with story.system.followup.reading(one_moment=True) as connection:
        found = queries.totals_of(connection, CONFERENCE, EVERYTHING)
        assert added_up(found) == counted_by_hand(connection)
    return found


def waiting(story: Story) -> int:
    """How much was noted and not counted."""
    with story.system.followup.reading() as connection:
        return connection.execute(select(func.count()).select_from(recounts)).scalar_one()


def written(story: Story, path: Path) -> Path:
    """Everything that was told by anybody, as an embedded log that somebody else can read."""
    records = story.system.log.consumer("a-writer", [topic.name for topic in TOPICS]).poll(100_000, 0)
    log = EmbeddedLog(path, TOPICS, now=story.system.clock.now, owner="a-writer", durable=False)
    log.append([NewRecord(record.topic, record.key or "", record.value, record.headers) for record in records])
    log.close()
    return path


@pytest.mark.parametrize("seed", range(6))
def test_an_independent_count_of_the_events_gives_the_same_numbers(story: Story, seed: int, tmp_path: Path) -> None:
    history, today = History(story, seed), date(2027, 3, 1)
    for day in ("2026-11-23 18:00", "2026-11-30 12:00", "2026-12-24 12:00", f"{today} 12:00"):
        for _ in range(75):
            history.step()
        story.at(day)
    with story.system.followup.reading(one_moment=True) as connection:
        ours = counted(connection, story.conference, today)
    assert ours == recounted(written(story, tmp_path / "log.db"), "pyconf", today)
    told, both = story.read("outcomes"), {name: ours[name] for name in ("people", "pairs")}
    assert told == as_told(both, told)
    assert told["pairs"]["introduced"] == both["pairs"]["introduced"]
    assert set(ours["cohorts"]) == set(COHORTS)
    assert sum(ours["exploration"]["drawn"]["week"].values()) > 0
    assert ours["passed"]["pairs"] > 0


@pytest.mark.parametrize("seed", range(6))
def test_totals_equal_a_count_of_everything_at_every_moment(either: Story, seed: int) -> None:
    history, noted = History(either, seed), 0
    for number in range(60):
        history.step()
        if number % 7 == 6:
            noted += bool(waiting(either))
            now(either)
        if number % 20 == 19:
            either.run()
            assert waiting(either) == 0
            now(either)
    assert noted > 3, "looked while something was noted and not counted"


def test_a_rebuild_makes_the_same_totals_of_the_rows_and_publishes_nothing(either: Story) -> None:
    history = History(either, 99)
    for _ in range(80):
        history.step()
    either.run()
    before, published = now(either), len(either.published())
    assert {what for what, _value, _letters in before.cells} >= {"pair", "person", "load", "topic", "chance", "hour"}
    runtime = either.system.followup
    with runtime.work() as work:
        work.connection.execute(text("UPDATE totals SET count = count + 7"))
    with runtime.work() as work:
        tallying.rebuild(CONFERENCE, work)
    either.run()
    assert nonzero(now(either)) == nonzero(before)
    assert len(either.published()) == published
    with runtime.reading() as connection:
        assert set(connection.execute(select(totals.c.conference).distinct()).scalars()) == {CONFERENCE}


def nonzero(found: Totals) -> dict[Any, int]:
    """Cells in which somebody is."""
    return {cell: n for cell, n in found.cells.items() if n}


def test_a_pair_stands_in_its_cohorts_once_the_two_met(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    reasons = (Reason(kind="topic", code="grants"), Reason(kind="language", code="de"))
    speaks = {"languages": ("de", "en"), "first_timer": True}
    story.tell(story.attendee_event(ana, AttendeeChanged, 2, languages=("de", "fr")))
    story.tell(story.attendee_event(ben, AttendeeChanged, 2, **speaks))
    proposed = story.introduction(IntroductionProposed, ana, ben, 1, reasons=reasons, drawn=True, probability=0.25)
    story.tell(proposed, story.introduction(IntroductionAccepted, ana, ben, 2))
    cohorts = ("topic", "first_timer", "goal", "hour", "language", "chance")
    assert [now(story).of(what) for what in cohorts] == [{}] * 6
    story.tell(story.introduction(IntroductionMet, ana, ben, 3, told_by="desk"))
    goal = story.introduction(IntroductionGoalAgreed, ana, ben, 4, enough=False, by=date(2026, 12, 1))
    story.tell(goal, story.introduction(IntroductionGoalAgreed, ana, ben, 5, enough=True))
    story.say(introduction_id(ana, ben), ben, "week", "wrote")
    found = facts("iam--WUU")
    values = ("grants", "yes", "enough", "14", "de", "0.25")
    assert [now(story).of(what) for what in cohorts] == [{value: {found: 1}} for value in values]
    assert found.letters == "iam--WUU"
    assert now(story).load() == {1: 1}


def test_another_meeting_of_a_mentor_counts_her_earlier_pairs_anew(story: Story) -> None:
    ana, ben, cem = story.people("Ana", "Ben", "Cem")
    story.met(ana, ben)
    story.run()
    assert {value: sum(pairs.values()) for value, pairs in now(story).of("mentored").items()} == {"1": 1}
    story.met(ana, cem)
    story.run()
    assert {value: sum(pairs.values()) for value, pairs in now(story).of("mentored").items()} == {"2": 2}


def test_a_conference_that_is_told_of_late_gives_its_pairs_their_hours(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    story.met(ana, ben)
    assert list(now(story).of("hour")) == ["14"]
    moved = type(story.conference)(**{**vars(story.conference), "version": 2, "timezone": "Europe/Lisbon"})
    story.tell(moved)
    assert list(now(story).of("hour")) == ["13"]
    assert moved.account == DEFAULT_ACCOUNT
