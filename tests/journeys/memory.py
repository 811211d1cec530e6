"""The world on memory parts: the `system` of tests/system.py, driven turn by turn, its services called in process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from rapport.dispatch import router
from services.registration.forms import read_row
from services.registration.handlers.importing import import_people
from shared import conferences
from shared.access import DEFAULT_ACCOUNT, Actor
from shared.bus.log import Consumer, Log, NewRecord
from shared.mail.compose import compose
from tests.journeys.world import Answer, Letter, Postbox
from tests.registration.stage import printed_link
from tests.system import System

CALLS_A_KEY = 40
"""One key may call 50 times a second, and in memory a story is faster than that."""


class MemoryWorld:
    """Everything in this process, on a clock that stands still."""

    name = "memory"

    def __init__(self, system: System) -> None:
        self.system = system
        self._route = router([runtime.service for runtime in system.runtimes.values()])
        self._calls = 0
        self._postbox = Postbox(lambda: len(system.mails), self._message)

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One request, answered in this thread."""
        # Whoever keeps cookies sends them as headers, as over HTTP.
        client = self.system.app(self._route(path.split("?")[0])).test_client(use_cookies=False)
        answer = client.open(path, method=method, headers=dict(headers), data=body)
        named = {name.lower(): value for name, value in answer.headers.items()}
        content = answer.get_data()
        answer.close()
        return Answer(answer.status_code, named, content)

    def key(self) -> str:
        """A key; every so often another one."""
        self._calls += 1
        number = self._calls // CALLS_A_KEY + 1
        return self.system.access.issue_key(key_id=f"{number:032x}", account=DEFAULT_ACCOUNT, conferences=None)

    def now(self) -> datetime:
        """What the clock shows."""
        return self.system.clock.now()

    def set_clock(self, moment: datetime) -> None:
        """Make it `moment`."""
        self.system.clock.set(moment)

    def quiet(self) -> None:
        """Take turns until nothing is left."""
        self.system.run_until_quiet()

    def letters(self) -> list[Letter]:
        """What was handed to the transport, as messages."""
        return self._postbox.letters()

    def _message(self, number: int) -> EmailMessage:
        sender = self.system.registration.settings.mail_from
        content = compose(f"<{number}@example.org>", self.system.mails[number], sender, self.now())
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message

    def import_people(self, path: Path, slug: str, role: str, consents: str) -> None:
        """By the handler that the command line calls."""
        runtime = self.system.registration
        organizer = Actor("f" * 32, "f" * 32, "key", "owner", DEFAULT_ACCOUNT)
        with runtime.reading() as connection:
            conference = conferences.by_slug(connection, organizer.scope, slug)
        result = import_people(
            path.read_bytes(),
            conference,
            role.removesuffix("s"),
            consents=dict.fromkeys(consents.split(","), True),
            dry_run=False,
            actor=organizer,
            open_work=runtime.work,
            read_row=read_row,
        )
        assert (result.refused, result.rejected) == ("", [])

    def login_link(self, address: str) -> str:
        """By the handler that the command line calls."""
        return printed_link(self.system, address)

    def log(self) -> Log:
        """The log itself, which outlives its readers."""
        kept: Log = _Kept(self.system.log)
        return kept


class _Kept:
    """A log that a reader cannot close."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def append(self, records: Sequence[NewRecord]) -> None:
        """As the log does."""
        self._log.append(records)

    def consumer(self, group: str, topics: Sequence[str]) -> Consumer:
        """As the log does."""
        return self._log.consumer(group, topics)

    def lag(self, group: str, topics: Sequence[str]) -> Mapping[str, int]:
        """As the log does."""
        return self._log.lag(group, topics)

    def close(self) -> None:
        """Others still use it."""
