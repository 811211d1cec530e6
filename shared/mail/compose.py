"""A mail as the bytes of an Internet message. Names and addresses go into headers only through `email.headerregistry`.

What is not ASCII is written in encoded words throughout: the modern policy mixes them with plain words, and loses or
doubles the blanks between the two. Everything else stands in its header as it is: a link that was folded into encoded
words would no longer be one (RFC 8058 has programs call List-Unsubscribe). Parts are made without the parser of the
modern policy, which takes longer than everything else about a mail.
"""

from __future__ import annotations

from base64 import encodebytes
from binascii import b2a_qp
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import Message
from email.policy import SMTP, Compat32
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from typing import Any

from shared.mail.message import Calendar, Mail, MailRefused
from shared.text import header_safe

LONGEST_LINE = 998
"""Characters (RFC 5322, 2.1.1)."""


class _AsItStands(Compat32):
    """Headers on the wire: what `email.headerregistry` made folds itself, everything else is one line."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        folded: str = value.fold(policy=SMTP) if hasattr(value, "fold") else f"{name}: {value}{self.linesep}"
        # A first line with nothing on it would give the value a blank in front, in programs that take it as it is.
        return folded.replace(f"{name}:{self.linesep} ", f"{name}: ", 1).encode("ascii")


WIRE = _AsItStands(linesep="\r\n")


def compose(message_id: str, mail: Mail, sender: str, now: datetime) -> bytes:
    """The message, lines ended by CRLF, 7 bits only. Raises MailRefused when the address cannot stand in a header."""
    parts = [_part("text/plain; charset=utf-8", mail.text), _html(mail)]
    if mail.calendar is not None:
        parts.append(_part(f"text/calendar; charset=utf-8; method={mail.calendar.method}", mail.calendar.text))
    message = _multipart("alternative", parts)
    attached = [*([] if mail.calendar is None else [mail.calendar]), *mail.calendars]
    if attached:
        message = _multipart("mixed", [message, *(_attached(calendar) for calendar in attached)])
    message["From"] = _sender(sender)
    message["To"] = _address("To", mail.to_name, mail.to_address)
    message["Subject"] = _words("Subject", header_safe(mail.subject, 200))
    message["Date"] = format_datetime(now)
    message["Message-ID"] = _as_it_is(message_id)
    message["Auto-Submitted"] = "auto-generated"
    message["MIME-Version"] = "1.0"
    if mail.list_id:
        message["List-Id"] = _as_it_is(f"<{mail.list_id}>")
    if mail.unsubscribe_url:
        message["List-Unsubscribe"] = _as_it_is(f"<{mail.unsubscribe_url}>")
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return message.as_bytes()


def _html(mail: Mail) -> Message:
    html = _part("text/html; charset=utf-8", mail.html)
    if not mail.inline:
        return html
    pictures = [_binary(f"image/{kind}", content, "inline") for _cid, kind, content in mail.inline]
    for picture, (content_id, _kind, _content) in zip(pictures, mail.inline, strict=True):
        picture["Content-ID"] = f"<{content_id}>"
    return _multipart("related", [html, *pictures])


def _attached(calendar: Calendar) -> Message:
    kind = f"text/calendar; charset=utf-8; method={calendar.method}"
    return _binary(kind, calendar.text.encode(), f'attachment; filename="{calendar.name}"')


def _part(content_type: str, text: str) -> Message:
    part = Message(policy=WIRE)
    part["Content-Type"] = content_type
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(b2a_qp(text.replace("\r\n", "\n").encode(), istext=True).decode("ascii"))
    return part


def _binary(content_type: str, content: bytes, disposition: str) -> Message:
    part = Message(policy=WIRE)
    part["Content-Type"] = content_type
    part["Content-Transfer-Encoding"] = "base64"
    part["Content-Disposition"] = disposition
    part.set_payload(encodebytes(content).decode("ascii"))
    return part


def _multipart(kind: str, parts: list[Message]) -> Message:
    whole = Message(policy=WIRE)
    # "=_" stands in no part, since neither quoted-printable nor base64 can produce it.
    whole["Content-Type"] = f'multipart/{kind}; boundary="=_{kind}"'
    for part in parts:
        whole.attach(part)
    return whole


@lru_cache
def _sender(sender: str) -> Any:
    return _address("From", *parseaddr(sender))


def _address(header: str, name: str, address: str) -> Any:
    try:
        named = Address(display_name=header_safe(name, 80), addr_spec=address)
        checked = _checked(header, named)
    except (ValueError, IndexError, AttributeError):
        raise MailRefused from None
    if named.display_name.isascii():
        return checked
    return _words(header, named.display_name, f"<{named.addr_spec}>")


def _words(header: str, words: str, behind: str = "") -> Any:
    """Words of people, and behind them what stays as it is."""
    if words.isascii():
        return _checked(header, f"{words} {behind}".strip())
    encoded = Header(words, "utf-8", header_name=header)
    if behind:
        encoded.append(behind, "us-ascii")
    return encoded.encode(linesep=WIRE.linesep)


def _checked(name: str, value: Any) -> Any:
    """A header that the modern policy has checked and folds by itself."""
    return SMTP.header_store_parse(name, value)[1]


def _as_it_is(value: str) -> str:
    return header_safe(value, LONGEST_LINE - len("List-Unsubscribe: "))
