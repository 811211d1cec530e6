"""What a mail says arrives as it was written, whatever names, subjects and texts are: composed, by SMTP, in the folder."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parseaddr
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.mail.compose import compose
from shared.mail.folder import FolderTransport, newest
from shared.mail.message import Calendar, Mail
from shared.mail.smtp import SmtpTransport
from tests.servers.smtp_sink import SmtpSink
from tests.transport.ledger import NOON

SENDER = "Rapport <rapport@example.org>"
NAMES = [
    "Ana\r\nBcc: x@example.org",
    "Ana <b@example.org>, b@example.org",
    'Ana "Q" \\ Silva',
    "Ånä 日本 " * 9,
    "=?utf-8?q?x?=",
]


@pytest.mark.parametrize("name", NAMES)
def test_no_name_breaks_out_of_its_header(smtp: SmtpSink, name: str) -> None:
    transport = SmtpTransport(smtp.url, SENDER)
    transport.send("<1@example.org>", _mail(to_name=name, subject=name))
    transport.close()
    (mail,) = smtp.received
    assert mail.recipients == ("ana@example.org",)
    assert [address.addr_spec for address in mail.message["To"].addresses] == ["ana@example.org"]
    assert [header for header in ("Bcc", "Cc") if header in mail.message] == []
    assert mail.message_id == "<1@example.org>"


@pytest.mark.parametrize("words", [10, 64, 65, 70, 72, 76, 77, 78, 120, 190])
def test_a_subject_arrives_as_it_is_however_long_it_is(words: int) -> None:
    subject = ("3 people would like to meet you, " * 9)[:words].strip()
    made = message_from_bytes(compose("<1@example.org>", _mail(subject=subject), SENDER, NOON), policy=policy.default)
    assert made["Subject"] == subject


SPOKEN = st.lists(
    st.sampled_from(["Ana", "Leïla", "später", "20", "Min.", "Größe", "日本語", "won't", "“x”", "Müller-Lüdenscheidt"]),
    min_size=1,
    max_size=9,
).map(" ".join)


@given(subject=SPOKEN, name=SPOKEN.map(lambda words: words[:80].strip()))
def test_no_blank_is_lost_or_doubled_in_subjects_and_names(subject: str, name: str) -> None:
    content = compose("<1@example.org>", _mail(to_name=name, subject=subject), SENDER, NOON)
    assert message_from_bytes(content, policy=policy.default)["Subject"] == subject
    # Python's newer parser takes the fold between two encoded words of a name for a blank, which RFC 2047 (6.2) forbids.
    shown = str(make_header(decode_header(message_from_bytes(content)["To"])))
    assert parseaddr(shown.replace("\r\n", "")) == (name, "ana@example.org")
    assert all(len(line) <= 78 for line in content.split(b"\r\n\r\n")[0].splitlines())


def _mail(to_name: str = "Ana", subject: str = "A note") -> Mail:
    return Mail(
        to_name=to_name,
        to_address="ana@example.org",
        subject=subject,
        text="Hello.\n",
        html="<p>Hello.</p>",
        calendar=Calendar(method="PUBLISH", text="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
        unsubscribe_url="https://example.org/stop/x",
    )


def test_the_transport_goes_on_when_the_server_ended_an_idle_connection(smtp: SmtpSink) -> None:
    transport = SmtpTransport(smtp.url, SENDER)
    transport.send("<1@example.org>", _mail())
    smtp.end_connections()
    transport.send("<2@example.org>", _mail())
    transport.close()
    assert smtp.message_ids == ["<1@example.org>", "<2@example.org>"]


def test_a_mail_has_text_html_and_calendar_and_says_how_to_stop() -> None:
    content = compose("<1@example.org>", _mail(), SENDER, NOON)
    message = message_from_bytes(content, policy=policy.default)
    assert [part.get_content_type() for part in message.walk() if not part.is_multipart()] == [
        "text/plain",
        "text/html",
        "text/calendar",
        "text/calendar",
    ]
    assert (message["Date"], message["List-Unsubscribe"], message["List-Unsubscribe-Post"]) == (
        "Mon, 23 Nov 2026 11:00:00 +0000",
        "<https://example.org/stop/x>",
        "List-Unsubscribe=One-Click",
    )
    assert content.count(b"\n") == content.count(b"\r\n")
    assert all(len(line) <= 998 for line in content.splitlines())


def test_a_long_link_to_stop_mails_stays_one_line_that_programs_can_call() -> None:
    url = f"https://example.org/i/stop/{'x' * 200}"
    content = compose("<1@example.org>", replace(_mail(), unsubscribe_url=url), SENDER, NOON)
    assert [line for line in content.splitlines() if line.startswith(b"List-Unsubscribe:")] == [
        f"List-Unsubscribe: <{url}>".encode()
    ]


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"), min_size=1, max_size=300)


@given(text=WORDS, html=WORDS)
def test_what_a_mail_says_arrives_as_it_was_written(text: str, html: str) -> None:
    mail = replace(_mail(), text=text, html=html, inline=(("code", "png", bytes(range(256))),))
    message = message_from_bytes(compose("<1@example.org>", mail, SENDER, NOON), policy=policy.default)
    parts = [part for part in message.walk() if not part.is_multipart()]
    assert [part.get_content_type() for part in parts] == [
        "text/plain",
        "text/html",
        "image/png",
        "text/calendar",
        "text/calendar",
    ]
    arrived = [part.get_content().replace("\r\n", "\n").rstrip("\n") for part in parts[:2]]
    assert arrived == [words.rstrip("\n") for words in (text, html)]
    assert parts[2].get_content() == bytes(range(256))


def test_the_folder_holds_whole_mails_only_and_shows_the_newest_first(tmp_path: Path) -> None:
    moments = iter([NOON, NOON + timedelta(minutes=1)])
    transport = FolderTransport(tmp_path / "outbox", SENDER, now=lambda: next(moments))
    transport.send("<1@example.org>", _mail())
    transport.send("<2@example.org>", _mail())
    (tmp_path / "outbox" / "20990101-half.eml.new").write_bytes(b"half of a mail")
    assert [str(message["Message-ID"]) for _name, message in newest(tmp_path / "outbox", 10)] == [
        "<2@example.org>",
        "<1@example.org>",
    ]
