"""The organizers' view of all introductions of a conference: by time, numbers, who has none yet, load of mentors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, request
from sqlalchemy import Connection

from services.introductions import emails, queries, store
from services.introductions.domain import ACTIVE, OPEN, Introduction, shown, status_of
from services.introductions.domain.refusals import NothingToCancel
from services.introductions.forms import PlanForm
from services.introductions.handlers import answering
from services.introductions.planner import Board, Problem, why_unplaced
from services.introductions.web.api import told
from services.introductions.web.named import Names, called, names_of_all
from services.introductions.web.words import why_for_the_crew
from shared import attendees, conferences, dates
from shared.contracts import ConferencePublished
from shared.days import local_day
from shared.errors import Conflict, Forbidden, NotFound
from shared.i18n import gettext as _
from shared.i18n import noted as N_
from shared.text import fold
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.audit import audit_page
from shared.web.input import form_data
from shared.web.leaves import kept, leaf
from shared.web.who import actor, may
from shared.work import Work

pages = Blueprint("introductions_plan", "services.introductions", template_folder="templates")
MOST_WAITING = 200


@pages.get("/plan/<slug>")
@may("owner", "desk")
def plan(slug: str) -> Any:
    """Every introduction, by time."""
    return _page(slug)


def _page(slug: str, refusal: str = "", status: int = 200) -> Any:
    wanted, now = request.args.get("q", "")[:80], current_runtime().now()
    with reading() as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
        introductions = [item for _number, item in store.of_conference(connection, conference)]
        problem = queries.problem(connection, conference, now, everybody=True)
        names = names_of_all(connection, conference)
    rows = [_row(item, conference, names, now) for item in introductions]
    rows.sort(key=lambda row: (row["dead"], row["starts_at"], row["where"]))
    fitting = [row for row in rows if _fits(row, wanted)]
    part = leaf(len(fitting), f"/plan/{slug}")
    return render(
        "introductions/plan.html",
        status,
        conference=conference,
        rows=fitting[part.start : part.stop],
        leaf=part,
        wanted=wanted,
        numbers=_numbers(rows, problem),
        waiting=_waiting(problem, conference, names)[:MOST_WAITING],
        load=_load(problem, introductions, names),
        done=next((row for row in rows if row["id"] == request.args.get("done")), None),
        refusal=refusal,
    )


@pages.get("/plan/<slug>/audit")
@may("owner")
def audit(slug: str) -> Any:
    """What was done with introductions, by whom."""
    return audit_page(slug)


@pages.get("/plan/<slug>/<introduction_id>/cancel")
@may("owner")
def ask_before_cancelling(slug: str, introduction_id: str) -> Any:
    """The question alone: two people get a mail, and it cannot be taken back."""
    now = current_runtime().now()
    with reading() as connection:
        introduction, conference = _within(slug, introduction_id, connection, locked=False)
        people = attendees.people(connection, [introduction.mentor, introduction.mentee])
        row = _row(introduction, conference, called(people, connection), now)
    return render("introductions/cancel.html", conference=conference, row=row)


@pages.post("/plan/<slug>/<introduction_id>")
@may("owner", "desk")
def act(slug: str, introduction_id: str) -> Any:
    """They met (desk and owners), or cancel (owners)."""
    said, _errors, _typed = form_data(PlanForm())
    if said is None:
        return _page(slug, _("Please choose what to do."), 422)
    try:
        with unit_of_work() as work:
            introduction, conference = _within(slug, introduction_id, work.connection)
            if said["action"] == "met":
                told(introduction, conference, True, actor(), work)
            else:
                _cancel(introduction, conference, work)
    except Conflict as late:
        return _page(slug, late.sentence(), 409)
    return see_other(f"/plan/{slug}{kept(done=introduction_id)}")


def _cancel(introduction: Introduction, conference: ConferencePublished, work: Work) -> None:
    if actor().role != "owner":
        raise Forbidden
    after = answering.cancel(introduction, "organizer", work)
    if after is not introduction:
        answering.record(N_("introduction cancelled"), introduction, actor(), work)
    elif introduction.status != "cancelled":
        raise NothingToCancel(state=shown(introduction, conference, work.now))


def _within(
    slug: str, introduction_id: str, connection: Connection, *, locked: bool = True
) -> tuple[Introduction, ConferencePublished]:
    introduction, conference = store.within(connection, actor().scope, introduction_id, locked=locked)
    if conference.slug != slug:
        raise NotFound
    return introduction, conference


def _row(item: Introduction, conference: ConferencePublished, names: Names, now: Any) -> dict[str, Any]:
    about = emails.About(introduction=item, conference=conference, side="mentee", partner=None, now=now)
    word = status_of(item, conference, now)
    return {
        "id": item.id,
        "starts_at": item.place.starts_at,
        "day": dates.short_day(local_day(conference, item.place.starts_at)),
        "time": about.starts,
        "where": about.table,
        "mentor": names.get(item.mentor, _("a participant")),
        "mentee": names.get(item.mentee, _("a participant")),
        "topics": ", ".join(emails.topics_of(about)),
        "state": _words()[word],
        "dead": word in ("declined", "expired", "cancelled"),
        "word": word,
        "may_tell": item.status == "accepted" and now >= item.place.starts_at,
        "may_cancel": item.status in OPEN and now < item.place.starts_at,
    }


def _words() -> dict[str, tuple[str, str]]:
    """How it stands, as organizers may know it: never who said what, nor that somebody said no."""
    ended = (_("won't take place"), "")
    return {
        "proposed": (_("asked"), "accent"),
        "accepted": (_("both said yes"), "good"),
        "met": (_("met"), "good"),
        "unreported": (_("not reported"), "warn"),
        "declined": ended,
        "expired": ended,
        "cancelled": ended,
    }


def _fits(row: Mapping[str, Any], wanted: str) -> bool:
    text = fold(f"{row['mentor']} {row['mentee']} {row['time']} {row['where']} {row['state'][0]}")
    return all(word in text for word in fold(wanted).split())


def _numbers(rows: Sequence[Mapping[str, Any]], problem: Problem) -> list[tuple[str, int]]:
    counted = Counter(row["word"] for row in rows)
    waiting = sum(1 for person in problem.people if person.wishes and not person.has)
    return [
        (_("Asked"), counted["proposed"]),
        (_("Both said yes"), counted["accepted"]),
        (_("Met"), counted["met"]),
        (_("Not reported"), counted["unreported"]),
        (_("Here, none yet"), waiting),
    ]


def _waiting(problem: Problem, conference: ConferencePublished, names: Names) -> list[dict[str, str]]:
    """Mentees who are here and have none yet, with what is so and would help; topics are for owners."""
    board = Board(problem)
    found: list[dict[str, str]] = []
    for person in problem.people:
        if person.wishes and not person.has and len(found) < MOST_WAITING:
            why = why_unplaced(board, person.who.id)
            words = why_for_the_crew(why, conference, topics=True) if why else {"why": "", "help": ""}
            found.append({"name": names.get(person.who.id, _("a participant")), **words})
    return found


def _load(problem: Problem, introductions: Sequence[Introduction], names: Names) -> list[tuple[str, int, int]]:
    """(mentor, meetings she has, how many more she can take), the busiest first; of those who are here."""
    has = Counter(item.mentor for item in introductions if item.status in ACTIVE)
    found = []
    for person in problem.people:
        if person.gives:
            found.append((names.get(person.who.id, _("a participant")), has[person.who.id], person.left))
    return sorted(found, key=lambda line: (-line[1], line[0]))
