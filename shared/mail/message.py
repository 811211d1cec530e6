"""A mail as a value and the port that hands one over. Knows nothing of the database or of templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from shared.errors import Retryable


@dataclass(frozen=True, kw_only=True)
class MailJob:
    """A mail that waits: ids and codes only. Rendered when it is sent, so nothing stale and nothing personal is kept."""

    id: str
    kind: str
    person: str
    conference: str | None
    args: Mapping[str, Any]
    created_at: datetime
    attempts: int = 0


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """Mails of one kind to one person that leave as one, under one Message-ID; mostly it is one mail alone."""

    id: str
    jobs: tuple[MailJob, ...]
    at_most_once: bool = False


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """An .ics that goes with a mail: its method (PUBLISH or CANCEL), its text, and what its file is called."""

    method: str
    text: str
    name: str = "meeting.ics"


@dataclass(frozen=True, kw_only=True)
class Mail:
    """What a person gets: cleaned name, address, subject, text and HTML, perhaps a calendar entry, one-click unsubscribe."""

    to_name: str
    to_address: str
    subject: str
    text: str
    html: str
    calendar: Calendar | None = None
    calendars: tuple[Calendar, ...] = ()
    """Of a mail about several things, a file for each: programs read the first entry of a file only."""
    unsubscribe_url: str | None = None
    list_id: str | None = None
    inline: tuple[tuple[str, str, bytes], ...] = field(default=())
    """Pictures inside the HTML: (content id, subtype, bytes), such as a QR code."""


@dataclass(frozen=True, slots=True)
class Told:
    """What came of making one mail of several jobs: the mail (None: nothing of it is wanted any more), and the ids of the
    jobs that it tells of. The others are not wanted any more."""

    mail: Mail | None = None
    jobs: frozenset[str] = frozenset()


class Transport(Protocol):
    """A way to hand mails over. One recipient a message."""

    def send(self, message_id: str, mail: Mail) -> None:
        """Hand over, durably at the other side when it returns. Raises MailRefused or MailUnavailable."""

    def rest(self) -> None:
        """There is nothing to send at the moment; called again and again while that is so."""

    def close(self) -> None:
        """End the connection."""


class MailRefused(Exception):
    """The other side refused this mail for good."""


class MailUnavailable(Retryable):
    """The other side takes no mail at the moment."""


class PersonUnknown(Retryable):
    """The person is not in the address book yet; the mail waits, and this is not counted as a try."""


class NotYet(Retryable):
    """This is no time for this mail; it waits until then, and this is not counted as a try."""

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until


class MailsStopped(Retryable):
    """An organizer stopped the mails of this conference; the mail waits, and this is not counted as a try."""
