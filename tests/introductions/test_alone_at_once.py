"""Thirty people who wait at their tables, go, come late and answer in the same second, while two workers look for somebody
for each of them: nobody is asked to two tables, no table is given twice, and no worker stumbles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random

import pytest

from services.introductions.domain import ACTIVE
from services.introductions.handlers import expiring, planning, rescuing
from shared.contracts.conference import MeetingPoint
from tests.introductions.stage import TODAY, Stage, a_person, slots
from tests.introductions.tapping import agree
from tests.introductions.test_on_postgresql import on_either

PAIRS, FREE = 16, 4


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """Sixteen pairs who agreed on 14:00, and four people who are free then."""
    with on_either(request, "introductions_alone") as there:
        yield made(there)


def made(stage: Stage) -> Stage:
    """The people and their meetings."""
    stage.publish(
        slots=slots(TODAY, "14:00", 1),
        meeting_points=(MeetingPoint(code="foyer", name="Foyer", landmark="", tables=PAIRS),),
    )
    stage.here(*(a_person(f"M{number}", "mentor") for number in range(PAIRS)))
    stage.here(*(a_person(f"A{number}", "mentee") for number in range(PAIRS)))
    stage.quiet()
    for introduction in stage.introductions:
        agree(stage, introduction)
    stage.here(*(a_person(f"F{number}", "mentee") for number in range(FREE)))
    stage.quiet()
    assert [item.status for item in stage.introductions] == ["accepted"] * PAIRS
    return stage


def taps(stage: Stage, chance: Random) -> list[Callable[[], int]]:
    """What everybody does on her phone, in any order."""
    client = stage.system.client("introductions")

    def tap(path: str, **said: str) -> Callable[[], int]:
        return lambda: int(client.post(path, data=said).status_code)

    found = []
    for item in stage.introductions:
        who_comes = chance.choice(((item.mentor,), (item.mentee,), (item.mentor, item.mentee)))
        for person in (stage.people[who] for who in who_comes):
            link, day = stage.link(item, person), stage.day(person)
            ways = [
                tap(link + "/table", table="here"),
                tap(link + "/table", table="go"),
                tap(day + "/ready", late=str(chance.choice((0, 5, 20)))),
                tap(day + "/ready", free="yes"),
                tap(link, answer=chance.choice(("accept", "decline"))),
                tap(link + "/goal", goal="enough"),
            ]
            found += chance.choices(ways, weights=(8, 1, 1, 1, 2, 0.2), k=2)
    chance.shuffle(found)
    return found


def test_nobody_is_asked_to_two_tables_whoever_taps_while_two_workers_look(stage: Stage) -> None:
    chance, starts = Random(5), stage.conference.slots[0].starts_at
    stage.system.app("introductions")  # made once, before many ask for it
    statuses: Counter[int] = Counter()
    for minutes in (0, 5, 6, 7):
        stage.system.clock.set(starts + timedelta(minutes=minutes))
        work = [lambda: sum(run(stage.system.introductions) for run in WORK)] * 40
        with ThreadPoolExecutor(8) as crowd:
            workers = [crowd.submit(turn) for turn in work]
            statuses.update(crowd.map(lambda tap: tap(), taps(stage, chance)))
            assert [worker.exception() for worker in workers] == [None] * len(workers)
        held = [item for item in stage.introductions if item.status in ACTIVE]
        people = Counter(who for item in held for who in (item.mentor, item.mentee))
        tables = Counter(item.place.table for item in held)
        assert [most.most_common(1)[0][1] for most in (people, tables)] == [1, 1]
    assert set(statuses) <= {303, 409, 422}
    assert any(item.cause == "alone" for item in stage.introductions)
    stage.system.clock.set(starts + timedelta(minutes=30))
    stage.quiet()
    assert [item.alone_until for item in stage.introductions if item.alone_until] == []


WORK = (expiring.run, rescuing.run, planning.run)
