"""What a service is, as one value: what it publishes, handles, serves, mails and does when something is due."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from sqlalchemy import Connection, MetaData

from shared.contracts import Event
from shared.mail.message import Mail, MailJob, Told
from shared.outside import Outside
from shared.vault import Vault
from shared.work import Work

if TYPE_CHECKING:
    from flask import Flask

Argument = TypeVar("Argument")
Result = TypeVar("Result")


class Room(Protocol):
    """Where due work happens: it can open units of work and have pure functions computed elsewhere."""

    @property
    def outside(self) -> Outside:
        """Calls to servers that organizers name; never inside a unit of work."""

    @property
    def vault(self) -> Vault:
        """Opens what was sealed."""

    def work(self) -> AbstractContextManager[Work]:
        """A unit of work: commits at the end, rolls back on an exception."""

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection that only reads."""

    def compute(self, function: Callable[[Argument], Result], argument: Argument) -> Result:
        """`function(argument)`, in another process where there is one: keep it importable and its values picklable."""

    def now(self) -> datetime:
        """The present instant, UTC."""


@dataclass(frozen=True, kw_only=True)
class Due:
    """Something that becomes due by time: `count` says how much is due now, `run` does some of it and says how much.
    Where processes claim it for longer than a transaction, `free` counts what nobody has claimed.

    `run` opens its own units of work, small ones, and is called again until it returns 0. Several processes may run it
    at once: claim rows or rely on versions.
    """

    name: str
    count: Callable[[Connection, datetime], int]
    run: Callable[[Room], int]
    free: Callable[[Connection, datetime], int] | None = None
    seldom: bool = False
    """Whether nobody minds if it is looked for a few seconds later: a full door writes twenty times a second, and each time
    everything else is looked for."""


@dataclass(frozen=True, kw_only=True)
class MailKind:
    """One kind of mail: how it is rendered (None = no longer wanted) and how often it may go out after a crash. Either
    each alone (`render`), or all that wait for a person at a conference as one mail (`together`)."""

    render: Callable[[MailJob, Work], Mail | None] | None = None
    """Called in a unit of work of its own that may issue links; must not send."""
    together: Callable[[Sequence[MailJob], Work], Told] | None = None
    """As `render`, for one job or several."""
    ahead: timedelta = timedelta()
    """With `together`: what is due so soon after the first goes with it, too."""
    at_most_once: bool = False

    def make(self, jobs: Sequence[MailJob], work: Work) -> Told:
        """The mail of these jobs."""
        if self.together is not None:
            return self.together(jobs, work)
        mail = self.render(jobs[0], work) if self.render is not None else None
        return Told(mail, frozenset() if mail is None else frozenset({jobs[0].id}))


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service on one page."""

    name: str
    metadata: MetaData
    publishes: frozenset[type[Event]]
    handles: Mapping[type[Event], Callable[[Any, Work], None]]
    beside: Callable[[Event, str, Work], None] = lambda event, event_id, work: None
    """Called with each kept event that it publishes and the event's id: writes what belongs into the same transaction."""
    looks_ahead: Callable[[Sequence[Event], Work], None] = lambda events, work: None
    """Called with the events of a batch before they are handled: reads in few statements what handlers will ask for."""
    tombstones: Mapping[type[Event], Callable[[str, Work], None]] = field(default_factory=dict)
    """What to do when the record of a key on a compacted topic is gone."""
    states: Mapping[type[Event], Callable[[Connection, str], Event | None]] = field(default_factory=dict)
    """For published compacted events: the state of a key as it now is, None = tombstone."""
    due: Sequence[Due] = ()
    unhurried: frozenset[str] = frozenset()
    """Kinds of background work (relay, intake) that nobody waits for: many things at a time are done at little cost."""
    mails: Mapping[str, MailKind] = field(default_factory=dict)
    patterns: Sequence[str] = ()
    """URL patterns it serves, as path prefixes with `<name>` segments; proxy and dispatcher are generated from them."""
    mount: Callable[[Flask], None] = lambda app: None
    """Registers its blueprints."""

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics it reads, in a stable order."""
        return tuple(sorted({event.TOPIC for event in (*self.handles, *self.tombstones)}))
