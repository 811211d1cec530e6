"""From a check-in to a proposal: who is proposed, who is not, and what follows when people come and go."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.introductions import queries, store
from services.introductions.handlers import hearing, planning
from services.introductions.planner import plan
from services.introductions.queries.history import met_before
from services.introductions.tables import planning as planning_rows
from shared.contracts import IntroductionProposed
from shared.contracts.attendee import Consents
from shared.contracts.conference import MeetingPoint
from shared.contracts.introduction import Reason
from tests.introductions.stage import (
    CONFERENCE,
    TODAY,
    Stage,
    a_conference,
    a_person,
    id_of,
    name_of,
    slots,
)
from tests.system import NOON, System

ANA, BEN = a_person("Ana", "mentor"), a_person("Ben", "mentee", domain="d")


def test_a_pair_that_is_here_is_proposed_once_and_everybody_hears_of_it(system: System) -> None:
    stage = Stage(system, a_conference())
    stage.here(BEN, ANA)
    stage.quiet()
    (made,) = stage.introductions
    (event,) = [event for kind, event in system.events() if kind == "introduction.proposed"]
    slot = stage.conference.slots[0]
    assert event == IntroductionProposed(
        introduction=made.id,
        version=1,
        at=NOON,
        account=stage.conference.account,
        conference=CONFERENCE,
        mentor=id_of("Ana"),
        mentee=id_of("Ben"),
        slot=slot.id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        meeting_point="foyer",
        table=1,
        hold_until=slot.starts_at - timedelta(minutes=15),
        reasons=(Reason(kind="topic", code="grants"),),
        drawn=False,
        probability=None,
        terms={
            "common_topics": 1.0,
            "goals_helped": 0.0,
            "years_between": 0.5,
            "own_language": 0.0,
            "asked_for": 0.0,
            "referred": 0.0,
            "first_timer": 0.0,
            "likes_newcomers": 0.0,
        },
        plan_version=made.plan_version,
    )
    assert [(mail.to_address, mail.subject) for mail in stage.mails()] == [
        ("ana@example.org", "14:00, table 1: meet Ben (15 minutes)"),
        ("ben@example.org", "14:00, table 1: meet Ana (15 minutes)"),
    ]


@pytest.mark.parametrize(
    "mentor",
    [
        replace(ANA, approved=False),
        replace(ANA, consents=Consents()),
        replace(ANA, offers=("python",)),
        replace(ANA, domain="d"),
        replace(ANA, languages=("de",)),
        replace(ANA, blocks=(BEN.attendee,)),
        replace(ANA, available=()),
        replace(ANA, capacity=0),
    ],
)
def test_who_does_not_fit_is_not_proposed(system: System, mentor: object) -> None:
    stage = Stage(system, a_conference())
    stage.here(BEN, mentor)  # type: ignore[arg-type]
    stage.quiet()
    assert stage.pairs == []


def test_who_met_at_an_earlier_conference_is_not_introduced_again_unless_somebody_asks(system: System) -> None:
    earlier = Stage(system, a_conference())
    earlier.here(ANA, BEN)
    earlier.quiet()
    for person in (ANA, BEN):
        earlier.answer(earlier.introductions[0], person, "accept")
    conference = replace(a_conference(), conference="e" * 32, slug="next")
    stage = Stage(system, conference)
    ana, ben = (replace(one, conference="e" * 32, attendee=f"e{one.attendee[1:]}") for one in (ANA, BEN))
    stage.here(ana, ben)
    stage.quiet()
    assert stage.pairs == []
    with system.introductions.reading() as connection:
        met = [met_before(connection, conference, names) for names in (None, [ana.attendee], [ben.attendee], ["x"])]
    both = {ana.attendee: frozenset({ben.attendee}), ben.attendee: frozenset({ana.attendee})}
    assert met == [both, both, both, {}]
    stage.changed(ben, requests=(ana.attendee,))
    stage.quiet()
    assert [(pair[0], pair[1], pair[3]) for pair in stage.pairs] == [("Ana", "Ben", "proposed")]


def test_who_is_only_registered_is_not_proposed(system: System) -> None:
    stage = Stage(system, a_conference())
    stage.registered(ANA)
    stage.here(BEN)
    stage.quiet()
    assert stage.pairs == []
    stage.here(ANA)
    stage.quiet()
    assert stage.pairs == [("Ana", "Ben", "20261123-1400", "proposed")]


def test_yesterdays_check_in_does_not_count_today(system: System) -> None:
    stage = Stage(system, a_conference())
    stage.here(ANA, BEN, day=TODAY - timedelta(days=1))
    stage.quiet()
    assert stage.pairs == []


def test_nothing_is_proposed_shortly_before_its_slot(system: System) -> None:
    stage = Stage(system, a_conference(times=slots(TODAY, "14:00", 1)))
    system.clock.set(stage.conference.slots[0].starts_at - timedelta(minutes=9))
    stage.here(ANA, BEN)
    stage.quiet()
    assert stage.pairs == []


def test_attendees_heard_of_before_their_conference_are_planned_when_it_is_known(system: System) -> None:
    conference = a_conference()
    stage = Stage(system, replace(conference, conference="e" * 32, slug="other"))
    stage.here(ANA, BEN)
    stage.quiet()
    stage.conference = conference
    assert stage.pairs == []
    stage.publish()
    stage.quiet()
    assert stage.pairs == [("Ana", "Ben", "20261123-1400", "proposed")]


def test_a_plan_that_another_process_overtook_is_thrown_away(system: System) -> None:
    stage = Stage(system, a_conference())
    stage.here(ANA, BEN)
    with system.introductions.work() as work:
        slow = store.claim(work)
    assert slow is not None
    system.clock.advance(store.LEASE)
    planning.run(system.introductions)
    stage.here(a_person("Cleo", "mentee"))
    with system.introductions.reading() as connection:
        problem = queries.problem(connection, stage.conference, NOON)
    made = plan(problem)
    with system.introductions.work() as work:
        planning.save(slow, stage.conference, problem, made, work)
    assert [meeting.mentee for meeting in made.meetings] == [id_of("Cleo")]
    assert stage.pairs == [("Ana", "Ben", "20261123-1400", "proposed")]


def test_while_another_process_plans_nobody_tries_to_but_it_is_not_quiet(system: System) -> None:
    stage = Stage(system, a_conference())
    stage.here(ANA, BEN)
    woken = threading.Event()
    with system.introductions.work() as work:
        assert store.claim(work) is not None
    system.introductions.listen(woken, "due")
    assert (system.introductions.due_turn(), woken.is_set()) == (0, False)
    assert system.introductions.pending()["introductions"] == 1
    system.clock.advance(store.LEASE)
    assert system.introductions.due_turn() == 1


def test_a_batch_of_arrivals_asks_for_one_plan(system: System) -> None:
    Stage(system, a_conference())
    with system.introductions.reading() as connection:
        before = connection.execute(select(planning_rows.c.dirty)).scalar_one()
    with system.introductions.work() as work:
        for person in (ANA, BEN, a_person("Cleo", "mentee")):
            hearing.attendee_heard(replace(person, present_on=(TODAY,)), work)
    with system.introductions.reading() as connection:
        after = connection.execute(select(planning_rows.c.dirty)).scalar_one()
    assert after - before == 1


def test_what_changed_while_a_plan_was_made_is_looked_at_before_it_is_saved(system: System) -> None:
    stage = Stage(system, a_conference())
    cleo = a_person("Cleo", "mentee")
    stage.here(ANA, BEN, cleo)
    with system.introductions.work() as work:
        claim = store.claim(work)
    assert claim is not None
    with system.introductions.reading() as connection:
        problem = queries.problem(connection, stage.conference, NOON)
    stage.left(BEN)
    with system.introductions.work() as work:
        planning.save(claim, stage.conference, problem, plan(problem), work)
    assert [(pair[0], pair[1]) for pair in stage.pairs] == [("Ana", "Cleo")]
    with system.introductions.reading() as connection:
        assert store.count_to_plan(connection, NOON) == 1  # that she left is still to be planned
    stage.quiet()
    with system.introductions.reading() as connection:
        assert store.count_to_plan(connection, NOON) == 0


def test_a_conference_where_nothing_can_be_planned_is_not_due_for_ever(system: System) -> None:
    stage = Stage(system, a_conference())
    stage.here(BEN)
    stage.quiet()
    with system.introductions.reading() as connection:
        assert store.count_to_plan(connection, NOON + timedelta(days=300)) == 0


def test_what_was_kept_for_others_is_given_when_half_of_the_slots_are_over(system: System) -> None:
    stage = Stage(system, a_conference())
    dan = a_person("Dan", "mentor", capacity=1)
    stage.registered(a_person("Cleo", "mentee"), a_person("Eve", "mentee"))
    stage.here(replace(ANA, capacity=1), dan, BEN)
    stage.quiet()
    assert len(stage.pairs) == 1
    system.advance(hours=2, minutes=56)  # 14:56, after the third of six slots
    stage.quiet()
    assert len(stage.pairs) == 2


def test_a_hold_that_is_over_frees_both_who_hear_of_it_and_are_planned_again(system: System) -> None:
    stage = Stage(system, a_conference())
    stage.here(ANA, BEN)
    stage.quiet()
    cleo = a_person("Cleo", "mentee")
    stage.here(cleo)
    stage.quiet()
    stage.answer(stage.introductions[1], ANA, "accept")
    stage.answer(stage.introductions[1], cleo, "accept")
    system.advance(minutes=105)
    assert stage.pairs == [
        ("Ana", "Ben", "20261123-1400", "expired"),
        ("Ana", "Cleo", "20261123-1420", "accepted"),
    ]
    last = stage.mails("Ben")[-1]
    assert (last.subject, last.calendar.method if last.calendar else "") == (
        "The 14:00 meeting won't take place",
        "CANCEL",
    )
    assert "That happens often and is no judgement of you. Your slot is free; we are looking." in last.text


def test_who_leaves_loses_only_what_has_not_begun_and_the_other_is_planned_again(system: System) -> None:
    stage = Stage(system, a_conference())
    cleo = a_person("Cleo", "mentor")
    stage.here(ANA, BEN)
    stage.quiet()
    stage.here(cleo)
    stage.left(ANA)
    stage.quiet()
    assert stage.pairs == [
        ("Ana", "Ben", "20261123-1400", "cancelled"),
        ("Cleo", "Ben", "20261123-1400", "proposed"),
    ]
    assert stage.introductions[0].cause == "left"


def test_a_check_in_by_mistake_ends_what_is_open_and_the_two_can_be_asked_again(system: System) -> None:
    stage = Stage(system, a_conference())
    stage.here(ANA, BEN)
    stage.quiet()
    stage.taken_back(ANA)
    stage.quiet()
    stage.here(ANA)
    stage.quiet()
    assert stage.pairs == [
        ("Ana", "Ben", "20261123-1400", "cancelled"),
        ("Ana", "Ben", "20261123-1400", "proposed"),
    ]
    assert stage.introductions[0].cause == "conference"


def test_a_check_in_by_mistake_leaves_what_both_agreed_on(system: System) -> None:
    stage = Stage(system, a_conference())
    stage.here(ANA, BEN)
    stage.quiet()
    for person in (ANA, BEN):
        stage.answer(stage.introductions[0], person, "accept")
    stage.taken_back(ANA)
    stage.quiet()
    assert stage.pairs == [("Ana", "Ben", "20261123-1400", "accepted")]


def test_who_pauses_before_the_mail_of_a_new_time_left_hears_that_it_is_off(system: System) -> None:
    """Nothing but a mail takes the earlier time out of the calendar of whoever does not look again."""
    stage = Stage(system, a_conference())
    stage.here(ANA, BEN)
    stage.quiet()
    day = stage.day(ANA)
    stage.answer(stage.introductions[0], BEN, "other_time", slots=["20261123-1420"])
    assert system.client("introductions").post(day, data={"pause": "yes"}).status_code == 303
    stage.quiet()
    assert [(mail.subject, mail.calendar.method) for mail in stage.mails("Ana") if mail.calendar] == [
        ("14:00, table 1: meet Ben (15 minutes)", "PUBLISH"),
        ("The 14:20 meeting won't take place", "CANCEL"),
    ]


def test_who_withdraws_gets_no_mail_and_her_links_are_over_until_she_comes_back(system: System) -> None:
    stage = Stage(system, a_conference())
    stage.here(ANA, BEN)
    stage.quiet()
    introduction, browser = stage.introductions[0], system.client("introductions")
    stage.withdrew(ANA)
    stage.quiet()
    assert (stage.introductions[0].status, stage.introductions[0].cause) == ("cancelled", "withdrawn")
    assert [mail.subject for mail in stage.mails("Ana")] == ["14:00, table 1: meet Ben (15 minutes)"]
    assert [mail.subject for mail in stage.mails("Ben")][1:] == ["The 14:00 meeting won't take place"]
    paths = (stage.link(introduction, ANA), stage.day(ANA))
    assert [browser.get(path).status_code for path in paths] == [404, 404]
    assert browser.get(stage.link(introduction, BEN)).status_code == 200
    stage.changed(ANA, status="confirmed")
    assert [browser.get(path).status_code for path in paths] == [200, 200]


def test_taking_back_the_consent_or_blocking_the_other_calls_it_off(system: System) -> None:
    stage = Stage(system, a_conference())
    stage.here(ANA, BEN)
    stage.quiet()
    stage.changed(BEN, blocks=(ANA.attendee,))
    stage.quiet()
    assert [(item.status, item.cause) for item in stage.introductions] == [("cancelled", "consent")]


def test_an_older_event_changes_nothing(system: System) -> None:
    stage = Stage(system, a_conference())
    stage.here(ANA, BEN)
    stage.quiet()
    stage.people[ANA.attendee] = replace(stage.people[ANA.attendee], version=0)
    stage.withdrew(ANA)
    stage.quiet()
    assert stage.pairs == [("Ana", "Ben", "20261123-1400", "proposed")]


def test_a_changed_conference_calls_off_what_has_no_place_any_more_and_the_pair_may_be_proposed_again(
    system: System,
) -> None:
    stage = Stage(system, a_conference())
    stage.here(ANA, BEN)
    stage.quiet()
    stage.publish(meeting_points=(MeetingPoint(code="hall", name="Hall", landmark="", tables=2),))
    stage.quiet()
    assert [(item.status, item.cause, item.place.meeting_point) for item in stage.introductions] == [
        ("cancelled", "conference", "foyer"),
        ("proposed", None, "hall"),
    ]


def test_fifty_and_fifty_who_check_in_mentees_first_nearly_all_get_an_introduction(system: System) -> None:
    stage = Stage(system, a_conference(times=slots(TODAY, "14:00", 10), tables=20, approve_mentors=False))
    jobs = ("grants", "python", "writing", "law", "design")
    mentees = [
        a_person(f"n{n}", "mentee", wants=(jobs[n % 5],), company=f"org{n * 7 % 6}", introductions=3, years=n % 4)
        for n in range(50)
    ]
    mentors = [
        a_person(f"m{n}", "mentor", offers=(jobs[n * 3 % 5],), company=f"org{n * 5 % 6}", capacity=3, years=5 + n % 9)
        for n in range(50)
    ]
    stage.registered(*mentees, *mentors)
    for number, person in enumerate([*mentees, *mentors]):
        stage.here(person)
        system.clock.advance(timedelta(milliseconds=500))
        if number % 5 == 0:
            planning.run(system.introductions)
    while planning.run(system.introductions):
        pass
    introduced = {mentee for _mentor, mentee, _slot, _status in stage.pairs}
    assert len(introduced) >= 45
    tables = [(item.place.slot, item.place.table) for item in stage.introductions]
    assert len(tables) == len(set(tables))


def test_who_comes_late_gets_the_only_mentor_of_her_topic_and_the_other_another_one(system: System) -> None:
    stage = Stage(system, a_conference(tables=1))
    ana, dan = replace(ANA, capacity=1, offers=("grants", "law")), a_person("Dan", "mentor", offers=("law",))
    ben = a_person("Ben", "mentee", wants=("grants", "law"), introductions=1)
    stage.here(ana, ben)
    stage.quiet()
    stage.here(dan, a_person("Cleo", "mentee", introductions=1))
    stage.quiet()
    assert [(mentor, mentee, status) for mentor, mentee, _slot, status in stage.pairs] == [
        ("Ana", "Ben", "cancelled"),
        ("Ana", "Cleo", "proposed"),
        ("Dan", "Ben", "proposed"),
    ]
    assert stage.introductions[0].cause == "plan"
    assert [mail.subject for mail in stage.mails("Ben")] == [
        "14:00, table 1: meet Ana (15 minutes)",
        "The 14:00 meeting won't take place",
        "14:20, table 1: meet Dan (15 minutes)",
    ]


def test_a_proposal_that_nobody_answered_moves_for_who_has_no_other_time(system: System) -> None:
    stage = Stage(system, a_conference())
    stage.here(ANA, BEN)
    stage.quiet()
    first = stage.introductions[0]
    stage.here(a_person("Cleo", "mentee", introductions=1, available=(first.place.slot,)))
    stage.quiet()
    moved, new = stage.introductions
    assert (moved.status, moved.version, moved.place.slot > first.place.slot) == ("proposed", 2, True)
    assert (name_of(new.mentee), new.place.slot, new.status) == ("Cleo", first.place.slot, "proposed")
    assert [kind for kind in stage.events() if kind != "introduction.proposed"] == ["introduction.moved"]
    assert [mail.subject for mail in stage.mails("Ben")][1:] == ["New time 14:20, table 1: meet Ana (15 minutes)"]


def test_what_somebody_answered_never_moves(system: System) -> None:
    stage = Stage(system, a_conference())
    stage.here(ANA, BEN)
    stage.quiet()
    stage.answer(stage.introductions[0], BEN, "accept")
    slot = stage.introductions[0].place.slot
    stage.here(a_person("Cleo", "mentee", introductions=1, available=(slot,)))
    stage.quiet()
    assert stage.pairs == [("Ana", "Ben", slot, "proposed")]


def test_what_chance_chose_is_told_with_its_probability(system: System) -> None:
    stage = Stage(system, a_conference(times=slots(TODAY, "14:00", 10), tables=9, exploration_percent=50))
    mentors = [a_person(name, "mentor", capacity=9) for name in ("Ana", "Dan", "Eve")]
    stage.here(*mentors, *(a_person(f"n{number}", "mentee") for number in range(6)))
    stage.quiet()
    told = [(event.drawn, event.probability) for kind, event in system.events() if kind == "introduction.proposed"]
    drawn = [probability for was_drawn, probability in told if was_drawn]
    assert 0 < len(drawn) <= 6
    assert all(probability in (1 / 2, 1 / 3) for probability in drawn)
    assert {probability for was_drawn, probability in told if not was_drawn} == {None}
    kept = sorted(item.probability or 0 for item in stage.introductions)
    assert kept == sorted(probability or 0 for _drawn, probability in told)


def test_who_is_no_longer_there_at_a_time_does_not_give_that_time_to_somebody_else(system: System) -> None:
    stage = Stage(system, a_conference())
    stage.here(ANA, BEN)
    stage.quiet()
    first, second = (slot.id for slot in stage.conference.slots[:2])
    stage.changed(ANA, available=tuple(slot.id for slot in stage.conference.slots if slot.id != first))
    stage.here(a_person("Cleo", "mentee", introductions=1, available=(first,)))
    stage.quiet()
    assert stage.pairs == [("Ana", "Ben", second, "proposed")]


def test_a_block_that_came_while_room_was_made_is_kept(system: System) -> None:
    stage = Stage(system, a_conference())
    stage.here(ANA, BEN)
    stage.quiet()
    first, cleo = stage.introductions[0].place.slot, a_person("Cleo", "mentee", introductions=1)
    stage.here(replace(cleo, available=(first,)))
    with system.introductions.reading() as connection:
        made = plan(queries.problem(connection, stage.conference, NOON))
    assert [change.meetings[0].mentee for change in made.changes] == [cleo.attendee]
    stage.changed(cleo, blocks=(ANA.attendee,))
    with system.introductions.work() as work:
        assert planning.rearrange(made.changes, stage.conference, 1, work) == 0
    assert stage.pairs == [("Ana", "Ben", first, "proposed")]
