"""Mails into a folder that the outbox page shows: for the embedded form without a mail server, and for the demo."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from shared.clock import SYSTEM
from shared.mail.compose import compose
from shared.mail.message import Mail


class FolderTransport:
    """One .eml a mail, named by the time and the Message-ID; there completely or not at all."""

    def __init__(
        self, folder: Path, sender: str, *, now: Callable[[], datetime] = SYSTEM.now, durable: bool = True
    ) -> None:
        self.folder, self._sender, self._now, self._durable = folder, sender, now, durable
        folder.mkdir(parents=True, exist_ok=True)

    def send(self, message_id: str, mail: Mail) -> None:
        """Write the message. Raises MailRefused for an address that no header can hold."""
        now = self._now()
        name = f"{now:%Y%m%dT%H%M%S%f}-{message_id.strip('<>').split('@')[0]}.eml"
        draft = self.folder / (name + ".new")
        with draft.open("wb") as file:
            file.write(compose(message_id, mail, self._sender, now))
            if self._durable:
                file.flush()
                os.fsync(file.fileno())
        draft.rename(self.folder / name)
        if self._durable:
            _sync(self.folder)

    def rest(self) -> None:
        """Nothing is kept open."""

    def close(self) -> None:
        """Nothing to end."""


def _sync(folder: Path) -> None:
    """Make the names in a folder durable: a file that is synced may still lose its name in a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def newest(folder: Path, limit: int, before: str = "") -> list[tuple[str, EmailMessage]]:
    """(name, message) of the newest mails, newest first; `before` goes on behind a name."""
    names = sorted((path.name for path in folder.glob("*.eml") if not before or path.name < before), reverse=True)
    return [(name, read(folder, name)) for name in names[:limit]]


def read(folder: Path, name: str) -> EmailMessage:
    """One message. Raises FileNotFoundError for a name that is none of the folder's."""
    path = folder / Path(name).name
    if path.suffix != ".eml" or Path(name).name != name:
        raise FileNotFoundError(name)
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message
