"""Taps on the way to a table and at it: I'm here, I go, what we agreed on; I'm free now, I come later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import Blueprint

from services.introductions.domain import Goal
from services.introductions.forms import GoalForm, ReadyForm, TableForm
from services.introductions.handlers import arriving, goals
from services.introductions.web import answer, day
from shared import conferences
from shared.contracts import ConferencePublished
from shared.days import local_day
from shared.errors import Conflict, Invalid, NotFound
from shared.i18n import gettext as _
from shared.web import see_other, unit_of_work
from shared.web.input import form_data
from shared.web.who import may

pages = Blueprint("introductions_table", "services.introductions", template_folder="templates")
LONGEST = timedelta(days=366)


@pages.post("/i/<token>/table")
@may("link")
def at_table(token: str) -> Any:
    """I'm here (the other is told); or I waited long enough, or I do not come after all."""
    said, errors, _typed = form_data(TableForm())
    if said is None:
        return answer.page(token, errors, 422)
    try:
        with unit_of_work() as work:
            introduction, conference, _attendee, side = answer.behind(token, work.connection, work.now)
            if said["table"] == "here":
                arriving.arrive(introduction, conference, side, work)
            else:
                arriving.go(introduction, side, work)
    except Conflict as late:
        return answer.page(token, {"table": [late.sentence()]}, 409)
    return see_other(f"/i/{token}#table" if said["table"] == "here" else f"/i/{token}?gone=1")


@pages.post("/i/<token>/goal")
@may("link")
def agree(token: str) -> Any:
    """What we want to have done, until when; or this talk was enough."""
    said, errors, typed = form_data(GoalForm())
    if said is None:
        return answer.page(token, errors, 422, typed)
    try:
        with unit_of_work() as work:
            introduction, conference, _attendee, side = answer.behind(token, work.connection, work.now)
            card = _card(said, conference, local_day(conference, work.now))
            sentence = None if card.enough else said["sentence"]
            goals.agree(introduction, conference, side, card, sentence, work)
    except Invalid as wrong:
        return answer.page(token, {name: list(texts) for name, texts in wrong.errors.items()}, 422, typed)
    except Conflict as late:
        return answer.page(token, {"goal": [late.sentence()]}, 409, typed)
    return see_other(f"/i/{token}#goal")


def _card(said: Mapping[str, Any], conference: ConferencePublished, today: date) -> Goal:
    if said["goal"] == "enough":
        return Goal(enough=True)
    wrong = {}
    if not said.get("sentence"):
        wrong["sentence"] = [_("Please write one sentence, or choose that this talk was enough.")]
    if said.get("by") is None or not today <= said["by"] <= today + LONGEST:
        wrong["by"] = [_("Please choose a day from today on, within a year.")]
    if wrong:
        raise Invalid(wrong)
    return Goal(enough=False, by=said["by"])


@pages.post("/d/<token>/ready")
@may("link")
def ready(token: str) -> Any:
    """I'm free now, or not any more; I come in so many minutes, or am here already."""
    said, errors, _typed = form_data(ReadyForm())
    if said is None:
        return day.page(token, errors, 422)
    with unit_of_work() as work:
        state = day.behind(token, work.connection, work.now)
        conference = conferences.by_id(work.connection, state.conference)
        if conference is None:
            raise NotFound
        if said.get("late"):
            arriving.be_late(state, conference, work.now + timedelta(minutes=said["late"]), work)
        elif said.get("late") == 0:
            arriving.not_late(state, work)
        elif said.get("free") == "yes":
            arriving.be_free(state, work)
        elif said.get("free") == "no":
            arriving.not_free(state, work)
    return see_other(f"/d/{token}")
