"""What a desk needs to work on without network: its worker, a page without names, the list, and taking over the taps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, jsonify, request, send_from_directory

from services.registration import queries, store
from services.registration.domain.device import ends
from services.registration.domain.tap import Answer, sentence
from services.registration.forms import MergeInput
from services.registration.handlers import merging
from shared import conferences
from shared.days import local_time
from shared.i18n import gettext as _
from shared.web import current_runtime, reading, render, unit_of_work
from shared.web.body import WrongType, read_object
from shared.web.input import loaded
from shared.web.operations import SHARED
from shared.web.who import actor, csrf_token, may

pages = Blueprint("registration_away", "services.registration", template_folder="templates")


@pages.get("/desk/sw.js")
@may("anyone")
def worker() -> Any:
    """The service worker: it serves pages below /desk/ only, since it lies there."""
    answer = send_from_directory(SHARED / "static", "desk-worker.js", mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@pages.get("/desk/<slug>/now")
@may("owner", "desk", "kiosk")
def now(slug: str) -> Any:
    """That somebody is there, unless the page asks by itself; the server's time and the proof for what comes next."""
    with reading() as connection:
        conferences.by_slug(connection, actor().scope, slug)
    return jsonify({"now": _milliseconds(current_runtime().now()), "proof": csrf_token()})


@pages.get("/desk/<slug>/offline")
@may("owner", "desk", "kiosk")
def without_network(slug: str) -> Any:
    """The desk's page without anybody in it: a device keeps it for when there is no network."""
    with reading() as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
    nobody: dict[str, Any] = {"people": None, "wanted": "", "here": None, "done": None, "refusal": None, "known": False}
    return render("registration/desk.html", conference=conference, **nobody)


@pages.get("/desk/<slug>/list")
@may("owner", "desk", "kiosk")
def everybody(slug: str) -> Any:
    """Id, name and state of everybody who may be checked in; until when a device keeps that."""
    with reading() as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
        people = queries.names_and_states(connection, conference, current_runtime().now())
    return jsonify({"until": _milliseconds(ends(conference)), "people": people})


@pages.post("/desk/<slug>/merge")
@may("owner", "desk", "kiosk")
def merge(slug: str) -> Any:
    """Take over what was tapped without network; the answer has a line for each."""
    if not request.is_json:
        raise WrongType
    said = loaded(MergeInput(), read_object(request.get_data()))
    with unit_of_work() as work:
        conference = conferences.by_slug(work.connection, actor().scope, slug)
        taps = [tap(work.now) for tap in said["taps"]]
        answers = merging.merge(taps, conference, actor(), work)
        called = store.labels(work.connection, conference)
    at, whose = {tap.id: local_time(conference, tap.at) for tap in taps}, {tap.id: tap.attendee for tap in taps}
    told = [
        {
            "id": answer.tap,
            "tapped": at[answer.tap],
            "outcome": answer.outcome,
            "sentence": sentence(answer, conference, _who(answer, whose[answer.tap], called)),
        }
        for answer in answers
    ]
    return jsonify({"taps": told})


def _who(answer: Answer, attendee: str, called: Mapping[str, str]) -> str:
    """By whose word she was there before: a device's, her own, or that of somebody whose name is not for a device."""
    own = {attendee: _("their own phone")}
    return {**called, **own}.get(answer.by or "", _("somebody else"))


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
