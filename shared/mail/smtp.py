"""Mails by SMTP on a kept connection: one recipient a message, the envelope given explicitly, every wait bounded.

The connection is made for the first mail, kept while there are mails, made anew where the server hung up, and ended
politely when there was nothing to send for some seconds.
"""

from __future__ import annotations

import smtplib
import ssl
import threading
import time
from collections.abc import Callable
from datetime import datetime
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from shared.clock import SYSTEM
from shared.mail.compose import compose
from shared.mail.message import Mail, MailRefused, MailUnavailable

TIMEOUT = 10
IDLE_SECONDS = 5.0
"""After which a connection that nobody needs is ended: servers count them, and hang up on idle ones anyway."""
CLOSING = 421
"""The server's word that it hangs up (RFC 5321, 3.8)."""


class SmtpTransport:
    """A mail server. Several threads may send; they share one connection."""

    def __init__(self, url: str, sender: str, *, now: Callable[[], datetime] = SYSTEM.now) -> None:
        self._url = urlsplit(url)
        self._sender, self._now = sender, now
        self._return_path = parseaddr(sender)[1]
        self._connection: smtplib.SMTP | None = None
        self._lock = threading.Lock()
        self._used_at = 0.0
        self.idle_seconds = IDLE_SECONDS

    def send(self, message_id: str, mail: Mail) -> None:
        """Returns when the server has taken the mail. Raises MailRefused (5xx) or MailUnavailable (anything else)."""
        message = compose(message_id, mail, self._sender, self._now())
        with self._lock:
            try:
                self._deliver(message, mail.to_address)
            except smtplib.SMTPServerDisconnected:
                self._hang_up()
                self._once_more(message, mail.to_address)
            finally:
                self._used_at = time.monotonic()

    def _once_more(self, content: bytes, address: str) -> None:
        # The server may have closed an idle connection; the Message-ID makes a second copy recognisable.
        try:
            self._deliver(content, address)
        except smtplib.SMTPServerDisconnected as error:
            self._hang_up()
            raise MailUnavailable from error

    def _deliver(self, content: bytes, address: str) -> None:
        try:
            connection = self._connect()
            connection.sendmail(self._return_path, [address], content)
        except smtplib.SMTPServerDisconnected:
            raise
        except smtplib.SMTPSenderRefused as error:
            self._hang_up()
            if error.smtp_code == CLOSING:  # said instead of an answer to the first command: nothing of the mail left
                raise smtplib.SMTPServerDisconnected from None
            raise (MailRefused if error.smtp_code >= 500 else MailUnavailable)() from None
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise (MailRefused if code >= 500 else MailUnavailable)() from None
        except smtplib.SMTPResponseException as error:
            self._hang_up()
            raise (MailRefused if error.smtp_code >= 500 else MailUnavailable)() from None
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            raise MailUnavailable from error

    def _connect(self) -> smtplib.SMTP:
        if self._connection is None:
            host, secure = self._url.hostname or "localhost", self._url.scheme == "smtps"
            if secure:
                context = ssl.create_default_context()
                connection: smtplib.SMTP = smtplib.SMTP_SSL(
                    host, self._url.port or 465, timeout=TIMEOUT, context=context
                )
            else:
                connection = smtplib.SMTP(host, self._url.port or 25, timeout=TIMEOUT)
                connection.ehlo()
                if connection.has_extn("starttls"):
                    connection.starttls(context=ssl.create_default_context())
            if self._url.username:
                connection.login(unquote(self._url.username), unquote(self._url.password or ""))
            self._connection = connection
        return self._connection

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def rest(self) -> None:
        """Say goodbye where nobody had a mail for some time; whoever is sending is not waited for."""
        if self._connection is None or not self._lock.acquire(blocking=False):
            return
        try:
            if time.monotonic() - self._used_at >= self.idle_seconds:
                self._say_goodbye()
        finally:
            self._lock.release()

    def close(self) -> None:
        """Say goodbye."""
        with self._lock:
            self._say_goodbye()

    def _say_goodbye(self) -> None:
        if self._connection is not None:
            try:
                self._connection.quit()
            except (smtplib.SMTPException, OSError):
                self._connection.close()
            self._connection = None
