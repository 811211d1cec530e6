"""Files that organizers take along. Whoever takes one leaves a line of what was done: who, which, in what form, how many
rows. Nothing else changes by it, and what stands in a file is the business of the service."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, request

from shared.audit import EXPORTED
from shared.contracts import ConferencePublished
from shared.sheets import FORMS, Row, Sheet, csv_text, xlsx
from shared.web import current_runtime, unit_of_work
from shared.web.rates import limit
from shared.web.who import actor

OFTEN = "30/minute"


def asked_form() -> str:
    """The ending of the address: csv, xlsx or json."""
    return request.path.rpartition(".")[2]


def taken(sheet: Sheet, conference: ConferencePublished) -> Response:
    """The table as the file that was asked for."""
    made_at = current_runtime().now().isoformat(timespec="seconds").replace("+00:00", "Z")
    content = sheet.written(asked_form(), {"conference": conference.slug, "made_at": made_at})
    return _handed_out(content, sheet.title, conference, len(sheet.rows))


def taken_as_it_stands(rows: Sequence[Row], what: str, conference: ConferencePublished) -> Response:
    """Several small tables below each other, as CSV or XLSX."""
    content = xlsx(rows, what) if asked_form() == "xlsx" else csv_text(rows).encode()
    return _handed_out(content, what, conference, len(rows))


def for_anybody(rows: Sequence[Row], what: str, conference: ConferencePublished) -> Response:
    """The same behind a link that needs no login: nobody is known who could stand in a line."""
    limit(OFTEN, "files", request.path.rpartition(".")[0])
    content = xlsx(rows, what) if asked_form() == "xlsx" else csv_text(rows).encode()
    return _file(content, what, conference)


def _handed_out(content: bytes, what: str, conference: ConferencePublished, rows: int) -> Response:
    """A file's bytes; the line is written before they leave."""
    form = asked_form()
    limit(OFTEN, "files", actor().id)
    if request.method != "HEAD":
        with unit_of_work() as work:
            work.audit(EXPORTED[what], actor(), conference=conference.conference, form=form, rows=rows)
    return _file(content, what, conference)


def _file(content: bytes, what: str, conference: ConferencePublished) -> Response:
    form = asked_form()
    headers = {"Content-Disposition": f'attachment; filename="{what}-{conference.slug}.{form}"'}
    return Response(content, content_type=FORMS[form], headers=headers)
