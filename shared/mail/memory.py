"""Mails into a list: for tests and simulations."""

from __future__ import annotations

from shared.mail.message import Mail


class MemoryTransport:
    """Keeps what was handed over, in order, with its Message-ID."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.message_ids: list[str] = []

    def send(self, message_id: str, mail: Mail) -> None:
        """Keep it."""
        self.mails.append(mail)
        self.message_ids.append(message_id)

    def rest(self) -> None:
        """Nothing is kept open."""

    def close(self) -> None:
        """Nothing to end."""
