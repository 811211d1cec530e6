"""Each rule of who may meet, and what speaks for a pair."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.introductions import policies
from services.introductions.policies import Somebody
from shared.contracts.introduction import Reason

ANA = Somebody(id="ana", role="mentor", offers=frozenset({"grants"}))
BEN = Somebody(id="ben", role="mentee", wants=frozenset({"grants"}))


def test_two_who_fit_may_meet() -> None:
    assert policies.why_not(ANA, BEN) is None


@pytest.mark.parametrize(
    ("mentor", "mentee", "sentence"),
    [
        (ANA, replace(BEN, id="ana"), "That is one and the same person."),
        (BEN, ANA, "Their roles do not fit."),
        (replace(ANA, approved=False), BEN, "An organizer has not approved the mentor yet."),
        (replace(ANA, consented=False), BEN, "One of them does not want to be introduced."),
        (ANA, replace(BEN, consented=False), "One of them does not want to be introduced."),
        (ANA, replace(BEN, wants=frozenset({"python"})), "They have no topic in common."),
        (ANA, replace(BEN, wants=frozenset(), requests=frozenset({"ana"})), "They have no topic in common."),
        (ANA, replace(BEN, languages=frozenset({"de"})), "They have no language in common."),
        (
            replace(ANA, company="x1"),
            replace(BEN, company="x1"),
            "They work for the same company.",
        ),
        (replace(ANA, blocks=frozenset({"ben"})), BEN, "One of them does not want this introduction."),
        (ANA, replace(BEN, blocks=frozenset({"ana"})), "One of them does not want this introduction."),
        (replace(ANA, known=frozenset({"ben"})), BEN, "They were introduced before."),
    ],
)
def test_every_rule_says_why_not(mentor: Somebody, mentee: Somebody, sentence: str) -> None:
    assert policies.why_not(mentor, mentee) == sentence


def test_two_who_asked_for_each_other_need_no_topic() -> None:
    mentor = replace(ANA, offers=frozenset(), requests=frozenset({"ben"}))
    assert policies.why_not(mentor, replace(BEN, requests=frozenset({"ana"}))) is None


def test_regions_of_a_language_understand_each_other() -> None:
    assert (
        policies.in_a_common_language(
            replace(ANA, languages=frozenset({"pt-BR"})), replace(BEN, languages=frozenset({"pt"}))
        )
        is None
    )


def test_the_account_of_a_pair_has_a_value_for_every_term_and_facts_that_are_the_same_for_both() -> None:
    mentor = replace(ANA, offers=frozenset({"grants", "python"}), years=12, languages=frozenset({"en", "de"}))
    mentee = replace(
        BEN,
        wants=frozenset({"grants", "python"}),
        years=2,
        requests=frozenset({"ana"}),
        referrals=frozenset({"ana"}),
        languages=frozenset({"de"}),
    )
    assert policies.account_for(mentor, mentee) == (
        {"common_topics": 2.0, "asked_for": 2.0, "referred": 1.0, "own_language": 0.25, "years_between": 1.0},
        (
            Reason(kind="topic", code="grants"),
            Reason(kind="topic", code="python"),
            Reason(kind="request"),
            Reason(kind="referral"),
            Reason(kind="language", code="de"),
            Reason(kind="years"),
        ),
    )
    assert policies.score(mentor, mentee) == 6.25


def test_unknown_years_are_neutral_and_a_mentor_behind_counts_less() -> None:
    assert policies.years_between(ANA, replace(BEN, years=3)) == (0.0, ())
    assert policies.years_between(replace(ANA, years=1), replace(BEN, years=3)) == (-0.5, ())
