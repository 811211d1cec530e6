"""What can be planted into a process: each plant dies at the same place with and without its fault.

Without the fault the product's own order of steps is kept, so that the death alone does no harm; with it the order, or a
guard, is gone, and the checker has to notice.
"""

from __future__ import annotations

import os
import secrets
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update

from services.introductions import store
from services.introductions.handlers import planning
from shared import answers, attendees, runtime, tables
from shared.bus import inbox, outbox
from shared.bus.embedded_log import EmbeddedLog
from shared.bus.inbox import Intake
from shared.bus.log import Record
from shared.contracts import AttendeeCheckedIn, AttendeeRegistered, Event
from shared.database import Lease
from shared.mail import claiming, queue
from shared.mail.queue import Mailer
from shared.runtime import Runtime
from shared.work import Work

Plant = Callable[[bool, str], None]
ARRIVAL = AttendeeCheckedIn.TYPE
DONE = ".done"


def shorten_leases() -> None:
    """Every lease of a process lasts a second."""

    class ShortLease(Lease):
        def __init__(self, database: Any, name: str, owner: str, seconds: float) -> None:
            super().__init__(database, name, owner, min(seconds, 1.0))

    _swap(runtime, "Lease", ShortLease)
    for place in (queue, claiming):
        _swap(place, "LEASE", timedelta(seconds=1))
    _swap(store, "LEASE", timedelta(seconds=1))
    defaults = EmbeddedLog.__init__.__kwdefaults__
    assert defaults is not None
    defaults["lease_seconds"] = 1.0


def _swap(owner: object, name: str, new: object) -> None:
    """Put something else in the place of what is there; raises AttributeError where the product has it no longer."""
    getattr(owner, name)
    setattr(owner, name, new)


def first_time(flag: str) -> bool:
    """Whether nobody was here before."""
    try:
        os.close(os.open(flag, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def die_once(flag: str) -> None:
    """End this process at once, without a word, unless that happened already."""
    if first_time(flag):
        os._exit(9)


class WatchedWork(Work):
    """A unit of work that knows what it published; with `late`, its events are written after the transaction."""

    late = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.types: set[str] = set()
        self.rows: list[dict[str, Any]] = []

    def publish(self, event: Event | None) -> None:
        if event is not None:
            self.types.add(event.TYPE)
            self._write(outbox.row_of_event(event, event_id=self.new_id(), now=self.now))

    def publish_state(self, event_type: type[Event], key: str) -> None:
        self._write(outbox.row_of_state(event_type, key, event_id=self.new_id(), now=self.now))

    def _write(self, row: dict[str, Any]) -> None:
        if self.late:
            self.rows.append(row)
        else:
            self.later(outbox.NEW, row)


def _die_after_commit(flag: str, event_type: str) -> None:
    original = Runtime.work

    @contextmanager
    def work(self: Runtime) -> Iterator[Work]:
        with original(self) as opened:
            yield opened
        assert isinstance(opened, WatchedWork)
        if event_type in opened.types:
            die_once(flag)
        if opened.rows:
            with self.database.writing() as connection:
                connection.execute(outbox.NEW, opened.rows)

    _swap(runtime, "Work", WatchedWork)
    _swap(Runtime, "work", work)


def outbox_after_commit(fault: bool, flag: str) -> None:
    """Web: dies after the commit of a check-in. Fault: the event rows are written after the transaction."""
    WatchedWork.late = fault
    _die_after_commit(flag, ARRIVAL)


def no_idempotency_key(fault: bool, flag: str) -> None:
    """Web: dies after the commit of a registration, before its answer. Fault: no answer is kept under its key."""
    _die_after_commit(flag, AttendeeRegistered.TYPE)
    if fault:
        _swap(answers, "find", lambda *_: None)
        _swap(answers, "claim", lambda *_: None)
        _swap(answers, "keep", lambda *_: None)


def mark_before_append(fault: bool, flag: str) -> None:
    """Relay: dies between its two steps. Fault: it marks first."""

    def relay_turn(self: Runtime) -> int:
        with self.reading() as connection:
            rows = outbox.unsent(connection, runtime.BATCH)
            records = outbox.records(connection, rows, self.service.states, f"/{self.service.name}")
        if not rows or not self._relay_lease.hold(self.now()):
            return 0

        def mark() -> None:
            with self.database.writing() as connection:
                outbox.mark_sent(connection, [row.id for row in rows], self.now())

        steps = [lambda: self.log.append(records), mark]
        _in_order(steps, fault, flag, deadly=any(row.type == ARRIVAL for row in rows))
        return len(rows)

    _swap(Runtime, "relay_turn", relay_turn)


def offset_before_effect(fault: bool, flag: str) -> None:
    """Intake of introductions: dies between its two steps. Fault: it commits the offset first."""

    def turn(self: Intake, consumer: Any, limit: int, timeout: float) -> int:
        records: Sequence[Record] = consumer.poll(limit, timeout)
        if records:
            arrived = any(value == ARRIVAL.encode() for record in records for _, value in record.headers)
            steps = [lambda: self._handle(records), lambda: consumer.commit(records)]
            _in_order(steps, fault, flag, deadly=arrived and self.service.name == "introductions")
        return len(records)

    _swap(Intake, "turn", turn)


def sent_before_smtp(fault: bool, flag: str) -> None:
    """Mailer: dies between its two steps. Fault: it notes the mail as sent first."""

    def hand_over(self: Mailer, bundle: Any, mail: Any) -> None:
        steps = [
            lambda: self._transport.send(f"<{bundle.id}@{self._domain}>", mail),
            lambda: self._finish(bundle, status="sent", sent_at=self._now()),
        ]
        _in_order(steps, fault, flag, deadly=bundle.jobs[0].kind == "ticket")

    _swap(Mailer, "_hand_over", hand_over)


def random_message_id(fault: bool, flag: str) -> None:
    """Mailer: dies after the mail was taken, before it is noted. Fault: a fresh Message-ID at every try."""
    sent_before_smtp(False, flag)
    with_steps = Mailer._hand_over

    def hand_over(self: Mailer, bundle: Any, mail: Any) -> None:
        self._domain = f"{secrets.token_hex(8)}.example.org"
        with_steps(self, bundle, mail)

    if fault:
        _swap(Mailer, "_hand_over", hand_over)


def sleep_once(flag: str, place: Runtime) -> bool:
    """Stop this process (SIGSTOP) the first time, until somebody continues it; whether it slept.

    Between transactions: whoever sleeps inside one keeps everybody else from writing to SQLite.
    """
    if Path(flag).exists():
        return False
    with ExitStack() as quiet:
        for lock in [member.database._writer for member in place.group] + [getattr(place.log, "_writer", None)]:
            if lock is not None:
                quiet.enter_context(lock)
        if not first_time(flag):
            return False
        os.kill(os.getpid(), signal.SIGSTOP)
        threading.Event().wait(0.2)  # the kernel may stop this thread last: until then nobody may begin a transaction
    return True


def stopped_relay(_fault: bool, flag: str) -> None:
    """Relay: stops before it appends a check-in. When it was continued and has appended, FLAG.done is there."""

    def relay_turn(self: Runtime) -> int:
        with self.reading() as connection:
            rows = outbox.unsent(connection, runtime.BATCH)
            records = outbox.records(connection, rows, self.service.states, f"/{self.service.name}")
        if not rows or not self._relay_lease.hold(self.now()):
            return 0
        slept = any(row.type == ARRIVAL for row in rows) and sleep_once(flag, self)
        self.log.append(records)
        with self.database.writing() as connection:
            outbox.mark_sent(connection, [row.id for row in rows], self.now())
        if slept:
            first_time(flag + DONE)
        return len(rows)

    _swap(Runtime, "relay_turn", relay_turn)


def two_planners(fault: bool, flag: str) -> None:
    """Intake with due work: stops between making a plan and saving it; FLAG.done as above. Fault: nobody looks whether
    another planner was faster, neither the save nor the rules nor the database."""
    compute, run = Runtime.compute, planning.run
    slept: list[bool] = []

    def compute_and_sleep(self: Runtime, function: Any, argument: Any) -> Any:
        made = compute(self, function, argument)
        if getattr(made, "meetings", ()) and sleep_once(flag, self):
            slept.append(True)
        return made

    def run_and_tell(room: Any) -> int:
        done = run(room)
        if slept:
            first_time(flag + DONE)
        return done

    _swap(Runtime, "compute", compute_and_sleep)
    _swap(planning, "run", run_and_tell)
    if fault:
        _swap(store, "still_ours", lambda *_: True)
        _swap(planning, "still_valid", lambda _problem, meetings: meetings)
        with sqlite3.connect(Path(os.environ["RAPPORT_DATA"]) / "introductions.db") as connection:
            for index in ("uq_introductions_pair", "uq_introductions_table"):
                connection.execute(f"DROP INDEX IF EXISTS {index}")
        connection.close()


def old_news_counts(fault: bool, _flag: str) -> None:
    """Intake. Fault: no inbox, and an older version of an attendee overwrites a newer one."""
    if not fault:
        return
    original = attendees.remember

    def remember(event: Any, work: Work) -> Any:
        table = tables.known_attendees
        work.connection.execute(update(table).where(table.c.attendee == event.attendee).values(version=-1))
        work.seen.clear()
        return original(event, work)

    _swap(attendees, "remember", remember)
    _swap(inbox, "_known", lambda *_: set())
    _swap(Intake, "_remember", lambda *_: None)


def _in_order(steps: Sequence[Callable[[], object]], fault: bool, flag: str, *, deadly: bool) -> None:
    first, second = reversed(steps) if fault else steps
    first()
    if deadly:
        die_once(flag)
    second()


PLANTS: dict[str, Plant] = {
    plant.__name__: plant
    for plant in (
        outbox_after_commit,
        no_idempotency_key,
        mark_before_append,
        offset_before_effect,
        sent_before_smtp,
        random_message_id,
        stopped_relay,
        two_planners,
        old_news_counts,
    )
}
