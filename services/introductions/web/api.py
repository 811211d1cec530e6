"""The API of introductions, to the letter of the fixed interface."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, jsonify

from services.introductions import store
from services.introductions.domain import Introduction, shown
from services.introductions.forms import IntroductionAnswerInput, IntroductionList, IntroductionShown, MetInput
from services.introductions.handlers import answering
from shared import conferences
from shared.access import Actor
from shared.contracts import ConferencePublished
from shared.errors import Invalid, NotFound
from shared.i18n import gettext as _
from shared.i18n import noted as N_
from shared.web import current_runtime, reading, unit_of_work
from shared.web.idempotency import idempotent
from shared.web.input import gives, json_data, takes
from shared.web.paging import asked, page
from shared.web.who import actor, may

api = APIBlueprint("introductions_api", __name__, url_prefix="/api/v1")


@api.get("/conferences/<slug>/introductions")
@may("key")
@gives(IntroductionList)
def list_introductions(slug: str) -> Response:
    """Introductions of a conference in the order they were made; none where this service has not heard of it yet."""
    if not actor().may_see(slug):
        raise NotFound
    after, limit = asked()
    now = current_runtime().now()
    with reading() as connection:
        known = {item.slug: item for item in conferences.within(connection, actor().scope)}
        rows = store.of_conference(connection, known[slug], after, limit) if slug in known else []
    return page(rows, limit, lambda row: str(row[0]), lambda row: shown(row[1], known[slug], now))


@api.get("/introductions/<introduction_id>")
@may("key")
@gives(IntroductionShown)
def get_introduction(introduction_id: str) -> Response:
    """One introduction."""
    with reading() as connection:
        introduction, conference = store.within(connection, actor().scope, introduction_id, locked=False)
    return jsonify(shown(introduction, conference, current_runtime().now()))


@api.post("/introductions/<introduction_id>/answer")
@may("key")
@idempotent
@gives(IntroductionShown, 201)
@takes(IntroductionAnswerInput)
def answer(introduction_id: str) -> Any:
    """One of the two answers: accept, decline, or other_time with the slots that suit."""
    said = json_data(IntroductionAnswerInput())
    with unit_of_work() as work:
        before, conference = store.within(work.connection, actor().scope, introduction_id)
        side = before.side_of(said["attendee"])
        if side is None:
            raise Invalid({"attendee": [_("Only the two people of an introduction may answer it.")]})
        slots = wanted(said, conference)
        after = answering.answer(before, conference, side, said["answer"], slots, work)
        if after is not before:
            answering.record(N_("introduction answered"), after, actor(), work, side=side, answer=said["answer"])
        body = shown(after, conference, work.now)
    return jsonify(body), 200 if after is before else 201


def wanted(said: dict[str, Any], conference: ConferencePublished) -> list[str]:
    """The slots that go with another time. Raises Invalid."""
    slots: list[str] = said.get("slots") or []
    if said["answer"] == "other_time" and not slots:
        raise Invalid({"slots": [_("Please choose at least one other time.")]})
    if not set(slots) <= {slot.id for slot in conference.slots}:
        raise Invalid({"slots": [_("One of these times is not a slot of this conference.")]})
    return slots


@api.post("/introductions/<introduction_id>/met")
@may("key")
@idempotent
@gives(IntroductionShown, 201)
@takes(MetInput)
def met(introduction_id: str) -> Any:
    """The organizer's word whether the two met."""
    said = json_data(MetInput())
    with unit_of_work() as work:
        before, conference = store.within(work.connection, actor().scope, introduction_id)
        after = told(before, conference, said["met"], actor(), work)
        body = shown(after, conference, work.now)
    return jsonify(body), 200 if after is before else 201


def told(
    introduction: Introduction, conference: ConferencePublished, met: bool, organizer: Actor, work: Any
) -> Introduction:
    """An organizer's or a desk's word, with its audit row where it is news."""
    teller = "desk" if organizer.role == "desk" else "organizer"
    after = answering.tell(introduction, conference, teller, met, work)
    if after is not introduction:
        answering.record(N_("meeting told"), after, organizer, work, met=met)
    return after
