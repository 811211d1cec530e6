"""Questions that are due at once reach everybody once, whoever dies meanwhile; and the verdict sees it when they do not."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos.due_questions import Told, run

ANA, BEN = ("ana@example.org", "d" * 32, "week"), ("ben@example.org", "d" * 32, "week")
GOOD = Told(
    due=frozenset({ANA, BEN}),
    questions=Counter([ANA, BEN]),
    status={"1": "sent", "2": "sent"},
    arrived=Counter(["1", "2"]),
    events=Counter({("d" * 32, "follow_up.asked"): 2}),
    mailer_deaths=0,
)


@pytest.mark.chaos
@pytest.mark.slow
@pytest.mark.xdist_group("chaos")
def test_under_kills_nobody_is_asked_twice_and_what_was_lost_is_listed(tmp_path: Path) -> None:
    told = run(tmp_path, size=200, kills=3, seed=1, pace=1.5, patience=60)
    assert told.violations() == []
    assert len(told.due) == 200
    assert sum(told.questions.values()) >= 200 - 4 * len(told.lost), "a mail of a mentor asks about four"


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (replace(GOOD, questions=Counter([ANA, ANA, BEN])), "1 questions or mails arrived twice"),
        (replace(GOOD, arrived=Counter(["1", "2", "2"])), "1 questions or mails arrived twice"),
        (
            replace(GOOD, due=frozenset({ANA}), events=Counter({("d" * 32, "follow_up.asked"): 1})),
            "1 questions arrived",
        ),
        (replace(GOOD, arrived=Counter(["1"])), "1 mails lost, 0 mailers died"),
        (replace(GOOD, status={"1": "sent", "2": "waiting"}), "1 mails are neither sent nor on their way"),
        (replace(GOOD, events=Counter({("d" * 32, "follow_up.asked"): 3})), "1 pairs were told of as asked more"),
    ],
)
def test_the_verdict_sees_what_must_not_be(told: Told, sentence: str) -> None:
    assert [found.startswith(sentence) for found in told.violations()] == [True]


def test_the_verdict_lets_pass_what_may_be() -> None:
    lost = replace(GOOD, arrived=Counter(["1"]), questions=Counter([ANA]), mailer_deaths=1)
    assert (GOOD.violations(), lost.violations(), lost.lost) == ([], [], ["2"])
