"""For whoever has not got her link at hand: the page behind the code on a table, and the link once more by mail. There is
no session of attendees, so neither page knows who looks, and neither tells who is registered."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Blueprint

from services.registration.forms import EmailForm
from services.registration.handlers import attending
from services.registration.web.attend import EVERYBODY
from shared import conferences
from shared.errors import NotFound
from shared.web import reading, render, see_other, unit_of_work
from shared.web.input import form_data
from shared.web.languages import in_language
from shared.web.rates import limit, network
from shared.web.who import may

pages = Blueprint("registration_again", "services.registration", template_folder="templates")


@pages.get("/t/<slug>/<point>/<number>")
@may("anyone")
def table(slug: str, point: str, number: str) -> Any:
    """The code on a table's sign: which table that is, and how to say that one is there."""
    with reading() as connection:
        conference = conferences.by_slug(connection, EVERYBODY, slug)
    found = next((one for one in conference.meeting_points if one.code == point), None)
    if found is None or number not in [str(one) for one in range(1, found.tables + 1)]:
        raise NotFound
    return render("registration/table.html", conference=conference, point=found, number=number)


@pages.get("/c/<slug>/link")
@may("anyone")
def ask(slug: str) -> Any:
    """To which address her link should go."""
    with reading() as connection:
        conference = conferences.by_slug(connection, EVERYBODY, slug)
    return render("registration/again.html", conference=conference, errors={}, typed={})


@pages.post("/c/<slug>/link")
@may("anyone")
def send(slug: str) -> Any:
    """Send it; known and unknown addresses get the same answer."""
    limit("400/minute", "form", network())
    said, errors, typed = form_data(EmailForm())
    with reading() as connection:
        conference = conferences.by_slug(connection, EVERYBODY, slug)
    if said is None:
        return render("registration/again.html", 422, conference=conference, errors=errors, typed=typed)
    limit("20/hour", "link mail", hashlib.sha256(said["email"].lower().encode()).hexdigest())
    with unit_of_work() as work:
        attending.send_link_again(said["email"], conference, work)
    language = in_language()
    return see_other(f"/c/{slug}/thanks{language}{'&' if language else '?'}again=1")
