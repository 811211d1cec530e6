"""The line with an answer: her own words, read by nobody but the other, by the other only where she ticked it, and gone
when either goes."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from sqlalchemy import select

from services.followup.service import SERVICE
from services.followup.tables import lines
from shared import tables
from shared.contracts import AttendeeWithdrawn
from tests.followup.story import Story

WEEK, MONTH = "2026-11-30 10:00", "2026-12-23 10:00"
CANARY = "zyzzyva-quokka"
WORDS = {"happened": f"{CANARY} one", "next": f"{CANARY} two", "help": f"{CANARY} three"}


def write(story: Story, page: str, relationship: str, question: str = "week", **form: str) -> Any:
    """Send the form of a line, as a browser without a script does."""
    return story.system.client("followup").post(f"{page}/line/{relationship}/{question}", data=form)


def two_who_answered(story: Story) -> tuple[str, str, str, str, str]:
    """(Ana, Ben, pair, page of Ana, page of Ben) after the question of a week; Ana answered."""
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    story.at(WEEK)
    pages = [story.page_of(story.mails_to(name)[-1]) for name in ("ana", "ben")]
    assert story.post(pages[0], pair, "week", "talked").status_code == 303
    return ana, ben, pair, *pages


def kept(story: Story) -> list[tuple[Any, ...]]:
    """All lines that there are."""
    with story.system.followup.reading() as connection:
        found = connection.execute(select(lines).order_by(lines.c.relationship, lines.c.attendee)).all()
    return [(row.attendee, row.question, row.happened, row.next, row.help, row.shared) for row in found]


def elsewhere(story: Story, logged: str) -> list[str]:
    """Where the canary is, the table of lines aside."""
    found = []
    for name, runtime in story.system.runtimes.items():
        with runtime.reading() as connection:
            for table in [*tables.metadata.sorted_tables, *runtime.service.metadata.sorted_tables]:
                rows = connection.execute(select(table)).all()
                if table is not lines and CANARY in repr([row._asdict() for row in rows]):
                    found.append(f"{name}.{table.name}")
    topics = sorted({event.TOPIC for service in story.system.runtimes.values() for event in service.service.publishes})
    records = story.system.log.consumer(story.system.followup.new_id(), topics).poll(100_000, 0)
    found += ["events" for record in records if CANARY.encode() in (record.value or b"") + repr(record).encode()]
    mails = [(mail.subject, mail.text, mail.html) for mail in story.mails]
    found += ["mails"] * (CANARY in repr(mails)) + ["log"] * (CANARY in logged)
    found += [what for what in ("relationships", "outcomes") if CANARY in repr(story.read(what))]
    return found


def test_the_other_reads_a_line_only_where_it_was_ticked(story: Story) -> None:
    ana, _ben, pair, page, bens = two_who_answered(story)
    assert write(story, page, pair, **WORDS).status_code == 303
    assert kept(story) == [(ana, "week", *WORDS.values(), False)]
    mine = story.get(page).text
    assert ([word in mine for word in WORDS.values()], "Nobody but you reads this." in mine) == ([True] * 3, True)
    assert CANARY not in story.get(bens).text
    assert write(story, page, pair, **WORDS, shared="on").status_code == 303
    theirs = story.get(bens).text
    assert [word in theirs for word in (*WORDS.values(), "Ana wrote after a week")] == [True] * 4
    assert write(story, page, pair, **WORDS).status_code == 303, "the tick is taken away"
    assert CANARY not in story.get(bens).text


def test_a_shared_line_stands_also_on_the_page_of_the_next_question(story: Story) -> None:
    _ana, _ben, pair, page, _bens = two_who_answered(story)
    write(story, page, pair, happened="We wrote the grant", shared="on")
    story.at(MONTH)
    shown = story.get(story.page_of(story.mails_to("ben")[-1])).text
    assert [word in shown for word in ("Ana wrote after a week", "We wrote the grant")] == [True, True]


def test_with_nothing_in_it_a_line_is_taken_away_and_the_same_twice_is_one(story: Story) -> None:
    ana, _ben, pair, page, _bens = two_who_answered(story)
    for _ in range(2):
        assert write(story, page, pair, next="Call her").status_code == 303
    assert kept(story) == [(ana, "week", None, "Call her", None, False)]
    assert write(story, page, pair, happened="  ", shared="on").status_code == 303
    assert kept(story) == []


def test_a_line_goes_with_an_answer_and_nobody_writes_for_others(story: Story) -> None:
    _ana, _ben, pair, page, bens = two_who_answered(story)
    unanswered = write(story, bens, pair, happened="Early")
    assert (unanswered.status_code, "Please answer the question first" in unanswered.text) == (409, True)
    assert "Early" in unanswered.text, "nothing typed is lost"
    cleo, dan = story.people("Cleo", "Dan")
    foreign = story.met(cleo, dan)
    refused = [
        write(story, page, foreign, happened="Hers"),
        write(story, page, "x", happened="Hers"),
        write(story, page, pair, "continue", happened="Hers"),
        write(story, page, pair, "quarter", happened="Hers"),
        write(story, "/r/" + "a" * 26, pair, happened="Hers"),
    ]
    assert [answer.status_code for answer in refused] == [404] * 5
    assert kept(story) == []


@pytest.mark.parametrize("gone", ["writer withdraws", "writer is erased", "other withdraws"])
def test_a_line_is_nowhere_else_and_is_gone_when_either_goes(
    story: Story, gone: str, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ana, ben, pair, page, bens = two_who_answered(story)
    write(story, page, pair, **WORDS, shared="on")
    story.get(bens)
    write(story, page, pair, happened=CANARY + " " * 500 + "long" * 200)
    for moment in (MONTH, "2027-02-22 10:00"):
        story.at(moment)
    logged = capsys.readouterr()
    assert (len(kept(story)), elsewhere(story, logged.out + logged.err + caplog.text)) == (1, [])
    if gone == "writer is erased":
        story.forget(ana)
    else:
        who = ana if gone == "writer withdraws" else ben
        story.tell(story.attendee_event(who, AttendeeWithdrawn, 2, status="withdrawn"))
    assert kept(story) == []
    assert elsewhere(story, caplog.text) == []


def test_nobody_writes_about_somebody_who_withdrew_or_after_her_own_erasure(story: Story) -> None:
    ana, ben, pair, page, bens = two_who_answered(story)
    story.post(bens, pair, "week", "met")
    story.tell(story.attendee_event(ben, AttendeeWithdrawn, 2, status="withdrawn"))
    refused = write(story, page, pair, happened="To nobody")
    assert (refused.status_code, "Nothing more is asked about this meeting." in refused.text) == (409, True)
    story.forget(ana)
    assert [write(story, page, pair, happened="Too late").status_code, story.get(page).status_code] == [404, 404]
    assert kept(story) == []


FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
TEXTS = (
    ("x" * 300, 303),
    ("x" * 301, 422),
    (FAMILY * 40, 422),  # no letter in it
    ("Yay " + FAMILY * 40, 303),
    ("\u0e01\u0e33\u0e49" * 100, 303),
    ("\u0645\u0631\u062d\u0628\u0627 \u0628\u0643", 303),
    ("\u05e9\u05dc\u05d5\u05dd", 303),
    ("\u4f60\u597d" * 150, 303),
    ("\u4f60\u597d" * 151, 422),
    ("\u0928\u092e\u0938\u094d\u0924\u0947", 303),
    ("e\u0301" * 300, 303),
    ("line one\nline two", 303),
    ("<script>alert(1)</script>", 303),
    ("=1+1", 303),
    ("{{ 7*7 }} %(p)s {p}", 303),
    ("\x00", 422),
    ("a\x1b[31mb", 422),
    ("\u202etfel ot thgir", 422),
    ("\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"), 422),
    ("z" + "\u0300" * 60, 422),
    ("\u200b\u200b", 303),
    ("...", 422),
    ("x" * 100_000, 422),
)


@pytest.mark.parametrize(("text", "status"), TEXTS, ids=range(len(TEXTS)))
def test_text_of_every_script_and_length_is_kept_or_refused_in_a_sentence(story: Story, text: str, status: int) -> None:
    _ana, _ben, pair, page, bens = two_who_answered(story)
    answered = write(story, page, pair, help=text, shared="on")
    assert answered.status_code == status
    shown = story.get(page).text + story.get(bens).text + answered.text
    assert "<script>alert" not in shown
    assert status == 303 or "There is a problem" in answered.text
    assert bool(kept(story)) == (status == 303 and text.strip("\u200b") != "")


def test_bytes_that_are_no_text_are_a_sentence(story: Story) -> None:
    _ana, _ben, pair, page, _bens = two_who_answered(story)
    client = story.system.client("followup")
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answered = client.post(f"{page}/line/{pair}/week", data=b"happened=%ff%fe%00", headers=kind)
    assert (answered.status_code, kept(story)) == (422, [])
    assert client.post(f"{page}/line/{pair}/week", data=b"happened=" + b"x" * 300_000, headers=kind).status_code == 413


def test_looking_at_the_form_changes_nothing(story: Story) -> None:
    _ana, _ben, pair, page, _bens = two_who_answered(story)
    write(story, page, pair, happened="Kept")

    def stored() -> list[Any]:
        with story.system.followup.reading() as connection:
            return [
                connection.execute(select(table)).all()
                for table in [*tables.metadata.sorted_tables, *SERVICE.metadata.sorted_tables]
            ]

    before = stored()
    client = story.system.client("followup")
    for path in (f"{page}/line/{pair}/week", f"{page}/line/{pair}/nonsense", f"{page}/line/x/week"):
        for method in ("GET", "HEAD", "OPTIONS"):
            assert client.open(path, method=method).status_code in (200, 404)
    assert stored() == before
