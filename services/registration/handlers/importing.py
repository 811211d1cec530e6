"""Brings a list of people in: in groups of 100 rows a transaction, each row whole or not at all, again without effect."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from marshmallow import ValidationError

from services.registration import store
from services.registration.forms import AttendeeInput
from services.registration.handlers import attending
from services.registration.handlers.conferences import add_topics, record
from services.registration.handlers.rows import Row, Table, read
from shared.access import Actor
from shared.contracts import ConferencePublished
from shared.errors import Invalid, Refused
from shared.i18n import gettext as _
from shared.work import Work

GROUP = 100
OpenWork = Callable[[], AbstractContextManager[Work]]


@dataclass
class Result:
    """What became of a list."""

    added: int = 0
    known: int = 0
    dry_run: bool = False
    rejected: list[tuple[int, str, list[str]]] = field(default_factory=list)
    """(line, sentences, cells)"""
    header: list[str] = field(default_factory=list)
    refused: str = ""
    """Why nothing at all was imported."""
    new_topics: list[str] = field(default_factory=list)

    def rejected_csv(self) -> str:
        """The rejected rows as they came, with the reason, to be corrected and imported again."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow([*self.header, "rejected because"])
        writer.writerows([[*(_safe(cell) for cell in cells), why] for _line, why, cells in self.rejected])
        return "\ufeff" + out.getvalue()


def _safe(cell: str) -> str:
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def import_people(
    content: bytes,
    conference: ConferencePublished,
    role: str,
    *,
    consents: Mapping[str, bool] | None,
    dry_run: bool,
    actor: Actor,
    open_work: OpenWork,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Result:
    """Import a file. Without consents people are invited; with them the organizer vouches and they are confirmed."""
    result = Result(dry_run=dry_run)
    try:
        table = read(content, role)
    except Refused as why:
        result.refused = why.sentence()
        return result
    result.header = table.header
    conference = _with_topics(table, conference, result, actor, open_work)
    seen: dict[str, int] = {}
    for start in range(0, len(table.rows), GROUP):
        group = table.rows[start : start + GROUP]
        checked = [(row, said) for row in group if (said := _checked(row, seen, conference, result)) is not None]
        with open_work() as work:
            for row, said in checked:
                _add(row, said, conference, consents, result, work)
            if start + GROUP >= len(table.rows) and not dry_run:
                record(
                    "list imported", actor, conference, None, work, added=result.added, rejected=len(result.rejected)
                )
            if dry_run:
                work.connection.rollback()
                work.connection.begin()
        progress(min(start + GROUP, len(table.rows)), len(table.rows))
    return result


def _with_topics(
    table: Table, conference: ConferencePublished, result: Result, actor: Actor, open_work: OpenWork
) -> ConferencePublished:
    if not table.brings_topics:
        return conference
    known = {topic.label.casefold() for topic in conference.topics}
    named = [topic for row in table.rows for name in ("offers", "wants") for topic in row.said.get(name, ())]
    result.new_topics = sorted({topic for topic in named if topic.casefold() not in known and len(topic) <= 80})[
        : 100 - len(known)
    ]
    if not result.new_topics:
        return conference
    if result.dry_run:
        from dataclasses import replace  # noqa: PLC0415

        from services.registration.domain.conference import topics_of  # noqa: PLC0415

        return replace(
            conference, topics=topics_of([*(t.label for t in conference.topics), *result.new_topics], conference.topics)
        )
    with open_work() as work:
        return add_topics(conference, result.new_topics, actor, work)


def _checked(row: Row, seen: dict[str, int], conference: ConferencePublished, result: Result) -> dict[str, Any] | None:
    try:
        said: dict[str, Any] = AttendeeInput().load(row.said)
        attending.in_codes(said, conference)
    except ValidationError as error:
        _reject(row, error.normalized_messages(), result)
        return None
    except Invalid as error:
        _reject(row, error.errors, result)
        return None
    first = seen.setdefault(said["email"].lower(), row.line)
    if first != row.line:
        _reject(
            row, {"email": [_("This address stands in line {line} already.").replace("{line}", str(first))]}, result
        )
        return None
    return said


def _reject(row: Row, errors: Mapping[str, Any], result: Result) -> None:
    parts = []
    for name, texts in errors.items():
        flat = (
            texts
            if isinstance(texts, list)
            else [text for inner in texts.values() for text in (inner if isinstance(inner, list) else [str(inner)])]
        )
        parts.append(f"{name}: {' '.join(map(str, flat))}")
    result.rejected.append((row.line, " ".join(parts), row.cells))


def _add(
    row: Row,
    said: dict[str, Any],
    conference: ConferencePublished,
    consents: Mapping[str, bool] | None,
    result: Result,
    work: Work,
) -> None:
    known = store.by_address(work.connection, conference, said["email"])
    if known is not None:
        result.known += 1
        return
    vouched = {"consents": dict(consents), "confirmed": True} if consents else {}
    try:
        with work.connection.begin_nested():
            attending.register({**said, "approved": True, **vouched}, conference, "import", work, status="invited")
    except Invalid as error:
        _reject(row, error.errors, result)
        return
    except Refused as error:
        _reject(row, {"row": [error.sentence()]}, result)
        return
    result.added += 1
