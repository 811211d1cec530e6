"""Somebody with a phone and no JavaScript, who knows no address but those in her mails and taps what she sees. What she
sees is looked at by axe in a window beside it, which has scripts: the same page, at the same width."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT

from tests.browser.looking import HEIGHT, RUN, SIDEWAYS
from tests.journeys.world import Letter, Visitor
from tests.servers.waiting import wait_until

PHONE = {"width": 390, "height": HEIGHT}
ROLES = ("button", "link")


class Walker:
    """One phone."""

    def __init__(self, browser: Any, story: Visitor, base: str, address: str, seen: dict[str, list[str]]) -> None:
        self._browser, self._story, self._seen = browser, story, seen
        self._base, self.address = base, address
        self._context = browser.new_context(java_script_enabled=False, viewport=PHONE, base_url=base, locale="en")
        self.page = self._context.new_page()

    def close(self) -> None:
        """Put the phone away."""
        self._context.close()

    def type_address(self, path: str) -> None:
        """Come by an address that hangs in the venue, or by the front door."""
        self.page.goto(path)
        self._look()

    def mail(self, subject: str) -> Letter:
        """The newest mail to her whose subject says this."""
        self._story.world.quiet()
        found = [letter for letter in self._story.letters_to(self.address) if re.search(subject, letter.subject)]
        subjects = [letter.subject for letter in self._story.letters_to(self.address)]
        assert found, f"{self.address} got no mail about {subject!r}: {subjects}"
        return found[-1]

    def open_mail(self, subject: str, prefix: str) -> None:
        """Follow a link of that mail."""
        self.page.goto(self.mail(subject).link(prefix))
        self._look()

    def follow(self, path: str) -> None:
        """Follow a link of a mail that was found by other means."""
        self.page.goto(path)
        self._look()

    def sees(self, name: str) -> bool:
        """Whether there is something to tap that says this."""
        return any(self._tappable(role, name).count() for role in ROLES)

    def tap(self, name: str, *, within: Any = None) -> None:
        """Tap the first button or link that says this, and is there to be seen."""
        for role in ROLES:
            found = self._tappable(role, name, within)
            for number in range(found.count()):
                if found.nth(number).is_visible():
                    found.nth(number).click()
                    self.page.wait_for_load_state("load")
                    self._look()
                    return
        raise AssertionError(f"nothing to tap says {name!r} on {self.page.url}: {self.text()[:1500]}")

    def unfold(self, name: str) -> None:
        """Open what is folded."""
        self.page.locator("summary", has_text=name).first.click()

    def fill(self, **typed: str) -> None:
        """Type into fields, by the name that the form gives them."""
        for name, text in typed.items():
            self.page.locator(f"[name='{name.replace('__', '.')}']").first.fill(text)

    def tick(self, *labels: str) -> None:
        """Tick what these labels say."""
        for label in labels:
            self.page.get_by_label(label).first.check()

    def text(self) -> str:
        """What the page says."""
        return str(self.page.locator("main").inner_text())

    def reads(self, *words: str) -> None:
        """The page says all of this."""
        text = " ".join(self.text().split())
        assert [word for word in words if word not in text] == [], f"{self.page.url} says: {text[:2000]}"

    def waits_for(self, words: Callable[[str], bool] | str) -> None:
        """Until the page, which loads itself again, says this."""
        wait_until(lambda: words in self.text() if isinstance(words, str) else words(self.text()), 60, f"{words}")

    def _tappable(self, role: str, name: str, within: Any = None) -> Any:
        exact = re.compile(rf"^{re.escape(name)}( |$)")
        return (within or self.page.locator("body")).get_by_role(role, name=exact)

    def _look(self) -> None:
        """Once for each page: nothing that axe finds, nothing to scroll sideways."""
        title = str(self.page.title())
        path = urlsplit(self.page.url)
        if title in self._seen:
            return
        context = self._browser.new_context(viewport=PHONE, storage_state=self._context.storage_state(), locale="en")
        beside = context.new_page()
        try:
            beside.goto(f"{self._base}{path.path}{'?' if path.query else ''}{path.query}")
            beside.evaluate(AXE_SCRIPT)
            sideways = beside.evaluate(SIDEWAYS)
            self._seen[title] = [*beside.evaluate(RUN), *([sideways] if sideways else [])]
        finally:
            context.close()
