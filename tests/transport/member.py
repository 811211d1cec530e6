"""A member of a group as a process of its own, which a test can pause and kill. It does what it reads from standard
input (`poll COUNT`, `commit`) and answers each line with one line; `pour` appends records without end, and tells of each one
that the log has acknowledged."""

from __future__ import annotations

import itertools
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.transport.forms import Form

ROOT = Path(__file__).parent.parent.parent


class Member:
    """The process, seen from the test."""

    def __init__(self, form: Form, group: str = "group") -> None:
        topics = [f"{topic.name}:{topic.partitions}:{int(topic.compacted)}" for topic in form.topics]
        command = [sys.executable, "-m", "tests.transport.member", form.name, form.address, group, *topics]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def __enter__(self) -> Member:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()

    def ask(self, line: str) -> Any:
        """What it answers."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        return self.hear()

    def hear(self) -> Any:
        """The next thing it says; None when it says nothing more."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        return json.loads(line) if line.endswith("\n") else None

    def pause(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()
        self._process.wait(10)


def main(name: str, address: str, group: str, *topics: str) -> None:
    """The process itself."""
    from tests.transport.forms import embedded_form, new, read

    form = embedded_form(Path(address).parent) if name == "embedded" else _joined(address, topics)
    log = form.open()
    consumer = form.member(log, group)
    handled: list[Any] = []
    for line in sys.stdin:
        word, *rest = line.split()
        answer: Any = "done"
        if word == "poll":
            handled = read(consumer, int(rest[0]))
            answer = [record.value.decode() for record in handled if record.value is not None]
        elif word == "pour":
            for number in itertools.count():
                log.append([new(form.kept, f"key-{number % 12}", str(number))])
                print(number, flush=True)
        elif word == "commit":
            try:
                consumer.commit(handled)
            except Exception as refused:
                answer = type(refused).__name__
        print(json.dumps(answer), flush=True)


def _joined(address: str, topics: tuple[str, ...]) -> Form:
    from shared.bus.kafka_log import KafkaLog
    from shared.bus.log import Topic
    from tests.transport.forms import SESSION_MS

    form = Form("kafka", lambda _: KafkaLog(address, client_id="member", session_ms=SESSION_MS), address)
    parts = [topic.split(":") for topic in topics]
    form.kept, form.compacted = (Topic(name, int(count), bool(int(kind))) for name, count, kind in parts)
    return form


if __name__ == "__main__":
    main(*sys.argv[1:])
