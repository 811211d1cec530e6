"""Rows that ask for something to be done outside the database, by a call to somebody else's server: claimed with an owner
and a lease, tried again with longer and longer pauses, and the last update checks the owner. It knows no row's meaning.

A table of jobs has the columns id, status (waiting until it is over), due_at, attempts, owner, lease_until.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Table, and_, bindparam, delete, func, or_, select, update

from shared.work import Work

Result = TypeVar("Result")
KEPT = timedelta(days=30)
"""So long rows stay that are done: nobody repeats a call after that."""


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A row, and the right to deal with it for a while."""

    row: Row[Any]
    owner: str
    attempts: int
    """This one included."""


class Jobs:
    """The jobs of one table. The lease is longer than what a batch may take."""

    def __init__(self, table: Table, lease: timedelta) -> None:
        columns = table.c
        self._table, self._lease = table, lease
        due = (columns.status == "waiting", columns.due_at <= bindparam("now"))
        untouched = or_(
            columns.lease_until.is_(None),
            columns.lease_until <= bindparam("now"),
            columns.lease_until > bindparam("longest"),  # the clock went back
        )
        self._is_free = and_(*due, untouched)
        self._due = select(func.count()).select_from(table).where(*due)
        self._free = select(func.count()).select_from(table).where(self._is_free)

    def count(self, connection: Connection, now: datetime) -> int:
        """How many are due, those that somebody is at included."""
        return connection.execute(self._due, {"now": now}).scalar_one()

    def free(self, connection: Connection, now: datetime) -> int:
        """How many of them nobody is at."""
        return connection.execute(self._free, {"now": now, "longest": now + self._lease}).scalar_one()

    def claim(self, work: Work, most: int) -> Sequence[Claimed]:
        """Some that are due, the oldest first; a try counts from now on, however it ends. What was done long ago goes."""
        columns = self._table.c
        query = select(self._table).where(self._is_free).order_by(columns.due_at, columns.id).limit(most)
        times = {"now": work.now, "longest": work.now + self._lease}
        rows = work.connection.execute(query.with_for_update(skip_locked=True), times).all()
        owner = work.new_id()
        if rows:
            mine = update(self._table).where(columns.id.in_([row.id for row in rows]))
            values = {"owner": owner, "lease_until": work.now + self._lease, "attempts": columns.attempts + 1}
            work.connection.execute(mine.values(**values))
            old = (columns.status == "done", columns.due_at < work.now - KEPT)
            work.connection.execute(delete(self._table).where(*old))
        return [Claimed(row=row, owner=owner, attempts=row.attempts + 1) for row in rows]

    def still_mine(self, claimed: Claimed, work: Work) -> bool:
        """Whether nobody took over in between; holds the row until the transaction ends."""
        columns = self._table.c
        mine = (columns.id == claimed.row.id, columns.owner == claimed.owner, columns.status == "waiting")
        return work.connection.execute(select(columns.id).where(*mine).with_for_update()).first() is not None

    def finish(self, claimed: Claimed, work: Work, **values: Any) -> bool:
        """Say what became of it, where it is still ours."""
        columns = self._table.c
        mine = (columns.id == claimed.row.id, columns.owner == claimed.owner, columns.status == "waiting")
        said = {"owner": None, "lease_until": None, **values}
        return work.connection.execute(update(self._table).where(*mine).values(**said)).rowcount == 1


def at_once(do: Callable[[Claimed], Result], claimed: Sequence[Claimed]) -> list[Result | str]:
    """What `do` says of each, all at the same time; "broken" where it raised. Its threads hold no process up that ends."""
    found: list[Result | str] = ["broken"] * len(claimed)

    def one(number: int) -> None:
        found[number] = do(claimed[number])

    threads = [threading.Thread(target=one, args=(number,), daemon=True) for number in range(len(claimed))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
