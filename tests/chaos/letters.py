"""The mails that the SMTP sink took: when each arrived, and what can be told from its bytes."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parsedate_to_datetime
from typing import Any

from tests.servers.smtp_sink import Received, SmtpSink

NAME = re.compile(r"\bP(\d+)v(\d+)\b")
"""How people are called here: `P17v3` is person 17 after her third change of name."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One accepted message. `written` is its Date (whole seconds, the product's clock); a calendar entry adds the rest."""

    arrived: float
    written: float
    to: str
    message_id: str
    subject: str
    names: frozenset[tuple[int, int]] = frozenset()
    """(person, version of her name) for every name in it."""
    method: str | None = None
    uid: str | None = None
    sequence: int | None = None
    more: tuple[tuple[str, int], ...] = ()
    """(uid, sequence) of further entries: it tells of several meetings."""

    @property
    def entries(self) -> tuple[tuple[str, int], ...]:
        """(uid, sequence) of all its entries."""
        return () if self.uid is None or self.sequence is None else ((self.uid, self.sequence), *self.more)

    @property
    def things(self) -> list[tuple[object, ...]]:
        """What it is about: two letters about the same thing to the same person are copies of each other."""
        if not self.entries:
            return [(self.to, NAME.sub(r"P\1", self.subject))]
        return [(self.to, self.method, *entry) for entry in self.entries]


class Postman(SmtpSink):
    """The SMTP sink, with a time of arrival for everything it answered 250 for."""

    def __init__(self) -> None:
        self.arrivals: list[float] = []
        super().__init__()

    def __enter__(self) -> Postman:
        return self

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        before = len(self.received)
        answer = await super().handle_DATA(_server, _session, envelope)
        if len(self.received) > before:
            self.arrivals.append(time.time())
        return answer

    def letters(self) -> list[Letter]:
        """Everything that was accepted, in the order of arrival."""
        return read(self.received, self.arrivals)


def read(received: Sequence[Received], arrivals: Sequence[float]) -> list[Letter]:
    """Mails as letters."""
    return [_letter(mail, at) for mail, at in zip(received, arrivals, strict=False)]


def _letter(mail: Received, arrived: float) -> Letter:
    # The old policy of the email package: it parses a header when asked for it, ten times faster for thousands of mails.
    message = message_from_bytes(mail.content, policy=policy.compat32)
    subject = str(make_header(decode_header(message["Subject"])))
    texts, entries = [subject, str(message["To"])], {}
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            entry = _entry(_content(part))
            entries[entry["uid"]] = entry  # a mail about one meeting has its entry twice
        elif part.get_content_type() == "text/plain":
            texts.append(_content(part))
    return Letter(
        arrived=arrived,
        written=parsedate_to_datetime(message["Date"]).timestamp(),
        to=mail.recipients[0],
        message_id=str(message["Message-ID"]).strip(),
        subject=subject,
        names=frozenset((int(number), int(version)) for text in texts for number, version in NAME.findall(text)),
        **_all(list(entries.values())),
    )


def _all(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """The first entry, and what is told beside it."""
    if not entries:
        return {}
    return {**entries[0], "more": tuple((entry["uid"], entry["sequence"]) for entry in entries[1:])}


def _content(part: Any) -> str:
    content: bytes = part.get_payload(decode=True)
    return content.decode()


def _entry(calendar: str) -> dict[str, Any]:
    lines = re.sub(r"\r?\n[ \t]", "", calendar).splitlines()
    values = dict(line.split(":", 1) for line in lines if line.startswith(("METHOD:", "UID:", "SEQUENCE:")))
    return {"method": values["METHOD"], "uid": values["UID"], "sequence": int(values["SEQUENCE"])}
