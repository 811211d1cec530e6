"""Who of a group reads which partition of the embedded log, until when. Written seldom: a lease is renewed when a third
of it is over, so that reading costs no write."""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager
from typing import Protocol

from shared.bus.log import Topic

Place = tuple[str, int]


class _File(Protocol):
    topics: dict[str, Topic]
    lease_seconds: float

    def transaction(self) -> AbstractContextManager[sqlite3.Connection]: ...

    def time(self) -> float: ...


class Leases:
    """The leases of one member."""

    def __init__(self, log: _File, group: str, member: str, topics: tuple[str, ...]) -> None:
        self._log, self._group, self._member = log, group, member
        self._places = [(name, part) for name in topics for part in range(log.topics[name].partitions)]
        self._renew_at = 0.0
        self.epochs: dict[Place, int] = {}
        """Partition -> epoch of the lease that this member holds."""

    def hold(self) -> None:
        """Be known as alive, and hold a fair share of the partitions."""
        now = self._log.time()
        if self._renew_at - self._log.lease_seconds < now < self._renew_at:
            return
        with self._log.transaction() as connection:
            self._be_alive(connection, now)
            self.epochs = self._share(connection, now)
        waits = self._log.lease_seconds / 3
        # A member that does not hold its fair share yet looks again soon, so that a free partition is read soon.
        self._renew_at = now + (waits if len(self.epochs) >= self._fair else min(waits, 0.2))

    def _be_alive(self, connection: sqlite3.Connection, now: float) -> None:
        connection.execute("DELETE FROM members WHERE grp = ? AND until < ?", (self._group, now))
        connection.execute(
            "INSERT INTO members VALUES (?, ?, ?) ON CONFLICT (grp, member) DO UPDATE SET until = excluded.until",
            (self._group, self._member, now + self._log.lease_seconds),
        )

    def _share(self, connection: sqlite3.Connection, now: float) -> dict[Place, int]:
        alive = [
            row[0]
            for row in connection.execute("SELECT member FROM members WHERE grp = ? ORDER BY member", (self._group,))
        ]
        mine = {place for n, place in enumerate(self._places) if alive[n % len(alive)] == self._member}
        self._fair = len(mine)
        epochs: dict[Place, int] = {}
        for place in self._places:
            row = connection.execute(
                "SELECT owner, epoch, until FROM leases WHERE grp = ? AND topic = ? AND part = ?", (self._group, *place)
            ).fetchone()
            owner, epoch, until = row or (None, 0, 0.0)
            if owner == self._member and place not in mine:
                self._write(connection, place, None, epoch, 0.0)  # somebody else's share by now
            elif place in mine and (
                owner in (None, self._member) or until < now or until > now + self._log.lease_seconds
            ):
                epoch = epoch if owner == self._member and until >= now else epoch + 1
                self._write(connection, place, self._member, epoch, now + self._log.lease_seconds)
                epochs[place] = epoch
        return epochs

    def _write(self, connection: sqlite3.Connection, place: Place, owner: str | None, epoch: int, until: float) -> None:
        connection.execute(
            "INSERT INTO leases VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (grp, topic, part)"
            " DO UPDATE SET owner = excluded.owner, epoch = excluded.epoch, until = excluded.until",
            (self._group, *place, owner, epoch, until),
        )

    _fair = 0

    def holds(self, connection: sqlite3.Connection, place: Place) -> bool:
        """Whether the lease under which this partition was read is still the one that counts."""
        row = connection.execute(
            "SELECT owner, epoch FROM leases WHERE grp = ? AND topic = ? AND part = ?", (self._group, *place)
        ).fetchone()
        good = row is not None and row[0] == self._member and row[1] == self.epochs.get(place)
        if not good:
            self._renew_at = 0.0
        return good

    def release(self) -> None:
        """Give all back and be no member any more."""
        with self._log.transaction() as connection:
            connection.execute("DELETE FROM members WHERE grp = ? AND member = ?", (self._group, self._member))
            connection.execute(
                "UPDATE leases SET owner = NULL, until = 0 WHERE grp = ? AND owner = ?", (self._group, self._member)
            )
        self.epochs = {}
