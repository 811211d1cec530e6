"""Calls to servers that organizers name: a shop's API, a program's webhook. The one door for them, because whoever can make
us call an address can make us look around in our own network.

Only https, only public addresses, and the address that was looked at is the one that is called. No redirects, no proxies,
one deadline for everything, a limit for what comes back. Only a development installation may call itself, and by plain
http. It never opens a transaction: call it outside of any.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from shared.errors import Refused, Retryable

HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.\-]{0,251}[A-Za-z0-9])?\.?|\[[0-9A-Fa-f:.]+\]", re.ASCII)
LONGEST = 2000
PUBLIC_V6 = ipaddress.ip_network("2000::/3")
TUNNELS = tuple(ipaddress.ip_network(name) for name in ("2001::/32", "2002::/16"))
"""Addresses that carry another one in themselves."""
TRIED = 3
LookUp = Callable[..., Any]


class NoAddress(Refused):
    """Please give an address that begins with https:// and leads to a server on the internet, without a password in it."""

    status = 422
    code = "no-address"


class Unreachable(Retryable):
    """The call did not come to an answer; `code` says why: no-host, not-public, tls, timeout, too-large, broken, refused."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said."""

    status: int
    body: bytes


class Outside:
    """Calls other people's servers. `lenient`: this is a development installation."""

    def __init__(self, *, lenient: bool) -> None:
        self._lenient = lenient
        self._tls = ssl.create_default_context
        self._look_up: LookUp = socket.getaddrinfo

    def check(self, url: str) -> str:
        """The address, where it may be called at all by what it says; names are looked up later. Raises NoAddress."""
        self._parts(url)
        return url

    def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes = b"",
        seconds: float,
        most: int,
    ) -> Answer:
        """One call within so many seconds; the answer has at most so many bytes, 0: they are not read. Raises NoAddress,
        Unreachable."""
        parts = self._parts(url)
        deadline = time.monotonic() + seconds
        try:
            line = self._connected(parts, deadline)
            with line:
                return _exchanged(line, parts, method, headers, body, most)
        except Unreachable:
            raise
        except socket.gaierror:
            raise Unreachable("no-host") from None
        except ssl.SSLError as error:
            raise Unreachable("timeout" if "timed out" in str(error) else "tls") from None
        except TimeoutError:
            raise Unreachable("timeout") from None
        except OSError:
            raise Unreachable("refused") from None
        except (http.client.HTTPException, ValueError):
            raise Unreachable("broken") from None

    def _parts(self, url: str) -> SplitResult:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise NoAddress from None
        schemes = ("https", "http") if self._lenient else ("https",)
        host = parts.netloc.rpartition(":")[0] if port is not None else parts.netloc.removesuffix(":")
        plain = len(url) <= LONGEST and url.isascii() and url.isprintable() and " " not in url
        if (
            not plain
            or parts.scheme not in schemes
            or "@" in parts.netloc
            or not HOST.fullmatch(host)
            or parts.fragment
        ):
            raise NoAddress
        if not self._lenient and _is_an_address(parts.hostname or "") and not is_public(parts.hostname or ""):
            raise NoAddress
        return parts

    def _connected(self, parts: SplitResult, deadline: float) -> _Line:
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        addresses = self._addresses(host, port, deadline)
        if not self._lenient and not all(map(is_public, addresses)):
            raise Unreachable("not-public")
        last: OSError = ConnectionError()
        for address in addresses[:TRIED]:
            try:
                raw = socket.create_connection((address, port), timeout=_left(deadline))
            except OSError as error:
                last = error
                continue
            return _Line(self._secured(raw, host, deadline) if parts.scheme == "https" else raw, deadline)
        raise last

    def _addresses(self, host: str, port: int, deadline: float) -> list[str]:
        """Where the name leads. A lookup knows no deadline of its own, and whoever runs the name's server can let it wait:
        nobody waits for it longer than for everything else. Raises what the lookup raises, TimeoutError."""
        found: list[Any] = []

        def look_up() -> None:
            try:
                found.append(self._look_up(host, port, type=socket.SOCK_STREAM))
            except (OSError, ValueError) as error:
                found.append(error)

        asking = threading.Thread(target=look_up, daemon=True)
        asking.start()
        asking.join(_left(deadline))
        if not found:
            raise TimeoutError
        if isinstance(found[0], Exception):
            raise found[0]
        return list(dict.fromkeys(str(entry[4][0]) for entry in found[0]))

    def _secured(self, raw: socket.socket, host: str, deadline: float) -> socket.socket:
        raw.settimeout(_left(deadline))
        try:
            return self._tls().wrap_socket(raw, server_hostname=host)
        except BaseException:
            raw.close()
            raise


class _Line:
    """A connection on which everything together has one deadline, as http.client wants it."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock, self._deadline = sock, deadline

    def __enter__(self) -> _Line:
        return self

    def __exit__(self, *_: object) -> None:
        self._sock.close()

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(_left(self._deadline))
        self._sock.sendall(data)

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        return io.BufferedReader(_Reading(self._sock, self._deadline))

    def close(self) -> None:
        """http.client hangs up before it has read the answer; we do after it."""


class _Reading(io.RawIOBase):
    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock, self._deadline = sock, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(_left(self._deadline))
        return self._sock.recv_into(buffer)


def _exchanged(
    line: _Line, parts: SplitResult, method: str, headers: Mapping[str, str], body: bytes, most: int
) -> Answer:
    connection: Any = http.client.HTTPConnection(parts.hostname or "")
    connection.sock = line
    connection.auto_open = 0  # what was looked at is what is called
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent = {"Host": parts.netloc.removesuffix(":"), "User-Agent": "Rapport", "Connection": "close", **headers}
    connection.request(method, path, body=body or None, headers=sent)
    response = connection.getresponse()
    content = response.read(most + 1) if most else b""
    if len(content) > most:
        raise Unreachable("too-large")
    return Answer(response.status, content)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def is_public(address: str) -> bool:
    """Whether an address belongs to a server on the internet: nothing private, local, shared, reserved or wrapped."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if found not in PUBLIC_V6 or any(found in tunnel for tunnel in TUNNELS):
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def _is_an_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
