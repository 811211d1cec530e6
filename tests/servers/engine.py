"""Whether a container engine answers on this machine, without any of its libraries."""

from __future__ import annotations

import http.client
import json
import os
import socket

SOCKET = "/var/run/docker.sock"


class _OverSocket(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=2)
        self._path = path

    def connect(self) -> None:
        """Connect to the engine's socket."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(2)
        self.sock.connect(self._path)


def engine_version() -> str | None:
    """The version of the engine behind $DOCKER_HOST or the usual socket; None when none answers."""
    host = os.environ.get("DOCKER_HOST") or f"unix://{SOCKET}"
    place = host.split("://", 1)[-1]
    connection = _OverSocket(place) if host.startswith("unix://") else http.client.HTTPConnection(place, timeout=2)
    try:
        connection.request("GET", "/version")
        return str(json.load(connection.getresponse())["Version"])
    except (OSError, http.client.HTTPException, ValueError, KeyError):
        return None
    finally:
        connection.close()
