"""A served installation with a past (`past.py`): `rapport up` serves it, and the clock goes on from there."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from services.registration import store
from services.registration.forms import read_row
from services.registration.handlers import uploads
from services.registration.handlers.rows import read_file
from shared import conferences
from shared.access import DEFAULT_ACCOUNT, Actor, Scope
from shared.compute import Here
from shared.i18n import speaking
from shared.links import Links
from shared.mail.folder import newest
from shared.parts import Parts, with_secret
from shared.runtime import build_all
from tests.browser.lead import Lead
from tests.browser.past import FIRST_DAY, MORNING, OWNER, Past, by_hand, kinds_of
from tests.journeys.conference import BERLIN
from tests.journeys.processes import Installation, wait_ready
from tests.journeys.world import Letter, Outbox, Visitor, over_http
from tests.servers.process import ServerProcess, free_port
from tests.system import services

LIST = (
    b"name,email,wants\nAda Lovage,ada.lovage@example.org,Knitting\n,nobody,Testing\n"
    b"Bo Marsh,bo.marsh@example.org,\nBo Marsh,bo.marsh@example.org,\n"
)
ODD_LIST = b"Wer;Wohin;Was sonst\nAda Lovage;ada.lovage@example.org;Tee\nBo Marsh;bo.marsh@example.org;Kaffee\n"
ORGANIZER = Actor("0" * 32, "0" * 32, "command", "owner", DEFAULT_ACCOUNT)


class Living:
    """The installation, its mails by kind, and the people that pages are shown for."""

    def __init__(self, data: Path, locale: str = "en") -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.installation = Installation(
            {
                "RAPPORT_DATA": str(data),
                "RAPPORT_PORT": str(self.port),
                "RAPPORT_PUBLIC_URL": self.base,
                "RAPPORT_ORGANIZERS": OWNER,
                "RAPPORT_DURABLE": "false",
            }
        )
        self._outbox = Outbox(self.installation.settings.data / "outbox")
        self.slug, self._locale = "harbour-conf", locale
        with by_hand(self.installation.settings) as visitor:
            Past(visitor, self.slug, locale).live()
            self.kinds = kinds_of(visitor.world.system)  # type: ignore[attr-defined]
            self._now = visitor.world.now()
        self.stand_still()
        self.process: ServerProcess = self.installation.start("rapport.log", "up")
        wait_ready(self.process, self.port)
        self._key = self.installation.rapport("api-key", "--all").strip()

    def stand_still(self) -> None:
        """It is the same moment again: who waits at a table must not have waited too long when her page's turn comes."""
        self.installation.set_clock(self._now)

    def close(self) -> None:
        """End the process."""
        self.process.stop()

    @property
    def letters(self) -> list[Letter]:
        """Every mail in the outbox, oldest first."""
        return self._outbox.letters()

    def letter(self, kind: str, *, holding: str = "", number: int = -1) -> Letter:
        """A mail of that kind (the newest, unless told otherwise) with these words in it."""
        found = self.all_letters(kind, holding)[::-1]
        assert found, f"no mail of kind {kind!r} with {holding!r}"
        return found[number]

    def all_letters(self, kind: str, holding: str = "") -> list[Letter]:
        """Mails of that kind with these words, newest first; those of one instant come in any order."""
        found = [
            one for one in self.letters if self.kind_of(one) == kind and holding in one.subject + one.text + one.html
        ]
        return found[::-1]

    def kind_of(self, letter: Letter) -> str:
        """The kind of a mail, by the row behind its Message-ID; empty for one that came later."""
        return self.kinds.get(letter.id, "")

    def newest_mail(self) -> str:
        """The name of the newest mail's file."""
        ((name, _message),) = newest(self.installation.settings.data / "outbox", 1)
        return name

    def login_link(self, address: str = OWNER) -> str:
        """What `rapport login-link` prints."""
        return self.installation.rapport("login-link", address).strip()

    def to_come(self) -> str:
        """The next time of today."""
        slots = self.call("GET", f"/api/v1/conferences/{self.slug}")["slots"]
        now = datetime.combine(FIRST_DAY + timedelta(days=1), MORNING, BERLIN).astimezone(UTC)
        return str(next(slot["id"] for slot in slots if datetime.fromisoformat(slot["starts_at"]) > now))

    def at_the_table(self, words: str) -> str:
        """The page of a meeting at breakfast that says these words."""
        for letter in self.letters:
            if "Breakfast Club" in letter.html:
                for path in (link for link in letter.links if link.startswith("/i/") and "/stop" not in link):
                    with urlopen(f"{self.base}{path}?lang=en") as answer:
                        if words in answer.read().decode():
                            return path
        raise AssertionError(f"no meeting says {words!r}")

    def over(self) -> str:
        """The page of a meeting three months ago that was not moved: a link of one that was has ended."""
        links = [one.link("/i/") for one in self.all_letters("proposed", "Spring Meetup")]
        return next(path for path in links if self._answers(path))

    def agreed(self) -> str:
        """Where somebody at breakfast is asked before the time of a meeting that both agreed on is kept free."""
        slot = f"{FIRST_DAY + timedelta(days=1):%Y%m%d}-0920"
        for letter in self.letters:
            if "Breakfast Club" in letter.html and any(link.startswith("/d/") for link in letter.links):
                path = f"{letter.link('/d/')}/keep-free?slot={slot}"
                if self._answers(path):
                    return path
        raise AssertionError("nobody agreed to meet at breakfast")

    def _answers(self, path: str) -> bool:
        try:
            with urlopen(self.base + path):
                return True
        except HTTPError:
            return False

    def venue_code(self, slug: str) -> str:
        """The code that hangs in the venue on the second morning."""
        conference = self.call("GET", f"/api/v1/conferences/{slug}")["id"]
        links = Links(with_secret(self.installation.settings).secret_key)
        return links.token("venue", conference, (FIRST_DAY + timedelta(days=1)).isoformat(), 1)[:6].upper()

    def a_list(self, stage: str) -> str:
        """The page of a list of people at this step, which an organizer sent just now."""
        content = ODD_LIST if stage == "asked" else LIST
        runtimes = build_all(services(), self.installation.settings, Parts(compute=Here()))
        here = next(runtime for runtime in runtimes if runtime.service.name == "registration")
        with speaking(self._locale), here.work() as work:  # what is wrong with rows is told as whoever sent them reads
            found = conferences.by_slug(work.connection, Scope(DEFAULT_ACCOUNT), self.slug)
            kept = uploads.keep(read_file(content), found, "mentee", (), ORGANIZER, work)
            claimed = uploads.claim_small(kept, work)
        if claimed is not None and stage in ("tried", "done"):
            uploads.go_on(claimed, here, read_row)
        if stage == "done":
            with here.work() as work:
                tried = store.a_list(work.connection, found, kept.id, work.now, locked=True)
                claimed = uploads.claim_small(uploads.start(tried, work), work)
            assert claimed is not None
            uploads.go_on(claimed, here, read_row)
        for runtime in runtimes:
            runtime.close()
        return f"/organize/{self.slug}/import/{kept.id}"

    @cached_property
    def lead(self) -> Lead:
        """Whoever leads the desk."""
        return Lead(self.base, self.login_link())

    def send(self, path: str, **fields: str) -> None:
        """Send a form, as somebody with a link."""
        answer = Visitor(self._served).post(path, list(fields.items()))
        assert answer.status == 303, f"{path}: {answer.status} {answer.text[:400]}"

    def call(self, method: str, path: str, json_body: Any = None) -> Any:
        """An API call to what is served."""
        return Visitor(self._served).call(method, path, json_body)

    @property
    def _served(self) -> Any:
        return _Served(self.port, self._key)


class _Served:
    """Enough of a world to call the API of what is served."""

    def __init__(self, port: int, key: str) -> None:
        self._port, self._key = port, key

    def key(self) -> str:
        return self._key

    def send(self, method: str, path: str, headers: Any, body: bytes) -> Any:
        return over_http(self._port, method, path, headers, body)


if __name__ == "__main__":
    # To look around by hand: serves until Enter is pressed.
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True)
    living = Living(folder)
    print(f"{living.base}\n{living.login_link()}")
    input()
    living.close()
