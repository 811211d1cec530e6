"""The proof of `rapport plan`: how good the plan is, slots considered, in a sentence. It plans nothing by itself."""

from __future__ import annotations

from collections.abc import Callable

from rapport.commands.apart import Apart
from services.introductions.planner.engine import Model, Planned, Progress, measure
from services.introductions.planner.engine.proof import MOST_PEOPLE
from services.introductions.planner.engine.proof import prove as prove_by


def prove(
    model: Model,
    planned: Planned,
    go_on: Callable[[], bool],
    progress: Callable[[Progress], None],
    waiting: Callable[[], None],
) -> tuple[Planned, int]:
    """(the best plan found and what is proved about it, KiB that solving took in other processes). `waiting` is called
    several times a second."""
    with Apart(go_on, waiting) as apart:
        planned = prove_by(model, planned, solve=apart, go_on=go_on, progress=progress)
    return planned, apart.memory


def sentence(model: Model, planned: Planned) -> str:
    """What is proved."""
    if planned.proven:
        return "Proved: no plan serves more or has more value."
    found = measure(model, planned.meetings)
    missing = planned.most_served - found.served
    may = [f"serve {missing:,} more"] if missing else []
    if planned.bound is not None and not missing:
        may.append(f"have {planned.bound - found.value:,} points more")
    why = f" Slots are not considered for more than {MOST_PEOPLE:,} people." * (model.people > MOST_PEOPLE)
    return f"Not proved to be the best: a plan may {' or '.join(may) or 'have more value'}.{why}"
