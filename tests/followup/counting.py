"""Everything that follow-up counted of a conference, and what `tests/rapport/recount.py` counts of the events, in one shape."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from services.followup import queries
from services.followup.domain.curve import curve
from services.followup.domain.definitions import NO, days_of, last_contact
from services.followup.domain.outcomes import Outcomes, added_up
from services.followup.domain.tallying import COHORTS, Facts
from services.followup.policies import CHECK_INS
from services.followup.queries import passed
from shared.contracts import ConferencePublished

RECOUNT = Path(__file__).parent.parent / "rapport/recount.py"
EVERYTHING = ("pair", "person", "load", *COHORTS)


def recounted(log: Path, slug: str, today: date) -> Any:
    """By a process that knows nothing of the product but its events."""
    command = [sys.executable, "-I", str(RECOUNT), str(log), slug, today.isoformat()]
    return json.loads(subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout)


def counted(connection: Connection, conference: ConferencePublished, today: date) -> dict[str, Any]:
    """As the totals that are kept, and what is counted when a page asks, have it."""
    totals = queries.totals_of(connection, conference.conference, EVERYTHING)
    found = added_up(totals)
    met = {facts: pairs for facts, pairs in totals.pairs().items() if facts.met}
    chance = totals.of("chance")
    over = passed.passed(connection, conference, today)
    return {
        **funnels(found),
        "lost": dict(found.pairs.lost),
        "asked": sorted(totals.asked()),
        "cohorts": {
            way: {level: parts(pairs) for level, pairs in levels.items()}
            for way in COHORTS
            if (levels := totals.of(way))
        },
        "load": {str(pairs): mentors for pairs, mentors in totals.load().items()},
        "exploration": {
            "matched": parts(chance.get("planned", {})),
            "drawn": parts(together(pairs for level, pairs in chance.items() if level != "planned")),
        },
        "passed": {
            "pairs": len(over),
            "contact": sum(pair.contact for pair in over),
            "complete": sum(pair.complete for pair in over),
        },
        "curve": points(met, days_of(conference.policy.follow_up_days)),
    }


def funnels(found: Outcomes) -> dict[str, Any]:
    """The two counts in the shape of the API, with the numbers that it hides."""
    people, pairs = found.people, found.pairs
    steps = ("introduced", "accepted", "met")
    return {
        "people": {
            **{step: getattr(people, step) for step in ("registered", "checked_in", *steps)},
            "in_touch": dict(people.in_touch),
        },
        "pairs": {
            **{step: getattr(pairs, step) for step in (*steps, "continued")},
            "in_touch": _parts(found, ("yes", "no", "unknown")),
            "apart": _parts(found, ("wrote", "complete")),
        },
    }


def _parts(found: Outcomes, names: Sequence[str]) -> dict[str, dict[str, int]]:
    return {
        question: {name: getattr(parts, name) for name in names} for question, parts in found.pairs.in_touch.items()
    }


def as_told(counted: Any, told: Any) -> Any:
    """What was counted, without the numbers that are null in what is told. It says nothing of what is null: that some are not, a
    test has to ask by itself."""
    if isinstance(counted, dict):
        return {name: as_told(found, told[name]) for name, found in counted.items()}
    return None if told is None else counted


def together(groups: Any) -> Counter[Facts]:
    """One count of several."""
    found: Counter[Facts] = Counter()
    for group in groups:
        found.update(group)
    return found


def stands(word: str) -> str:
    """What is known of a pair, without why it is a no."""
    return word if word in ("yes", "unknown") else NO


def parts(pairs: Mapping[Facts, int]) -> dict[str, dict[str, int]]:
    """Question -> yes, no and unknown."""
    return {
        question: {
            word: sum(n for facts, n in pairs.items() if stands(facts.said[place]) == word)
            for word in ("yes", "no", "unknown")
        }
        for place, question in enumerate(CHECK_INS)
    }


def points(met: Mapping[Facts, int], days: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Day -> the bounds of the curve, in pairs."""
    spans: Counter[Any] = Counter()
    for facts, pairs in met.items():
        standings = dict(zip(CHECK_INS, map(stands, facts.said), strict=True))
        spans[last_contact(standings, days)] += pairs
    return {
        str(point.day): {"at_least": point.later, "at_most": point.pairs - point.over}
        for point in curve(spans, days.values())
    }
