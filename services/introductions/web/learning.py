"""What points have to do with contact a month later, for owners: asked for by a button, read from what was found, adopted by
another button, which goes to registration. Looking computes nothing, and numbers of pairs are rounded: they are of all
conferences together, and nobody shall subtract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint

from services.introductions import policies, store
from services.introductions.handlers import learning
from services.introductions.web import learned_words as words
from shared import conferences
from shared.charts import Difference, differences_svg
from shared.contracts import ConferencePublished
from shared.days import local_time
from shared.i18n import gettext as _
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.who import actor, may

pages = Blueprint("introductions_learning", "services.introductions", template_folder="templates")


@pages.get("/learning/<slug>")
@may("owner")
def found(slug: str) -> Any:
    """What was found the last time."""
    now = current_runtime().now()
    with reading() as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
        current = store.learned(connection, conference.conference)
        every = conferences.within(connection, actor().scope)
    to_come = [one for one in every if one.conference != conference.conference and _goes_on(one, now)]
    return render(
        "introductions/learning.html",
        conference=conference,
        busy=current is not None and current.is_being_found,
        made_at=local_time(conference, current.made_at) if current and current.made_at else "",
        made_on=words.day_of(conference, current.made_at) if current and current.made_at else "",
        goes_on=_goes_on(conference, now),
        to_come=to_come,
        **_shown(None if current is None else current.finding, conference),
    )


@pages.post("/learning/<slug>")
@may("owner")
def look(slug: str) -> Any:
    """Compute it from all pairs up to now."""
    with unit_of_work() as work:
        conference = conferences.by_slug(work.connection, actor().scope, slug)
        learning.want(conference, actor(), work)
    return see_other(f"/learning/{slug}")


def _goes_on(conference: ConferencePublished, now: Any) -> bool:
    """Whether there is a time left that points could decide about."""
    return any(slot.starts_at > now for slot in conference.slots)


def _shown(finding: Mapping[str, Any] | None, conference: ConferencePublished) -> dict[str, Any]:
    """What there is to see of a finding."""
    if finding is None:
        return {"finding": None}
    effects: Sequence[Mapping[str, Any]] = finding["effects"]
    points = policies.weights_of(conference.policy)
    stale = {effect["term"]: effect["points"] for effect in effects} != points
    changed = {one["term"]: one["suggested"] for one in effects if one["suggested"] != one["points"]}
    compared = finding["compared"]
    return {
        "finding": finding,
        "lead": words.lead(finding, changed),
        "told": words.told(finding),
        "counts": words.counts(finding),
        "missing": words.missing(finding),
        "rows": [words.row(effect) for effect in effects],
        "bars": _bars(effects),
        "compared": None if compared is None else words.comparison(compared),
        "stale": stale,
        "changed": changed,
        "adoptable": compared is not None and compared["verdict"] == "yes" and bool(changed) and not stale,
        "suggested": {f"points_{effect['term']}": effect["suggested"] for effect in effects},
    }


def _bars(effects: Sequence[Mapping[str, Any]]) -> Any:
    kinds = {"helps": "more", "hurts": "less"}
    rows = []
    for effect in effects:
        row, nothing = words.row(effect), effect["verdict"] == "same"
        rows.append(
            Difference(
                label=row["label"],
                shown="" if nothing else row["difference"],
                kind=kinds.get(effect["verdict"], "open"),
                difference=None if nothing else effect["difference"],
                interval=None if nothing else (effect["interval"][0], effect["interval"][1]),
                note=row["verdict"] if nothing else f"{row['interval']}: {row['verdict']}",
            )
        )
    return differences_svg(
        _("What each has to do with contact after a month"),
        _("Of 100 pairs, how many more or fewer are in touch with all of it than with none; lines are 95 % intervals."),
        rows,
    )
