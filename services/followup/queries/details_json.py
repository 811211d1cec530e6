"""What stands below the funnels, as the API says it: what the page hides is null."""

from __future__ import annotations

from typing import Any

from services.followup.domain.cells import Answered
from services.followup.domain.cohorts import CohortRow
from services.followup.domain.compare import TOO_FEW
from services.followup.domain.details import IN_CODES, Curve, Details, Matched


def details_json(found: Details) -> dict[str, Any]:
    """All of it."""
    return {
        "curve": None if found.curve is None else _curve(found.curve),
        "cohorts": [_cohort(what, row) for what, rows in found.cohorts.items() for row in rows],
        "mentors": [_load(row) for row in found.load],
        "matched": None if found.matched is None else _matched(found.matched),
    }


def _curve(found: Curve) -> dict[str, Any]:
    points = [
        {
            "day": point.day,
            "share": _share(point.share),
            **_edges(point.band),
            "at_least": _share(point.at_least),
            "at_most": _share(point.at_most),
        }
        for point in found.points
    ]
    return {"step": found.step, "points": points}


def _cohort(what: str, row: CohortRow) -> dict[str, Any]:
    answers = [_answered(answer) for answer in row.answers]
    return {
        "by": what,
        "levels": [IN_CODES.get(level, level) for level in row.levels],
        "met": row.met,
        "answers": answers,
    }


def _load(row: CohortRow) -> dict[str, Any]:
    answers = [_answered(answer) | _bounds(answer.bounds) for answer in row.answers]
    return {"levels": list(row.levels), "mentors": row.mentors, "met": row.met, "answers": answers}


def _bounds(bounds: tuple[float, float] | None) -> dict[str, float | None]:
    at_least, at_most = (None, None) if bounds is None else bounds
    return {"at_least": _share(at_least), "at_most": _share(at_most)}


def _answered(found: Answered) -> dict[str, Any]:
    parts = {name: getattr(found, name) for name in ("met", "yes", "no", "unknown")}
    return {"after": found.question, **parts, "reported": _share(found.reported), **_edges(found.interval)}


def _matched(found: Matched) -> dict[str, Any]:
    comparison = found.comparison
    return {
        "matched": _answered(found.matched),
        "drawn": _answered(found.drawn),
        "difference": None if comparison is None else _share(comparison.difference),
        **_edges(None if comparison is None else comparison.interval),
        "verdict": TOO_FEW if comparison is None else comparison.verdict,
    }


def _edges(interval: tuple[float, float] | None) -> dict[str, float | None]:
    low, high = (None, None) if interval is None else interval
    return {"low": _share(low), "high": _share(high)}


def _share(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
