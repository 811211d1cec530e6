"""Brings a list of people in: in groups of 100 rows a transaction, each row whole or not at all, again without effect."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from services.registration import store
from services.registration.domain import topics_of
from services.registration.handlers import attending
from services.registration.handlers.conferences import add_topics, record
from services.registration.handlers.rows import REASON, RISKY, Row, Table, read
from services.registration.handlers.saying import in_codes, without_topics_too
from shared.access import Actor
from shared.contracts import ConferencePublished
from shared.errors import Invalid, Refused
from shared.i18n import gettext as _
from shared.work import Work

GROUP = 100
MOST_TOPICS = 100
Errors = Mapping[str, Any]
OpenWork = Callable[[], AbstractContextManager[Work]]
ReadRow = Callable[[Mapping[str, Any]], tuple[dict[str, Any], dict[str, list[str]]]]
"""What a row says, through the schema of the form: (the values that are right, sentences by field)."""


class NotIntroduced(Refused):
    """Whoever is registered by a list must have agreed to being introduced: tick that too, or nothing at all."""

    status = 422
    code = "not-introduced"


class _OnlyTried(Exception):
    """Undoes what a dry run wrote."""


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
        keep = [place for place, name in enumerate(self.header) if name.strip().lower() != REASON]
        writer.writerow([*(self.header[place] for place in keep), REASON])
        for _line, why, cells in self.rejected:
            writer.writerow([*(_safe(cells[place]) for place in keep), why])
        return "\ufeff" + out.getvalue()


def _safe(cell: str) -> str:
    return "'" + cell if cell[:1] in RISKY else cell


@dataclass(frozen=True, kw_only=True)
class _Import:
    """One import under way."""

    conference: ConferencePublished
    consents: Mapping[str, bool] | None
    read_row: ReadRow
    actor: Actor
    open_work: OpenWork
    result: Result
    seen: dict[str, int] = field(default_factory=dict)
    """address -> the line it stood in first"""


def import_people(
    content: bytes,
    conference: ConferencePublished,
    role: str,
    *,
    consents: Mapping[str, bool] | None,
    dry_run: bool,
    actor: Actor,
    open_work: OpenWork,
    read_row: ReadRow,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Result:
    """Import a file. Without consents people are invited; with them the organizer vouches and they are confirmed.

    `role` is mentor or mentee, for rows that do not say it; `read_row` is `forms.read_row`.
    """
    result = Result(dry_run=dry_run)
    try:
        if consents and not consents.get("introductions"):
            raise NotIntroduced
        table = read(content, role)
    except Refused as why:
        result.refused = why.sentence()
        return result
    result.header = table.header
    task = _Import(
        conference=_with_topics(table, conference, result, actor, open_work),
        consents=consents or None,
        read_row=read_row,
        actor=actor,
        open_work=open_work,
        result=result,
    )
    for start in range(0, len(table.rows), GROUP):
        with suppress(_OnlyTried):
            _group(table, table.rows[start : start + GROUP], task)
        progress(min(start + GROUP, len(table.rows)), len(table.rows))
    return result


def _group(table: Table, rows: list[Row], task: _Import) -> None:
    checked = [(row, said) for row in rows if (said := _checked(row, task, civil=table.brings_topics)) is not None]
    with task.open_work() as work:
        for row, said in checked:
            _add(row, said, task, work)
        if task.result.dry_run:
            raise _OnlyTried
        if rows[-1] is table.rows[-1]:
            counts = {"added": task.result.added, "rejected": len(task.result.rejected)}
            record("list imported", task.actor, task.conference, None, work, **counts)


def _with_topics(
    table: Table, conference: ConferencePublished, result: Result, actor: Actor, open_work: OpenWork
) -> ConferencePublished:
    """The conference with the topics that the list brings; in a dry run only for looking."""
    if not table.brings_topics:
        return conference
    known = {topic.label.casefold() for topic in conference.topics}
    named = {topic for row in table.rows for name in ("offers", "wants") for topic in row.said.get(name, ())}
    new = sorted(topic for topic in named if topic.casefold() not in known and len(topic) <= 80)
    result.new_topics = new[: MOST_TOPICS - len(known)]
    if not result.new_topics:
        return conference
    if result.dry_run:
        labels = [*(topic.label for topic in conference.topics), *result.new_topics]
        return replace(conference, topics=topics_of(labels, conference.topics))
    with open_work() as work:
        return add_topics(conference, result.new_topics, actor, work)


def _checked(row: Row, task: _Import, *, civil: bool) -> dict[str, Any] | None:
    """What the row says, if all of it is right; else everything that is wrong is noted at once."""
    raw = dict(row.said)
    if civil and "introductions" in raw:
        raw["introductions"] = min(raw["introductions"], task.conference.policy.introductions_at_most)
    said, errors = task.read_row(raw)
    try:
        (in_codes if task.consents else without_topics_too)(said, task.conference)
    except Invalid as wrong:
        errors |= {name: list(texts) for name, texts in wrong.errors.items() if name not in errors}
    line = task.seen.setdefault(str(said.get("email", row.line)).lower(), row.line)
    if line != row.line:
        errors["email"] = [_("This address stands in line {line} already.").replace("{line}", str(line))]
    if errors:
        _reject(row, errors, task.result)
        return None
    return said


def _reject(row: Row, errors: Errors, result: Result) -> None:
    sentences = [f"{name}: {' '.join(map(str, texts))}" for name, texts in errors.items()]
    result.rejected.append((row.line, " ".join(sentences), row.cells))


def _add(row: Row, said: dict[str, Any], task: _Import, work: Work) -> None:
    conference, result = task.conference, task.result
    known = store.by_address(work.connection, conference, said["email"])
    if known is not None or store.has_departed(conference.conference, said["email"], work):
        result.known += 1
        return
    vouched: dict[str, Any] = {"consents": dict(task.consents), "confirmed": True} if task.consents else {}
    said = {**said, "approved": True, **vouched}
    try:
        with work.attempt():
            attending.register(said, conference, "import", work, status="invited", topics_needed=bool(vouched))
    except Invalid as wrong:
        _reject(row, wrong.errors, result)
    else:
        result.added += 1
