"""Owners see where mentors are missing, get a text to find some, and are told once, a week before."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select

from services.registration.tables import organizers
from shared import tables
from shared.access import DEFAULT_ACCOUNT
from tests.registration.stage import PASSWORDLESS, add, create, logged_in
from tests.system import System

MORNING = {"start": "10:00", "end": "12:00"}


def in_days(system: System, days: int, **changes: Any) -> None:
    """A conference that begins in so many days."""
    first = (system.clock.now() + timedelta(days=days)).date().isoformat()
    create(system, days=[{"date": first, "blocks": [MORNING]}], **changes)


def mentees(system: System, number: int, topic: str = "Grant writing", **said: Any) -> None:
    """So many who look for somebody."""
    for one in range(number):
        slug = topic.split()[0].lower()
        add(system, name=f"M {one}", email=f"{slug}{one}@example.org", wants=[topic], **said)


def mentor(system: System, name: str, *offers: str, **said: Any) -> None:
    """Somebody who offers topics."""
    more = {"approved": True, **said}
    add(system, name=name, email=f"{name.lower()}@example.org", role="mentor", wants=[], offers=list(offers), **more)


def owner(system: System) -> None:
    """An account has somebody who owns it."""
    logged_in(system)


def told(system: System) -> list[str]:
    """To whom it was mailed that mentors are missing."""
    return [mail.to_address for mail in system.mails if mail.subject == "Mentors are missing at PyConf"]


def shown(system: System) -> str:
    """The page as text."""
    page = logged_in(system).get("/shortage/pyconf")
    assert page.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def test_the_page_says_for_each_topic_who_wants_who_offers_and_who_would_go_without(system: System) -> None:
    in_days(system, 20)
    mentees(system, 9)
    mentees(system, 2, "Python")
    for name, capacity in (("Ana", 2), ("Bea", 1)):
        mentor(system, name, "Grant writing", capacity=capacity)
    mentor(system, "Cleo", "Python")
    mentor(system, "Dora", "Grant writing", approved=False, capacity=5)
    text = shown(system)
    assert "Of 11 people who look for somebody, 6 would get nobody, whoever meets whom." in text
    assert "Grant writing 9 2 3 about 6 of 9" in text
    assert "Python 2 1 2 –" in text
    assert "1 mentor waits for your approval. They are not counted." in text


def test_a_text_to_find_mentors_names_topics_and_the_form_in_both_languages_and_nobody(system: System) -> None:
    in_days(system, 20)
    mentees(system, 3)
    mentees(system, 1, "Python")
    mentor(system, "Cleo", "Python")
    english, german = re.findall(
        r'<pre lang="(?:en|de)"[^>]*>(.*?)</pre>', logged_in(system).get("/shortage/pyconf").text, re.S
    )
    assert english.startswith("Mentors wanted: PyConf, 13 December 2026")
    assert german.startswith("Mentor:innen gesucht: PyConf, 13.\u00a0Dezember 2026")
    assert "- Grant writing: wanted by 3, offered by 0" in english
    assert english.endswith("http://localhost/c/pyconf?lang=en")
    assert german.endswith("http://localhost/c/pyconf?lang=de")
    assert all(word not in english + german for word in ("Python", "Cleo", "mailto", "@"))


def test_the_text_names_all_days_of_a_conference(system: System) -> None:
    create(system, days=[{"date": f"2026-12-{day}", "blocks": [MORNING]} for day in (20, 21)])
    mentees(system, 1)
    text = shown(system)
    assert "Mentors wanted: PyConf, 20–21 December 2026" in text
    assert "Mentor:innen gesucht: PyConf, 20.–21. Dezember 2026" in text


def test_where_nobody_goes_without_there_is_nothing_to_copy(system: System) -> None:
    in_days(system, 20)
    assert "Nobody looks for somebody yet" in shown(system)
    mentees(system, 1)
    mentor(system, "Ana", "Grant writing")
    text = shown(system)
    assert "Mentors have a first conversation for everybody who is registered." in text
    assert "A text to find mentors" not in text


def test_a_mentor_has_the_load_of_each_half_day_that_she_is_there_and_no_more_than_her_slots(system: System) -> None:
    create(
        system,
        days=[
            {"date": "2026-12-20", "blocks": [MORNING, {"start": "14:00", "end": "15:00"}]},
            {"date": "2026-12-21", "blocks": [MORNING]},
        ],
    )
    mentees(system, 20)
    slots = [slot["id"] for slot in system.api("GET", "/api/v1/conferences/pyconf").json["slots"]]
    for name, said in {
        "Ana": {},  # 2 in each of three half-days
        "Bea": {"available": slots[:1]},  # 1
        "Cleo": {"capacity": 9, "available": slots[:4]},  # 4
        "Dora": {"confirmed": False, "consents": {}},  # did not confirm
    }.items():
        mentor(system, name, "Grant writing", **said)
    assert "Grant writing 20 3 11 about 9 of 20" in shown(system)


def test_owners_are_told_once_a_week_before(system: System) -> None:
    owner(system)
    in_days(system, 9)
    mentees(system, 2)
    mentor(system, "Ana", "Grant writing", capacity=1)
    system.run_until_quiet()
    system.advance(days=1)
    assert told(system) == []
    system.advance(days=1)
    system.run_until_quiet()
    assert told(system) == [PASSWORDLESS]
    (mail,) = [mail for mail in system.mails if "missing" in mail.subject]
    assert (
        "2 people want it. 1 mentor offers it. That is time for 1 conversation. About 1 of 2 would meet nobody."
    ) in mail.text
    assert "http://localhost/shortage/pyconf" in mail.text
    for _day in range(8):
        system.advance(days=1)
    assert told(system) == [PASSWORDLESS]


def test_it_is_not_told_where_nobody_goes_without_and_looked_at_every_day(system: System) -> None:
    owner(system)
    in_days(system, 9)
    mentees(system, 1)
    mentor(system, "Ana", "Grant writing", capacity=1)
    for _day in range(4):
        system.advance(days=1)
    assert told(system) == []
    mentees(system, 2, "Python")
    system.advance(days=1)
    assert told(system) == [PASSWORDLESS]


def test_with_less_than_a_week_left_it_is_told_at_the_first_look_and_not_once_it_has_begun(system: System) -> None:
    owner(system)
    in_days(system, 3)
    mentees(system, 2)
    system.run_until_quiet()
    looked = [len(told(system))]
    system.advance(days=1)
    looked.append(len(told(system)))
    create(system, slug="later", name="Later")  # today
    add(system, "later")
    for _day in range(3):
        system.advance(days=1)
    assert (looked, [mail.subject for mail in system.mails if "missing" in mail.subject]) == (
        [1, 1],
        ["Mentors are missing at PyConf"],
    )


def test_who_owns_it_no_longer_and_a_desk_are_not_told(system: System) -> None:
    owner(system)
    in_days(system, 8)
    mentees(system, 1)
    now = system.clock.now()
    people = (("desk", "desk", None), ("was", "owner", now), ("also", "owner", None))
    rows = [
        {
            "id": str(number) * 32,
            "account": DEFAULT_ACCOUNT,
            "email": f"{name}@example.org",
            "role": role,
            "conferences": ["pyconf"] if role == "desk" else None,
            "created_at": now,
            "removed_at": removed,
        }
        for number, (name, role, removed) in enumerate(people, 1)
    ]
    with system.registration.work() as work:
        work.connection.execute(insert(organizers), rows)
    system.advance(days=2)
    system.run_until_quiet()
    assert sorted(told(system)) == ["also@example.org", PASSWORDLESS]
    with system.registration.reading() as connection:
        kinds = select(tables.mails.c.status).where(tables.mails.c.kind == "shortage")
        assert connection.execute(kinds).scalars().all() == ["sent", "sent"]
