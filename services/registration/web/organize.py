"""Pages of organizers: conferences, people, approvals, team, keys, what was done."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from werkzeug.datastructures import MultiDict

from services.registration import queries, store
from services.registration.forms import ConferenceForm, KeyForm, TeamForm
from services.registration.handlers import attending, organizers
from services.registration.handlers import conferences as commands
from services.registration.handlers.importing import import_people
from shared import conferences
from shared.contracts import ConferencePublished
from shared.errors import Invalid, NotFound
from shared.text import fold
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.guard import IMPORT_BYTES, up_to
from shared.web.input import form_data
from shared.web.who import access, actor, may

pages = Blueprint("registration_organize", "services.registration", template_folder="templates")
ACTIONS = ("approve", "confirm", "withdraw", "check-in", "undo")


@pages.get("/organize")
@may("owner", "desk")
def overview() -> Any:
    """All conferences."""
    with reading() as connection:
        found = [(item, queries.counts(connection, item)) for item in conferences.within(connection, actor().scope)]
    return render("registration/organize.html", conferences=found)


@pages.get("/organize/new")
@may("owner")
def new() -> Any:
    """A form for a new conference."""
    return render("registration/conference.html", errors={}, typed=_fresh(), slug=None)


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
    return render("registration/conference.html", errors={}, typed=_typed(conference), slug=slug)


@pages.post("/organize/<slug>/edit")
@may("owner")
def change(slug: str) -> Any:
    """Change it."""
    return _save(slug)


def _save(slug: str | None) -> Any:
    typed = request.form
    draft = _draft(typed, slug)
    try:
        loaded: Any = ConferenceForm().load(draft)
        with unit_of_work() as work:
            if slug is None:
                made = commands.create(loaded, actor(), work)
            else:
                made, _changed = commands.change(slug, loaded, actor(), work)
    except Invalid as wrong:
        return render("registration/conference.html", 422, errors=dict(wrong.errors), typed=typed, slug=slug)
    except commands.SlugTaken as taken:
        return render("registration/conference.html", 422, errors={"slug": [taken.sentence()]}, typed=typed, slug=slug)
    except Exception as error:
        errors = _messages(error)
        if errors is None:
            raise
        return render("registration/conference.html", 422, errors=errors, typed=typed, slug=slug)
    return see_other(f"/organize/{made.slug}")


def _messages(error: Exception) -> dict[str, list[str]] | None:
    from marshmallow import ValidationError  # noqa: PLC0415

    from shared.web.guard import invalid_body  # noqa: PLC0415

    return dict(invalid_body(error.normalized_messages()).errors) if isinstance(error, ValidationError) else None  # type: ignore[arg-type]


def _draft(typed: MultiDict[str, str], slug: str | None) -> dict[str, Any]:
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
    policy: dict[str, Any] = {
        name: typed[f"policy.{name}"]
        for name in (
            "introductions_per_mentee",
            "introductions_at_most",
            "mentor_meetings_per_half_day",
            "evening_mail_at",
            "concern_contact",
        )
        if typed.get(f"policy.{name}")
    }
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


@pages.get("/organize/<slug>")
@may("owner", "desk")
def conference(slug: str) -> Any:
    """A conference at a glance."""
    with reading() as connection:
        found = conferences.by_slug(connection, actor().scope, slug)
        counts, supply = queries.counts(connection, found), queries.supply(connection, found)
    return render("registration/overview.html", conference=found, counts=counts, supply=supply)


@pages.get("/organize/<slug>/people")
@may("owner")
def people(slug: str) -> Any:
    """Every person, with what can be done."""
    wanted, only = request.args.get("q", "")[:80], request.args.get("only", "")
    with reading() as connection:
        found = conferences.by_slug(connection, actor().scope, slug)
        rows = queries.attendee_rows(connection, found)
    words = fold(wanted).split()
    shown = [
        row
        for row in rows
        if all(word in fold(f"{row.name or ''} {row.email or ''} {row.employer or ''}") for word in words)
    ]
    if only == "approve":
        shown = [row for row in shown if not row.approved and row.status != "withdrawn"]
    labels = {topic.code: topic.label for topic in found.topics}
    return render(
        "registration/people.html",
        conference=found,
        rows=shown[:500],
        total=len(shown),
        wanted=wanted,
        only=only,
        labels=labels,
    )


@pages.post("/organize/<slug>/people/<attendee_id>")
@may("owner")
def act(slug: str, attendee_id: str) -> Any:
    """Approve, vouch, check in, undo or withdraw."""
    action = request.form.get("action", "")
    with unit_of_work() as work:
        found = conferences.by_slug(work.connection, actor().scope, slug)
        attendee = store.attendee(work.connection, actor().scope, found, attendee_id)
        if action == "approve":
            attending.approve(attendee, found, actor(), work)
        elif action == "confirm":
            attending.confirm(attendee, found, work, actor=actor())
        elif action == "withdraw":
            attending.withdraw(attendee, found, work, actor=actor())
        elif action == "check-in":
            attending.check_in(attendee, found, actor(), work)
        elif action == "undo":
            attending.leave(attendee, found, actor(), work)
        else:
            raise NotFound
    return see_other(f"/organize/{slug}/people" + ("?only=approve" if request.form.get("only") == "approve" else ""))


@pages.post("/organize/<slug>/approve-all")
@may("owner")
def approve_all(slug: str) -> Any:
    """Approve every mentor who waits."""
    with unit_of_work() as work:
        found = conferences.by_slug(work.connection, actor().scope, slug)
        for row in queries.attendee_rows(work.connection, found):
            if not row.approved and row.status != "withdrawn":
                attending.approve(store.attendee_of(row), found, actor(), work)
    return see_other(f"/organize/{slug}/people")


@pages.get("/organize/<slug>/import")
@may("owner")
def import_form(slug: str) -> Any:
    """Bring a list of people."""
    with reading() as connection:
        found = conferences.by_slug(connection, actor().scope, slug)
    return render("registration/import.html", conference=found, result=None, errors={})


@pages.post("/organize/<slug>/import")
@may("owner")
@up_to(IMPORT_BYTES)
def import_list(slug: str) -> Any:
    """Read the list: a dry run says what would happen."""
    sent = request.files.get("file")
    content = sent.read() if sent else b""
    role = request.form.get("role", "mentees")
    consents = {
        name: True
        for name in request.form.getlist("consents")
        if name in ("introductions", "follow_up", "statistics", "next_year")
    }
    with reading() as connection:
        found = conferences.by_slug(connection, actor().scope, slug)
    result = import_people(
        content,
        found,
        "mentor" if role == "mentors" else "mentee",
        consents=consents or None,
        dry_run=request.form.get("dry_run") == "on",
        actor=actor(),
        open_work=current_runtime().work,
    )
    return render(
        "registration/import.html", 200 if not result.refused else 422, conference=found, result=result, errors={}
    )


@pages.get("/organize/<slug>/team")
@may("owner")
def team(slug: str) -> Any:
    """Who helps."""
    return _team(slug, {}, {})


@pages.post("/organize/<slug>/team")
@may("owner")
def change_team(slug: str) -> Any:
    """Add somebody, or remove."""
    if request.form.get("remove"):
        with unit_of_work() as work:
            found = conferences.by_slug(work.connection, actor().scope, slug)
            organizers.remove_from_team(request.form["remove"], found, actor(), work)
        return see_other(f"/organize/{slug}/team")
    said, errors, typed = form_data(TeamForm(unknown="exclude"))
    if said is None:
        return _team(slug, errors, typed, 422)
    with unit_of_work() as work:
        found = conferences.by_slug(work.connection, actor().scope, slug)
        organizers.add_to_team(said["email"], said["role"], found, actor(), work)
    return see_other(f"/organize/{slug}/team")


def _team(slug: str, errors: dict[str, list[str]], typed: Any, status: int = 200) -> Any:
    with reading() as connection:
        found = conferences.by_slug(connection, actor().scope, slug)
        rows = queries.team(connection, actor().account, slug)
    return render("registration/team.html", status, conference=found, team=rows, errors=errors, typed=typed)


@pages.get("/organize/<slug>/keys")
@may("owner")
def keys(slug: str) -> Any:
    """API keys."""
    return _keys(slug, None, {})


@pages.post("/organize/<slug>/keys")
@may("owner")
def change_keys(slug: str) -> Any:
    """Make a key (shown once), or end one."""
    if request.form.get("end"):
        with unit_of_work() as work:
            mine = [row.access for row in queries.keys(work.connection, [actor().id])]
            if request.form["end"] in mine:
                organizers.end_key(request.form["end"], actor(), work)
        return see_other(f"/organize/{slug}/keys")
    said, errors, _typed_in = form_data(KeyForm(unknown="exclude"))
    if said is None:
        return _keys(slug, None, errors, 422)
    with unit_of_work() as work:
        found = conferences.by_slug(work.connection, actor().scope, slug)
        key = organizers.make_key(said["label"], frozenset({found.slug}), actor(), access(), work)
    return _keys(slug, key, {})


def _keys(slug: str, key: str | None, errors: dict[str, list[str]], status: int = 200) -> Any:
    from shared.access import is_revoked  # noqa: PLC0415

    with reading() as connection:
        found = conferences.by_slug(connection, actor().scope, slug)
        rows = [(row, is_revoked(connection, row.access)) for row in queries.keys(connection, [actor().id])]
    return render("registration/keys.html", status, conference=found, keys=rows, key=key, errors=errors)


@pages.get("/organize/<slug>/audit")
@may("owner")
def audit(slug: str) -> Any:
    """What was done, by whom."""
    with reading() as connection:
        found = conferences.by_slug(connection, actor().scope, slug)
        rows, names = queries.audit_rows(connection, found), queries.actor_names(connection, actor().account)
    return render("registration/audit.html", conference=found, rows=rows, names=names)
