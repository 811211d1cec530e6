"""The draft of a plan, for owners: who would meet whom and why, who has none yet and why, load, tables, fairness; make it,
cancel, publish. What is on the page is counted from the stored draft: looking computes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import sqrt
from typing import Any

from flask import Blueprint, request

from services.introductions import queries, store
from services.introductions.forms import DraftForm
from services.introductions.handlers import drafting
from services.introductions.planner import Why
from services.introductions.web.named import Names, names_of_all
from services.introductions.web.words import place_in_words, reason_words, time_in_words, why_in_a_draft
from shared import conferences
from shared.contracts import ConferencePublished
from shared.contracts.introduction import Reason
from shared.days import local_time
from shared.errors import Conflict
from shared.i18n import gettext as _
from shared.text import fold
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.input import form_data
from shared.web.leaves import Leaf, leaf
from shared.web.who import actor, may

pages = Blueprint("introductions_draft", "services.introductions", template_folder="templates")
MOST_ROWS = 500
LIKELY = 1 / 3
"""Share of pairs who go on, about, by what is published on speed mentoring."""


@pages.get("/plan/<slug>/draft")
@may("owner")
def draft(slug: str) -> Any:
    """The draft as it stands."""
    return _page(slug)


@pages.post("/plan/<slug>/draft")
@may("owner")
def act(slug: str) -> Any:
    """Make one, cancel what is being made, or publish what is there."""
    said, _errors, _typed = form_data(DraftForm())
    if said is None:
        return _page(slug, _("Please choose what to do."), 422)
    try:
        with unit_of_work() as work:
            conference = conferences.by_slug(work.connection, actor().scope, slug)
            if said["action"] == "publish":
                drafting.publish(conference, said["made"], actor(), work)
            elif said["action"] == "cancel":
                drafting.cancel(conference, actor(), work)
            else:
                drafting.want(conference, actor(), work)
    except Conflict as late:
        return _page(slug, late.sentence(), 409)
    return see_other(f"/plan/{slug}/draft")


def _page(slug: str, refusal: str = "", status: int = 200) -> Any:
    now = current_runtime().now()
    with reading() as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
        current = store.draft(connection, conference.conference)
        names = names_of_all(connection, conference)
        organizers = queries.wanted(connection, conference.conference)
    return render(
        "introductions/draft.html",
        status,
        conference=conference,
        refusal=refusal,
        draft=current,
        seconds=_seconds(current, now),
        pins=_pairs(organizers.pins, names),
        bans=_pairs(organizers.bans, names),
        **_shown(current, conference, names, request.args.get("q", "")[:80]),
    )


def _seconds(current: store.Draft | None, now: datetime) -> int:
    return 0 if current is None else int((now - current.wanted_at).total_seconds())


def _pairs(pairs: Sequence[tuple[str, str]], names: Names) -> list[dict[str, str]]:
    return [
        {"mentor": mentor, "mentee": mentee, "names": f"{_name(mentor, names)} – {_name(mentee, names)}"}
        for mentor, mentee in pairs
    ]


def _name(attendee: str, names: Names) -> str:
    return names.get(attendee) or _("a participant")


def _shown(current: store.Draft | None, conference: ConferencePublished, names: Names, wanted: str) -> dict[str, Any]:
    """What there is to see of a plan; nothing while there is none, or while it is being made or published: the page then
    asks again and again."""
    plan = None if current is None or current.is_being_made or current.publishing else current.plan
    if plan is None:
        return {"plan": None}
    meetings = sorted(zip(plan["meetings"], plan["reasons"], strict=True), key=lambda one: one[0][2:5])
    fitting, part = _fitting(meetings, conference, names, wanted)
    drawn = sum(meeting[5] is not None for meeting, _facts in meetings)
    return {
        "plan": plan,
        "wanted": wanted,
        "rows": fitting,
        "leaf": part,
        "every": len(meetings),
        "above": _above(plan),
        "made_at": local_time(conference, current.made_at) if current and current.made_at else "",
        "not_pinned": _pairs([(mentor, mentee) for mentor, mentee in plan["not_pinned"]], names),
        "unplaced": [_unplaced(name, why, conference, names) for name, why in plan["unplaced"]],
        "load": _load(plan, names),
        "tables": _tables(plan, conference),
        "drawn": drawn,
        "detects": _detects(len(meetings), drawn),
        "fairness": plan["fairness"],
        "least": _name(plan["fairness"]["least"][0], names) if plan["fairness"]["least"] else "",
    }


def _fitting(
    meetings: Sequence[tuple[Any, Any]], conference: ConferencePublished, names: Names, wanted: str
) -> tuple[list[dict[str, Any]], Leaf]:
    """What is shown of these meetings; where nothing is looked for, only that is put into words."""
    path = f"/plan/{conference.slug}/draft"
    if not wanted:
        part = leaf(len(meetings), path)
        return [_row(*one, conference, names) for one in meetings[part.start : part.stop]], part
    rows = [_row(*one, conference, names) for one in meetings]
    fitting = [row for row in rows if all(word in fold(_text(row)) for word in fold(wanted).split())]
    part = leaf(len(fitting), path)
    return fitting[part.start : part.stop], part


def _row(
    meeting: Sequence[Any], facts: Sequence[Sequence[str]], conference: ConferencePublished, names: Names
) -> dict[str, Any]:
    mentor, mentee, slot, point, table, probability = meeting
    return {
        "time": time_in_words(slot, conference),
        "where": place_in_words(point, table, conference),
        "mentor": mentor,
        "mentee": mentee,
        "mentor_name": _name(mentor, names),
        "mentee_name": _name(mentee, names),
        "drawn": probability is not None,
        "why": reason_words([Reason(kind=kind, code=code) for kind, code in facts], conference),
    }


def _text(row: Mapping[str, Any]) -> str:
    """What a filter looks at."""
    return f"{row['time']} {row['where']} {row['mentor_name']} {row['mentee_name']}"


def _above(plan: Mapping[str, Any]) -> float | None:
    """Per cent of this plan's value that the best there can be may have more; None = not known."""
    found = plan["found"]
    if not found or not found["bound"] or found["value"] <= 0:
        return None
    return float(max(0.0, 100 * (found["bound"] - found["value"]) / found["value"]))


def _load(plan: Mapping[str, Any], names: Names) -> list[tuple[str, int]]:
    """(name, meetings) of each mentor, also of two of the same name, the busiest first."""
    has = Counter(meeting[0] for meeting in plan["meetings"])
    lines = ((_name(mentor, names), count) for mentor, count in has.items())
    return sorted(lines, key=lambda line: (-line[1], line[0]))[:MOST_ROWS]


def _detects(pairs: int, drawn: int) -> int | None:
    """The difference in points of per cent between drawn and planned pairs that could be told from chance (95 % interval
    of a difference of two shares near a third); None where nothing is drawn or everything."""
    if not 0 < drawn < pairs:
        return None
    return round(100 * 1.96 * sqrt(LIKELY * (1 - LIKELY) * (1 / drawn + 1 / (pairs - drawn))))


def _unplaced(name: str, why: Mapping[str, Any], conference: ConferencePublished, names: Names) -> dict[str, str]:
    return {"name": _name(name, names), **why_in_a_draft(Why(**why), conference)}


def _tables(plan: Mapping[str, Any], conference: ConferencePublished) -> list[tuple[str, int, int]]:
    """(slot in words, meetings of this draft, tables) of every slot that it uses."""
    used = Counter(meeting[2] for meeting in plan["meetings"])
    tables = sum(point.tables for point in conference.meeting_points)
    return [(time_in_words(slot.id, conference), used[slot.id], tables) for slot in conference.slots if slot.id in used]
