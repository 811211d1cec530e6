"""Each rule of who may meet, and what speaks for a pair."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.introductions import policies
from services.introductions.policies import Somebody
from shared.contracts.conference import Policy, Topic
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
        (replace(ANA, domain="d1"), replace(BEN, domain="d1"), "They work for the same company."),
        (replace(ANA, blocks=frozenset({"ben"})), BEN, "One of them does not want this introduction."),
        (ANA, replace(BEN, blocks=frozenset({"ana"})), "One of them does not want this introduction."),
        (ANA, replace(BEN, apart=frozenset({"ana"})), "An organizer keeps them apart."),
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


def test_topics_of_one_group_are_close_but_one_of_many_wishes_is_not_enough() -> None:
    near = replace(ANA, offers=frozenset({"python"}), near=frozenset({"grants", "law"}))
    many = replace(BEN, wants=frozenset({"grants", "art", "music"}))
    assert [policies.with_a_common_topic(near, mentee) for mentee in (BEN, many)] == [
        None,
        "They have no topic in common.",
    ]
    groups = (("python", "code"), ("law", "code"), ("art", ""))
    assert policies.groups_of(tuple(Topic(code=code, label="", group=group) for code, group in groups)).near(
        frozenset({"python", "art"})
    ) == frozenset({"law"})


def test_who_met_at_an_earlier_conference_meets_again_only_where_one_asks() -> None:
    before = replace(ANA, met_before=frozenset({"ben"}))
    asked = replace(before, requests=frozenset({"ben"})), replace(BEN, requests=frozenset({"ana"}))
    assert [policies.why_not(*pair) for pair in ((before, BEN), (asked[0], BEN), (before, asked[1]))] == [
        "They were introduced at an earlier conference.",
        None,
        None,
    ]


def test_the_account_of_a_pair_has_a_value_for_every_term_and_facts_that_are_the_same_for_both() -> None:
    mentor = replace(
        ANA,
        offers=frozenset({"grants", "python"}),
        helps=frozenset({"advice", "network"}),
        years=12,
        languages=frozenset({"en", "de"}),
        likes_newcomers=True,
    )
    mentee = replace(
        BEN,
        wants=frozenset({"grants", "python", "art", "law"}),
        goals=frozenset({"advice", "safe_place"}),
        years=9,
        requests=frozenset({"ana"}),
        referrals=frozenset({"ana"}),
        languages=frozenset({"de"}),
        first_timer=True,
    )
    assert policies.account_for(mentor, mentee) == (
        {
            "common_topics": 0.5,
            "goals_helped": 0.5,
            "years_between": 0.6,
            "own_language": 1.0,
            "asked_for": 1.0,
            "referred": 1.0,
            "first_timer": 1.0,
            "likes_newcomers": 1.0,
        },
        (
            Reason(kind="topic", code="grants"),
            Reason(kind="topic", code="python"),
            Reason(kind="help", code="advice"),
            Reason(kind="years"),
            Reason(kind="language", code="de"),
            Reason(kind="request"),
            Reason(kind="referral"),
            Reason(kind="newcomer"),
        ),
    )
    assert policies.score(mentor, mentee) == 300 + 75 + 90 + 50 + 250 + 120 + 20 + 50


def test_years_count_most_at_5_to_15_ahead_and_unknown_ones_are_neutral() -> None:
    ahead = (-3, 0, 1, 4, 5, 15, 20, 60)
    mentors = [replace(ANA, years=10 + years) for years in ahead]
    points = [policies.years_between(mentor, replace(BEN, years=10), 150)[0] for mentor in mentors]
    assert points == [0, 0, 30, 120, 150, 150, 110, 50]
    assert policies.years_between(ANA, replace(BEN, years=3), 150) == (75, ())


def test_points_that_the_conference_sets_decide_who_fits_better() -> None:
    asked, knows = replace(ANA, id="x", near=frozenset({"grants"}), offers=frozenset()), ANA
    mentee = replace(BEN, requests=frozenset({"x"}))

    def better(**policy: int) -> str:
        weights = policies.weights_of(Policy(**policy))
        return max((asked, knows), key=lambda mentor: policies.score(mentor, mentee, weights)).id

    assert (better(), better(points_asked_for=600)) == ("ana", "x")
