"""The two funnels, as the API says them: what the page hides, or does not say yet, is null."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.followup.domain.cells import Row, Shown
from services.followup.policies import CHECK_INS

PARTS = ("yes", "no", "unknown")
APART = ("wrote", "complete")


def funnels_json(found: Shown) -> dict[str, Any]:
    """The outcomes to the letter of the fixed interface, and what stands apart beside it."""
    return {
        "people": _steps(found.people)
        | {"in_touch": {question: _count(found.people, question) for question in CHECK_INS}},
        "pairs": _steps(found.pairs) | {"in_touch": _answers(found, PARTS), "apart": _answers(found, APART)},
    }


def _steps(rows: Sequence[Row]) -> dict[str, int | None]:
    """What is no question."""
    return {row.name: row.count for row in rows if row.name not in CHECK_INS}


def _count(rows: Sequence[Row], name: str) -> int | None:
    """None also for a question that was not asked yet: the page has no such row."""
    return next((row.count for row in rows if row.name == name), None)


def _answers(found: Shown, names: Sequence[str]) -> dict[str, dict[str, int | None]]:
    told = {answer.question: answer for answer in found.answers}
    return {question: {name: getattr(told.get(question), name, None) for name in names} for question in CHECK_INS}
