"""The page behind the mail of a year later: what came of it, and whether a sentence may be quoted. For organizers: how often what
was said, and the sentences that may be quoted. Looking changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from services.followup import agreements
from services.followup.domain.came_of import count, quotes
from services.followup.forms import CameOfForm, QuoteForm
from services.followup.handlers import yearly
from shared import attendees, conferences, links
from shared.errors import Conflict, Invalid
from shared.i18n import gettext as _
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.input import form_data
from shared.web.rates import limit
from shared.web.who import actor, may

pages = Blueprint("followup_year", "services.followup", template_folder="templates")
OFTEN_ENOUGH = "120/hour"


@pages.get("/r/year/<token>")
@may("link")
def card(token: str) -> Any:
    """What came of each of her pairs."""
    return _page(token)


@pages.post("/r/year/<token>")
@may("link")
def answer(token: str) -> Any:
    """Say what came of one pair; it can be changed later by saying it anew."""
    limit(OFTEN_ENOUGH, str(request.endpoint), links.hash_of(token))
    said, errors, typed = form_data(CameOfForm())
    if said is None:
        return _page(token, errors, 422, typed)
    try:
        with unit_of_work() as work:
            yearly.answer(token, said["relationship"], said["came"], said.get("sentence"), work)
    except Invalid as wrong:
        return _page(token, {name: list(texts) for name, texts in wrong.errors.items()}, 422, typed)
    return see_other(f"/r/year/{token}?done={said['relationship']}#p-{said['relationship']}")


@pages.post("/r/year/<token>/quote")
@may("link")
def quote(token: str) -> Any:
    """Allow that the sentence is quoted without a name, or take that back."""
    limit(OFTEN_ENOUGH, str(request.endpoint), links.hash_of(token))
    said, errors, typed = form_data(QuoteForm())
    if said is None:
        return _page(token, errors, 422, typed)
    try:
        with unit_of_work() as work:
            yearly.allow(token, said["relationship"], said["quote"] == "yes", work)
    except Conflict as late:
        return _page(token, {"quote": [late.sentence()]}, 409, typed)
    return see_other(f"/r/year/{token}#p-{said['relationship']}")


def _page(
    token: str,
    errors: dict[str, list[str]] | None = None,
    status: int = 200,
    typed: Mapping[str, Any] | None = None,
) -> Any:
    with reading() as connection:
        link = links.resolve(connection, token, yearly.PAGE, current_runtime().now())
        who, conference, asked = yearly.asked(connection, link)
    return render(
        "followup/year.html",
        status,
        conference=conference,
        asked=asked,
        counted=who.statistics,
        came=came_words(),
        token=token,
        errors=errors or {},
        about="" if typed is None else typed.get("relationship", ""),
        typed={"came": request.form.getlist("came"), "sentence": request.form.get("sentence", "")},
        done=request.args.get("done", ""),
    )


@pages.get("/outcomes/<slug>/year")
@may("owner")
def year(slug: str) -> Response:
    """What came of it, counted, and what may be quoted."""
    with reading() as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
        cards = agreements.cards_at(connection, conference.conference)
        states = attendees.states(connection, conference.conference, {one.attendee for one in cards})
    agreed = {state["attendee"] for state in states if state["consents"]["statistics"]}
    least = conference.policy.small_cells_under
    return render(
        "followup/year_counts.html",
        conference=conference,
        counted=count(cards, agreed, least),
        came=came_words(),
        quotes=quotes(cards),
        least=least,
    )


def came_words() -> dict[str, str]:
    """What may have come of it, in words."""
    return {
        "job": _("a new job"),
        "project": _("a project together"),
        "publication": _("a publication or a talk"),
        "friendship": _("a friendship"),
        "in_touch": _("we are still in touch"),
        "other": _("something else"),
        "nothing": _("nothing that I could name"),
    }
