"""My day: an attendee's meetings, why there is none yet and what would help, pause, print, a calendar to subscribe to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup
from sqlalchemy import Connection

from services.introductions import emails, queries, store
from services.introductions.domain import OPEN, Introduction
from services.introductions.forms import PauseForm
from services.introductions.handlers import answering, mailing, telling
from services.introductions.planner import why_unplaced
from services.introductions.web import live, screens, slots
from services.introductions.web.answer import state_in_words
from services.introductions.web.words import why_in_words
from shared import address_book, attendees, conferences, links
from shared.announced import evening_of
from shared.contracts import ConferencePublished
from shared.contracts.attendee import AttendeeEvent
from shared.days import at_local, local_day, local_time, slot_day
from shared.links import LinkOver
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.input import form_data
from shared.web.who import asked_again, may, speak_to_holder

pages = Blueprint("introductions_day", "services.introductions", template_folder="templates")
ALONE = ("consent", "approval", "over", "absent", "mentor")
"""Why somebody has no meeting, where it has to do with nobody else and with no slot."""


@pages.get("/d/<token>")
@may("link")
def my_day(token: str) -> Any:
    """Her meetings of today and later days."""
    return page(token)


def page(token: str, errors: Mapping[str, list[str]] | None = None, status: int = 200) -> Any:
    """Her day as it is."""
    runtime = current_runtime()
    now = runtime.now()
    with reading() as connection:
        state = behind(token, connection, now)
        conference = conferences.by_id(connection, state.conference)
        person = address_book.person(connection, state.person)
        paused = store.is_paused(connection, state.attendee)
        code = screens.code_on_screens(state.attendee, person is not None, state.conference, connection)
        reminded = not store.are_stopped(connection, state.attendee, telling.REMINDERS)
        part = _living(token, state, conference, connection, now)
        said = {"free": request.args.get("free", ""), "again": request.args.get("open", "")}
        times = slots.of_days(state, conference, connection, now, **said)
    return render(
        "introductions/day.html",
        status,
        errors=errors or {},
        conference=conference,
        first_name="" if person is None else person.first_name,
        attendee=state,
        part=Markup(part.html),
        live=live.attributes(part),
        here=conference is not None and local_day(conference, now) in state.present_on,
        paused=paused,
        code=code,
        times=times,
        news=next((word for word in ("free", "open") if word in request.args), ""),
        remind="" if reminded else runtime.links.token("stop-reminders", state.attendee, state.person, 1),
        concern=conference.policy.concern_contact if conference else "",
        token=token,
        profile=runtime.links.token("page", state.attendee, state.person, 1),
    )


@pages.get("/d/<token>/live")
@may("link")
@asked_again
def look_again(token: str) -> Any:
    """The living part of her day, where it is not as it was."""

    def make() -> live.Part:
        speak_to_holder()
        now = current_runtime().now()
        with reading() as connection:
            state = behind(token, connection, now)
            seen = live.mark(state.attendee, state.conference)
        with reading() as connection:  # what is read now is not older than the mark
            return _living(token, state, conferences.by_id(connection, state.conference), connection, now, seen)

    return live.answer(live.DAY, token, make)


def _living(
    token: str,
    state: AttendeeEvent,
    conference: ConferencePublished | None,
    connection: Connection,
    now: datetime,
    mark: str = "",
) -> live.Part:
    """What changes by itself: what is next, her meetings, why there is none yet, whether she is free now."""
    hers = store.of_attendee(connection, state.attendee)
    meetings = [] if conference is None else _meetings(hers, state, conference, connection, now)
    paused = store.is_paused(connection, state.attendee)
    silent = conference is None or bool(meetings) or paused
    plain = None if silent or conference is None else _plain_why(state, conference, now)
    free, late = (read(connection, state.attendee, now) for read in (store.free_until, store.late_until))
    left = 0 if conference is None else queries.mails_left(connection, state.person, conference, now)
    quiet = conference is not None and not left
    if quiet and not free and plain in (None, "mentor"):
        plain = "mails"  # nothing new is proposed to her, and she did not say that she looks
    why = None if silent or conference is None else _why(state, conference, connection, now, plain)
    items = [row["about"].introduction for row in meetings]
    off = [] if conference is None else _off(hers, state, conference, connection, now)
    html = render_template(
        "introductions/day_now.html",
        conference=conference,
        meetings=meetings,
        why=why,
        off=off,
        quiet=quiet,
        paused=paused,
        token=token,
        may_be_free=conference is not None and not paused and _may_be_free(state, conference, now),
        last=plain in ("late", "last"),
        free=None if free is None or conference is None else local_time(conference, free),
        late=None if late is None or conference is None else local_time(conference, late),
        enough=conference is not None and _asked_enough(state, conference, items),
    )
    return live.Part(
        html=html,
        attendee=state.attendee,
        conference=state.conference,
        mark=mark,
        until=live.next_change(items, now, free, late, *_days_times(conference, off, now)),
        every=live.how_often(items, now),
        alone=conference is not None and (silent or plain in ALONE) and left > 1,
    )


def _days_times(conference: ConferencePublished | None, off: Sequence[emails.About], now: datetime) -> list[datetime]:
    """When the day ends, its last slot, the evening in which both are asked begins, and what she is told to be off would
    have ended."""
    if conference is None:
        return []
    today = local_day(conference, now)
    evening, midnight = evening_of(conference, today), at_local(conference, today + timedelta(days=1), "00:00")
    slots = [slot.ends_at for slot in conference.slots if slot_day(slot.id) == today]
    return [evening, midnight, *slots[-1:], *(about.introduction.place.ends_at for about in off)]


def _may_be_free(state: AttendeeEvent, conference: ConferencePublished, now: datetime) -> bool:
    """Whether she is here, and a slot of today is not over yet: also in the last one somebody may sit alone."""
    today = local_day(conference, now)
    return today in state.present_on and any(
        slot_day(slot.id) == today and now < slot.ends_at for slot in conference.slots
    )


def _asked_enough(state: AttendeeEvent, conference: ConferencePublished, meetings: Sequence[Introduction]) -> bool:
    """Whether a mentor has so many meetings today that she may want no more."""
    given = sum(item.mentor == state.attendee for item in meetings)
    return state.role != "mentee" and given > conference.policy.mentor_meetings_per_half_day


@pages.post("/d/<token>")
@may("link")
def pause(token: str) -> Any:
    """Pause, or introduce me again."""
    said, errors, _typed = form_data(PauseForm())
    if said is None:
        return page(token, errors, 422)
    with unit_of_work() as work:
        state = behind(token, work.connection, work.now)
        command = answering.pause if said["pause"] == "yes" else answering.unpause
        command(state.attendee, state.conference, work)
    return see_other(f"/d/{token}")


@pages.get("/d/<token>/calendar.ics")
@may("link")
def calendar(token: str) -> Any:
    """Her meetings for a calendar program, which looks again from time to time."""
    now = current_runtime().now()
    with reading() as connection:
        state = behind(token, connection, now)
        conference = conferences.by_id(connection, state.conference)
        hers = store.of_attendee(connection, state.attendee)
        meetings = [] if conference is None else _taking_place(hers, state, conference, connection, now)
    text = emails.feed([about for about, _introduction in meetings])
    return Response(text, content_type="text/calendar; charset=utf-8")


def behind(token: str, connection: Connection, now: datetime) -> AttendeeEvent:
    """Whose day that is. Raises LinkOver."""
    link = links.resolve(connection, token, "day", now)
    state = attendees.one(connection, link.object)
    if state is None or state.status == "withdrawn":
        raise LinkOver
    return state


def _taking_place(
    hers: Sequence[Introduction],
    state: AttendeeEvent,
    conference: ConferencePublished,
    connection: Connection,
    now: datetime,
) -> list[tuple[emails.About, Introduction]]:
    """Meetings of hers that took, take or may take place, by time."""
    return [
        (mailing.about(item, conference, state.attendee, connection, now), item)
        for item in hers
        if item.status in (*OPEN, "met")
    ]


def _meetings(
    hers: Sequence[Introduction],
    state: AttendeeEvent,
    conference: ConferencePublished,
    connection: Connection,
    now: datetime,
) -> list[dict[str, Any]]:
    today, token = local_day(conference, now), current_runtime().links.token
    return [
        {
            "about": about,
            "state": state_in_words(about, about.side),
            "token": token("intro", item.id, state.person, item.link_version),
            "today": slot_day(item.place.slot) <= today,
            "soon": _how_soon(item, now),
            "step_free": state.step_free and about.point is not None and about.point.step_free,
            "asked": item.may_answer(now) and item.answer_of(about.side) is None,
        }
        for about, item in _taking_place(hers, state, conference, connection, now)
        if slot_day(item.place.slot) >= today or now < item.place.ends_at
    ]


def _off(
    hers: Sequence[Introduction],
    state: AttendeeEvent,
    conference: ConferencePublished,
    connection: Connection,
    now: datetime,
) -> list[emails.About]:
    """Meetings of today that she had said yes to and that won't take place, as long as she might still go there: whoever
    stopped mails, or got enough of them today, hears of it here."""
    today = local_day(conference, now)
    off = [
        mailing.about(item, conference, state.attendee, connection, now)
        for item in hers
        if item.status in ("declined", "expired", "cancelled")
        and slot_day(item.place.slot) == today
        and now < item.place.ends_at
    ]
    return [about for about in off if about.introduction.answers[about.side] == "accept"]


def _how_soon(item: Introduction, now: datetime) -> str:
    """`now`, `five` (minutes) or `twenty` before it; empty where there is nothing to say yet, or not both agreed."""
    starts = item.place.starts_at
    if item.status != "accepted" or now >= item.place.ends_at:
        return ""
    if now >= starts:
        return "now"
    minutes = (starts - now).total_seconds() / 60
    return "five" if minutes <= 5 else "twenty" if minutes <= 20 else ""


def _why(
    state: AttendeeEvent, conference: ConferencePublished, connection: Connection, now: datetime, plain: str | None
) -> dict[str, str] | None:
    """Why she has none yet, and what would help; `plain` where it can be said without looking at others."""
    if plain:
        return why_in_words(plain, conference)
    if queries.only_soon(connection, conference, state.attendee, now):
        return why_in_words("near", conference)
    found = why_unplaced(queries.board(connection, conference, now), state.attendee)
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
        return "late" if today < conference.days[-1].date else "last"
    return "mentor" if state.role == "mentor" else None
