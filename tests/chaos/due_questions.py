"""Many questions due at once, and whoever asks and sends them killed again and again: `python -m tests.chaos.due_questions
--size 100000 --kills 60`. Nobody may be asked twice; what never arrived is listed, and is no more than a mailer's deaths
explain: what a mailer had marked as sent and not yet handed over when it died.
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection, func, insert, select

from services.followup.policies import asked_at
from services.followup.tables import pairs, questions, steps
from shared import tables
from shared.bus.schema import schema_of
from shared.contracts import AttendeeRegistered, ConferencePublished
from shared.contracts.attendee import Consents
from shared.database import Database
from shared.mail.queue import pending_mails
from shared.runtime import build_all
from tests.followup.story import a_conference
from tests.journeys.processes import Installation
from tests.servers.process import ServerProcess
from tests.servers.smtp_sink import SmtpSink
from tests.servers.waiting import wait_until
from tests.system import prepare, services

MENTEES = 4
"""Of each mentor: she gets one mail about all of them."""
AT_A_TIME = 5_000
ROLES = {"due": "due", "mail": "mail", "another mailer": "mail"}
QUESTION = re.compile(rb"/r/[a-z2-7]{26}/([0-9a-f]{32})/(\w+)/\w+")
CONFERENCE = a_conference()
DAY = CONFERENCE.days[0].date
DUE = asked_at(CONFERENCE, DAY, "week")
Asked = tuple[str, str, str]
"""(address, relationship, question)"""


class Counting(SmtpSink):
    """Keeps of each mail that it took its Message-ID and what was asked of whom, not its bytes."""

    def __init__(self) -> None:
        self.ids: Counter[str] = Counter()
        self.questions: Counter[Asked] = Counter()
        super().__init__()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        message = message_from_bytes(bytes(envelope.content), policy=policy.compat32)
        self.ids[str(message["Message-ID"]).strip("<> ").partition("@")[0]] += 1
        found: set[tuple[bytes, bytes]] = set()
        for part in message.walk():
            found |= set(QUESTION.findall(part.get_payload(decode=True) or b""))
        self.questions.update((envelope.rcpt_tos[0], pair.decode(), step.decode()) for pair, step in found)
        return "250 kept"


@dataclass(frozen=True, kw_only=True)
class Told:
    """What is known at the end, from both sides of the wire."""

    due: frozenset[Asked]
    questions: Counter[Asked]
    """How often each arrived."""
    status: dict[str, str]
    """Mail -> what the database says of it."""
    arrived: Counter[str]
    """Mail -> how often it arrived."""
    events: Counter[tuple[str, str]]
    """(relationship, kind) of what was published."""
    mailer_deaths: int

    @property
    def lost(self) -> list[str]:
        """Mails that the database has as sent (or failed) and that never arrived."""
        return sorted(mail for mail, status in self.status.items() if status != "skipped" and not self.arrived[mail])

    def violations(self) -> list[str]:
        """What must not be, in sentences."""
        twice = sum(count > 1 for count in self.questions.values()) + sum(count > 1 for count in self.arrived.values())
        strange = sum(asked not in self.due for asked in self.questions)
        pairs = Counter(relationship for _to, relationship, _step in self.due)
        odd = [pair for pair, people in pairs.items() if self.events[pair, "follow_up.asked"] != people]
        skipped = sum(status != "sent" for status in self.status.values())
        found = [
            (twice, f"{twice} questions or mails arrived twice"),
            (strange, f"{strange} questions arrived that were not due"),
            (odd, f"{len(odd)} pairs were told of as asked more or less often than they were"),
            (skipped, f"{skipped} mails are neither sent nor on their way"),
            (len(self.lost) > self.mailer_deaths, f"{len(self.lost)} mails lost, {self.mailer_deaths} mailers died"),
        ]
        return [sentence for wrong, sentence in found if wrong]


@dataclass
class Run:
    """One installation of follow-up alone, three processes of it, and whoever kills them."""

    folder: Path
    sink: Counting
    chance: random.Random
    deaths: Counter[str] = field(default_factory=Counter)
    running: dict[str, ServerProcess] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.installation = Installation(
            {"RAPPORT_DATA": str(self.folder), "RAPPORT_SMTP_URL": self.sink.url, "RAPPORT_SECRET_KEY": "s" * 50}
        )
        self.database = Database(self.installation.settings.database("followup"), durable=False)

    def set_up(self, size: int) -> None:
        """So many questions that are due now; half of them to mentors, who have several."""
        for runtime in build_all(services(), self.installation.settings):
            prepare(runtime)
            runtime.close()
        with self.database.writing() as connection:
            connection.execute(insert(tables.known_conferences).values(**_conference()))
            for numbers in _some(range(size // 2)):
                _seed(connection, numbers)
        self.installation.set_clock(DUE)

    def start(self, role: str) -> None:
        """A process for a role, in place of the one that is gone."""
        log = f"{role.replace(' ', '-')}.log"
        self.running[role] = self.installation.start(log, "work", "followup", "--only", ROLES[role])

    def kill(self, pace: float, most: int) -> None:
        """SIGKILL one after the other, until so many fell or there is nothing left to do."""
        while sum(self.deaths.values()) < most and self.left():
            time.sleep(self.chance.uniform(0.2, 2 * pace - 0.2))
            role = self.chance.choice(sorted(ROLES))
            self.running[role].kill()
            self.deaths[role] += 1
            self.start(role)

    def left(self) -> int:
        """How many steps and mails there are to do, those that a dead mailer holds included."""
        with self.database.reading() as connection:
            waiting = select(func.count()).select_from(steps).where(steps.c.at <= DUE)
            now = DUE + timedelta(days=1)
            return connection.execute(waiting).scalar_one() + pending_mails(connection, now)

    def finish(self, seconds: float) -> None:
        """Let the rest be done; what a dead mailer holds is free a minute of the product's clock later."""
        self.installation.set_clock(self.installation.now() + timedelta(seconds=61))
        wait_until(lambda: self.left() == 0, seconds, "everything was asked and sent", every=0.5)

    def told(self, size: int) -> Told:
        """Everything that can be known now."""
        with self.database.reading() as connection:
            rows = connection.execute(select(tables.mails.c.id, tables.mails.c.status)).all()
            outbox = connection.execute(select(tables.outbox.c.key, tables.outbox.c.type)).all()
            asked = connection.execute(select(func.count()).select_from(questions)).scalar_one()
        assert asked == size // 2 * 2, f"{asked} questions were put"
        return Told(
            due=frozenset(one for number in range(size // 2) for one in _due(number)),
            questions=self.sink.questions,
            status={row.id: row.status for row in rows},
            arrived=self.sink.ids,
            events=Counter((row.key, row.type) for row in outbox),
            mailer_deaths=sum(count for role, count in self.deaths.items() if ROLES[role] == "mail"),
        )

    def close(self) -> None:
        """End what is running."""
        for process in self.running.values():
            process.kill()
        self.database.close()


def run(folder: Path, *, size: int, kills: int, seed: int, pace: float, patience: float) -> Told:
    """The whole story."""
    with Counting() as sink:
        here = Run(folder, sink, random.Random(seed))
        try:
            here.set_up(size)
            for role in ROLES:
                here.start(role)
            here.kill(pace, kills)
            here.finish(patience)
            return here.told(size)
        finally:
            here.close()


def _some(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), AT_A_TIME):
        yield numbers[start : start + AT_A_TIME]


def _conference() -> dict[str, Any]:
    known = {name: getattr(CONFERENCE, name) for name in ("conference", "account", "slug", "version")}
    return {**known, "state": schema_of(ConferencePublished).dump(CONFERENCE)}


def _mentor(number: int) -> str:
    return f"a{number // MENTEES:031x}"


def _mentee(number: int) -> str:
    return f"b{number:031x}"


def _address(attendee: str) -> str:
    return f"{attendee[0]}{int(attendee[1:], 16)}@example.org"


def _due(number: int) -> list[Asked]:
    return [(_address(one), f"d{number:031x}", "week") for one in (_mentor(number), _mentee(number))]


def _seed(connection: Connection, numbers: Collection[int]) -> None:
    people = sorted({one for number in numbers for one in (_mentor(number), _mentee(number))})
    known = set(connection.execute(select(tables.known_attendees.c.attendee).where(_among(people))).scalars())
    new = [one for one in people if one not in known]
    connection.execute(insert(tables.known_attendees), [_attendee(one) for one in new])
    connection.execute(insert(tables.address_book), [_person(one) for one in new])
    connection.execute(insert(pairs), [_pair(number) for number in numbers])
    due = [
        {"relationship": f"d{number:031x}", "attendee": one, "step": "week", "at": DUE}
        for number in numbers
        for one in (_mentor(number), _mentee(number))
    ]
    connection.execute(insert(steps), due)


def _among(people: Sequence[str]) -> Any:
    return tables.known_attendees.c.attendee.between(people[0], people[-1])


def _attendee(one: str) -> dict[str, Any]:
    event = AttendeeRegistered(
        attendee=one,
        version=1,
        at=DUE - timedelta(days=8),
        account=CONFERENCE.account,
        conference=CONFERENCE.conference,
        person=f"e{one[1:]}" if one[0] == "a" else f"f{one[1:]}",
        role="both",
        status="confirmed",
        approved=True,
        consents=Consents(introductions=True, follow_up=True, statistics=True),
    )
    ids = {name: getattr(event, name) for name in ("attendee", "account", "conference", "person", "version")}
    return {**ids, "state": schema_of(AttendeeRegistered).dump(event)}


def _person(one: str) -> dict[str, Any]:
    known = {"person": _attendee(one)["person"], "version": 1, "account": CONFERENCE.account, "locale": "en"}
    return {**known, "name": f"{one[0].upper()}{int(one[1:], 16)} Example", "email": _address(one)}


def _pair(number: int) -> dict[str, Any]:
    met = CONFERENCE.slots[0].starts_at
    return {
        "id": f"d{number:031x}",
        "account": CONFERENCE.account,
        "conference": CONFERENCE.conference,
        "mentor": _mentor(number),
        "mentee": _mentee(number),
        "seen": 3,
        "state": "met",
        "starts_at": met,
        "ends_at": CONFERENCE.slots[0].ends_at,
        "day": DAY,
        "introduced_at": met,
        "accepted_at": met,
        "met_at": met,
        "version": 1,
        "revision": 1,
        "started": True,
        "contacted": {},
        "left_by": [],
    }


@click.command()
@click.option("--size", default=2_000, show_default=True, help="Questions that are due at once.")
@click.option("--kills", default=8, show_default=True, help="SIGKILLs at most, of whoever asks and of two mailers.")
@click.option("--seed", default=1, show_default=True, help="Chooses who dies when.")
@click.option("--pace", default=3.0, show_default=True, help="Mean seconds between two of them.")
@click.option("--patience", default=3_600.0, show_default=True, help="Seconds to wait for the rest.")
def main(size: int, kills: int, seed: int, pace: float, patience: float) -> None:
    """Many questions due at once, under kills: nobody is asked twice, and what was lost is listed."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="rapport-questions-") as folder:
        told = run(Path(folder), size=size, kills=kills, seed=seed, pace=pace, patience=patience)
    arrived, wrong = sum(told.questions.values()), told.violations()
    click.echo(
        f"{len(told.due)} questions due, {arrived} arrived in {sum(told.arrived.values())} mails, "
        f"{len(told.lost)} mails lost by {told.mailer_deaths} deaths of mailers, {time.monotonic() - began:.0f} s"
    )
    for mail in told.lost:
        click.echo(f"lost: {mail} ({told.status[mail]})")
    for sentence in wrong:
        click.echo(f"VIOLATED: {sentence}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
