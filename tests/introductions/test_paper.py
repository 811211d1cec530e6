"""What is printed of a day: everybody once, in the order of names, by one look at the database; nothing of what about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from services.introductions import queries
from services.introductions.web.named import first_and_initial
from services.introductions.web.sheets import HEIGHTS, in_order, pages, slips
from services.registration import queries as registered
from shared import attendees
from shared.contracts.conference import Block, MeetingPoint
from shared.contracts.conference import Day as ConferenceDay
from tests.browser.paper import Day, names
from tests.introductions.stage import TODAY, Stage, a_conference, a_person, slots
from tests.introductions.test_files import owner
from tests.registration.stage import add, create
from tests.system import System

PATHS = ("", "/slips", "/tables", "/signs", "/slots", "/people")


@contextmanager
def looks(system: System) -> Iterator[list[str]]:
    """The statements that introductions sends in the block."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        found.append(statement)

    event.listen(system.introductions.engine, "before_cursor_execute", note)
    yield found
    event.remove(system.introductions.engine, "before_cursor_execute", note)


def test_a_thousand_people_are_read_by_one_look(system: System) -> None:
    day = Day(system, names(1000))
    for path in PATHS:
        with looks(system) as found:
            answer = day.organizer.get(f"/print/conf{path}")
        about_people = [statement for statement in found if "known_attendees" in statement]
        assert (answer.status_code, len(about_people)) == (200, 1), path
    slips_of_all = day.organizer.get("/print/conf/slips").text
    assert slips_of_all.count("<article") == slips_of_all.count("Changed? Scan") == 1000


def test_a_slip_says_when_where_and_with_whom_and_nothing_of_topics_or_roles(system: System) -> None:
    stage = Stage(system, a_conference())
    stage.here(a_person("Ana", "mentor"), a_person("Ben", "mentee"))
    stage.wrote(a_person("Ben", "mentee"), "To find the courage to ask.")
    stage.quiet()
    browser = owner(system)
    for path in PATHS:
        text = browser.get(f"/print/conf{path}").text.split("</main>")[0]
        assert re.findall(r"grants|mentor|mentee|courage", text, re.IGNORECASE) == [], path
    text = " ".join(re.sub("<[^>]+>", " ", browser.get("/print/conf/slips").text).split())
    (slip,) = re.findall(r"Ana Example .*? Ben Example", text)
    assert slip.startswith("Ana Example PyConf · Monday 23 November · all times are Europe/Berlin 14:00–14:15 table 1")
    assert "with Ben E. · not yet answered by the blue sofa Changed? Scan to see today's state." in slip
    for person in (a_person("Ana", "mentor"), a_person("Ben", "mentee")):
        stage.answer(stage.introductions[0], person, "accept")
    assert "not yet answered" not in browser.get("/print/conf/slips").text
    stage.withdrew(a_person("Ben", "mentee"))
    assert "Ben" not in "".join(browser.get(f"/print/conf{path}").text for path in PATHS)


def test_what_is_held_no_longer_or_on_another_day_is_not_printed(system: System) -> None:
    tomorrow = TODAY + timedelta(days=1)
    blocks = (Block(start="14:00", end="16:00"),)
    times = (*slots(TODAY, "14:00", 2), *slots(tomorrow, "14:00", 2))
    made = replace(
        a_conference(times=times), days=tuple(ConferenceDay(date=d, blocks=blocks) for d in (TODAY, tomorrow))
    )
    stage = Stage(system, made)
    stage.here(a_person("Ana", "mentor"), a_person("Ben", "mentee"))
    stage.quiet()
    browser = owner(system)
    assert browser.get("/print/conf/slips").text.count("<article") == 2
    assert "No meetings on this day yet" in browser.get(f"/print/conf/slips?day={tomorrow}").text
    assert browser.get("/print/conf/slips?day=2020-01-01").text.count("<article") == 2  # no such day: the next one
    held = stage.introductions[0].hold_until
    system.clock.advance(held - system.clock.now())
    assert "No meetings on this day yet" in owner(system).get("/print/conf/slips").text
    evening = times[1].ends_at - system.clock.now()
    system.clock.advance(evening + timedelta(minutes=1))
    assert 'aria-current="page">Tuesday 24 November' in owner(system).get("/print/conf").text


def test_the_code_on_a_slip_is_the_one_on_her_ticket(system: System) -> None:
    create(system)
    ids = [add(system, email=f"{name}@example.org", name=name)["id"] for name in ("ana", "ben")]
    system.run_until_quiet()
    with system.introductions.reading() as connection:
        people = attendees.people(connection, ids)
    codes = [system.introductions.links.door_code(attendee, people[attendee]) for attendee in ids]
    with system.registration.reading() as connection:
        assert codes == [registered.attendee_row(connection, attendee).code for attendee in ids]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Ana Silva", "Ana S."),
        ("Plato", "Plato"),
        ("Zoë de la Cruz-Ortíz", "Zoë C."),
        ("محمد الأحمد", "محمد ا."),
        ("王 小明", "王 小."),
        ("Ana (she)", "Ana s."),
        ("Ana 3", "Ana"),
        ("", "a participant"),
        (None, "a participant"),
    ],
)
def test_on_paper_others_read_a_first_name_and_an_initial(name: str | None, said: str) -> None:
    assert first_and_initial(name) == said


def test_slips_lie_in_the_order_of_last_names_four_to_eight_a_page(system: System) -> None:
    day = Day(system, names(40), each=6)
    with system.introductions.reading() as connection:
        found = queries.paper(connection, day.stage.conference, date(2026, 11, 23), system.clock.now())
    for lines in (1, 2, 3, 4, 9):
        made = slips(found, lambda _meeting, _whose, lines=lines: lines)  # type: ignore[misc]
        whole = pages(made)
        whose = [slip.who for page in whole for row in page for slip in row.slips]
        assert whose == sorted(whose, key=in_order)
        assert sum(len(slip.meetings) for slip in made) == sum(len(hers) for hers in found.of.values())
        assert {sum(row.height for row in page) <= 248 for page in whole} == {True}
        assert {sum(len(row.slips) for row in page) for page in whole[:-1]} <= set(range(4, 9))
    assert 248 // max(HEIGHTS.values()) == 2


def test_a_place_that_is_gone_and_a_name_that_is_not_known_are_printed_as_far_as_they_are_known(system: System) -> None:
    day = Day(system, names(2), each=1)
    day.stage.publish(meeting_points=(MeetingPoint(code="other", name="Other", landmark="", tables=1),))
    for path in PATHS:
        assert day.organizer.get(f"/print/conf{path}").status_code == 200, path
