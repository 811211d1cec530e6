"""Pages on which an organizer sees everybody, approves, vouches, and withdraws."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request

from services.registration import queries, store
from services.registration.domain import Attendee, attendee_of
from services.registration.handlers import attending, presence
from shared import conferences
from shared.access import Actor
from shared.contracts import ConferencePublished
from shared.errors import Conflict, Invalid, NotFound
from shared.text import fold
from shared.web import reading, render, see_other, unit_of_work
from shared.web.leaves import kept, leaf
from shared.web.who import actor, may
from shared.work import Work

pages = Blueprint("registration_people", "services.registration", template_folder="templates")
Command = Callable[[Attendee, ConferencePublished, Actor, Work], Any]
COMMANDS: dict[str, Command] = {
    "approve": attending.approve,
    "confirm": lambda attendee, found, who, work: attending.confirm(attendee, found, work, actor=who),
    "withdraw": lambda attendee, found, who, work: attending.withdraw(attendee, found, work, actor=who),
    "check-in": presence.check_in,
    "undo": presence.take_back,
    "leave": presence.leave,
}


@pages.get("/organize/<slug>/people")
@may("owner")
def people(slug: str) -> Any:
    """Every person, with what can be done."""
    return _people(slug, None)


def _people(slug: str, refusal: str | None, status: int = 200) -> Any:
    wanted, only = request.values.get("q", "")[:80], request.values.get("only", "")[:80]
    with reading() as connection:
        found = conferences.by_slug(connection, actor().scope, slug)
        rows = queries.attendee_rows(connection, found)
    words = fold(wanted).split()
    shown = [row for row in rows if all(word in _searched(row) for word in words)] if words else rows
    if only == "approve":
        shown = [row for row in shown if not row.approved and row.status != "withdrawn"]
    part = leaf(len(shown), f"/organize/{slug}/people")
    return render(
        "registration/people.html",
        status,
        conference=found,
        rows=shown[part.start : part.stop],
        leaf=part,
        wanted=wanted,
        only=only,
        labels={topic.code: topic.label for topic in found.topics},
        refusal=refusal,
    )


def _searched(row: Any) -> str:
    return fold(f"{row.name or ''} {row.email or ''} {row.employer or ''}")


@pages.post("/organize/<slug>/people/<attendee_id>")
@may("owner")
def act(slug: str, attendee_id: str) -> Any:
    """Approve, vouch, check in, undo; withdraw, which is asked once more."""
    action = request.form.get("action", "")
    if action not in COMMANDS:
        raise NotFound
    if action == "withdraw" and request.form.get("sure") != "yes":
        return _sure(slug, attendee_id)
    try:
        with unit_of_work() as work:
            found = conferences.by_slug(work.connection, actor().scope, slug)
            attendee = store.attendee(work.connection, actor().scope, found, attendee_id)
            COMMANDS[action](attendee, found, actor(), work)
    except (Conflict, Invalid) as refused:
        told = [text for texts in getattr(refused, "errors", {}).values() for text in texts] or [refused.sentence()]
        return _people(slug, " ".join(told), refused.status)
    return see_other(f"/organize/{slug}/people{kept()}")


def _sure(slug: str, attendee_id: str) -> Any:
    with reading() as connection:
        found = conferences.by_slug(connection, actor().scope, slug)
        row = queries.attendee_of_conference(connection, actor().scope, found, attendee_id)
    return render("registration/sure.html", conference=found, row=row, back=kept())


@pages.post("/organize/<slug>/approve-all")
@may("owner")
def approve_all(slug: str) -> Any:
    """Approve every mentor who waits."""
    with unit_of_work() as work:
        found = conferences.by_slug(work.connection, actor().scope, slug)
        for row in queries.attendee_rows(work.connection, found):
            if not row.approved and row.status != "withdrawn":
                attending.approve(attendee_of(row), found, actor(), work)
    return see_other(f"/organize/{slug}/people")
