"""A mail server that keeps what it is sent: aiosmtpd in a thread of its own, on a free port of 127.0.0.1.

A test can have it answer anything (`answers`), or take its time (`hold`, `release`). What it answered 250 for is kept first.
"""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from tests.servers.process import free_port
from tests.servers.waiting import wait_until


@dataclass(frozen=True)
class Received:
    """One accepted message: who it was for by the envelope, and its bytes."""

    recipients: tuple[str, ...]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """The message, parsed."""
        parsed = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])


class SmtpSink:
    """Listens from the start; `close` ends it."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers: list[str] = []
        """What to answer to the next messages instead of taking them, such as "451 later"."""
        self.refusals: list[str] = []
        """What to answer to the beginning of the next messages, such as "421 closing"."""
        self.asked = 0
        """How many messages came, taken or not."""
        self.connections = 0
        """How many clients said hello, and how many of them said goodbye."""
        self.goodbyes = 0
        self._sessions: set[Any] = set()
        self._open = threading.Event()
        self._open.set()
        self.port = free_port()
        self._controller = _controller(self, self.port)
        self._controller.start()

    def __enter__(self) -> SmtpSink:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def version(self) -> str:
        from importlib.metadata import version

        return version("aiosmtpd")

    @property
    def message_ids(self) -> list[str]:
        """The Message-IDs of all that was taken, in order."""
        return [mail.message_id for mail in self.received]

    def hold(self) -> None:
        """Let the next messages come, and answer nothing until `release`."""
        self._open.clear()

    def release(self) -> None:
        self._open.set()

    def end_connections(self) -> None:
        """Hang up on everybody who is connected, as servers do with idle clients."""
        loop = self._controller.loop
        asyncio.run_coroutine_threadsafe(self._hang_up(), loop).result(5)

    async def _hang_up(self) -> None:
        for session in self._sessions:
            if session.transport is not None:
                session.transport.close()
        self._sessions.clear()

    def wait_for(self, count: int, seconds: float = 10) -> list[Received]:
        """All that was taken, once it is at least `count`."""
        wait_until(lambda: len(self.received) >= count, seconds, f"{count} mails came")
        return list(self.received)

    def empty(self) -> None:
        """Forget everything and behave."""
        self.received.clear()
        self.answers.clear()
        self.refusals.clear()
        self.asked = self.connections = self.goodbyes = 0
        self._open.set()

    def close(self) -> None:
        self._open.set()
        self._controller.stop()

    async def handle_EHLO(
        self, server: Any, session: Any, _envelope: Any, hostname: str, answers: list[str]
    ) -> list[str]:
        """Called by aiosmtpd when a client says hello."""
        session.host_name = hostname
        self._sessions.add(server)
        self.connections += 1
        return answers

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]) -> str:
        """Called by aiosmtpd when a client begins a message."""
        if self.refusals:
            return self.refusals.pop(0)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_QUIT(self, server: Any, _session: Any, _envelope: Any) -> str:
        """Called by aiosmtpd when a client says goodbye."""
        self._sessions.discard(server)
        self.goodbyes += 1
        return "221 Bye"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Called by aiosmtpd for every message."""
        self.asked += 1
        while not self._open.is_set():
            await asyncio.sleep(0.01)
        if self.answers:
            return self.answers.pop(0)
        self.received.append(Received(tuple(envelope.rcpt_tos), bytes(envelope.content)))
        return "250 kept"


class _Handler:
    """What aiosmtpd gets to see: it reads every attribute of its handler at each connection, properties included."""

    def __init__(self, sink: SmtpSink) -> None:
        self.handle_EHLO, self.handle_DATA = sink.handle_EHLO, sink.handle_DATA
        self.handle_MAIL, self.handle_QUIT = sink.handle_MAIL, sink.handle_QUIT


def _controller(sink: SmtpSink, port: int) -> Any:
    from aiosmtpd.controller import Controller

    return Controller(_Handler(sink), hostname="127.0.0.1", port=port, data_size_limit=50_000_000)
