"""What is learned from simulated conferences whose truth is known: planted effects are found, and nothing where nothing is.
Seeds are fixed; `python -m bench.learning` counts over many more."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from services.introductions.learning import Finding, Lesson, Needed, Pair, learn
from services.introductions.learning.power import needed
from tests.introductions.learning.worlds import NAMES, World

PLANTED = World(effects={"common_topics": 0.7, "years_between": -0.7}, pairs=1600)
NOTHING = World(pairs=900)
SETS = 60


def verdicts(found: Finding) -> dict[str, str]:
    """What is said of each term, where something is."""
    return {effect.term: effect.verdict for effect in found.effects if effect.verdict in ("helps", "hurts")}


def test_what_is_planted_is_found_with_its_sign_and_is_better_for_people_not_seen() -> None:
    for seed in range(5):
        found = learn(PLANTED.lesson(seed))
        by_term = {effect.term: effect for effect in found.effects}
        assert verdicts(found) == {"common_topics": "helps", "years_between": "hurts"}, seed
        assert by_term["common_topics"].interval[0] > 0 > by_term["years_between"].interval[1]
        assert found.compared is not None
        assert found.compared.verdict == "yes"
        assert found.compared.gain == pytest.approx(found.compared.loss[0] - found.compared.loss[1])
        assert found.compared.order[1] > found.compared.order[0] > 0.5
        assert found.suggested["years_between"] == 0
        assert found.suggested["common_topics"] > PLANTED.points["common_topics"]
        kept = set(NAMES) - {"common_topics", "years_between"}
        assert {name: found.suggested[name] for name in kept} == {name: PLANTED.points[name] for name in kept}


def test_where_nothing_is_planted_nothing_is_found_but_by_chance_in_one_of_twenty() -> None:
    found = [learn(NOTHING.lesson(1000 + seed)) for seed in range(SETS)]
    assert all(one.enough for one in found)
    assert sum(bool(verdicts(one)) for one in found) <= 7  # more than that happens by chance once in a hundred times
    assert sum(one.compared is not None and one.compared.verdict == "yes" for one in found) <= 3
    quiet = [one for one in found if not verdicts(one)]
    assert all(one.suggested == NOTHING.points for one in quiet)


def test_too_few_pairs_are_told_to_be_too_few_and_nothing_else_is_said() -> None:
    found = learn(replace(PLANTED, pairs=300).lesson(0))
    assert found == Finding(
        pairs=300,
        known=found.known,
        in_touch=found.in_touch,
        mentors=found.mentors,
        conferences=3,
        drawn=found.drawn,
        alike=found.alike,
        needed=Needed(pairs=found.needed.pairs, rarer=80, mentors=40),
    )
    assert found.alike <= found.known < found.needed.pairs
    assert learn(Lesson(pairs=(), points=PLANTED.points)) == Finding(
        pairs=0, known=0, in_touch=0, mentors=0, conferences=0, drawn=0, alike=0, needed=needed(8, None)
    )


def test_how_many_pairs_it_takes_follows_from_the_share_in_touch_and_the_number_of_terms() -> None:
    assert needed(1, 0.5) == Needed(pairs=200, rarer=10, mentors=40)  # (1.96 + 0.84)^2 / (0.25 * 0.405^2) = 191
    assert needed(8, 1 / 3).pairs == 350
    assert needed(8, None) == needed(8, 1 / 3)
    assert needed(8, 0.0) == needed(8, 0.1)


def test_what_it_takes_says_nothing_of_few() -> None:
    lesson = PLANTED.lesson(1)
    answered = [pair for pair in lesson.pairs if pair.in_touch is not None]
    for said in (9, 10):
        pairs = [replace(pair, in_touch=number < said) for number, pair in enumerate(answered[:60])]
        assert learn(replace(lesson, pairs=pairs)).needed.pairs == needed(8, None if said < 10 else said / 60).pairs


def test_all_pairs_in_touch_or_none_tells_nothing() -> None:
    for said in (True, False):
        lesson = PLANTED.lesson(1)
        pairs = [replace(pair, in_touch=said) for pair in lesson.pairs]
        assert learn(replace(lesson, pairs=pairs)).enough is False


def test_few_mentors_with_many_pairs_tell_nothing() -> None:
    lesson = PLANTED.lesson(1)
    pairs = [replace(pair, mentor=f"m{int(pair.mentor[1:]) % 30}") for pair in lesson.pairs]
    found = learn(replace(lesson, pairs=pairs))
    assert (found.mentors, found.enough) == (30, False)


def test_a_term_that_nearly_all_pairs_share_is_left_out_and_keeps_its_points() -> None:
    lesson = PLANTED.lesson(2)
    pairs = [replace(pair, terms={**pair.terms, "own_language": 0.0}) for pair in lesson.pairs]
    found = learn(replace(lesson, pairs=pairs))
    (left_out,) = (effect for effect in found.effects if effect.term == "own_language")
    assert (left_out.verdict, left_out.points, left_out.suggested) == ("same", 50, 50)
    assert (found.enough, found.needed.rarer) == (True, 80)


def test_what_the_silent_ones_could_change_stands_beside_it() -> None:
    """All who have much in common fell silent: had none of them gone on, the topic would not have helped."""
    lesson = PLANTED.lesson(3)
    pairs = [
        replace(pair, in_touch=None if pair.terms["common_topics"] > 0.6 and number % 4 else pair.in_touch)
        for number, pair in enumerate(lesson.pairs)
    ]
    (topics,) = (one for one in learn(replace(lesson, pairs=pairs)).effects if one.term == "common_topics")
    assert topics.if_all_no < topics.difference < topics.if_all_yes
    assert topics.holds is False


def test_fairness_is_looked_at_and_never_changed() -> None:
    found = learn(replace(PLANTED, effects={"first_timer": -0.9, "common_topics": 0.7}).lesson(4))
    by_term = {effect.term: effect for effect in found.effects}
    assert by_term["first_timer"].verdict == "hurts"
    assert found.suggested["first_timer"] == PLANTED.points["first_timer"]


def test_an_average_pair_has_as_many_points_as_before() -> None:
    lesson = PLANTED.lesson(0)
    found = learn(lesson)
    answered = [pair for pair in lesson.pairs if pair.in_touch is not None and pair.probability is None]

    def mean(points: dict[str, int]) -> float:
        return sum(points[name] * pair.terms[name] for pair in answered for name in NAMES) / len(answered)

    assert mean(dict(found.suggested)) == pytest.approx(mean(dict(lesson.points)), rel=0.02)


def test_a_drawn_pair_counts_by_how_unlikely_it_was() -> None:
    """Chance draws those who fit badly as often as the others: weighed, they count as if all who fitted had met."""
    few = [
        Pair(
            mentor=f"m{number}",
            mentee=f"e{number}",
            conference="c",
            terms={"common_topics": float(number % 2)},
            in_touch=number % 3 == 0,
            probability=0.5 if number % 2 else 0.1,
        )
        for number in range(1200)
    ]
    found = learn(Lesson(pairs=few, points={"common_topics": 600}))
    # Kish: 600 of weight 1/3 and 600 of weight 5/3 say as much as 830 alike.
    assert (found.drawn, found.alike, found.enough) == (1200, 830, True)
    almost = learn(Lesson(pairs=few[:260], points={"common_topics": 600}))
    assert (almost.known, almost.enough, almost.needed.pairs) == (260, False, needed(1, 87 / 260).pairs)


def test_the_same_pairs_in_any_order_find_the_same() -> None:
    lesson = PLANTED.lesson(5)
    turned = replace(lesson, pairs=list(lesson.pairs)[::-1])
    for one, other in zip(learn(lesson).effects, learn(turned).effects, strict=True):
        assert one.difference == pytest.approx(other.difference, abs=1e-6)
    assert pickle.loads(pickle.dumps(learn(lesson))) == learn(lesson)
