"""The demo's mails: kept as the values that they are, and made into messages only when somebody looks at one.

Thousands go out in the minute that a demo takes, and hardly any is ever read.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from shared.mail.compose import compose
from shared.mail.message import Calendar, Mail

ENDING = ".json"
LINK = re.compile(r"/i/[a-z2-7]{26}")
ENTRY = re.compile(
    r"^UID:intro-(?P<introduction>[0-9a-f]{32})@.*?^SEQUENCE:(?P<sequence>\d+)", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a mail tells somebody of a meeting: the link by which she answers, and how often it had changed by then."""

    address: str
    introduction: str
    sequence: int
    path: str


def meetings(mail: Mail) -> list[Told]:
    """The meetings that a mail has a calendar entry and a link for, each; none where it takes one of them out."""
    calendars = [mail.calendar] if mail.calendar else list(mail.calendars)
    links = list(dict.fromkeys(LINK.findall(mail.text)))
    if len(links) != len(calendars) or any(calendar.method == "CANCEL" for calendar in calendars):
        return []
    entries = [(ENTRY.search(calendar.text), path) for calendar, path in zip(calendars, links, strict=True)]
    return [
        Told(address=mail.to_address, introduction=entry[1], sequence=int(entry[2]), path=path)
        for entry, path in entries
        if entry
    ]


class LetterTransport:
    """One file a mail: its value, its Message-ID and when it went out. What it tells of meetings waits to be taken."""

    def __init__(self, folder: Path, sender: str, *, now: Callable[[], datetime]) -> None:
        self._folder, self._sender, self._now = folder, sender, now
        self._told: list[Told] = []
        folder.mkdir(parents=True, exist_ok=True)

    def send(self, message_id: str, mail: Mail) -> None:
        """Keep the mail."""
        now = self._now()
        said: dict[str, Any] = {item.name: getattr(mail, item.name) for item in fields(mail)}
        said["calendar"] = None if mail.calendar is None else asdict(mail.calendar)
        said["calendars"] = [asdict(calendar) for calendar in mail.calendars]
        said["inline"] = [[cid, kind, b64encode(content).decode()] for cid, kind, content in mail.inline]
        letter = {"id": message_id, "at": now.isoformat(), "sender": self._sender, "mail": said}
        name = f"{now:%Y%m%dT%H%M%S%f}-{message_id.strip('<>').split('@')[0]}{ENDING}"
        (self._folder / name).write_text(json.dumps(letter))
        self._told += meetings(mail)

    def taken(self) -> list[Told]:
        """What was told of meetings since this was asked last."""
        told, self._told = self._told, []
        return told

    def rest(self) -> None:
        """Nothing is kept open."""

    def close(self) -> None:
        """Nothing to end."""


def opened(path: Path) -> EmailMessage:
    """The message that a kept mail is. Raises OSError, ValueError."""
    letter = json.loads(path.read_text())
    said = letter["mail"]
    said["calendar"] = None if said["calendar"] is None else Calendar(**said["calendar"])
    said["calendars"] = tuple(Calendar(**calendar) for calendar in said["calendars"])
    said["inline"] = tuple((cid, kind, b64decode(content)) for cid, kind, content in said["inline"])
    made = compose(letter["id"], Mail(**said), letter["sender"], datetime.fromisoformat(letter["at"]))
    message = message_from_bytes(made, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message
