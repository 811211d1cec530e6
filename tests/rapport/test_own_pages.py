"""The outbox: only this machine opens it, and a mail in it can do nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rapport.outbox_pages import outbox_app
from shared.mail.folder import FolderTransport
from shared.mail.message import Calendar, Mail
from shared.settings import Settings

HOME = {"REMOTE_ADDR": "127.0.0.1"}
PICTURE = b"\x89PNG not really"


def a_mail(number: int = 0, **more: Any) -> Mail:
    values: dict[str, Any] = {
        "to_name": "Ana",
        "to_address": "ana@example.org",
        "subject": f"Mail {number}",
        "text": "Come to table 12.",
        "html": '<html><head></head><body><img src="cid:qr"><a href="http://localhost/i/x">Yes</a></body></html>',
    }
    return Mail(**{**values, **more})


def send(folder: Path, number: int = 0, **more: Any) -> None:
    def now() -> datetime:
        return datetime(2026, 11, 23, 12, number // 60, number % 60, tzinfo=UTC)

    transport = FolderTransport(folder, "Rapport <rapport@example.org>", now=now, durable=False)
    transport.send(f"<{number:032x}@example.org>", a_mail(number, **more))


def client(folder: Path) -> Any:
    return outbox_app(Settings(data=folder.parent), folder).test_client()


def first_name(page: str) -> str:
    return re.findall(r'href="/outbox/([^"?]+\.eml)"', page)[0]


def test_the_newest_mail_stands_first_and_older_ones_are_a_page_away(tmp_path: Path) -> None:
    for number in range(53):
        send(tmp_path, number)
    page = client(tmp_path).get("/outbox", environ_overrides=HOME).text
    subjects = re.findall(r">(Mail \d+)</a>", page)
    assert subjects == [f"Mail {number}" for number in range(52, 2, -1)]
    older = re.findall(r'href="(/outbox\?before=[^"]+)"', page)[0]
    page = client(tmp_path).get(older, environ_overrides=HOME).text
    assert re.findall(r">(Mail \d+)</a>", page) == ["Mail 2", "Mail 1", "Mail 0"]
    assert "before=" not in page


def test_an_empty_outbox_says_what_will_be_there(tmp_path: Path) -> None:
    assert "No mail yet" in client(tmp_path / "nothing").get("/outbox", environ_overrides=HOME).text


def test_a_mail_is_shown_whole_with_its_files(tmp_path: Path) -> None:
    send(
        tmp_path,
        calendar=Calendar(method="PUBLISH", text="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
        inline=(("qr", "png", PICTURE),),
    )
    browser = client(tmp_path)
    name = first_name(browser.get("/outbox", environ_overrides=HOME).text)
    page = browser.get(f"/outbox/{name}", environ_overrides=HOME)
    assert "Come to table 12." in page.text
    assert "Ana" in page.text
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
    assert f'src="/outbox/{name}/html"' in page.text
    file = browser.get(f"/outbox/{name}/files/0", environ_overrides=HOME)
    assert file.text.replace("\r\n", "\n") == "BEGIN:VCALENDAR\nEND:VCALENDAR\n"
    assert file.headers["Content-Disposition"] == "attachment; filename=meeting.ics"
    assert browser.get(f"/outbox/{name}/files/1", environ_overrides=HOME).status_code == 404


def test_the_html_of_a_mail_runs_nothing_and_fetches_nothing(tmp_path: Path) -> None:
    send(tmp_path, inline=(("qr", "png", PICTURE),))
    browser = client(tmp_path)
    name = first_name(browser.get("/outbox", environ_overrides=HOME).text)
    html = browser.get(f"/outbox/{name}/html", environ_overrides=HOME)
    assert 'src="data:image/png;base64,' in html.text
    policy = html.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "script-src" not in policy


@pytest.mark.parametrize(
    ("origin", "headers"),
    [
        ({"REMOTE_ADDR": "192.0.2.7"}, {}),
        ({"REMOTE_ADDR": "::ffff:192.0.2.7"}, {}),
        (HOME, {"X-Forwarded-For": "127.0.0.1"}),
        (HOME, {"Forwarded": "for=127.0.0.1"}),
        (HOME, {"Host": "rebound.example"}),
        ({"REMOTE_ADDR": ""}, {}),
    ],
)
def test_whoever_is_not_at_this_machine_finds_nothing(
    tmp_path: Path, origin: dict[str, str], headers: dict[str, str]
) -> None:
    send(tmp_path)
    browser = client(tmp_path)
    name = first_name(browser.get("/outbox", environ_overrides=HOME).text)
    for path in ("/outbox", f"/outbox/{name}", f"/outbox/{name}/html", f"/outbox/{name}/files/0"):
        assert browser.get(path, environ_overrides=origin, headers=headers).status_code == 404


@pytest.mark.parametrize("name", ["..%2Fsecret", "secret", "x.eml", "%2e%2e%2fsecret.eml", "a%00.eml"])
def test_no_other_file_is_shown(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "secret.eml").write_text("secret")
    folder = tmp_path / "outbox"
    send(folder)
    assert client(folder).get(f"/outbox/{name}", environ_overrides=HOME).status_code == 404


def test_looking_is_all_one_can_do(tmp_path: Path) -> None:
    browser = client(tmp_path)
    assert browser.post("/outbox", environ_overrides=HOME).status_code == 405
    assert browser.head("/outbox", environ_overrides=HOME).status_code == 200
    missing = browser.get("/outbox/x/y/z", environ_overrides=HOME)
    assert missing.status_code == 404
    assert "Nothing here" in missing.text
