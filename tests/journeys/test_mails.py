"""Every kind of mail as a mail server gets it: what stands in its headers and parts, what it must not say, how it is stopped.

One story makes a mail of each kind; `tests/browser/test_mails.py` looks at them as a phone does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest
from icalendar import Calendar

from shared.i18n import LOCALES
from shared.mail.smtp import SmtpTransport
from tests.journeys.every_mail import CONCERN, GOAL, SEVERAL, TOPIC, of_each_kind, tell
from tests.journeys.memory import MemoryWorld
from tests.journeys.world import Letter, path_of
from tests.servers.smtp_sink import SmtpSink
from tests.system import System, a_system, services

KINDS = sorted([*(kind for service in services() for kind in service.mails), *SEVERAL])
OF_NO_LIST = ("login", "shortage")
STOPS = {
    **dict.fromkeys(SEVERAL, "/i/stop/"),
    **dict.fromkeys(("proposed", "moved", "announced", "cancelled", "reminder", "waited_for", "rescue"), "/i/stop/"),
    **dict.fromkeys(("evening", "close", "check_in", "contact", "goal_passed"), "/r/stop/"),
    **dict.fromkeys(("feedback", "thanks", "came_of"), "/r/stop/"),
    **dict.fromkeys((*OF_NO_LIST, "concern", "invite", "confirm", "ticket"), ""),
}
"""Kind of mail -> where its one-click stop is; nothing where a mail cannot be stopped: it comes once, and was asked for."""
PERSONAL = ("/a/", "/i/", "/d/", "/r/", "/concern/")
"""Pages of one person that are still open a week later."""
MOST_BYTES = 100_000
FIRST_SIGHT = 200
"""Characters that a list of mails, or a locked screen, shows of a mail at most."""


@dataclass
class Post:
    """What the mail server got, by kind of mail; of each kind the newest."""

    system: System
    locale: str
    content: dict[str, bytes]
    messages: dict[str, EmailMessage]

    def each(self, look: Callable[[EmailMessage], Any]) -> dict[str, Any]:
        """What `look` finds in a mail of each kind."""
        return {kind: look(message) for kind, message in sorted(self.messages.items())}


@pytest.fixture(scope="module", params=LOCALES)
def post(request: pytest.FixtureRequest, template: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    """The story, and its mails sent to a real server."""
    with a_system(template, tmp_path_factory.mktemp("mails")) as system, SmtpSink() as sink:
        tell(system, request.param)
        mails = of_each_kind(system)
        transport = SmtpTransport(sink.url, "Rapport <rapport@example.org>", now=system.clock.now)
        for message_id, mail in mails.values():
            transport.send(message_id, mail)
        transport.close()
        by_kind = dict(zip(mails, sink.received, strict=True))
        yield Post(
            system,
            request.param,
            {kind: received.content for kind, received in by_kind.items()},
            {kind: received.message for kind, received in by_kind.items()},
        )


def test_the_story_has_a_mail_of_every_kind(post: Post) -> None:
    assert sorted(post.messages) == KINDS


def test_headers_say_that_a_program_writes_for_whom_and_how_to_stop_it(post: Post) -> None:
    def headers(message: EmailMessage) -> dict[str, str | None]:
        stop = message["List-Unsubscribe"]
        kept = ("Auto-Submitted", "List-Id", "List-Unsubscribe-Post")
        return {name: message[name] for name in kept} | {"stop": "" if stop is None else _stop_path(stop)}

    def expected(kind: str) -> dict[str, str | None]:
        return {
            "Auto-Submitted": "auto-generated",
            "List-Id": None if kind in OF_NO_LIST else "<mail-story.localhost>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" if STOPS[kind] else None,
            "stop": STOPS[kind],
        }

    assert post.each(headers) == {kind: expected(kind) for kind in KINDS}


def _stop_path(header: str) -> str:
    """The address without its token."""
    assert re.fullmatch(r"<http://localhost/[ir]/stop/[a-z2-7]{26}>", header)
    return path_of(header.strip("<>"))[: -len("x" * 26)]


def test_every_part_says_the_same(post: Post) -> None:
    for kind, message in post.messages.items():
        letter = Letter(message)
        assert (kind, _words(_seen(letter.html))) == (kind, _words(letter.text) | {"rapport"})


def test_a_mail_is_small_for_light_and_dark_and_fetches_nothing(post: Post) -> None:
    for content in post.content.values():
        assert len(content) < MOST_BYTES
        assert all(line.isascii() and len(line) <= 998 for line in content.split(b"\r\n"))
    for html in post.each(lambda message: Letter(message).html).values():
        assert re.findall(r"(?i)<(?:link|script|iframe|object|video)\b|@import|url\(", html) == []
        assert set(re.findall(r"""(?i)\bsrc=["']([^"']*)""", html)) <= {"cid:door"}
        assert '<meta name="color-scheme" content="light dark">' in html
        assert "prefers-color-scheme: dark" in html


def test_no_topic_and_no_goal_shows_before_a_mail_is_opened_or_in_a_calendar(post: Post) -> None:
    for message in post.messages.values():
        letter = Letter(message)
        shown = (letter.subject, _start(_seen(letter.html)), _start(letter.text), letter.calendar)
        assert [words for words in shown if TOPIC in words or GOAL in words] == []


def test_a_calendar_entry_says_when_and_where_and_nothing_else(post: Post) -> None:
    letter = Letter(post.messages["proposed"])
    (entry,) = Calendar.from_ical(letter.calendar).walk("VEVENT")
    assert re.findall(r"https?://", letter.calendar) == []
    assert sorted(entry) == sorted(
        ("UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "CLASS", "STATUS", "TRANSP")
    )
    assert (entry["CLASS"], entry["STATUS"]) == ("PRIVATE", "TENTATIVE")


def test_whom_to_tell_of_a_concern_stands_in_every_mail_of_the_conference(post: Post) -> None:
    def named(message: EmailMessage) -> list[bool]:
        letter = Letter(message)
        return [CONCERN in words for words in (letter.text, letter.html)]

    assert post.each(named) == {kind: [kind not in OF_NO_LIST] * 2 for kind in KINDS}


def test_a_mail_program_stops_a_class_by_itself_and_a_person_takes_that_back(post: Post) -> None:
    paths = {path_of(str(message["List-Unsubscribe"]).strip("<>")) for message in post.messages.values()} - {"None"}
    for path in sorted(paths):
        client = post.system.client("introductions" if path.startswith("/i/") else "followup")
        looks = [client.get(path).text.count('name="again"')]
        stopped = client.post(path, data={"List-Unsubscribe": "One-Click"})
        looks.append(client.get(path).text.count('name="again"'))
        client.post(path, data={"again": "yes"})
        looks.append(client.get(path).text.count('name="again"'))
        assert (stopped.status_code, looks) == (200, [0, 1, 0])


def test_a_mail_speaks_the_language_of_whom_it_is_for_all_through(post: Post) -> None:
    for kind, message in post.messages.items():
        letter = Letter(message)
        said = _words((letter.subject + " " + letter.text).replace("The Mail Story", ""))
        assert (kind, f'<html lang="{post.locale}"' in letter.html) == (kind, True)
        others = {"en": {"du", "und", "dein", "ihr", "nicht"}, "de": {"you", "and", "your", "the", "not"}}[post.locale]
        assert (kind, said & others) == (kind, set())


def test_pages_behind_a_mail_speak_its_language_whatever_the_browser_likes(post: Post) -> None:
    world, spoken = MemoryWorld(post.system), {}
    for kind, message in post.messages.items():
        if kind in (
            "proposed several",
            "confirm",
        ):  # its meetings have other links by now; who never confirmed is forgotten
            continue
        for link in Letter(message).links:
            if link.startswith(PERSONAL):
                page = world.send("GET", link, {"Accept-Language": "fr, en;q=0.5"}, b"")
                spoken[link] = (page.status, page.headers["content-language"], f'lang="{post.locale}"' in page.text)
    assert set(spoken.values()) == {(200, post.locale, True)}
    assert {prefix for prefix in PERSONAL for link in spoken if link.startswith(prefix)} == set(PERSONAL)


class _Seen(HTMLParser):
    """Collects what a person sees or hears of a mail, and apart from it what only its preview shows."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self._silent += tag in ("style", "title")
        self.found += [value for name, value in attrs if name == "alt" and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("style", "title")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(data)


def _seen(html: str) -> str:
    parser = _Seen()
    parser.feed(html)
    return " ".join(" ".join(parser.found).split())


def _words(text: str) -> set[str]:
    """The words of a text, addresses of pages aside."""
    return set(re.findall(r"[^\W_]+", re.sub(r"https?://\S+", "", text).casefold()))


def _start(text: str) -> str:
    """What is read without opening the mail."""
    return " ".join(text.split())[:FIRST_SIGHT]
