"""A link to the numbers: an owner makes it, whoever has it sees what she sees and nobody's name, and she ends it."""

from __future__ import annotations

import re
from typing import Any

from shared.access import DEFAULT_ACCOUNT
from tests.followup.story import Story
from tests.followup.test_dashboard import eight_pairs, logged_in


def send(browser: Any, **said: str) -> Any:
    """The form on the page of links, with its proof."""
    proof = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/outcomes/pyconf/share").text)
    assert proof is not None
    return browser.post("/outcomes/pyconf/share", data={"csrf_token": proof[1], **said})


def links_on(browser: Any) -> list[str]:
    """Paths of the links that the page shows."""
    return re.findall(r'href="http://localhost(/numbers/[a-z2-7]{26})"', browser.get("/outcomes/pyconf/share").text)


def test_whoever_has_the_link_sees_the_same_numbers_without_a_login_and_without_names(story: Story) -> None:
    eight_pairs(story)
    owner = logged_in(story)
    assert send(owner, make="yes").status_code == 303
    (link,) = links_on(owner)
    page, own = story.get(link).text, owner.get("/outcomes/pyconf").text
    for part in (r"<svg class=.bars.*?</svg>", r'<p class="lead statement">.*?</p>'):
        assert re.findall(part, page, re.DOTALL) == re.findall(part, own, re.DOTALL) != []
    assert story.get(link).headers["X-Robots-Tag"] == "noindex"
    assert not re.search(r"\b[MN]\d\b|/outcomes/", page), "no names, and no way to anything else"
    assert story.get(f"{link}.csv").data == owner.get("/outcomes/pyconf.csv").data
    assert story.get(f"{link}.xlsx").data[:2] == b"PK"


def test_a_link_that_was_ended_shows_nothing_and_the_others_stay(story: Story) -> None:
    owner = logged_in(story)
    for _ in range(2):
        send(owner, make="yes")
    first, second = links_on(owner)
    (ends, *_more) = re.findall(r'name="end" value="(\w+)"', owner.get("/outcomes/pyconf/share").text)
    assert send(owner, end=ends).status_code == 303
    assert send(owner, end=ends).status_code == 404, "it is over already"
    over = [story.get(f"{first}{form}").status_code for form in ("", ".csv", ".xlsx")]
    assert (over, story.get(second).status_code, links_on(owner)) == ([404] * 3, 200, [second])
    audit = owner.get("/outcomes/pyconf/audit").text
    assert (audit.count("link to the numbers made"), audit.count("link to the numbers ended")) == (2, 1)


def test_only_an_owner_of_the_account_makes_and_sees_links(story: Story) -> None:
    owner, desk = logged_in(story), logged_in(story, role="desk")
    other = logged_in(story, account="9" * 32)
    assert [browser.get("/outcomes/pyconf/share").status_code for browser in (owner, desk, other)] == [200, 403, 404]
    assert "/outcomes/pyconf/share" not in desk.get("/outcomes/pyconf").text
    assert send(owner).status_code == 422
    assert send(owner, end="nothing").status_code == 422
    assert DEFAULT_ACCOUNT != "9" * 32


def test_twenty_links_are_enough(story: Story) -> None:
    owner = logged_in(story)
    made = [send(owner, make="yes").status_code for _ in range(21)]
    assert made == [303] * 20 + [409]
    assert len(links_on(owner)) == 20
