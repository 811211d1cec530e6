"""The page of what organizers did: every service shows its own lines and leads to those of the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Response, request
from sqlalchemy import Connection

from shared import audit, conferences
from shared.web import reading, render
from shared.web.leaves import leaf
from shared.web.who import actor


def audit_page(slug: str, names: Callable[[Connection], Mapping[str, str]] = lambda connection: {}) -> Response:
    """The lines of a conference; `names` gives organizers' addresses by id where a service knows them."""
    with reading() as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
        shown = leaf(audit.how_many(connection, conference.conference), request.path)
        rows = audit.newest(connection, conference.conference, shown.start, shown.stop)
        known = {actor().id: actor().name, **names(connection)}
    return render("shared/audit.html", conference=conference, rows=rows, leaf=shown, names=known)
