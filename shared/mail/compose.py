"""A mail as an Internet message. Names and addresses go into headers only through `email.headerregistry`."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from shared.mail.message import Mail, MailRefused
from shared.text import header_safe


def compose(message_id: str, mail: Mail, sender: str, now: datetime) -> EmailMessage:
    """The message. Raises MailRefused when the address cannot stand in a header."""
    message = EmailMessage(policy=SMTP)
    name, address = parseaddr(sender)
    message["From"] = _address(name, address)
    message["To"] = _address(mail.to_name, mail.to_address)
    message["Subject"] = header_safe(mail.subject, 200)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    if mail.list_id:
        message["List-Id"] = f"<{mail.list_id}>"
    if mail.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    html = message.get_payload()[1]  # type: ignore[index]
    for content_id, subtype, content in mail.inline:
        html.add_related(content, "image", subtype, cid=f"<{content_id}>")  # type: ignore[union-attr]
    if mail.calendar is not None:
        message.add_alternative(mail.calendar.text, subtype="calendar", params={"method": mail.calendar.method})
        message.add_attachment(
            mail.calendar.text.encode(),
            "text",
            "calendar",
            filename="meeting.ics",
            params={"method": mail.calendar.method},
        )
    return message


def _address(name: str, address: str) -> Address:
    try:
        return Address(display_name=header_safe(name, 80), addr_spec=address)
    except (ValueError, IndexError, AttributeError):
        raise MailRefused from None
