"""A world: one running installation that a story can call, let time pass in, and look at from outside.

Stories know nothing but this: HTTP, mails that arrived, records in the log, the clock.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from functools import cached_property
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from shared.bus.log import Log, LogUnavailable, NewRecord, Record
from shared.contracts import COMPACTED_TOPICS, DEAD_LETTERS_TOPIC, KEPT_TOPICS
from shared.mail.folder import read
from tests.journeys.pages import Form, forms
from tests.servers.waiting import wait_until

KEPT = (*KEPT_TOPICS, DEAD_LETTERS_TOPIC)


@dataclass(frozen=True)
class Answer:
    """What came back from one request."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def place(self) -> str:
        """Where a redirect leads, without scheme and host."""
        return path_of(self.headers["location"])


@dataclass(frozen=True)
class Letter:
    """A mail as it arrived."""

    message: EmailMessage

    @cached_property
    def id(self) -> str:
        """What stands before the @ of its Message-ID."""
        return str(self.message["Message-ID"]).strip("<>").split("@")[0]

    @cached_property
    def to(self) -> str:
        """The address it is for."""
        address: str = self.message["To"].addresses[0].addr_spec
        return address

    @cached_property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @cached_property
    def text(self) -> str:
        return self._part("plain")

    @cached_property
    def html(self) -> str:
        return self._part("html")

    @cached_property
    def calendar(self) -> str:
        """The .ics, or nothing."""
        return self._part("calendar").replace("\r\n", "\n")

    @cached_property
    def calendars(self) -> list[str]:
        """Every different .ics: one a meeting."""
        found = (part for part in self.message.walk() if part.get_content_type() == "text/calendar")
        return list(dict.fromkeys(str(part.get_content()).replace("\r\n", "\n") for part in found))

    @cached_property
    def links(self) -> list[str]:
        """The paths of all links in it, each once, in order."""
        found = re.findall(r"https?://[^\s\"'<>)]+", self.text + "\n" + self.html)
        stop = re.findall(r"<(https?://[^>]+)>", self.message.get("List-Unsubscribe", ""))
        return list(dict.fromkeys(path_of(url.replace("&amp;", "&")) for url in [*found, *stop]))

    def link(self, prefix: str) -> str:
        """The one link whose path begins so."""
        found = [path for path in self.links if path.startswith(prefix)]
        assert found, f"no link to {prefix} in {self.subject!r}: {self.links}"
        return found[0]

    def button(self, ending: str) -> str:
        """The one link whose path ends so: what a button of the mail leads to."""
        found = [path for path in self.links if path.endswith(ending)]
        assert found, f"no link ending in {ending} in {self.subject!r}: {self.links}"
        return found[0]

    def _part(self, kind: str) -> str:
        for part in self.message.walk():
            if part.get_content_type() == f"text/{kind}":
                return str(part.get_content())
        return ""


class Postbox:
    """Mails as letters, each read once: stories look often, and a conference sends thousands."""

    def __init__(self, count: Callable[[], int], read: Callable[[int], EmailMessage]) -> None:
        self._count, self._read = count, read
        self._letters: list[Letter] = []

    def letters(self) -> list[Letter]:
        """All that arrived so far, in order."""
        self._letters += [Letter(self._read(number)) for number in range(len(self._letters), self._count())]
        return list(self._letters)


class Outbox:
    """A folder of mails as letters, each read once: what was sent does not change any more."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, Letter] = {}

    def letters(self) -> list[Letter]:
        """All that lie there, oldest first."""
        names = sorted(path.name for path in self._folder.glob("*.eml"))
        for name in names:
            if name not in self._read:
                self._read[name] = Letter(read(self._folder, name))
        return [self._read[name] for name in names]


class World(Protocol):
    """One running installation."""

    name: str
    """memory, embedded or full"""

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One request to whichever service answers that path."""

    def key(self) -> str:
        """An API key for all conferences."""

    def now(self) -> datetime:
        """The instant it is in this world."""

    def set_clock(self, moment: datetime) -> None:
        """Make it this instant, for all processes."""

    def quiet(self) -> None:
        """Return when nothing waits any more."""

    def letters(self) -> list[Letter]:
        """Every mail that arrived, in order."""

    def log(self) -> Log:
        """The event log, as a reader from outside; to be closed."""

    def login_link(self, address: str) -> str:
        """The path that logs an organizer in, as `rapport login-link` prints it."""

    def import_people(self, path: Path, slug: str, role: str, consents: str) -> None:
        """Bring a list of people into a conference, as `rapport import` does; `role` is mentors or mentees."""


class Visitor:
    """What stories do in a world: calls with a key, pages without one, time."""

    def __init__(self, world: World) -> None:
        self.world = world

    def call(
        self,
        method: str,
        path: str,
        json_body: Any = None,
        *,
        expect: Sequence[int] = (200, 201),
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """An API call with a key; the decoded answer. Fails when the status is none of the expected."""
        answer = self.ask(method, path, json_body, headers=headers)
        assert answer.status in expect, f"{method} {path}: {answer.status} {answer.text[:600]}"
        return answer.json

    def ask(self, method: str, path: str, json_body: Any = None, *, headers: Mapping[str, str] | None = None) -> Answer:
        """An API call with a key, whatever it answers."""
        sent = {"Authorization": f"Bearer {self.world.key()}", **(headers or {})}
        if json_body is None:
            return self.world.send(method, path, sent, b"")
        return self.world.send(
            method, path, {**sent, "Content-Type": "application/json"}, json.dumps(json_body).encode()
        )

    def everything(self, path: str) -> list[Any]:
        """All items of a list, page by page."""
        items, cursor = [], ""
        while True:
            page = self.call("GET", f"{path}?limit=200{cursor}")
            items += page["items"]
            if not page["next"]:
                return items
            cursor = f"&cursor={page['next']}"

    def get(self, path: str, method: str = "GET") -> Answer:
        """Look at a page, as a stranger with a link."""
        return self.world.send(method, path, {}, b"")

    def post(self, path: str, fields: Sequence[tuple[str, str]]) -> Answer:
        """Send a form, as a stranger with a link."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.world.send("POST", path, headers, urlencode(fields).encode())

    def press(self, path: str, button: str, within: Callable[[Form], bool] = lambda form: True, **typed: Any) -> Answer:
        """Open a page, fill in what is given, press the button of that text, and follow to the next page."""
        page = self.get(path)
        assert page.status == 200, f"{path}: {page.status} {page.text[:400]}"
        found = [form for form in forms(page.text) if within(form) and form.has_button(button)]
        assert found, f"no button {button!r} on {path}: {[b.text for f in forms(page.text) for b in f.buttons]}"
        answer = self.post(path_of(found[0].action) or path, found[0].pressed(button, typed))
        assert answer.status in (200, 303), f"{button!r} on {path}: {answer.status} {answer.text[:2000]}"
        return self.get(answer.place) if answer.status == 303 else answer

    def go_to(self, moment: datetime) -> None:
        """Let time pass until `moment` (never back), then wait until it is quiet."""
        self.world.quiet()
        if moment > self.world.now():
            self.world.set_clock(moment)
        self.world.quiet()

    def advance(self, **span: float) -> None:
        """Let a span of time pass."""
        self.go_to(self.world.now() + timedelta(**span))

    def letters_to(self, address: str) -> list[Letter]:
        """What arrived for one address, in order."""
        return [letter for letter in self.world.letters() if letter.to == address]

    def records(self, topics: Sequence[str] = KEPT) -> list[Record]:
        """What the log holds, in order within each partition, by a group of the test's own."""
        log = self.world.log()
        try:
            return read_all(log, f"story-{id(log)}-{self.world.now().timestamp()}", topics)
        finally:
            log.close()

    def append(self, *records: NewRecord) -> None:
        """Put records into the log, as a producer that is none of ours would."""
        log = self.world.log()
        try:
            log.append(records)
        finally:
            log.close()


def read_all(log: Log, group: str, topics: Sequence[str]) -> list[Record]:
    """All records that a new group finds. How many a compacted topic holds nobody can say: there, until no more comes."""
    counted = [topic for topic in topics if topic not in COMPACTED_TOPICS]
    behind = wait_until(lambda: _behind(log, group, counted), 20, "the log says how much there is")
    expected = behind.total() if behind else 0
    consumer = log.consumer(group, topics)
    found: list[Record] = []

    def all_read() -> bool:
        came = consumer.poll(10_000, 1.0)
        found.extend(came)
        complete = sum(record.topic in counted for record in found) >= expected
        return complete and (len(counted) == len(topics) or bool(found and not came))

    try:
        wait_until(all_read, 60, f"{expected} records were read")
    finally:
        consumer.close()
    return found


def _behind(log: Log, group: str, topics: Sequence[str]) -> Counter[str] | None:
    """Records by topic; None while a young broker cannot say."""
    try:
        return Counter({"": 0, **log.lag(group, topics)})
    except LogUnavailable:
        return None


def path_of(url: str) -> str:
    """A URL without scheme and host."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def over_http(port: int, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """One request to a port of this machine, on a connection of its own."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, body or None, dict(headers))
        answer = connection.getresponse()
        named = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, named, answer.read())
    finally:
        connection.close()


def until_quiet(ask: Callable[[], Answer], seconds: float = 60) -> None:
    """Ask for the status until nothing waits."""
    last: dict[str, Any] = {}

    def nothing_waits() -> bool:
        answer = ask()
        last.update(status=answer.status, body=answer.body)
        return answer.status == 200 and not any(answer.json["pending"].values())

    try:
        wait_until(nothing_waits, seconds, every=0.05)
    except AssertionError:
        raise AssertionError(f"never quiet: {last}") from None
