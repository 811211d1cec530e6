"""How many go without is exact: nobody could serve more, and what is missing is shared as evenly as can be."""

from __future__ import annotations

from fractions import Fraction
from itertools import chain, combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from services.registration.domain.shortage import Scarce, shares, shortage

GRANTS, PYTHON, LAW = (frozenset({topic}) for topic in ("grants", "python", "law"))
BOTH = GRANTS | PYTHON
TOPICS = ("grants", "python", "law")


def test_thirty_one_want_what_four_offer_in_seven_conversations() -> None:
    offers = [(GRANTS, 2), (GRANTS, 2), (GRANTS, 2), (GRANTS, 1)]
    found = shortage(TOPICS, [*[GRANTS] * 31, PYTHON], [*offers, (PYTHON, 3)], 1000)
    assert found.topics[0] == Scarce(topic="grants", want=31, offer=4, conversations=7, without=24)
    assert [item.topic for item in found.scarce] == ["grants"]
    assert (found.asking, found.without) == (32, 24)


def test_topics_that_share_mentors_share_what_is_missing() -> None:
    found = shortage(TOPICS, [*[GRANTS] * 20, *[PYTHON] * 10], [(BOTH, 15)], 1000)
    assert {item.topic: (item.conversations, item.without) for item in found.topics} == {
        "grants": (15, 10),
        "python": (15, 5),
        "law": (0, 0),
    }
    assert found.without == 15


def test_who_also_asks_about_something_else_is_served_there() -> None:
    found = shortage(TOPICS, [*[GRANTS] * 4, *[GRANTS | LAW] * 4], [(GRANTS, 4), (LAW, 9)], 1000)
    assert (found.without, found.scarce) == (0, ())


def test_there_are_no_more_meetings_than_tables_and_times() -> None:
    assert shortage(TOPICS, [GRANTS] * 10, [(GRANTS, 10)], 6).without == 4


def test_without_anybody_nothing_is_missing_and_without_mentors_everything() -> None:
    assert shortage(TOPICS, [], [(GRANTS, 3)], 10).without == 0
    assert shortage(TOPICS, [LAW, LAW, frozenset()], [], 10).without == 2


SETS = [frozenset(some) for some in chain.from_iterable(combinations(TOPICS, n) for n in (1, 2, 3))]
SUPPLY = st.dictionaries(st.sampled_from(SETS), st.integers(0, 6), max_size=5)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(SETS), st.integers(1, 8), min_size=1, max_size=5), SUPPLY, st.integers(0, 20))
def test_no_group_gets_more_than_is_there_for_it_and_none_could_get_more_but_from_one_as_badly_off(
    asking: dict[frozenset[str], int], giving: dict[frozenset[str], int], meetings: int
) -> None:
    found = shares(asking, giving, meetings)
    groups = [set(some) for size in range(1, len(asking) + 1) for some in combinations(asking, size)]

    def there(group: set[frozenset[str]]) -> int:
        topics = frozenset().union(*group)
        return min(meetings, sum(number for offer, number in giving.items() if offer & topics))

    def gets(group: set[frozenset[str]]) -> Fraction:
        return sum((asking[want] * found[want] for want in group), Fraction())

    assert all(gets(group) <= there(group) for group in groups), "Hall's condition"
    for want, share in found.items():
        tight = [group for group in groups if want in group and gets(group) == there(group)]
        # Who lacks something is in a group that has all there is for it, of which nobody is better off.
        assert share == 1 or any(all(found[other] <= share for other in group) for group in tight)
