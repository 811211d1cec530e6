"""Wilson's interval against values that others computed (Newcombe 1998, table I, and R's prop.test without correction)."""

from __future__ import annotations

import pytest

from services.followup.domain.intervals import share, wilson


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0),
    ],
)
def test_published_values(count: int, total: int, low: float, high: float) -> None:
    found = wilson(count, total)
    assert found is not None
    assert tuple(round(edge, 4) for edge in found) == (low, high)


def test_nothing_has_no_interval_and_no_share() -> None:
    assert [wilson(0, 0), share(0, 0), share(None, 3), share(3, None)] == [None] * 4


def test_the_share_lies_within() -> None:
    for total in (1, 5, 80, 1000):
        for count in range(0, total + 1, max(1, total // 7)):
            found = wilson(count, total)
            assert found is not None
            assert 0 <= found[0] <= count / total <= found[1] <= 1
