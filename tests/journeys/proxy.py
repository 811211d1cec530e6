"""A reverse proxy in a thread: the same URLs as the embedded form, before three services that answer on three ports."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from rapport.dispatch import router
from rapport.registry import SERVICES

HOP_BY_HOP = ("connection", "keep-alive", "transfer-encoding", "content-length", "server", "date")
PEERS = "/peers/"
"""Below it lies each service by its name: what the services ask each other for."""


class Proxy:
    """Listens from the start; `close` ends it."""

    def __init__(self, ports: Mapping[str, int]) -> None:
        route = router(SERVICES.values())

        class Handler(_Handler):
            def upstream(self) -> tuple[int, str]:
                if self.path.startswith(PEERS):
                    name, _, rest = self.path.removeprefix(PEERS).partition("/")
                    return ports[name], f"/{rest}"
                return ports[route(self.path.split("?")[0])], self.path

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two packets

    def upstream(self) -> tuple[int, str]:
        """The port to ask, and the path to ask it for."""
        raise NotImplementedError

    def do_GET(self) -> None:
        """Hand on the request and its answer."""
        port, path = self.upstream()
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request(self.command, path, body or None, dict(self.headers.items()))
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, HTTPException):
            self.send_error(502)
            return
        finally:
            connection.close()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET

    def log_message(self, *_: object) -> None:
        """Say nothing."""
