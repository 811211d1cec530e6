"""Who never wants to meet somebody is never introduced to her, whatever was forgotten in between: the block outlives an
erasure as two keyed hashes, and nothing else does."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text

from services.introductions import policies, queries
from services.registration.tables import apart
from shared import conferences
from shared.access import DEFAULT_ACCOUNT, Scope
from shared.links import Links
from shared.text import fold
from tests.registration.stage import a_form, add, create
from tests.system import SECRET, System

NEXT_YEAR = "pyconf-27"
PATH = "/api/v1/conferences/{}/attendees/{}"
MENTOR = {"role": "mentor", "wants": [], "offers": ["Grant writing"], "approved": True, "name": "Ben Moss"}
ANA, BEN = "ana@example.org", "ben@example.org"


@pytest.fixture
def two(system: System) -> System:
    """Two conferences of one account on the same days."""
    create(system)
    create(system, slug=NEXT_YEAR, name="PyConf 27")
    return system


def join(system: System, who: str, slug: str = "pyconf", **said: Any) -> str:
    """Ana or Ben registers; her id."""
    role = MENTOR if who == BEN else {}
    return str(add(system, slug, **{**role, "email": who, **said})["id"])


def change(system: System, attendee: str, slug: str = "pyconf", **said: Any) -> None:
    assert system.api("PATCH", PATH.format(slug, attendee), json=said).status_code == 200


def leave(system: System, attendee: str, slug: str = "pyconf") -> None:
    """She withdraws; nothing keeps her."""
    assert system.api("DELETE", PATH.format(slug, attendee)).status_code == 200


def why_not(system: System, mentor: str, mentee: str, slug: str = "pyconf") -> str | None:
    """What speaks against introducing the two, as the planner gets it."""
    system.run_until_quiet()
    for one in (mentor, mentee):
        assert system.api("POST", PATH.format(slug, one) + "/check-in", json={}).status_code in (200, 201)
    system.run_until_quiet()
    runtime = system.introductions
    with runtime.reading() as connection:
        found = conferences.by_slug(connection, Scope(DEFAULT_ACCOUNT), slug)
        problem = queries.problem(connection, found, system.clock.now())
    people = {person.who.id: person.who for person in problem.people}
    return policies.without_a_block(people[mentor], people[mentee])


def rows(system: System) -> list[tuple[str, str]]:
    with system.registration.reading() as connection:
        return [(row.one, row.other) for row in connection.execute(select(apart)).all()]


def test_without_a_block_two_who_come_back_may_meet(two: System) -> None:
    ana, ben = join(two, ANA), join(two, BEN)
    leave(two, ana)
    assert why_not(two, ben, join(two, ANA)) is None
    assert rows(two) == []


@pytest.mark.parametrize("slug", ["pyconf", NEXT_YEAR])
@pytest.mark.parametrize("who", [ANA, BEN])
def test_a_block_holds_when_either_of_the_two_was_erased_and_registers_again(two: System, slug: str, who: str) -> None:
    """Here, and at a later conference of the account."""
    ids = {ANA: join(two, ANA, never_addresses=[BEN]), BEN: join(two, BEN)}
    leave(two, ids[who])
    back = {who: join(two, who, slug)}
    other = BEN if who == ANA else ANA
    ids = {other: ids[other] if slug == "pyconf" else join(two, other, slug), **back}
    assert why_not(two, ids[BEN], ids[ANA], slug) == "One of them does not want this introduction."


def test_a_block_by_the_id_that_a_program_knew_outlives_that_id(two: System) -> None:
    ana, ben = join(two, ANA), join(two, BEN)
    change(two, ana, blocks=[ben])
    leave(two, ben)
    ben = join(two, BEN)
    assert why_not(two, ben, ana) == "One of them does not want this introduction."
    change(two, ana, blocks=[])
    change(two, ben, blocks=[])
    assert why_not(two, ben, ana) == "One of them does not want this introduction."


def test_it_holds_whichever_way_the_address_is_typed_and_whoever_comes_by_whichever_door(two: System) -> None:
    ana = join(two, ANA, never_addresses=["Ben@Example.org"])
    ben = join(two, BEN)
    leave(two, ana)
    leave(two, ben)
    ben = join(two, "BEN@example.org", **MENTOR)
    browser = two.client("registration")
    assert browser.post("/c/pyconf", data=a_form(email="ANA@EXAMPLE.ORG")).status_code == 303
    (ana,) = [item["id"] for item in _people(two) if item["status"] == "pending"]
    change(two, ana, confirmed=True)
    assert why_not(two, ben, ana) == "One of them does not want this introduction."


def test_what_was_taken_back_before_is_not_kept(two: System) -> None:
    ana, ben = join(two, ANA, never_addresses=[BEN]), join(two, BEN)
    change(two, ana, never_addresses=[])
    leave(two, ana)
    assert (why_not(two, ben, join(two, ANA)), rows(two)) == (None, [])


def test_nobody_keeps_two_people_apart_by_registering_one_of_them_who_then_says_that_it_was_not_her(
    two: System,
) -> None:
    ben = join(two, BEN)
    two.client("registration").post("/c/pyconf", data=a_form(never_addresses=BEN))
    (ana,) = [item["id"] for item in _people(two) if item["status"] == "pending"]
    leave(two, ana)
    assert (why_not(two, ben, join(two, ANA)), rows(two)) == (None, [])


def _people(system: System) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = system.api("GET", "/api/v1/conferences/pyconf/attendees").json["items"]
    return found


def test_only_two_keyed_hashes_are_left_and_they_say_nothing_without_the_key(two: System) -> None:
    ana, ben = join(two, ANA, never_addresses=[BEN]), join(two, BEN)
    leave(two, ana)
    leave(two, ben)
    two.run_until_quiet()
    ours = sorted(Links(SECRET).mark(DEFAULT_ACCOUNT, fold(one)) for one in (ANA, BEN))
    assert rows(two) == [tuple(ours)]
    guessed = {Links("another secret, also long enough").mark(DEFAULT_ACCOUNT, one) for one in (ANA, BEN)}
    elsewhere = {Links(SECRET).mark("1" * 32, one) for one in (ANA, BEN)}
    as_link = {Links(SECRET).token("mark", DEFAULT_ACCOUNT, one, 1) for one in (ANA, BEN)}
    assert set(ours).isdisjoint(guessed | elsewhere | as_link)


def test_nothing_personal_is_left_of_who_was_erased_not_even_with_who_never_wants_to_meet_her(two: System) -> None:
    canary = "zebra.quartz@example.org"
    join(two, ANA, never_addresses=[canary], meet_addresses=[canary])
    gone = join(two, canary, name="Zebra Quartz", never_addresses=[BEN])
    join(two, BEN, never_addresses=[canary], referred_by=[canary])
    two.run_until_quiet()
    leave(two, gone)
    two.run_until_quiet()
    found = {name: _holding(runtime, "quartz") for name, runtime in two.runtimes.items()}
    assert found == {"registration": [], "introductions": [], "followup": []}
    assert len(rows(two)) == 2


def _holding(runtime: Any, word: str) -> list[str]:
    """Tables in which a word stands, whatever the column."""
    with runtime.reading() as connection:
        tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        return [
            table
            for table in tables
            if any(word in repr(tuple(row)).casefold() for row in connection.execute(text(f'SELECT * FROM "{table}"')))
        ]


STEPS: dict[str, Callable[[System, dict[str, str], str, str], None]] = {
    "erase": lambda system, ids, who, other: leave(system, ids.pop(who)),
    "again": lambda system, ids, who, other: leave(system, ids.pop(other)),
    "change": lambda system, ids, who, other: change(system, ids[who], goal="Something else", blocks=[]),
    "wish": lambda system, ids, who, other: change(system, ids[who], meet_addresses=[other]),
}


@pytest.mark.parametrize("seed", range(12))
def test_after_any_history_the_two_are_never_introduced(two: System, seed: int) -> None:
    chance = random.Random(seed)
    ids = {who: join(two, who) for who in chance.sample([ANA, BEN], 2)}
    blocker, blocked = chance.sample([ANA, BEN], 2)
    by = chance.choice([{"never_addresses": [blocked]}, {"blocks": [ids[blocked]]}])
    change(two, ids[blocker], **by)
    gone = ids.pop(chance.choice([ANA, BEN]))
    leave(two, gone)
    for _step in range(chance.randrange(6)):
        for who in chance.sample([ANA, BEN], 2):
            if who not in ids and chance.random() < 0.6:
                ids[who] = join(two, who)
        if len(ids) == 2:
            who, other = chance.sample([ANA, BEN], 2)
            STEPS[chance.choice(list(STEPS))](two, ids, who, other)
    slug = chance.choice(["pyconf", NEXT_YEAR])
    ids = {who: (slug == "pyconf" and ids.get(who)) or join(two, who, slug) for who in chance.sample([ANA, BEN], 2)}
    assert why_not(two, ids[BEN], ids[ANA], slug) == "One of them does not want this introduction."
