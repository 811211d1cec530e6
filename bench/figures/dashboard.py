"""The dashboard of one conference with 100,000 pairs: how long it takes to make, beside a bare page that selects one row of
the same database; on SQLite and PostgreSQL, in the process of the pages. Twenty answers are never counted yet, as in a lively
hour. And how long a rebuild takes, which makes all its numbers of the rows, and the loop that counts what was noted."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from flask import Flask, session
from sqlalchemy import insert, text

from bench.table import Row, percentile
from rapport.interpreter import settle_in
from services.followup.handlers import tallying
from services.followup.service import SERVICE
from services.followup.tables import pairs, particulars, questions
from shared import conferences
from shared.access import DEFAULT_ACCOUNT, Actor
from shared.bus.schema import schema_of
from shared.contracts import AttendeeChanged
from shared.database import Database
from shared.tables import known_attendees
from shared.web.who import log_in
from tests.followup.story import CONFERENCE, Story, a_conference, local
from tests.servers.postgres import PostgresServer
from tests.system import System, one_alone

PAIRS, FEW, LOOKS = 100_000, 1_000, 100
NOTED = 20
PROMISE = 0.1


def measure(quick: bool) -> Iterator[Row]:
    """A dashboard on each store."""
    with tempfile.TemporaryDirectory(prefix="rapport-bench-dashboard-") as folder:
        yield _row("SQLite", f"sqlite:///{folder}/followup.db", Path(folder), quick)
        with PostgresServer() as server:
            yield _row("PostgreSQL", server.create_database("dashboard"), Path(folder), quick)


def _row(store: str, url: str, folder: Path, quick: bool) -> Row:
    count = FEW if quick else PAIRS
    with one_alone(SERVICE, Database(url, durable=False), folder) as system:
        _seed(system, count)
        began = time.perf_counter()
        with system.followup.work() as work:
            tallying.rebuild(CONFERENCE, work)
        rebuilt = time.perf_counter() - began
        turns = _counted_by_turns(system)
        with system.followup.work() as work:
            if store == "PostgreSQL":
                work.connection.execute(text("ANALYZE"))
            some = "INSERT INTO recounts (kind, id) SELECT 'pair', id FROM pairs ORDER BY number LIMIT :most"
            work.connection.execute(text(some), {"most": NOTED})
        ours, bare = _looks(system, 10 if quick else LOOKS)
    p95 = percentile(ours, 0.95)
    return Row(
        figure=f"dashboard, {count:,} pairs, {store}",
        measured=f"p95 {1000 * p95:.0f} ms (p50 {1000 * median(ours):.0f})",
        reference=f"one select, bare page {1000 * percentile(bare, 0.95):.1f} ms",
        ratio=p95 / percentile(bare, 0.95),
        promise=f"<= {1000 * PROMISE:.0f} ms",
        held=p95 <= PROMISE,
        beside=(
            f"{NOTED} pairs noted and not counted; everything counted anew in {rebuilt:.0f} s, by turns in {turns:.0f} s",
        ),
    )


def _counted_by_turns(system: System) -> float:
    """Seconds until all pairs are counted by the loop that does what is due, as after an update that asks for it."""
    with system.followup.work() as work:
        work.connection.execute(text("INSERT INTO recounts (kind, id) SELECT 'pair', id FROM pairs"))
    began, left = time.perf_counter(), 1
    while left:
        with system.followup.work() as work:
            left = tallying.count_what_was_noted(work)
    return time.perf_counter() - began


def _looks(system: System, count: int) -> tuple[list[float], list[float]]:
    """Seconds of each look at the dashboard and at the bare page, in turns."""
    app, bare = system.app("followup"), _bare(system)
    client = app.test_client()
    with app.test_request_context("/"):
        log_in(Actor("1" * 32, "2" * 32, "organizer", "owner", DEFAULT_ACCOUNT, None, "Olga"))
        stored = dict(session)
    with client.session_transaction() as kept:
        kept.update(stored)
    settle_in()  # as whatever serves pages does when all is loaded
    found: tuple[list[float], list[float]] = ([], [])
    for number in range(count + 2):
        for place, (browser, path) in enumerate(((client, "/outcomes/pyconf"), (bare.test_client(), "/"))):
            began = time.perf_counter()
            answer = browser.get(path)
            took = time.perf_counter() - began
            assert answer.status_code == 200, answer.text
            if number >= 2:  # templates are compiled, statements known
                found[place].append(took)
    return found


def _bare(system: System) -> Flask:
    app, database = Flask("bare"), system.followup.database

    @app.get("/")
    def one_select() -> str:
        with database.reading() as connection:
            return f"<p>{connection.execute(text('SELECT count(*) FROM known_conferences')).scalar_one()}</p>"

    return app


def _seed(system: System, count: int) -> None:
    """Pairs of a mentor with four and a mentee with two of them, in every state, with answers to every question."""
    chance, now = Random("dashboard"), system.clock.now()
    story = Story(system)
    conference = a_conference()
    with system.followup.work() as work:
        conferences.remember(conference, work)
    story.persons = {attendee: f"b{attendee[1:]}" for attendee in _ids(count)}
    state = schema_of(AttendeeChanged).dump(story.attendee_event(next(iter(story.persons)), AttendeeChanged))
    mentors, mentees = _ids(count)[: count // 4], _ids(count)[count // 4 :]
    with system.followup.work() as work:
        for start in range(0, len(story.persons), 5000):
            some = _ids(count)[start : start + 5000]
            rows = [_attendee(one, story.persons[one], state, chance, now) for one in some]
            work.connection.execute(insert(known_attendees), rows)
        for start in range(0, count, 5000):
            some_pairs = [
                _pair(n, mentors[n // 4], mentees[n // 2], chance, now) for n in range(start, min(start + 5000, count))
            ]
            work.connection.execute(insert(pairs), some_pairs)
            told = [{"pair": one["id"], "conference": CONFERENCE, "topics": _topics(chance)} for one in some_pairs]
            work.connection.execute(insert(particulars), told)
            said = [row for one in some_pairs if one["started"] for row in _answers(one, chance, now)]
            work.connection.execute(insert(questions), said)


def _ids(count: int) -> list[str]:
    return [f"a{number:031}" for number in range(count // 4 + count // 2)]


def _topics(chance: Random) -> list[str]:
    return chance.sample([f"topic-{number}" for number in range(20)], chance.choice((1, 1, 2)))


def _attendee(attendee: str, person: str, state: dict[str, Any], chance: Random, now: Any) -> dict[str, Any]:
    consents = {**state["consents"], "statistics": chance.random() < 0.9}
    own = {"attendee": attendee, "person": person, "first_timer": chance.random() < 0.4, "consents": consents}
    own["languages"] = chance.choice((["en"], ["de", "en"], ["fr"]))
    ids = {"attendee": attendee, "account": DEFAULT_ACCOUNT, "conference": CONFERENCE, "person": person, "version": 1}
    return {**ids, "state": {**state, **own}, "first_checked_in_at": now if chance.random() < 0.9 else None}


def _pair(number: int, mentor: str, mentee: str, chance: Random, now: Any) -> dict[str, Any]:
    state = chance.choices(("met", "accepted", "declined", "expired", "cancelled", "missed"), (60, 5, 10, 10, 10, 5))[0]
    hour = chance.randrange(10, 17)
    starts_at = local(f"2026-11-23 {hour}:00")
    met = state == "met"
    return {
        "id": f"d{number:031}",
        "account": DEFAULT_ACCOUNT,
        "conference": CONFERENCE,
        "mentor": mentor,
        "mentee": mentee,
        "seen": 3,
        "state": state,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=15),
        "day": starts_at.date(),
        "introduced_at": now,
        "accepted_at": now if state in ("met", "accepted", "missed") else None,
        "met_at": now if met else None,
        "version": 1,
        "revision": 1,
        "started": met,
        "continued_at": now if met and chance.random() < 0.5 else None,
        "contacted": {},
    }


def _answers(pair: dict[str, Any], chance: Random, now: Any) -> Iterator[dict[str, Any]]:
    for question in ("week", "month", "quarter"):
        for attendee in (pair["mentor"], pair["mentee"]):
            answer = chance.choice(("talked", "met", "wrote", "not_yet", "complete", None, None, None))
            own = {"relationship": pair["id"], "attendee": attendee, "question": question, "answer": answer}
            yield {**own, "asked_at": now, "answered_at": None if answer is None else now}
