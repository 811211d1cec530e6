"""How long people are kept: 180 days after the last question, thirteen months for who chose it, a week for who never
confirmed; then names, addresses and texts are gone from every service, and the numbers are as they were."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from services.registration import store
from services.registration.domain.keeping import kept_until
from services.registration.service import SERVICE
from services.registration.tables import kept
from shared import conferences
from shared.access import DEFAULT_ACCOUNT, Scope
from shared.database import Database
from shared.tables import address_book, known_conferences
from tests.registration.stage import a_form, add, create, link_in
from tests.servers.postgres import PostgresServer
from tests.system import System, one_alone

HERE = {"introductions": True, "follow_up": True, "statistics": True}
LAST_QUESTION = datetime(2027, 2, 22, 12, tzinfo=UTC)
"""Of those who met on the 23rd of November, 91 days before."""


def go_to(system: System, when: datetime) -> None:
    """It is this moment, and all that was due until then was done."""
    system.clock.set(when)
    system.run_until_quiet()


def anybody(system: System, word: str) -> list[str]:
    """The services in whose files a word is found."""
    found = []
    for name, runtime in system.runtimes.items():
        database: Database = runtime.database
        database.drop_old_bytes()
        path = database.engine.url.database
        assert path is not None
        if word.encode() in Path(path).read_bytes():
            found.append(name)
    return found


def statuses(system: System, slug: str = "pyconf") -> dict[str, str]:
    """Name, where there is one -> status, by the API."""
    items = system.api("GET", f"/api/v1/conferences/{slug}/attendees").json["items"]
    return {item["id"]: item["status"] for item in items}


@pytest.fixture
def people(system: System) -> dict[str, dict[str, Any]]:
    """One who chose nothing, one to be kept, one to be kept who withdrew, one who never confirmed."""
    create(system, policy={"small_cells_under": 0})
    made = {
        "gone": add(system, name="Gonefirst Zimt", email="gonefirst@example.org", consents=HERE),
        "kept": add(system, name="Keepme Anis", email="keepme@example.org", consents={**HERE, "next_year": True}),
        "left": add(
            system, name="Leftalone Kümmel", email="leftalone@example.org", consents={**HERE, "next_year": True}
        ),
        "mute": add(system, name="Mutely Mohn", email="mutely@example.org", confirmed=False),
    }
    system.run_until_quiet()
    system.api("DELETE", f"/api/v1/conferences/pyconf/attendees/{made['left']['id']}")
    system.run_until_quiet()
    return made


def test_names_go_from_every_service_after_their_time_and_not_before(
    system: System, people: dict[str, dict[str, Any]]
) -> None:
    with system.registration.reading() as connection:
        conference = conferences.by_slug(connection, Scope(DEFAULT_ACCOUNT, None), "pyconf")
    limits = kept_until(conference)
    go_to(system, limits.without_a_word.replace(microsecond=0) - (limits.without_a_word - LAST_QUESTION) / 100)
    assert anybody(system, "Gonefirst") == ["registration", "introductions", "followup"]
    go_to(system, limits.without_a_word)
    assert [anybody(system, word) for word in ("gonefirst", "Gonefirst", "Mutely", "mutely")] == [[]] * 4
    assert anybody(system, "Keepme") == ["registration", "introductions", "followup"]
    found = statuses(system)
    assert [found[people[who]["id"]] for who in ("gone", "kept", "mute")] == ["withdrawn", "confirmed", "withdrawn"]
    go_to(system, limits.for_next_year)
    words = ("Keepme", "keepme", "Leftalone", "leftalone")
    assert [anybody(system, word) for word in words] == [[]] * 4
    with system.registration.reading() as connection:
        assert connection.execute(select(kept.c.due_at)).scalars().all() == [None]
    assert system.registration.pending()["registration"] == 0


def test_the_numbers_stay(system: System, people: dict[str, dict[str, Any]]) -> None:
    before = system.api("GET", "/api/v1/conferences/pyconf/outcomes").json
    assert before["people"]["registered"] == 3
    go_to(system, datetime(2028, 6, 1, tzinfo=UTC))
    assert system.api("GET", "/api/v1/conferences/pyconf/outcomes").json == before


def test_who_takes_part_again_is_kept_by_the_later_conference(
    system: System, people: dict[str, dict[str, Any]]
) -> None:
    days = [{"date": "2027-11-22", "blocks": [{"start": "14:00", "end": "16:00"}]}]
    go_to(system, datetime(2027, 10, 1, tzinfo=UTC))
    create(system, slug="again", name="Again", days=days)
    for who in ("kept", "left"):
        add(system, "again", name=people[who]["name"], email=people[who]["email"], consents=HERE)
    system.run_until_quiet()
    go_to(system, datetime(2028, 1, 10, tzinfo=UTC))
    assert [anybody(system, word) for word in ("Keepme", "Leftalone")] == [
        ["registration", "introductions", "followup"]
    ] * 2
    assert statuses(system)[people["kept"]["id"]] == "withdrawn"
    go_to(system, datetime(2028, 12, 1, tzinfo=UTC))
    assert [anybody(system, word) for word in ("Keepme", "Leftalone")] == [[]] * 2


@pytest.mark.postgres
def test_the_same_holds_on_postgresql(postgres: PostgresServer, tmp_path: Path) -> None:
    with one_alone(SERVICE, Database(postgres.create_database("keeping")), tmp_path) as system:
        create(system)
        for name, next_year in (("Gonefirst", False), ("Keepme", True), ("Leftalone", True)):
            made = add(system, name=name, email=f"{name}@example.org", consents={**HERE, "next_year": next_year})
            if name == "Leftalone":
                system.api("DELETE", f"/api/v1/conferences/pyconf/attendees/{made['id']}")
        names = []
        for when in (LAST_QUESTION, datetime(2027, 9, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)):
            go_to(system, when)
            with system.registration.reading() as connection:
                names.append(sorted(connection.execute(select(address_book.c.name)).scalars()))
        assert names == [["Gonefirst", "Keepme", "Leftalone"], ["Keepme", "Leftalone"], []]


WEEK = timedelta(days=7)


def sent(system: System, path: str, **form: str) -> None:
    """Somebody sends a form."""
    assert system.client("registration").post(path, data=form).status_code == 303
    system.run_until_quiet()


def test_who_registered_and_never_confirmed_is_gone_after_seven_days(system: System) -> None:
    create(system)
    start = system.clock.now()
    form = a_form(name="Never Nelke", email="never@example.org", goal="Zimtsterne")
    sent(system, "/c/pyconf", **form, **{"consents.next_year": "on"})
    sent(system, "/c/pyconf", **a_form(name="Sure Salbei", email="sure@example.org"))
    invited = add(system, name="Invited Ingwer", email="invited@example.org", confirmed=False)
    confirmation = system.mails[1]
    browser = system.client("registration")
    browser.post(link_in(confirmation), data={"answer": "confirm", "consents.introductions": "on"})
    go_to(system, start + WEEK - timedelta(minutes=1))
    assert anybody(system, "Nelke") == ["registration"]
    go_to(system, start + WEEK)
    words = ("Nelke", "never@example.org", "Zimtsterne")
    assert [anybody(system, word) for word in words] == [[]] * 3
    found = statuses(system)
    assert (found.pop(invited["id"]), sorted(found.values())) == ("invited", ["confirmed", "withdrawn"])
    assert [kind for kind, event in system.events() if event].count("attendee.withdrawn") == 0
    assert browser.get(link_in(system.mails[0])).status_code == 404
    with system.registration.work() as work:
        conference = conferences.by_slug(work.connection, Scope(DEFAULT_ACCOUNT, None), "pyconf").conference
        assert not store.has_departed(conference, "never@example.org", work), "nobody said that she wants out"
    sent(system, "/c/pyconf", **form)
    assert sorted(statuses(system).values()) == ["confirmed", "invited", "pending", "withdrawn"]


def test_who_asks_for_the_mail_again_has_seven_days_from_then_on(system: System) -> None:
    create(system)
    start = system.clock.now()
    sent(system, "/c/pyconf", **a_form(name="Never Nelke", email="never@example.org"))
    go_to(system, start + timedelta(days=5))
    sent(system, "/c/pyconf", **a_form(name="Never Nelke", email="never@example.org"))
    go_to(system, start + timedelta(days=11))
    assert list(statuses(system).values()) == ["pending"]
    go_to(system, start + timedelta(days=12))
    assert list(statuses(system).values()) == ["withdrawn"]


def test_who_takes_part_elsewhere_loses_only_what_she_did_not_confirm(system: System) -> None:
    create(system)
    create(system, slug="other", name="Other")
    add(system, "other", name="Keepme Anis", email="keepme@example.org", consents=HERE)
    start = system.clock.now()
    sent(system, "/c/pyconf", **a_form(name="Somebody Else", email="keepme@example.org", goal="Zimtsterne"))
    go_to(system, start + WEEK)
    assert [anybody(system, word) for word in ("Zimtsterne", "Keepme")] == [
        [],
        ["registration", "introductions", "followup"],
    ]
    assert [list(statuses(system, slug).values()) for slug in ("pyconf", "other")] == [["withdrawn"], ["confirmed"]]


def test_who_left_another_conference_and_is_kept_by_her_own_wish_is_not_forgotten_for_a_form_that_anybody_filled(
    system: System,
) -> None:
    create(system)
    create(system, slug="other", name="Other")
    kept_one = add(
        system, "other", name="Keepme Anis", email="keepme@example.org", consents={**HERE, "next_year": True}
    )
    system.run_until_quiet()
    assert system.api("DELETE", f"/api/v1/conferences/other/attendees/{kept_one['id']}").status_code in (200, 204)
    system.run_until_quiet()
    start = system.clock.now()
    sent(system, "/c/pyconf", **a_form(name="Somebody Else", email="keepme@example.org"))
    go_to(system, start + 2 * WEEK)
    with system.registration.reading() as connection:
        addresses = connection.execute(select(address_book.c.email)).scalars().all()
    assert addresses == ["keepme@example.org"]


def test_whose_confirmation_mail_could_not_leave_yet_is_not_forgotten(system: System) -> None:
    create(system)
    start = system.clock.now()
    with system.registration.work() as work:
        stop = update(known_conferences).values(mails_stopped_at=work.now)
        work.connection.execute(stop)
    sent(system, "/c/pyconf", **a_form(name="Never Nelke", email="never@example.org"))
    go_to(system, start + 2 * WEEK)
    assert (list(statuses(system).values()), system.mails) == (["pending"], [])
