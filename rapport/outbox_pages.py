"""The outbox: the mails that would have left, where no mail server is set. Only this machine may look; it sends nothing."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from html import escape
from pathlib import Path
from typing import Any

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import NotFound

from rapport.demo import letters
from rapport.own_pages import only_this_machine, own_app
from shared.mail import folder as mails
from shared.settings import Settings

AT_ONCE = 50
MAIL_CSP = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",  # mails carry their style in the elements
        "img-src data:",
        "frame-ancestors 'self'",
        "sandbox allow-popups allow-popups-to-escape-sandbox",
    )
)


class _Outbox:
    """The views over one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def everything(self) -> str:
        """All mails, newest first."""
        before = request.args.get("before", "")
        kept = (path.name for path in self._folder.glob("*") if path.suffix in (".eml", letters.ENDING))
        found = sorted((name for name in kept if not before or name < before), reverse=True)
        rows = [_row(name, self._read(name)) for name in found[:AT_ONCE]]
        older = rows[-1]["name"] if len(found) > AT_ONCE else ""
        return render_template("rapport/outbox.html", rows=rows, older=older)

    def one(self, name: str) -> str:
        """One mail: as people see it, its text part, its files."""
        message = self._read(name)
        text = message.get_body(("plain",))
        return render_template(
            "rapport/outbox_mail.html",
            mail=_row(name, message),
            text=text.get_content() if text else "",
            has_html=message.get_body(("html",)) is not None,
            files=list(enumerate(part.get_filename() for part in _files(message))),
        )

    def html(self, name: str) -> Response:
        """The HTML part, for the frame."""
        message = self._read(name)
        body = message.get_body(("html",))
        if body is None:
            raise NotFound
        response = Response(with_pictures(body.get_content(), message), content_type="text/html; charset=utf-8")
        response.headers["Content-Security-Policy"] = MAIL_CSP
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
        return response

    def file(self, name: str, number: int) -> Response:
        """One attachment, to download."""
        files = _files(self._read(name))
        if number >= len(files):
            raise NotFound
        content: Any = files[number].get_content()
        data = content if isinstance(content, bytes) else str(content).encode()
        response = Response(data, content_type=files[number].get_content_type())
        response.headers.set("Content-Disposition", "attachment", filename=files[number].get_filename())
        return response

    def _read(self, name: str) -> EmailMessage:
        path = self._folder / Path(name).name
        try:
            if path.suffix == letters.ENDING and path.name == name:
                return letters.opened(path)
            return mails.read(self._folder, name)
        except (OSError, ValueError):
            raise NotFound from None


def outbox_app(settings: Settings, folder: Path) -> Flask:
    """The pages below /outbox that show the mails in `folder`."""
    app, outbox = own_app(settings), _Outbox(folder)
    app.before_request(only_this_machine)
    app.add_url_rule("/outbox", view_func=outbox.everything, endpoint="everything", strict_slashes=False)
    app.add_url_rule("/outbox/<name>", view_func=outbox.one, endpoint="one")
    app.add_url_rule("/outbox/<name>/html", view_func=outbox.html, endpoint="html")
    app.add_url_rule("/outbox/<name>/files/<int:number>", view_func=outbox.file, endpoint="file")
    return app


def _files(message: EmailMessage) -> list[Any]:
    return [part for part in message.iter_attachments() if part.get_filename()]


def _row(name: str, message: EmailMessage) -> dict[str, Any]:
    at = message["Date"]
    return {
        "name": name,
        "to": str(message["To"] or ""),
        "subject": str(message["Subject"] or ""),
        "at": parsedate_to_datetime(str(at)) if at else None,
        "id": str(message["Message-ID"] or ""),
    }


def with_pictures(html: str, message: EmailMessage) -> str:
    """The HTML with the pictures that travel with it in their places; nothing is fetched from anywhere. Links open
    outside the frame."""
    import base64

    for part in message.walk():
        content_id = str(part["Content-ID"] or "").strip("<>")
        if content_id and part.get_content_maintype() == "image":
            data = base64.b64encode(part.get_payload(decode=True) or b"").decode()  # type: ignore[arg-type]
            html = html.replace(f"cid:{content_id}", f"data:{escape(part.get_content_type())};base64,{data}")
    return html.replace("<head>", '<head><base target="_blank">', 1)
