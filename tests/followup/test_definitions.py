"""What "in touch" means, and how answers become the span in which a pair's last contact lies."""

from __future__ import annotations

import itertools

import pytest

from services.followup.domain.definitions import ALSO, IN_TOUCH_AT, Span, days_of, last_contact, standing
from services.followup.policies import CHECK_INS, HOW_IT_GOES

DAYS = {"week": 7, "month": 30, "quarter": 91}


@pytest.mark.parametrize(
    ("words", "stands"),
    [
        ((), "unknown"),
        (("talked",), "yes"),
        (("met",), "yes"),
        (("wrote",), "no"),
        (("not_yet",), "no"),
        (("complete",), "no"),
        (("not_yet", "met"), "yes"),
        (("complete", "talked"), "yes"),
        (("wrote", "complete"), "no"),
    ],
)
def test_a_yes_of_either_side_wins_and_silence_is_unknown(words: tuple[str, ...], stands: str) -> None:
    assert standing(words) == stands


@pytest.mark.parametrize(
    ("week", "month", "quarter", "span"),
    [
        ("unknown", "unknown", "unknown", Span(0, None)),
        ("yes", "yes", "yes", Span(91, None)),
        ("no", "no", "no", Span(0, 7)),
        ("yes", "no", "no", Span(7, 30)),
        ("yes", "unknown", "no", Span(7, 91)),
        ("unknown", "no", "unknown", Span(0, 30)),
        ("unknown", "yes", "unknown", Span(30, None)),
        ("unknown", "unknown", "no", Span(0, 91)),
        ("no", "unknown", "yes", Span(91, None)),
        ("no", "yes", "no", Span(30, 91)),
        ("yes", "no", "yes", Span(91, None)),
    ],
)
def test_a_last_contact_lies_between_the_last_yes_and_the_next_no(
    week: str, month: str, quarter: str, span: Span
) -> None:
    assert last_contact({"week": week, "month": month, "quarter": quarter}, DAYS) == span


def test_knowing_more_never_widens_a_span_unless_it_is_a_later_yes() -> None:
    for week, month, quarter in itertools.product(("yes", "no", "unknown"), repeat=3):
        said = {"week": week, "month": month, "quarter": quarter}
        span = last_contact(said, DAYS)
        assert span.until is None or span.after < span.until
        for question in (question for question in said if said[question] == "unknown"):
            no = last_contact({**said, question: "no"}, DAYS)
            assert no.after == span.after
            assert (no.until or 999) <= (span.until or 999)


def test_questions_that_are_not_asked_are_left_aside_and_a_yes_wins_a_shared_day() -> None:
    assert last_contact({"quarter": "yes"}, days_of((7, 30))) == Span(0, None)
    assert last_contact({"week": "no", "month": "yes"}, {"week": 7, "month": 7}) == Span(7, None)
    assert days_of((7, 30, 91)) == DAYS


def test_every_question_has_one_written_definition() -> None:
    assert tuple(IN_TOUCH_AT) == CHECK_INS
    assert all(text.count("{days}") == 1 for text in IN_TOUCH_AT.values())
    assert {standing((word,)) for word in HOW_IT_GOES} | {standing(())} == {"yes", *ALSO} - {"last"}
