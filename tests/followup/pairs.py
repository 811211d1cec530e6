"""Two people who both said yes, and the page that each of them has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tests.followup.story import Story

EVENING = "2026-11-23 20:00"


@dataclass
class Pair:
    """Ana (mentor) and Ben (mentee), in touch by both their yeses."""

    story: Story
    id: str
    ana: str
    ben: str

    def page(self, name: str) -> str:
        """The path of her page, from the mail with the contact."""
        mail = next(mail for mail in self.story.mails_to(name) if "/r/pair/" in mail.text)
        found = re.search(r"http://localhost(/r/pair/[a-z2-7]{26})", mail.text)
        assert found is not None
        return found[1]

    def look(self, name: str) -> str:
        """What she reads there."""
        answer = self.story.get(self.page(name))
        assert answer.status_code == 200, answer.text
        return " ".join(
            re.sub(r"<[^>]+>", " ", str(answer.text).split('<main id="main">')[1].split("</main>")[0]).split()
        )

    def do(self, name: str, what: str, **form: Any) -> Any:
        """She sends a form of the page."""
        return self.story.system.client("followup").post(f"{self.page(name)}/{what}", data=form)


def a_pair(story: Story, *, goal: str | None = None) -> Pair:
    """They met, and both said yes in the evening."""
    ana, ben = story.person("Ana Ruiz"), story.person("Ben Okri", goal=goal)
    pair = story.met(ana, ben)
    story.at(EVENING)
    for mail in tuple(story.mails):
        assert story.post(story.page_of(mail), pair, "continue", "yes").status_code == 303
    story.run()
    return Pair(story, pair, ana, ben)
