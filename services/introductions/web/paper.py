"""What an organizer prints the evening before: slips for people, sheets and signs for tables, lists for a desk without
power. Only looks; nothing on paper says who asks for help, or what about."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, request

from services.introductions import queries
from services.introductions.queries.paper import Meeting, Paper
from services.introductions.web import sheets
from services.introductions.web.named import first_and_initial
from services.introductions.web.words import table_in_words
from shared import conferences, dates
from shared.codes import in_groups
from shared.contracts import ConferencePublished
from shared.contracts.conference import MeetingPoint
from shared.days import local_time
from shared.i18n import gettext as _
from shared.qr import qr_svg
from shared.web import current_runtime, reading, render
from shared.web.who import actor, may

pages = Blueprint("introductions_paper", "services.introductions", template_folder="templates")


@pages.get("/print/<slug>")
@may("owner", "desk")
def choose(slug: str) -> Any:
    """What can be printed, and how much of it there is."""
    conference, day, paper = _read(slug)
    counts = {
        "slips": len(paper.of),
        "tables": len(sheets.by_table(paper)),
        "signs": sum(point.tables for point in conference.meeting_points),
        "slots": len(sheets.by_time(paper)),
        "people": len(paper.people),
    }
    return _page("print.html", conference, day, counts=counts)


@pages.get("/print/<slug>/slips")
@may("owner", "desk")
def slips(slug: str) -> Any:
    """One slip a person, several a page, to be cut; or the slip of one person."""
    conference, day, paper = _read(slug)
    person = request.args.get("person", "")[:32]
    words = _words(conference)
    names = {attendee: first_and_initial(somebody.name) for attendee, somebody in paper.people.items()}
    runtime = current_runtime()

    def lines(meeting: Meeting, attendee: str) -> int:
        others = " ".join(names.get(one, "") for one in meeting.people if one != attendee)
        said = "" if meeting.agreed else _("not yet answered")
        where = f"{words['times'](meeting)} {words['place'](meeting)}"
        return sheets.lines(where, f"{_('with')} {others} · {said}", words["landmark"](meeting))

    def code(slip: sheets.Slip) -> str:
        return runtime.links.door_code(slip.who.attendee, slip.who.person)

    def qr(slip: sheets.Slip) -> str:
        return qr_svg(f"{runtime.settings.base_url}/q/{code(slip)}", one_of_many=True)

    def said(slip: sheets.Slip) -> str:
        return in_groups(code(slip))

    found = sheets.pages(sheets.slips(paper, lines, person))
    return _page("print_slips.html", conference, day, sheets=found, code=said, qr=qr, names=names, person=person)


@pages.get("/print/<slug>/tables")
@may("owner", "desk")
def tables(slug: str) -> Any:
    """One sheet a table with its meetings of the day, for the table."""
    conference, day, paper = _read(slug)
    return _page("print_tables.html", conference, day, tables=sheets.by_table(paper), who=_who(paper))


@pages.get("/print/<slug>/signs")
@may("owner", "desk")
def signs(slug: str) -> Any:
    """One sign a table: its number in large, how to find it, a code that helps whoever sits there."""
    conference, day, _paper = _read(slug)
    base = current_runtime().settings.base_url
    found = [
        (point, number, qr_svg(f"{base}/t/{slug}/{point.code}/{number}", one_of_many=True))
        for point in conference.meeting_points
        for number in range(1, point.tables + 1)
    ]
    return _page("print_signs.html", conference, day, signs=found)


@pages.get("/print/<slug>/slots")
@may("owner", "desk")
def slots(slug: str) -> Any:
    """One list a slot, to tick off who is there."""
    conference, day, paper = _read(slug)
    return _page("print_slots.html", conference, day, slots=sheets.by_time(paper), who=_who(paper))


@pages.get("/print/<slug>/people")
@may("owner", "desk")
def people(slug: str) -> Any:
    """Everybody by name with her first meeting: check-in by pencil."""
    conference, day, paper = _read(slug)
    rows = [
        (somebody, list(paper.of.get(somebody.attendee, ())))
        for somebody in sorted(paper.people.values(), key=sheets.in_order)
    ]
    names = {attendee: first_and_initial(somebody.name) for attendee, somebody in paper.people.items()}
    return _page("print_people.html", conference, day, rows=rows, names=names)


def _read(slug: str) -> tuple[ConferencePublished, date, Paper]:
    now = current_runtime().now()
    with reading() as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
        day = sheets.day_to_print(conference, request.args.get("day", ""), now)
        return conference, day, queries.paper(connection, conference, day, now)


def _page(template: str, conference: ConferencePublished, day: date, **more: Any) -> Any:
    days = [(one.date.isoformat(), dates.weekday_and_day(one.date), one.date == day) for one in conference.days]
    return render(
        f"introductions/{template}",
        conference=conference,
        day=dates.weekday_and_day(day),
        chosen=day.isoformat(),
        days=days,
        **_words(conference),
        **more,
    )


def _words(conference: ConferencePublished) -> dict[str, Any]:
    """When and where, as a page says it."""
    points: dict[str, MeetingPoint] = {point.code: point for point in conference.meeting_points}

    def times(meeting: Meeting) -> str:
        return f"{local_time(conference, meeting.starts_at)}–{local_time(conference, meeting.ends_at)}"

    def place(meeting: Meeting) -> str:
        return table_in_words(meeting.point, meeting.table, conference)

    def point(meeting: Meeting) -> str:
        return points[meeting.point].name if meeting.point in points else meeting.point

    def landmark(meeting: Meeting) -> str:
        return points[meeting.point].landmark if meeting.point in points else ""

    return {"times": times, "place": place, "point": point, "landmark": landmark}


def _who(paper: Paper) -> Any:
    """The two of a meeting, by name, so that their order says nothing."""

    def who(meeting: Meeting) -> list[str]:
        two = sorted((paper.people[one] for one in meeting.people if one in paper.people), key=sheets.in_order)
        return [first_and_initial(somebody.name) for somebody in two] + [first_and_initial(None)] * (2 - len(two))

    return who
