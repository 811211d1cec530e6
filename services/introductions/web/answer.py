"""The page behind an introduction's link: look (changes nothing), answer, say whether you met."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy import Connection

from services.introductions import emails, store
from services.introductions.domain import OPEN, Introduction, Place, goal, status_of
from services.introductions.domain.refusals import ChangedSince
from services.introductions.forms import AnswerForm, MetForm
from services.introductions.handlers import answering, mailing
from services.introductions.web.api import wanted
from services.introductions.web.table import at_table, found_instead, goal_card
from shared import attendees, links
from shared.contracts import ConferencePublished
from shared.days import local_time
from shared.errors import Conflict, Invalid
from shared.i18n import gettext as _
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.input import form_data
from shared.web.who import may

pages = Blueprint("introductions", "services.introductions", template_folder="templates")
Errors = dict[str, list[str]]


@pages.get("/i/<token>")
@may("link")
def look(token: str) -> Any:
    """How the meeting stands, and what one can say; looking changes nothing, since mail scanners look too."""
    return page(token, {})


@pages.post("/i/<token>")
@may("link")
def answer(token: str) -> Any:
    """Yes, another time, or not this one."""
    said, errors, _typed = form_data(AnswerForm())
    if said is None:
        return page(token, errors, 422)
    try:
        with unit_of_work() as work:
            introduction, conference, mine, side = behind(token, work.connection, work.now)
            slots = wanted(said, conference)
            after = answering.answer(introduction, conference, side, said["answer"], slots, work, with_yes=True)
            person = attendees.people(work.connection, [mine])[mine]
            newest = work.links.token("intro", after.id, person, after.link_version)
    except Invalid as wrong:
        return page(token, {name: list(texts) for name, texts in wrong.errors.items()}, 422)
    except Conflict as late:
        return page(token, {"answer": [late.sentence()]}, 409)
    return see_other(f"/i/{newest}")


@pages.get("/i/<token>/calendar.ics")
@may("link")
def calendar_entry(token: str) -> Any:
    """The meeting as it now is, for a calendar: also to take it out again, for whoever said no herself."""
    now = current_runtime().now()
    with reading() as connection:
        introduction, conference, mine, _side, _anew = looked_at(token, connection, now)
        entry = emails.calendar(mailing.about(introduction, conference, mine, connection, now))
    return Response(entry.text, content_type=f"text/calendar; charset=utf-8; method={entry.method}")


@pages.post("/i/<token>/met")
@may("link")
def say_met(token: str) -> Any:
    """We met, or we did not."""
    said, errors, _typed = form_data(MetForm())
    if said is None:
        return page(token, errors, 422)
    try:
        with unit_of_work() as work:
            introduction, conference, _attendee, side = behind(token, work.connection, work.now)
            answering.tell(introduction, conference, side, said["met"] == "yes", work)
    except Conflict as late:
        return page(token, {"met": [late.sentence()]}, 409)
    return see_other(f"/i/{token}")


def behind(token: str, connection: Connection, now: datetime) -> tuple[Introduction, ConferencePublished, str, Any]:
    """Who wants to say something: (introduction, its conference, who holds the link, which side she is). Raises LinkOver;
    ChangedSince where she was asked anew, about another time or the same, so that what she says was meant for before."""
    introduction, conference, mine, side, anew = looked_at(token, connection, now, locked=True)
    if anew:
        raise ChangedSince
    return introduction, conference, mine, side


def looked_at(
    token: str, connection: Connection, now: datetime, *, locked: bool = False
) -> tuple[Introduction, ConferencePublished, str, Any, bool]:
    """Whose link that is: (introduction, its conference, who holds the link, which side she is, whether both were
    asked anew since the mail with this link). Raises LinkOver."""
    link = links.resolve(connection, token, "intro", now)
    introduction, conference = store.with_conference(connection, link.object, locked=locked)
    people = attendees.people(connection, [introduction.mentor, introduction.mentee])
    mine = next((name for name, person in people.items() if person == link.person), None)
    if mine is None:
        raise links.LinkOver
    return introduction, conference, mine, introduction.side_of(mine), link.version < introduction.link_version


def page(token: str, errors: Errors, status: int = 200, typed: Mapping[str, str] | None = None) -> Any:
    """The meeting as it is, for one of the two."""
    runtime = current_runtime()
    now = runtime.now()
    with reading() as connection:
        introduction, conference, mine, side, anew = looked_at(token, connection, now)
        about = mailing.about(introduction, conference, mine, connection, now)
        person = attendees.people(connection, [mine])[mine]
        others = (
            answering.other_times(introduction, conference, side, connection, now)
            if introduction.may_answer(now)
            else {}
        )
        sentence = None if introduction.goal is None else store.goal(connection, introduction.id)
        instead = found_instead(introduction, mine, connection, now)
    return render(
        "introductions/answer.html",
        status,
        errors=errors,
        about=about,
        introduction=introduction,
        conference=conference,
        state=state_in_words(about, side),
        mine=introduction.answer_of(side),
        said=introduction.words.get(side),
        open=introduction.may_answer(now),
        reopen=introduction.may_reopen(side, now),
        begun=goal.may_agree(introduction, now),
        going=introduction.status in OPEN,
        over=now >= introduction.place.ends_at,
        table=at_table(about, side),
        gone="gone" in request.args,
        goal=goal_card(about, sentence, typed),
        instead=None if instead is None else runtime.links.token("intro", instead.id, person, instead.link_version),
        others=_by_day(others, conference),
        wants_another="another" in request.args or request.form.get("answer") == "other_time",
        token=runtime.links.token("intro", introduction.id, person, introduction.link_version),
        anew=anew,
        day=runtime.links.token("day", mine, person, 1),
    )


def _by_day(others: Mapping[str, Place], conference: ConferencePublished) -> list[tuple[str, list[tuple[str, str]]]]:
    """(day, its (slot, time)) of the times that both could take instead."""
    days: dict[str, list[tuple[str, str]]] = {}
    for slot, place in others.items():
        days.setdefault(emails.day_in_words(slot), []).append((slot, local_time(conference, place.starts_at)))
    return list(days.items())


def state_in_words(about: emails.About, side: str) -> tuple[str, str]:
    """(how the meeting stands, the tone of it); never who of the two said no."""
    introduction = about.introduction
    word = status_of(introduction, about.conference, about.now)
    if word == "proposed" and not introduction.may_answer(about.now):
        word = "expired"
    if word == "proposed" and introduction.answers[side] == "accept":
        return _("you said yes, we wait for the other answer"), "accent"
    return {
        "proposed": (_("waiting for your answer"), "warn"),
        "accepted": (_("both said yes"), "good"),
        "met": (_("you met"), "good"),
        "unreported": (_("nobody said yet whether you met"), "warn"),
    }.get(word, (_("it won't take place"), ""))
