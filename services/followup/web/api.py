"""The API of follow-up, to the letter of the fixed interface."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, jsonify

from services.followup import queries
from services.followup.domain.cells import shown
from services.followup.domain.details import Details
from services.followup.domain.outcomes import Outcomes
from services.followup.forms import (
    DetailsShown,
    OutcomesShown,
    RelationshipAnswerInput,
    RelationshipList,
    RelationshipShown,
)
from services.followup.handlers import answering
from shared import conferences
from shared.contracts import ConferencePublished
from shared.contracts.conference import Policy
from shared.errors import NotFound
from shared.web import reading, unit_of_work
from shared.web.idempotency import idempotent
from shared.web.input import gives, json_data, takes
from shared.web.paging import asked, page
from shared.web.who import actor, may

NOTHING = shown(Outcomes(), Policy().small_cells_under, ())
"""What there is to say of a conference that nobody has told this service of."""

api = APIBlueprint("followup_api", __name__, url_prefix="/api/v1")


@api.get("/conferences/<slug>/relationships")
@may("key")
@api.doc(summary="Pairs that met")
@gives(RelationshipList)
def list_relationships(slug: str) -> Response:
    """Every pair that met, with the history of its state as an organizer may know it."""
    after, limit = asked()
    with reading() as connection:
        conference = _known(connection, slug)
        rows = [] if conference is None else queries.relationship_rows(connection, conference, after, limit)
    return page(rows, limit, lambda row: str(row.number), queries.as_json)


@api.post("/relationships/<relationship_id>/answers")
@may("key")
@api.doc(summary="Answer a follow-up question for somebody")
@idempotent
@gives(RelationshipShown, 201)
@takes(RelationshipAnswerInput)
def answer(relationship_id: str) -> Any:
    """The latest answer of a person to a question counts. What others answered never shows."""
    said = json_data(RelationshipAnswerInput())
    with unit_of_work() as work:
        pair, news = answering.answer_by_key(
            relationship_id, said["attendee"], said["question"], said["answer"], actor(), work
        )
        body = queries.as_json(pair)
    return jsonify(body), 201 if news else 200


@api.get("/conferences/<slug>/outcomes")
@may("key")
@api.doc(summary="What became of the introductions")
@gives(OutcomesShown)
def outcomes(slug: str) -> Response:
    """Two counts, of people and of pairs, from registration to being in touch after a quarter; what the dashboard hides, or does
    not say before it was asked, is null."""
    with reading(one_moment=True) as connection:
        conference = _known(connection, slug)
        found = NOTHING if conference is None else queries.funnels(connection, conference)
    return jsonify(queries.funnels_json(found))


@api.get("/conferences/<slug>/outcomes/details")
@may("key")
@api.doc(summary="What stands below the funnels on the dashboard")
@gives(DetailsShown)
def outcome_details(slug: str) -> Response:
    """The curve, cohorts, pairs by how many their mentor met, matched against drawn pairs; what the dashboard hides is null."""
    with reading(one_moment=True) as connection:
        conference = _known(connection, slug)
        found = Details() if conference is None else queries.told(connection, conference).details
    return jsonify(queries.details_json(found))


def _known(connection: Any, slug: str) -> ConferencePublished | None:
    """The conference; None when nobody has told this service of it yet (or it is not this key's)."""
    if not actor().may_see(slug):
        raise NotFound
    try:
        return conferences.by_slug(connection, actor().scope, slug)
    except NotFound:
        return None
