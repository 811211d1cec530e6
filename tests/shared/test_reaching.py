"""Phone numbers and mail addresses in an organizer's words can be tapped; nothing else becomes a link."""

from __future__ import annotations

import re

import pytest

from shared.reaching import reachable


@pytest.mark.parametrize(
    ("words", "links"),
    [
        ("Robin at the info desk, 030 123 456", {"030 123 456": "tel:030123456"}),
        (
            "Lou: +49 (0)30 123-456, or lou@example.org",
            {"+49 (0)30 123-456": "tel:+4930123456", "lou@example.org": "mailto:lou@example.org"},
        ),
        ("(555) 010-0199.", {"(555) 010-0199": "tel:5550100199"}),
        ("Call 0049/30/1234567", {"0049/30/1234567": "tel:0049301234567"}),
        ("Kim, room 12, 9 to 17", {}),
        ("Kim, from 2026-11-23, from 23.11.2026 on", {}),
        ("Order 1234567890123456789", {}),
        ("Nobody", {}),
        ("", {}),
    ],
)
def test_a_number_is_dialled_by_a_tap_and_an_address_is_written_to(words: str, links: dict[str, str]) -> None:
    found = str(reachable(words))
    assert {shown: target for target, shown in re.findall('<a href="([^"]+)">([^<]+)</a>', found)} == links
    assert re.sub("<[^>]+>", "", found) == words


def test_what_is_written_around_it_stays_words() -> None:
    found = reachable("<b>Lou</b> & 030 123 456")
    assert found == '&lt;b&gt;Lou&lt;/b&gt; &amp; <a href="tel:030123456">030 123 456</a>'
    assert reachable(None) == ""
