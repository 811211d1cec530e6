"""Pages on which an organizer sets a conference up: lines of text, as she would write them into a mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, request
from werkzeug.datastructures import MultiDict

from services.registration.forms import ConferenceForm
from services.registration.handlers import conferences as commands
from shared import conferences
from shared.contracts import ConferencePublished
from shared.errors import Invalid
from shared.forms import zones
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.input import loaded
from shared.web.who import actor, may

pages = Blueprint("registration_setting_up", "services.registration", template_folder="templates")
Errors = Mapping[str, Any]
RULES = (
    "introductions_per_mentee",
    "introductions_at_most",
    "mentor_meetings_per_half_day",
    "evening_mail_at",
    "concern_contact",
)


@pages.get("/organize/new")
@may("owner")
def new() -> Any:
    """A form for a new conference."""
    return _form(None, _fresh(), {})


@pages.post("/organize/new")
@may("owner")
def create() -> Any:
    """Create it."""
    return _save(None)


@pages.get("/organize/<slug>/edit")
@may("owner")
def edit(slug: str) -> Any:
    """The form for a conference that there is."""
    with reading() as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
    return _form(slug, _typed(conference), {})


@pages.post("/organize/<slug>/edit")
@may("owner")
def change(slug: str) -> Any:
    """Change it."""
    return _save(slug)


def _save(slug: str | None) -> Any:
    typed = request.form
    try:
        draft = loaded(ConferenceForm(), draft_of(typed, slug, _rules(slug)))
        with unit_of_work() as work:
            if slug is None:
                made = commands.create(draft, actor(), work)
            else:
                made, _changed = commands.change(slug, draft, actor(), work)
    except (Invalid, commands.SlugTaken) as wrong:
        errors = wrong.errors if isinstance(wrong, Invalid) else {"slug": [wrong.sentence()]}
        return _form(slug, typed, errors, 422)
    return see_other(f"/organize/{made.slug}")


def _form(slug: str | None, typed: MultiDict[str, str], errors: Errors, status: int = 200) -> Any:
    return render("registration/conference.html", status, errors=errors, typed=typed, slug=slug, zones=sorted(zones()))


def _rules(slug: str | None) -> dict[str, Any]:
    """The rules as they are, those too that stand on no page."""
    if slug is None:
        return {}
    with reading() as connection:
        return asdict(conferences.by_slug(connection, actor().scope, slug).policy)


def draft_of(typed: MultiDict[str, str], slug: str | None, rules: Mapping[str, Any]) -> dict[str, Any]:
    """The form's lines as the schema wants them: `2026-11-23 10:00-12:00 14:00-15:00`, `Lobby | by the fountain | 6`."""
    days = []
    for line in typed.get("days", "").splitlines():
        words = line.replace("–", "-").split()
        if words:
            blocks = [dict(zip(("start", "end"), word.split("-", 1), strict=False)) for word in words[1:]]
            days.append({"date": words[0], "blocks": blocks})
    points = []
    for line in typed.get("meeting_points", "").splitlines():
        parts = [part.strip() for part in line.split("|")]
        if any(parts):
            point = {"name": parts[0], "tables": parts[-1] if len(parts) > 1 else ""}
            points.append(point | ({"landmark": parts[1]} if len(parts) > 2 else {}))
    policy: dict[str, Any] = {**rules, **{name: text for name in RULES if (text := typed.get(f"policy.{name}"))}}
    if not typed.get("policy.concern_contact"):
        policy.pop("concern_contact", None)
    policy["approve_mentors"] = typed.get("policy.approve_mentors") == "on"
    policy["adults_only"] = typed.get("policy.adults_only") == "on"
    return {
        "slug": slug or typed.get("slug", ""),
        "name": typed.get("name", ""),
        "timezone": typed.get("timezone", ""),
        "days": days,
        "slot_minutes": typed.get("slot_minutes", ""),
        "change_minutes": typed.get("change_minutes", ""),
        "meeting_points": points,
        "topics": [line.strip() for line in typed.get("topics", "").splitlines() if line.strip()],
        "policy": policy,
    }


def _fresh() -> MultiDict[str, str]:
    day = current_runtime().now().date().isoformat()
    return MultiDict(
        {
            "timezone": "Europe/Berlin",
            "slot_minutes": "15",
            "change_minutes": "5",
            "days": f"{day} 10:30-12:00 14:00-16:00",
            "meeting_points": "Lobby | beside the fountain | 8",
            "topics": "",
            "policy.approve_mentors": "on",
            "policy.introductions_per_mentee": "2",
            "policy.introductions_at_most": "3",
            "policy.mentor_meetings_per_half_day": "2",
            "policy.evening_mail_at": "20:00",
        }
    )


def _typed(conference: ConferencePublished) -> MultiDict[str, str]:
    policy = conference.policy
    shown = {
        "name": conference.name,
        "timezone": conference.timezone,
        "slot_minutes": str(conference.slot_minutes),
        "change_minutes": str(conference.change_minutes),
        "days": "\n".join(f"{d.date} " + " ".join(f"{b.start}-{b.end}" for b in d.blocks) for d in conference.days),
        "meeting_points": "\n".join(f"{p.name} | {p.landmark} | {p.tables}" for p in conference.meeting_points),
        "topics": "\n".join(topic.label for topic in conference.topics),
        "policy.introductions_per_mentee": str(policy.introductions_per_mentee),
        "policy.introductions_at_most": str(policy.introductions_at_most),
        "policy.mentor_meetings_per_half_day": str(policy.mentor_meetings_per_half_day),
        "policy.evening_mail_at": policy.evening_mail_at,
        "policy.concern_contact": policy.concern_contact,
    }
    shown |= {f"policy.{name}": "on" for name in ("approve_mentors", "adults_only") if getattr(policy, name)}
    return MultiDict(shown)
