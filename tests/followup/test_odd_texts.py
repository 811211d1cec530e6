"""Whatever somebody types on the page of a pair or a year later is taken or refused in a sentence, and shown as what it is."""

from __future__ import annotations

import html
from urllib.parse import quote

from tests.followup.pairs import a_pair
from tests.followup.story import Story
from tests.followup.test_came_of import allow, page
from tests.followup.test_pair_page import WRITTEN
from tests.hostile import ODD

TEXTS = [text for text in ODD if text != "\ud800"]
"""A browser can't send that one; `test_a_body_that_is_no_form_changes_nothing` does."""
SCRIPTS = (
    "Größe und Maß",
    "日本語で話しましょう",
    "נדבר בקרוב",
    "שלום. مرحبا",
    "Γειά σου",
    "👩🏽‍🔬 together",
    "मिलते हैं",
)


def test_every_script_is_taken_and_everything_odd_is_no_error_of_ours(story: Story) -> None:
    two = a_pair(story)
    for number, text in enumerate((*SCRIPTS, *TEXTS)):
        form = {**WRITTEN, "seen": str(number), "goal": text, "second_goal": text, "not_for": text}
        found = [
            two.do("ana", "agreement", **form).status_code,
            two.do("ben", "feedback", helped=text, wish=text).status_code,
        ]
        assert (text, [status in (303, 409, 422) for status in found]) == (text, [True] * 2)
        if text in SCRIPTS:
            shown = html.unescape(story.get(two.page("ana")).text)
            assert shown.count(text) >= 2, text
    assert two.do("ben", "thanks", note="\n".join(SCRIPTS)).status_code == 303
    story.run()
    assert all(text in story.mails[-1].text for text in SCRIPTS)
    assert all(text in html.unescape(story.mails[-1].html) for text in SCRIPTS)


def test_a_body_that_is_no_form_changes_nothing(story: Story) -> None:
    two, client = a_pair(story), story.system.client("followup")
    two.do("ana", "agreement", **WRITTEN)
    for what in ("agreement", "fine", "feedback", "thanks", "hours", "time"):
        for body in (b"", b"\xff\xfe", b"goal=" + quote("\ud800", errors="surrogatepass").encode(), b"seen=1&seen=2"):
            kind = "application/x-www-form-urlencoded"
            answer = client.post(f"{two.page('ben')}/{what}", data=body, content_type=kind)
            assert (what, body, answer.status_code < 500) == (what, body, True)
        assert client.post(f"{two.page('ben')}/{what}", json={"goal": ["x"]}).status_code in (303, 409, 422)
    assert "Written by Ana" in two.look("ben")


def test_a_year_later_too(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    story.at("2026-11-30 10:00")
    story.say(pair, ana, "week", "talked")
    story.at("2027-11-24 10:00")
    client, path = story.system.client("followup"), page(story, "ana")
    for text in (*SCRIPTS, *TEXTS):
        answer = client.post(path, data={"relationship": pair, "came": "other", "sentence": text})
        assert (text, answer.status_code in (303, 422)) == (text, True)
        assert (text, client.post(path, data={"relationship": text, "came": text}).status_code) == (text, 422)
    assert allow(story, "ana", pair, "maybe").status_code == 422
    assert allow(story, "ana", "0" * 32, "yes").status_code == 404
