"""Pages of organizers: conferences at a glance, team, keys, what was done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request
from marshmallow import EXCLUDE
from werkzeug.datastructures import MultiDict

from services.registration import queries, store
from services.registration.forms import KeyForm, TeamForm
from services.registration.handlers import organizers
from shared import conferences
from shared.access import is_revoked
from shared.days import local_day
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.audit import audit_page
from shared.web.input import form_data
from shared.web.who import access, actor, may

pages = Blueprint("registration_organize", "services.registration", template_folder="templates")
Errors = Mapping[str, Any]


@pages.get("/organize")
@may("owner", "desk")
def overview() -> Any:
    """All conferences: what goes on or comes next stands first, what is over last, the newest of it first."""
    now = current_runtime().now()
    with reading() as connection:
        every = sorted(conferences.within(connection, actor().scope), key=lambda item: item.days[0].date)
        over = [item for item in every if item.days[-1].date < local_day(item, now)]
        ordered = [*(item for item in every if item not in over), *reversed(over)]
        found = [(item, queries.counts(connection, item)) for item in ordered]
    return render("registration/organize.html", conferences=found)


@pages.get("/organize/<slug>")
@may("owner", "desk")
def conference(slug: str) -> Any:
    """A conference at a glance."""
    with reading() as connection:
        found = conferences.by_slug(connection, actor().scope, slug)
        new_concerns = sum(row.state == "new" for row in queries.concern_rows(connection, found))
        counts, supply = queries.counts(connection, found), queries.supply(connection, found)
    form_url = f"{current_runtime().settings.base_url}/c/{found.slug}"
    shown = {"counts": counts, "supply": supply, "form_url": form_url, "new_concerns": new_concerns}
    return render("registration/overview.html", conference=found, **shown)


@pages.get("/organize/<slug>/team")
@may("owner")
def team(slug: str) -> Any:
    """Who helps."""
    return _team(slug, {}, MultiDict({"role": "desk"}))


@pages.post("/organize/<slug>/team")
@may("owner")
def change_team(slug: str) -> Any:
    """Add somebody, or remove."""
    removed = request.form.get("remove")
    said, errors, typed = (None, {}, request.form) if removed else form_data(TeamForm(unknown=EXCLUDE))
    if said is None and not removed:
        return _team(slug, errors, typed, 422)
    with unit_of_work() as work:
        found = conferences.by_slug(work.connection, actor().scope, slug)
        if said is None:
            organizers.remove_from_team(removed or "", found, actor(), work)
        else:
            organizers.add_to_team(said["email"], said["role"], found, actor(), work)
    return see_other(f"/organize/{slug}/team")


def _team(slug: str, errors: Errors, typed: MultiDict[str, str], status: int = 200) -> Any:
    with reading() as connection:
        found = conferences.by_slug(connection, actor().scope, slug)
        rows = queries.team(connection, actor().account, slug)
    login = f"{current_runtime().settings.base_url}/login"
    return render(
        "registration/team.html", status, conference=found, team=rows, errors=errors, typed=typed, login=login
    )


@pages.get("/organize/<slug>/keys")
@may("owner")
def keys(slug: str) -> Any:
    """API keys."""
    return _keys(slug, None, {}, MultiDict())


@pages.post("/organize/<slug>/keys")
@may("owner")
def change_keys(slug: str) -> Any:
    """Make a key (shown once), or end one."""
    if request.form.get("end"):
        with unit_of_work() as work:
            found = conferences.by_slug(work.connection, actor().scope, slug)
            organizers.end_key(request.form["end"], found, actor(), work)
        return see_other(f"/organize/{slug}/keys")
    said, errors, typed = form_data(KeyForm(unknown=EXCLUDE))
    if said is None:
        return _keys(slug, None, errors, typed, 422)
    with unit_of_work() as work:
        found = conferences.by_slug(work.connection, actor().scope, slug)
        only = frozenset({found.slug})
        key = organizers.make_key(said["label"], only, actor(), access(), work, conference=found)
    return _keys(slug, key, {}, MultiDict())


def _keys(slug: str, key: str | None, errors: Errors, typed: MultiDict[str, str], status: int = 200) -> Any:
    with reading() as connection:
        found = conferences.by_slug(connection, actor().scope, slug)
        mine = store.keys(connection, actor().account, slug)
        rows = [(row, is_revoked(connection, row.access)) for row in mine]
    context = {"conference": found, "keys": rows, "key": key, "errors": errors, "typed": typed}
    return render("registration/keys.html", status, **context)


@pages.get("/organize/<slug>/audit")
@may("owner")
def audit(slug: str) -> Any:
    """What was done with the conference and its people, by whom."""
    return audit_page(slug, lambda connection: queries.actor_names(connection, actor().account))
