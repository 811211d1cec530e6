"""The page for a sponsor: what came of a conference, and of another one of the owner's beside it."""

from __future__ import annotations

import re

from shared.access import DEFAULT_ACCOUNT
from tests.followup.story import Story
from tests.followup.test_dashboard import eight_pairs, logged_in


def another(story: Story, slug: str, account: str = DEFAULT_ACCOUNT) -> None:
    """A conference of which nothing came yet."""
    known = vars(story.conference)
    own = {"conference": slug[0] * 32, "slug": slug, "name": slug.title(), "account": account}
    story.tell(type(story.conference)(**{**known, **own}))


def cells(page: str) -> list[str]:
    """What stands in the table, below each other."""
    return [
        " ".join(re.sub("<[^>]+>", " ", cell).split())
        for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", page.split("<tbody>")[1].split("</tbody>")[0], re.DOTALL)
    ]


def test_it_says_what_came_of_it_with_how_sure_that_is(story: Story) -> None:
    eight_pairs(story)
    page = logged_in(story).get("/outcomes/pyconf/report").text
    assert cells(page) == [
        *("People who registered", "16"),
        *("People who came", "0"),
        *("People who met a mentor or a mentee", "16"),
        *("Pairs who met", "8"),
        *("Pairs who exchanged contacts, both said yes", "0"),
        *("Pairs in touch after a week", "62 % 5 of 8; 95 % interval 31–\u206086 %"),
    ]
    assert "PyConf, 23 November 2026 – 24 November 2026" in page
    assert not re.search(r"\b[MN]\d\b", page)


def test_another_conference_of_hers_stands_beside_it_and_no_other(story: Story) -> None:
    another(story, "before")
    another(story, "foreign", "9" * 32)
    owner = logged_in(story)
    page = owner.get("/outcomes/pyconf/report?beside=before").text
    assert cells(page)[:3] == ["People who registered", "0", "0"]
    assert "Before" in page
    assert re.findall(r'<option value="(\w*)"', page) == ["", "before"]
    for wrong in ("foreign", "pyconf", "nothing", "x" * 5000):
        answer = owner.get(f"/outcomes/pyconf/report?beside={wrong}")
        assert (answer.status_code, "not one of yours" in answer.text, "Foreign" in answer.text) == (200, True, False)


def test_only_owners_print_it(story: Story) -> None:
    desk, other = logged_in(story, role="desk"), logged_in(story, account="9" * 32)
    assert [browser.get("/outcomes/pyconf/report").status_code for browser in (desk, other)] == [403, 404]
