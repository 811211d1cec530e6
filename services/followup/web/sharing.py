"""The numbers of a conference for whoever has a link that an owner made: the same page and files as organizers see, without a
login, without names, until she ends it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from services.followup import queries
from services.followup.forms import ShareForm
from services.followup.handlers import sharing
from services.followup.handlers.rounds import moment_in_words
from services.followup.queries.told import Told
from services.followup.store import shares
from services.followup.web import dashboard, files
from shared import conferences, links
from shared.contracts import ConferencePublished
from shared.errors import Conflict
from shared.i18n import gettext as _
from shared.links import LinkOver
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.files import for_anybody
from shared.web.input import form_data
from shared.web.who import actor, may

pages = Blueprint("followup_sharing", "services.followup", template_folder="templates")


@pages.get("/outcomes/<slug>/share")
@may("owner")
def listed(slug: str) -> Any:
    """Every link with its address."""
    return _listed(slug)


@pages.post("/outcomes/<slug>/share")
@may("owner")
def change(slug: str) -> Any:
    """Make one, or end one."""
    said, _errors, _typed = form_data(ShareForm())
    if said is None or not (said.get("make") or said.get("end")):
        return _listed(slug, _("Please make a link, or end one."), 422)
    try:
        with unit_of_work() as work:
            conference = conferences.by_slug(work.connection, actor().scope, slug)
            if said.get("end"):
                sharing.end(said["end"], conference, actor(), work)
            else:
                sharing.make(conference, actor(), work)
    except Conflict as enough:
        return _listed(slug, enough.sentence(), 409)
    return see_other(f"/outcomes/{slug}/share")


def _listed(slug: str, refusal: str = "", status: int = 200) -> Any:
    runtime = current_runtime()
    with reading() as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
        found = shares.shares_of(connection, conference.conference)
    shown = [
        {
            "id": one.id,
            "made": moment_in_words(conference, one.made_at),
            "url": f"{runtime.settings.base_url}/numbers/{runtime.links.token(sharing.PURPOSE, one.id, one.id, 1)}",
        }
        for one in found
    ]
    return render("followup/share.html", status, conference=conference, shares=shown, refusal=refusal)


@pages.get("/numbers/<token>")
@may("link")
def numbers(token: str) -> Response:
    """What organizers see, for whoever has the link."""
    conference, found = _behind(token)
    page = render("followup/numbers.html", token=token, **dashboard.values(conference, found))
    page.headers["X-Robots-Tag"] = "noindex"  # a link that somebody publishes is found by people, not by search
    return page


@pages.get("/numbers/<token>.csv")
@pages.get("/numbers/<token>.xlsx")
@may("link")
def as_file(token: str) -> Response:
    """The same for a spreadsheet."""
    conference, found = _behind(token)
    return for_anybody(files.table(found, conference, current_runtime().now()), "outcomes", conference)


def _behind(token: str) -> tuple[ConferencePublished, Told]:
    """Raises LinkOver."""
    with reading(one_moment=True) as connection:
        link = links.resolve(connection, token, sharing.PURPOSE, current_runtime().now())
        share = shares.share(connection, link.object)
        conference = None if share is None else conferences.by_id(connection, share.conference)
        if share is None or conference is None or share.ended_at is not None:
            raise LinkOver
        return conference, queries.told(connection, conference)
