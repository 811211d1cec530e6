"""My day: an attendee's meetings, why there is none yet and what would help, pause, print, a calendar to subscribe to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, Response
from sqlalchemy import Connection

from services.introductions import emails, queries, store
from services.introductions.domain import OPEN, Introduction
from services.introductions.forms import PauseForm
from services.introductions.handlers import answering, mailing
from services.introductions.planner import Board, why_unplaced
from services.introductions.web.answer import state_in_words
from services.introductions.web.words import why_in_words
from shared import address_book, attendees, conferences, links
from shared.contracts import ConferencePublished
from shared.contracts.attendee import AttendeeEvent
from shared.days import local_day, slot_day
from shared.links import LinkOver
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.input import form_data
from shared.web.who import may

pages = Blueprint("introductions_day", "services.introductions", template_folder="templates")


@pages.get("/d/<token>")
@may("link")
def my_day(token: str) -> Any:
    """Her meetings of today and later days."""
    return _page(token)


def _page(token: str, errors: Mapping[str, list[str]] | None = None, status: int = 200) -> Any:
    runtime = current_runtime()
    now = runtime.now()
    with reading() as connection:
        state = _behind(token, connection, now)
        conference = conferences.by_id(connection, state.conference)
        person = address_book.person(connection, state.person)
        meetings = [] if conference is None else _meetings(state, conference, connection, now)
        paused = store.is_paused(connection, state.attendee)
        silent = conference is None or meetings or paused
        why = None if silent or conference is None else _why(state, conference, connection, now)
    return render(
        "introductions/day.html",
        status,
        errors=errors or {},
        conference=conference,
        first_name="" if person is None else person.first_name,
        attendee=state,
        meetings=meetings,
        why=why,
        paused=paused,
        concern=conference.policy.concern_contact if conference else "",
        token=token,
        profile=runtime.links.token("page", state.attendee, state.person, 1),
    )


@pages.post("/d/<token>")
@may("link")
def pause(token: str) -> Any:
    """Pause, or introduce me again."""
    said, errors, _typed = form_data(PauseForm())
    if said is None:
        return _page(token, errors, 422)
    with unit_of_work() as work:
        state = _behind(token, work.connection, work.now)
        command = answering.pause if said["pause"] == "yes" else answering.unpause
        command(state.attendee, state.conference, work)
    return see_other(f"/d/{token}")


@pages.get("/d/<token>/calendar.ics")
@may("link")
def calendar(token: str) -> Any:
    """Her meetings for a calendar program, which looks again from time to time."""
    now = current_runtime().now()
    with reading() as connection:
        state = _behind(token, connection, now)
        conference = conferences.by_id(connection, state.conference)
        meetings = [] if conference is None else _taking_place(state, conference, connection, now)
    text = emails.feed([about for about, _introduction in meetings])
    return Response(text, content_type="text/calendar; charset=utf-8")


def _behind(token: str, connection: Connection, now: datetime) -> AttendeeEvent:
    link = links.resolve(connection, token, "day", now)
    state = attendees.one(connection, link.object)
    if state is None or state.status == "withdrawn":
        raise LinkOver
    return state


def _taking_place(
    state: AttendeeEvent, conference: ConferencePublished, connection: Connection, now: datetime
) -> list[tuple[emails.About, Introduction]]:
    """Meetings that took, take or may take place, by time."""
    return [
        (mailing.about(item, conference, state.attendee, connection, now), item)
        for item in store.of_attendee(connection, state.attendee)
        if item.status in (*OPEN, "met")
    ]


def _meetings(
    state: AttendeeEvent, conference: ConferencePublished, connection: Connection, now: datetime
) -> list[dict[str, Any]]:
    today, token = local_day(conference, now), current_runtime().links.token
    return [
        {
            "about": about,
            "state": state_in_words(about, about.side),
            "token": token("intro", item.id, state.person, item.link_version),
            "today": slot_day(item.place.slot) == today,
            "asked": item.may_answer(now) and item.answer_of(about.side) is None,
        }
        for about, item in _taking_place(state, conference, connection, now)
        if slot_day(item.place.slot) >= today
    ]


def _why(
    state: AttendeeEvent, conference: ConferencePublished, connection: Connection, now: datetime
) -> dict[str, str] | None:
    """Why she has none yet, and what would help."""
    plain = _plain_why(state, conference, now)
    if plain:
        return why_in_words(plain, conference)
    board = Board(queries.problem(connection, conference, now, everybody=True))
    found = why_unplaced(board, state.attendee)
    return why_in_words("soon" if found is None else found.kind, conference, found)


def _plain_why(state: AttendeeEvent, conference: ConferencePublished, now: datetime) -> str | None:
    """What can be said without looking at others."""
    today = local_day(conference, now)
    if not state.consents.introductions:
        return "consent"
    if state.role == "mentor" and not state.approved:
        return "approval"
    if today > conference.days[-1].date:
        return "over"
    if today not in state.present_on:
        return "absent"
    if not queries.has_open_slots(conference, now):
        return "late"
    return "mentor" if state.role == "mentor" else None
