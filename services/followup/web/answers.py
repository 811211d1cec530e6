"""Pages behind follow-up's mails: the questions of one mail, one tap each, and the end of such mails. Nobody needs an
account or a script; looking never changes anything, since mail scanners look too."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from marshmallow import EXCLUDE
from sqlalchemy import Connection

from services.followup import emails, store
from services.followup.forms import AnswerForm
from services.followup.handlers import answering, resting, rounds
from services.followup.policies import ANSWERS
from services.followup.store import Who
from shared import address_book, conferences, links
from shared.contracts import ConferencePublished
from shared.errors import Conflict, Invalid
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.input import form_data
from shared.web.who import may

pages = Blueprint("followup", "services.followup", template_folder="templates")


@pages.get("/r/<token>")
@may("link")
def questions(token: str) -> Any:
    """Everything that a mail asks."""
    return show(token)


@pages.get("/r/<token>/<relationship>/<question>/<answer>")
@may("link")
def one_question(token: str, relationship: str, question: str, answer: str) -> Any:
    """The answer that was tapped in a mail, with the one button that sends it."""
    if answer not in ANSWERS.get(question, ()):
        return see_other(f"/r/{token}")
    return show(token, chosen=(relationship, question, answer))


@pages.post("/r/<token>")
@may("link")
def answer(token: str) -> Any:
    """Send an answer; it can be changed later by sending another one."""
    said, errors, _typed = form_data(AnswerForm(unknown=EXCLUDE))
    if said is None:
        return show(token, errors=errors, status=422)
    try:
        with unit_of_work() as work:
            who, _link, _conference = holder(work.connection, token, "follow_up")
            answering.answer_from_page(who, said["relationship"], said["question"], said["answer"], work)
    except Invalid as wrong:
        return show(token, errors={name: list(texts) for name, texts in wrong.errors.items()}, status=422)
    except Conflict as late:
        return show(token, errors={"answer": [late.sentence()]}, status=409)
    return see_other(f"/r/{token}?done={said['relationship']}")


@pages.get("/r/stop/<token>")
@may("link")
def ask_to_stop(token: str) -> Any:
    """What stopping means, or that it was done; only the button stops."""
    with reading() as connection:
        who, _link, conference = holder(connection, token, "stop-questions")
        done = store.stopped(connection, who.attendee)
    return render("followup/stop.html", conference=conference, token=token, done=done, again=False)


@pages.post("/r/stop/<token>")
@may("link")
def stop(token: str) -> Any:
    """No more, at once: by a tap on the page, or by the mail program for her (RFC 8058); `again` takes it back."""
    again = request.form.get("again") == "yes"
    with unit_of_work() as work:
        who, _link, conference = holder(work.connection, token, "stop-questions")
        command = answering.allow_mails if again else answering.stop_mails
        command(who, work)
    return render("followup/stop.html", conference=conference, token=token, done=not again, again=again)


def show(
    token: str,
    *,
    chosen: tuple[str, str, str] | None = None,
    errors: dict[str, list[str]] | None = None,
    status: int = 200,
) -> Any:
    """The page of a mail: its questions, how she stands to each, and what she can do about being asked."""
    now = current_runtime().now()
    with reading() as connection:
        who, link, conference = holder(connection, token, "follow_up")
        cards = rounds.cards(connection, who, conference, link.version, now)
        person = address_book.person(connection, who.person)
        paused = rounds.paused_until(connection, who, conference, now)
        zone = resting.zone(who, conference, now, connection)
    return render(
        "followup/questions.html",
        status,
        conference=conference,
        cards=cards,
        token=token,
        chosen=chosen,
        errors=errors or {},
        name=person.first_name if person else "",
        answers=emails.how_it_goes(),
        counted=who.statistics,
        next_date=rounds.next_date(link.version, conference),
        paused=paused,
        zone=zone,
        concern=conference.policy.concern_contact,
        stop=current_runtime().links.token("stop-questions", who.attendee, who.person, 1),
    )


def holder(connection: Connection, token: str, purpose: str) -> tuple[Who, links.Link, ConferencePublished]:
    """Who holds this link. Raises LinkOver: wrong, expired, withdrawn and erased are one and the same to a stranger."""
    link = links.resolve(connection, token, purpose, current_runtime().now())
    who = store.who(connection, (link.object,)).get(link.object)
    conference = None if who is None else conferences.by_id(connection, who.conference)
    known = address_book.person(connection, link.person) is not None
    if who is None or conference is None or who.withdrawn or not known:
        raise links.LinkOver
    return who, link, conference
