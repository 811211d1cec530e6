"""Pages on which an organizer sets a conference up: lines of text, as she would write them into a mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from flask import Blueprint, request
from werkzeug.datastructures import MultiDict

from services.registration.domain.conference import topic_line
from services.registration.forms import ConferenceForm, PointsForm
from services.registration.forms.points import point_line, points_of
from services.registration.handlers import conferences as commands
from shared import conferences
from shared.contracts import ConferencePublished
from shared.contracts.conference import Policy
from shared.errors import Conflict, Invalid
from shared.forms import zones
from shared.i18n import gettext as _
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.input import form_data, loaded
from shared.web.who import actor, may

pages = Blueprint("registration_setting_up", "services.registration", template_folder="templates")
Errors = Mapping[str, Any]
BOXES = ("approve_mentors", "adults_only")
LINES = tuple(rule.name for rule in fields(Policy) if rule.name not in BOXES)
"""Rules that are typed; the others are ticked."""


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


@pages.post("/organize/<slug>/points")
@may("owner")
def adopt(slug: str) -> Any:
    """Take over the points that a page of introductions suggested."""
    said, errors, _typed_points = form_data(PointsForm())
    if said is None:
        return _refuse(slug, [text for texts in errors.values() for text in texts][:1], 422)
    try:
        with unit_of_work() as work:
            commands.adopt_points(slug, said.pop("seen"), said, actor(), work)
    except Conflict as refused:
        return _refuse(slug, [refused.sentence()], 409)
    return see_other(f"/organize/{slug}/edit?adopted=points#f-policy")


def _refuse(slug: str, sentences: list[str], status: int) -> Any:
    with reading() as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
    return _form(slug, _typed(conference), {"policy": sentences}, status)


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
    context: dict[str, Any] = {
        "errors": errors,
        "typed": typed,
        "slug": slug,
        "zones": sorted(zones()),
        "rules": _finer_rules(),
    }
    context["adopted"] = not errors and request.method == "GET" and request.args.get("adopted") == "points"
    with reading() as connection:  # so that the way back to it stands above the form
        conference = None if slug is None else conferences.by_slug(connection, actor().scope, slug)
    return render("registration/conference.html", status, **context, points=_points(), conference=conference)


def _finer_rules() -> list[tuple[str, str, str]]:
    """(name, label, hint) of the rules that hardly anybody changes."""
    return [
        ("mentor_slots_in_a_row", _("Talks in a row, at most"), _("After that a mentor has one slot free.")),
        (
            "mentor_proposals_beyond_slots",
            _("Spare proposals"),
            _("A mentor gets at most as many proposals a day as slots, plus these."),
        ),
        ("propose_minutes_before_slot", _("Minutes ahead, at least"), _("Nothing is proposed closer to its slot.")),
        (
            "hold_evening_before",
            _("Held until, the evening before"),
            _("How long a proposal for another day waits for answers."),
        ),
        (
            "hold_minutes_after_break",
            _("Minutes after a break"),
            _("On the day a proposal waits at least so long after the next break."),
        ),
        ("hold_ends_minutes_before_slot", _("Minutes before the slot"), _("Until then a proposal waits for answers.")),
        (
            "mails_per_day",
            _("Mails a person and day, at most"),
            _("Beyond that only news of an agreed meeting that moves or is off; the rest stands on “My day”."),
        ),
        ("continue_hours", _("Hours to say “stay in touch”"), _("From the evening mail on.")),
        ("follow_up_days", _("Days until we ask again"), _("Three numbers, counted from the meeting.")),
        ("silences_end", _("Unanswered questions"), _("After so many we stop asking.")),
        ("small_cells_under", _("Counts hidden under"), _("On the dashboard; 0 hides none.")),
    ]


def _points() -> list[tuple[str, str, str]]:
    """(name, label, hint) of what counts for a pair."""
    return [
        ("points_common_topics", _("Topics in common"), _("All of it if everything looked for is offered.")),
        ("points_goals_helped", _("Kind of help"), _("All of it if all the help hoped for is given.")),
        ("points_years_between", _("Years between"), _("The mentor is 5 to 15 years ahead; half where nobody knows.")),
        ("points_own_language", _("Language"), _("A language in common besides English.")),
        ("points_asked_for", _("Asked for"), _("One asked for the other; twice if both did.")),
        ("points_referred", _("Brought along"), _("One sent the other here.")),
        ("points_first_timer", _("First-timer"), _("A mentee who is new.")),
        ("points_likes_newcomers", _("Newcomers welcome"), _("A mentee who is new, and a mentor who likes that.")),
        (
            "exploration_percent",
            _("Drawn at random"),
            _("Per cent of second introductions; the draft says what can be learnt from it."),
        ),
        ("points_for_another", _("Another introduction"), _("What a second must be worth; a third twice that.")),
    ]


def _rules(slug: str | None) -> dict[str, Any]:
    """The rules as they are: what a form does not send stays."""
    if slug is None:
        return {}
    with reading() as connection:
        return asdict(conferences.by_slug(connection, actor().scope, slug).policy)


def draft_of(typed: MultiDict[str, str], slug: str | None, rules: Mapping[str, Any]) -> dict[str, Any]:
    """The form's lines as the schema wants them: `2026-11-23 10:00-12:00 14:00-15:00`, `Lobby | by the fountain | 6`.
    Raises Invalid."""
    days = []
    for line in typed.get("days", "").splitlines():
        words = line.replace("–", "-").split()
        if words:
            blocks = [dict(zip(("start", "end"), word.split("-", 1), strict=False)) for word in words[1:]]
            days.append({"date": words[0], "blocks": blocks})
    sent: dict[str, Any] = {name: typed[f"policy.{name}"].strip() for name in LINES if f"policy.{name}" in typed}
    if "follow_up_days" in sent:
        sent["follow_up_days"] = sent["follow_up_days"].replace(",", " ").split()
    # An empty line means the default.
    policy = {name: value for name, value in {**rules, **sent}.items() if value not in ("", [])}
    policy |= {name: typed.get(f"policy.{name}") == "on" for name in BOXES}
    return {
        "slug": slug or typed.get("slug", ""),
        "name": typed.get("name", ""),
        "timezone": typed.get("timezone", ""),
        "days": days,
        "slot_minutes": typed.get("slot_minutes", ""),
        "change_minutes": typed.get("change_minutes", ""),
        "meeting_points": points_of(typed.get("meeting_points", "")),
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
            "meeting_points": _("Lobby | beside the fountain | 8"),
            "topics": "",
            **_written(Policy()),
        }
    )


def _typed(conference: ConferencePublished) -> MultiDict[str, str]:
    shown = {
        "name": conference.name,
        "timezone": conference.timezone,
        "slot_minutes": str(conference.slot_minutes),
        "change_minutes": str(conference.change_minutes),
        "days": "\n".join(f"{d.date} " + " ".join(f"{b.start}-{b.end}" for b in d.blocks) for d in conference.days),
        "meeting_points": "\n".join(map(point_line, conference.meeting_points)),
        "topics": "\n".join(map(topic_line, conference.topics)),
        **_written(conference.policy),
    }
    return MultiDict(shown)


def _written(policy: Policy) -> dict[str, str]:
    """The rules as the form has them."""
    lines = {name: getattr(policy, name) for name in LINES}
    lines["follow_up_days"] = ", ".join(map(str, policy.follow_up_days))
    ticked = {f"policy.{name}": "on" for name in BOXES if getattr(policy, name)}
    return {f"policy.{name}": str(value) for name, value in lines.items()} | ticked
