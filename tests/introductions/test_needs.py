"""What somebody needs of a place, from her registration to her table: planned, drafted, moved, told to nobody else."""

from __future__ import annotations

from datetime import timedelta

from services.introductions import queries
from shared.contracts.conference import MeetingPoint
from tests.introductions.stage import Stage, a_conference, a_person, id_of, slots
from tests.introductions.test_drafting import Owner
from tests.system import NOON, System

FOYER = MeetingPoint(code="foyer", name="Foyer", landmark="by the blue sofa", tables=1)
GALLERY = MeetingPoint(code="gallery", name="Gallery", landmark="upstairs", tables=3, step_free=False)
ANA, DAN = a_person("Ana", "mentor", capacity=1), a_person("Dan", "mentor", capacity=1)
BEN, CLEO = a_person("Ben", "mentee"), a_person("Cleo", "mentee", step_free=True)


def a_stage(system: System, *points: MeetingPoint) -> Stage:
    stage = Stage(system, a_conference(times=slots(a_conference().days[0].date, "14:00", 2)))
    stage.publish(meeting_points=points or (GALLERY, FOYER))
    return stage


def where(stage: Stage) -> dict[str, tuple[str, str]]:
    """Mentee -> (slot, point) of what is proposed."""
    names = {id_of(name): name for name in ("Ben", "Cleo", "Eve")}
    found = [item for item in stage.introductions if item.status == "proposed"]
    return {names[item.mentee]: (item.place.slot[-4:], item.place.meeting_point) for item in found}


def test_she_gets_the_only_table_without_steps_and_others_go_upstairs(system: System) -> None:
    stage = a_stage(system)
    stage.here(ANA, DAN, BEN, CLEO)
    stage.quiet()
    found = where(stage)
    assert {name: point for name, (_slot, point) in found.items()} == {"Ben": "gallery", "Cleo": "foyer"}
    hers = system.client("introductions").get(stage.day(CLEO)).text
    others = [system.client("introductions").get(stage.day(one)).text for one in (ANA, DAN, BEN)]
    assert ("The way to this table is without steps." in hers, any("steps" in page for page in others)) == (True, False)
    said = " ".join(mail.subject + mail.text + mail.html for mail in stage.mails())
    assert ("steps" in said, "step" in said.lower()) == (False, False)


def test_a_table_is_kept_for_who_is_only_registered_as_long_as_there_are_others(system: System) -> None:
    stage = a_stage(system, FOYER, GALLERY)
    stage.registered(CLEO)
    stage.here(ANA, BEN)
    stage.quiet()
    assert where(stage) == {"Ben": ("1400", "gallery")}


def test_where_nobody_needs_anything_and_every_way_is_short_nothing_is_told_to_the_planner(system: System) -> None:
    def points(*people: object, **values: object) -> tuple[object, ...]:
        with system.introductions.reading() as connection:
            return queries.problem(connection, stage.conference, system.clock.now()).points

    stage = a_stage(system, FOYER, GALLERY)
    stage.here(ANA, BEN)
    assert points() == ()
    near = [MeetingPoint(**{**vars(point), "walk_minutes": 2}) for point in (FOYER, GALLERY)]
    stage.publish(meeting_points=tuple(near))
    assert points() == ()  # four minutes, and five between two slots
    far = [MeetingPoint(**{**vars(point), "walk_minutes": 3}) for point in (FOYER, GALLERY)]
    stage.publish(meeting_points=tuple(far))
    assert len(points()) == 2
    stage.publish(meeting_points=(FOYER, GALLERY))
    stage.registered(CLEO)
    assert len(points()) == 2


def test_who_finds_no_table_reads_which_one_is_missing(system: System) -> None:
    stage = a_stage(system, GALLERY)
    stage.here(ANA, CLEO)
    stage.quiet()
    assert stage.introductions == []
    assert "No step-free table is free at your times." in system.client("introductions").get(stage.day(CLEO)).text


def test_another_time_is_one_with_a_table_for_her(system: System) -> None:
    stage = a_stage(system)
    stage.here(ANA, CLEO)
    stage.quiet()
    (made,) = stage.introductions
    stage.here(DAN, BEN)
    stage.answer(made, CLEO, "other_time", slots=["20261123-1420"])
    stage.quiet()
    assert where(stage)["Cleo"] == ("1420", "foyer")


def test_a_draft_and_what_is_published_of_it_keep_to_the_needs(system: System) -> None:
    system.clock.set(NOON - timedelta(days=1))
    stage = a_stage(system)
    stage.registered(ANA, DAN, BEN, CLEO)
    owner = Owner(stage)
    drafted = owner.draft()
    assert (drafted.count("Foyer, table 1"), drafted.count("Gallery, table 1")) == (1, 1)
    owner.sends("draft", action="publish", made="1")
    stage.quiet()
    assert {name: point for name, (_slot, point) in where(stage).items()} == {"Ben": "gallery", "Cleo": "foyer"}


def test_who_says_later_what_she_needs_gets_another_table_at_the_same_time_where_there_is_one(system: System) -> None:
    stage = a_stage(system)
    stage.here(ANA, BEN)
    stage.quiet()
    (made,) = stage.introductions
    assert (made.place.slot, made.place.meeting_point) == ("20261123-1400", "gallery")
    stage.answer(made, ANA, "accept")
    stage.answer(made, BEN, "accept")
    stage.changed(BEN, step_free=True)
    stage.quiet()
    (moved,) = stage.introductions
    assert (moved.place.slot, moved.place.meeting_point, moved.status) == ("20261123-1400", "foyer", "proposed")
    assert dict(moved.answers) == {"mentor": None, "mentee": "accept"}
    assert "Foyer, table 1" in stage.mails("Ana")[-1].text
    stage.changed(BEN, quiet=True)  # no table is quiet: it stays, for people to sort out
    stage.quiet()
    assert [item.place for item in stage.introductions] == [moved.place]
