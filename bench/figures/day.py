"""A conference day on two cores: 5,000 people whose My day looks again (every 5 s from twenty minutes before a meeting to its
end, else every 15 s), 20 check-ins and 10 answers a second for three minutes, on the embedded form and on the full stack.

Mentors are scarce, so that somebody always waits: a mentor who checks in is introduced at once, and a place that gets free can
be given to somebody at once. A refill counts from the tap by which somebody says no or leaves to the mail by which the same
mentor is proposed to somebody else. The reference is a bare endpoint with one select and an ETag, asked in the same way.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select

from bench.figures.day_rows import Came, Day, rows
from bench.installations import FORMS, Running
from bench.organizing import THREADS, base, check_in, check_in_path, introductions, quiet, register
from bench.people import TOPICS, attendee, zone_of_the_morning
from bench.phones import Plan
from bench.served import ROOT, SECRET, bare, key
from bench.sink import Sink, sink
from bench.table import Row
from shared.database import Database
from shared.links import Links
from shared.tables import known_attendees
from tests.servers import Unusable

SLUG = "day"
CHECK_INS, ANSWERS, LEAVES = 20.0, 10.0, 0.5
"""A second."""
AHEAD = timedelta(minutes=20)
"""So long before a meeting phones look more often."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """How large it is."""

    people: int
    early: int
    """Of them, who is there before it counts."""
    seconds: float
    warm: float
    """Before it: everybody opens her page within fifteen seconds, which nobody's conference does."""
    setting_up: timedelta
    """What registering and the first check-ins take at most; the first slot is not proposed later than 25 minutes ahead."""


LONG = Size(people=5_000, early=1_400, seconds=180, warm=60, setting_up=timedelta(minutes=3))
SHORT = Size(people=300, early=120, seconds=8, warm=16, setting_up=timedelta(minutes=2))


def measure(quick: bool) -> Iterator[Row]:
    """Each form in turn, each with its own reference just before it."""
    size = SHORT if quick else LONG
    for form in FORMS:
        try:
            yield from _on(form, size, quick)
        except Unusable as why:
            yield Row(figure=f"day, {form}", measured="not measured", beside=(f"cannot be measured here: {why}",))


def _on(form: str, size: Size, quick: bool) -> Iterator[Row]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=f"rapport-bench-day-{form}-")))
        reference = _reference(folder, size)
        mails = stack.enter_context(sink(folder))
        running = stack.enter_context(FORMS[form](folder, mails))
        first = _round(datetime.now(UTC) + timedelta(minutes=25) + size.setting_up)
        clients = running.clients("registration", THREADS)
        clients[0].call("POST", "/api/v1/conferences", conference(first))
        people = register(clients, SLUG, crowd(size.people))
        early, late = people[: size.early], people[size.early :]
        quiet(clients[0])
        check_in(clients, SLUG, early)
        quiet(clients[0])
        before = introductions(running.client("introductions"), SLUG)
        if not quick:
            wait = (first - AHEAD - datetime.now(UTC)).total_seconds() - size.warm
            time.sleep(max(0.0, wait))
        came = _phones(_plan(running, mails, size, people, late, before), running, folder)
        quiet(clients[0])
        yield from rows(
            Day(
                form=form,
                people=people,
                introductions=introductions(running.client("introductions"), SLUG),
                mails=mails.accepted(),
                came=came,
                reference=reference,
            )
        )


def _round(moment: datetime) -> datetime:
    """The nearest full five minutes."""
    whole = moment.replace(second=0, microsecond=0) + timedelta(minutes=2, seconds=30 if moment.second >= 30 else 0)
    return whole.replace(minute=whole.minute - whole.minute % 5, second=0)


def conference(first: datetime) -> dict[str, Any]:
    """Four slots from `first` on, in a zone where the day has just begun. A slot has a table for every mentor: nobody waits
    for one, whatever slots are still open."""
    zone, local = zone_of_the_morning(datetime.now(UTC))
    begins = _round(local + (first - datetime.now(UTC)))
    ends = begins + timedelta(hours=2)
    return {
        "slug": SLUG,
        "name": "A day",
        "timezone": zone,
        "days": [{"date": local.date().isoformat(), "blocks": [{"start": f"{begins:%H:%M}", "end": f"{ends:%H:%M}"}]}],
        "slot_minutes": 20,
        "change_minutes": 10,
        "meeting_points": [{"name": f"Hall {n}", "landmark": "under the clock", "tables": 125} for n in range(8)],
        "topics": list(TOPICS),
    }


def crowd(count: int) -> list[dict[str, Any]]:
    """Four mentees to a mentor who takes two, in mixed order."""
    chance = Random(3)
    people = []
    for number in range(count):
        more: dict[str, Any] = {"introductions": 1}
        role = "mentor" if number % 5 == 0 else "mentee"
        if role == "mentor":
            more = {"capacity": 2, "approved": True}
        people.append(attendee(number, role, chance, confirmed=True, **more))
    chance.shuffle(people)
    return people


def _plan(
    running: Running,
    mails: Sink,
    size: Size,
    people: Sequence[Mapping[str, Any]],
    late: Sequence[Mapping[str, Any]],
    before: Sequence[Mapping[str, Any]],
) -> Plan:
    leaving = [row["mentee"] for row in before[:: max(1, len(before) // 100)]]
    return Plan(
        introductions=running.ports["introductions"],
        registration=running.ports["registration"],
        pages=[f"/d/{token}/live" for token in _days(running, people)],
        seconds=size.seconds,
        warm=size.warm,
        key=key(99),
        check_ins=[check_in_path(SLUG, one) for one in late],
        check_in_rate=CHECK_INS,
        mails=str(mails.file),
        answer_rate=ANSWERS,
        leaves=[f"{base(SLUG)}/attendees/{one}/leave" for one in leaving],
        leave_rate=LEAVES,
    )


def _days(running: Running, people: Sequence[Mapping[str, Any]]) -> list[str]:
    """The links to their days, as mails would have them: a crowd's mails are too many to open each."""
    database = Database(running.settings.database("introductions"), durable=False)
    try:
        with database.reading() as connection:
            persons = dict(
                connection.execute(select(known_attendees.c.attendee, known_attendees.c.person)).tuples().all()
            )
    finally:
        database.close()
    links = Links(SECRET)
    return [links.token("day", one["id"], persons[one["id"]], 1) for one in people]


def _phones(plan: Plan, running: Running | None, folder: Path) -> Came:
    """The plan, lived through by a process of its own."""
    asked, out = folder / "plan.json", folder / "came.json"
    asked.write_text(json.dumps(asdict(plan)))
    before, began = {} if running is None else running.cpu(), time.monotonic()
    command = [sys.executable, "-m", "bench.phones", str(asked), str(out)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=plan.seconds + plan.warm + 300)
    took = time.monotonic() - began
    after = {} if running is None else running.cpu()
    told = json.loads(out.read_text())
    cpu = {"phones": told["cpu"], **{name: used - before[name] for name, used in after.items()}}
    return Came.read(told, {name: used / took for name, used in cpu.items()})


def _reference(folder: Path, size: Size) -> Came:
    """As many phones at a bare endpoint, for a while."""
    with bare(folder / "bare") as served:
        served.wait()
        pages = [f"/d/{number}/live" for number in range(size.people)]
        seconds = min(size.seconds, 30.0)
        return _phones(
            Plan(introductions=served.port, registration=served.port, pages=pages, seconds=seconds, warm=size.warm),
            None,
            folder,
        )
