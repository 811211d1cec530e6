"""Pages on which an organizer brings a list of people in: the file, what its columns are, what would happen, how far it is,
what became of it. A list lives here for half an hour at most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, request

from services.registration import store
from services.registration.forms import read_row
from services.registration.handlers import uploads
from services.registration.handlers.rows import FIELDS, LEFT_OUT, Columns, Unmapped, format_of, read_file, unpack
from services.registration.handlers.rows import as_csv as csv_of
from services.registration.handlers.rows import as_xlsx as xlsx_of
from services.registration.store import List
from shared import conferences
from shared.contracts import ConferencePublished
from shared.errors import NotFound, Refused
from shared.i18n import gettext as _
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.guard import IMPORT_BYTES, up_to
from shared.web.who import actor, may

pages = Blueprint("registration_importing", "services.registration", template_folder="templates")
CONSENTS = ("introductions", "follow_up", "statistics", "next_year")
SHOWN = 100
SHOWN_LINES = 12
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/organize/<slug>/import")
@may("owner")
def import_form(slug: str) -> Any:
    """Bring a list of people."""
    return _form(slug, {"role": "mentees", "consents": []})


def _form(slug: str, said: dict[str, Any], refusal: str = "", status: int = 200) -> Any:
    with reading() as connection:
        found = conferences.by_slug(connection, actor().scope, slug)
    return render("registration/import.html", status, conference=found, said=said, refusal=refusal)


@pages.post("/organize/<slug>/import")
@may("owner")
@up_to(IMPORT_BYTES)
def import_list(slug: str) -> Any:
    """Read a list. Nobody is invited yet: first comes what would happen."""
    sent = request.files.get("file")
    role = "mentors" if request.form.get("role") == "mentors" else "mentees"
    consents = [name for name in CONSENTS if name in request.form.getlist("consents")]
    with reading() as connection:
        found = conferences.by_slug(connection, actor().scope, slug)
    try:
        sheet = read_file(sent.read() if sent else b"")
        with unit_of_work() as work:
            kept = uploads.keep(sheet, found, role.removesuffix("s"), consents, actor(), work)
            small = uploads.claim_small(kept, work)
    except Refused as refused:
        return _form(slug, {"role": role, "consents": consents}, refused.sentence(), refused.status)
    return _went_on(slug, kept, small)


def _went_on(slug: str, known: List, small: List | None) -> Any:
    """A small list is worked on while one waits; a large one by whoever does what is due, and one watches."""
    if small is not None:
        uploads.go_on(small, current_runtime(), read_row)
    return see_other(f"/organize/{slug}/import/{known.id}")


@pages.get("/organize/<slug>/import/<list_id>")
@may("owner")
def a_list(slug: str, list_id: str) -> Any:
    """How a list stands."""
    return _list(slug, list_id)


def _list(slug: str, list_id: str, refusal: str = "", status: int = 200, columns: Columns | None = None) -> Any:
    now = current_runtime().now()
    with reading() as connection:
        found = conferences.by_slug(connection, actor().scope, slug)
        known = store.a_list(connection, found, list_id, now)
        rejected = store.findings_of(connection, known.id, "rejected", SHOWN)
        skipped = [] if known.is_busy else store.findings_of(connection, known.id, "skipped")
        counts = store.count_findings(connection, known.id)
    return render(
        "registration/list.html",
        status,
        conference=found,
        list=known,
        refusal=refusal,
        progress=uploads.progress(known, (now - known.began_at).total_seconds()),
        rejected=rejected,
        skipped=_by_reason(skipped)[:SHOWN],
        counts=counts,
        **({} if known.is_busy else _about(known, columns)),
    )


def _about(known: List, columns: Columns | None) -> dict[str, Any]:
    """What the file is, and its columns: (name, some values, our field)."""
    sheet = unpack(known.content)
    mine = columns if columns is not None and len(columns) == len(sheet.header) else known.columns
    shown = [(name, sheet.samples(place), mine[place]) for place, name in enumerate(sheet.header)]
    return {
        "form": format_of(sheet.header).name,
        "notes": sheet.notes,
        "kind": sheet.kind,
        "columns": shown,
        "fields": _labels(),
        "used": [(name, _labels()[field]) for name, _samples, field in shown if field],
    }


def _by_reason(skipped: Sequence[tuple[int, str]]) -> list[tuple[str, int, list[int]]]:
    """(why, how many, the first lines)."""
    lines: dict[str, list[int]] = defaultdict(list)
    for line, why in skipped:
        lines[why].append(line)
    return [(why, len(found), found[:SHOWN_LINES]) for why, found in lines.items()]


@pages.post("/organize/<slug>/import/<list_id>")
@may("owner")
def act(slug: str, list_id: str) -> Any:
    """Say what the columns are, import what was tried, cancel, forget."""
    action, small = request.form.get("action", ""), None
    columns = _columns() if action == "columns" else None
    try:
        with unit_of_work() as work:
            found = conferences.by_slug(work.connection, actor().scope, slug)
            known = store.a_list(work.connection, found, list_id, work.now, locked=True)
            if action == "columns":
                small = uploads.claim_small(uploads.say_columns(known, columns or [], work), work)
            elif action == "start":
                small = uploads.claim_small(uploads.start(known, work), work)
            elif action == "ask":
                uploads.ask_again(known, work)
            elif action == "cancel":
                uploads.cancel(known, found, actor(), work)
            elif action == "forget":
                uploads.forget(known, work)
            else:
                raise NotFound
    except Unmapped as why:
        return _list(slug, list_id, why.sentence(), why.status, columns)
    except uploads.OtherStage as late:
        return _list(slug, list_id, late.sentence(), late.status)
    over = (action == "forget" and known.stage != "importing") or (action == "cancel" and known.stage == "trying")
    return see_other(f"/organize/{slug}/import") if over else _went_on(slug, known, small)


def _columns() -> list[str | None]:
    """What the organizer chose for each column, by its place."""
    chosen: list[str | None] = []
    while (field := request.form.get(f"column-{len(chosen)}")) is not None:
        chosen.append(field if field in FIELDS else LEFT_OUT)
    return chosen


@pages.get("/organize/<slug>/import/<list_id>/<kind>")
@may("owner")
def to_correct(slug: str, list_id: str, kind: str) -> Any:
    """The rows that were not taken, as a file to correct and import again."""
    if kind not in ("csv", "xlsx"):
        raise NotFound
    with reading() as connection:
        found = conferences.by_slug(connection, actor().scope, slug)
        known = store.a_list(connection, found, list_id, current_runtime().now())
        findings = store.findings_of(connection, known.id, "rejected")
    return _file(found, known, findings, kind)


def _file(found: ConferencePublished, known: List, findings: Sequence[tuple[int, str]], kind: str) -> Response:
    header, rows = unpack(known.content).header, uploads.rejected(known, findings)
    content: str | bytes = csv_of(header, rows) if kind == "csv" else xlsx_of(header, rows)
    answer = Response(content, content_type="text/csv; charset=utf-8" if kind == "csv" else XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.slug}-to-correct.{kind}"'
    return answer


def _labels() -> dict[str, str]:
    """Our fields, as an organizer calls them."""
    return {
        "name": _("Name"),
        "given": _("First name"),
        "family": _("Last name"),
        "email": _("Mail address"),
        "email_else": _("Mail address of who ordered, where the other is empty"),
        "role": _("Role: mentor, mentee or both"),
        "topics": _("Topics: offered by mentors, wanted by mentees"),
        "offers": _("Topics that are offered"),
        "wants": _("Topics that are looked for"),
        "helps": _("Kinds of help that are offered"),
        "goals": _("Kinds of help that are looked for"),
        "goal": _("The goal in one sentence"),
        "languages": _("Languages"),
        "company": _("Company"),
        "field": _("Field"),
        "years": _("Years of experience"),
        "first_timer": _("First time here: yes or no"),
        "likes_newcomers": _("Newcomers welcome: yes or no"),
        "step_free": _("Needs a way without steps: yes or no"),
        "quiet": _("Needs a quiet place: yes or no"),
        "capacity": _("How many mentees at most"),
        "introductions": _("How many introductions"),
        "available": _("When the person is there, as slot ids"),
    }
