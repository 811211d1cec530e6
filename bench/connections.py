"""Many requests from one thread: connections that are kept, HTTP/1.1 as far as it takes to talk to our own servers. The load
of a room full of phones must not cost a core of its own."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass

IDLE = 4.0
"""gunicorn ends a connection after five seconds without a request."""


class HungUp(ConnectionError):
    """The server ended the connection before it answered."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: bytes) -> bytes:
        """A header's value; empty where there is none."""
        at = self.head.lower().find(b"\r\n" + name.lower() + b":")
        return b"" if at < 0 else self.head[at + 3 + len(name) :].split(b"\r\n", 1)[0].strip()


class Connection(asyncio.Protocol):
    """One kept connection, one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Reply] | None = None
        self._buffer = b""
        self.used = time.monotonic()
        self.open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        assert isinstance(transport, asyncio.Transport)
        self._transport, self.open = transport, True

    def connection_lost(self, _error: Exception | None) -> None:
        """Called by asyncio."""
        self.open = False
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(HungUp())

    def data_received(self, data: bytes) -> None:
        """Called by asyncio."""
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0 or self._waiting is None:
            return
        head, status = self._buffer[: end + 2], int(self._buffer[9:12])
        length = 0 if status in (204, 304) else int(Reply(status, head, b"").header(b"content-length") or b"0")
        if len(self._buffer) < end + 4 + length:
            return
        body, self._buffer = self._buffer[end + 4 : end + 4 + length], b""
        self.used = time.monotonic()
        if not self._waiting.done():
            self._waiting.set_result(Reply(status, head, body))

    async def ask(self, request: bytes) -> Reply:
        """One request and its answer. Raises HungUp."""
        assert self._transport is not None
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()
        self.open = False


class Pool:
    """At most so many connections to one port, as a reverse proxy keeps them; who finds none free waits for its turn."""

    def __init__(self, port: int, most: int) -> None:
        self._port, self._left = port, asyncio.Semaphore(most)
        self._idle: deque[Connection] = deque()
        self.again = 0
        """Requests that were sent again, since the server had just hung up."""

    async def ask(self, request: bytes) -> Reply:
        """One request and its answer; once more on a new connection where the old one was just ended."""
        async with self._left:
            connection = await self._connection()
            try:
                reply = await connection.ask(request)
            except HungUp:
                self.again += 1
                connection = await self._new()
                reply = await connection.ask(request)
            if b"connection: close" in reply.head.lower():
                connection.close()
            else:
                self._idle.append(connection)
            return reply

    def close(self) -> None:
        """Hang up everywhere."""
        while self._idle:
            self._idle.pop().close()

    async def _connection(self) -> Connection:
        while self._idle:
            found = self._idle.pop()  # the one used last, so that those nobody needs are let go
            if found.open and time.monotonic() - found.used < IDLE:
                return found
            found.close()
        return await self._new()

    async def _new(self) -> Connection:
        loop = asyncio.get_running_loop()
        _transport, made = await loop.create_connection(Connection, "127.0.0.1", self._port)
        return made


def get(path: str, etag: bytes = b"") -> bytes:
    """The bytes of a GET."""
    known = b"If-None-Match: " + etag + b"\r\n" if etag else b""
    return b"GET " + path.encode() + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\n" + known + b"\r\n"


def post(path: str, body: bytes, kind: str, key: str = "") -> bytes:
    """The bytes of a POST."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    proof = f"Authorization: Bearer {key}\r\n" if key else ""
    return f"{head}{proof}\r\n".encode() + body
