"""The page on which somebody adds a line to her answer. Her words are shown to her, and to the other only where she ticked
that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint
from marshmallow import EXCLUDE

from services.followup.domain.line import Line
from services.followup.forms import LineForm
from services.followup.handlers import lines, rounds
from services.followup.policies import CHECK_INS
from services.followup.web.answers import holder
from shared.errors import Conflict, NotFound
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.input import form_data
from shared.web.who import may

words = Blueprint("followup_lines", __name__)


@words.get("/r/<token>/line/<relationship>/<question>")
@may("link")
def line(token: str, relationship: str, question: str) -> Any:
    """What she wrote, or an empty form."""
    return _page(token, relationship, question)


@words.post("/r/<token>/line/<relationship>/<question>")
@may("link")
def write(token: str, relationship: str, question: str) -> Any:
    """Keep her line; with nothing in it, it is taken away."""
    said, errors, typed = form_data(LineForm(unknown=EXCLUDE))
    if said is None:
        return _page(token, relationship, question, typed=typed, errors=errors, status=422)
    try:
        with unit_of_work() as work:
            who, _link, _conference = holder(work.connection, token, "follow_up")
            lines.write(who, relationship, question, Line(**said), work)
    except Conflict as late:
        errors = {"happened": [late.sentence()]}
        return _page(token, relationship, question, typed=typed, errors=errors, status=409)
    return see_other(f"/r/{token}#p-{relationship}")


def _page(
    token: str,
    relationship: str,
    question: str,
    *,
    typed: Mapping[str, str] | None = None,
    errors: dict[str, list[str]] | None = None,
    status: int = 200,
) -> Any:
    if question not in CHECK_INS:
        raise NotFound
    with reading() as connection:
        who, _link, conference = holder(connection, token, "follow_up")
        card = rounds.card(connection, who, conference, relationship, question, current_runtime().now())
    wrote = card.line or Line()
    values = {name: getattr(wrote, name) for name in ("happened", "next", "help")} if typed is None else typed
    shared = wrote.shared if typed is None else bool(typed.get("shared"))
    return render(
        "followup/line.html",
        status,
        conference=conference,
        token=token,
        card=card,
        question=question,
        values=values,
        shared=shared,
        errors=errors or {},
    )
