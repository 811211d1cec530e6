"""Brings a list of people in, in one go: for commands. Where an organizer waits for it on a page, `uploads` does the same
piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from services.registration.handlers import taking
from services.registration.handlers.rows import Row, Sheet, Table, as_csv, as_xlsx, columns_of, read_file, table
from services.registration.handlers.taking import GROUP, OpenWork, Outcome, ReadRow
from shared.access import Actor
from shared.contracts import ConferencePublished
from shared.errors import Refused
from shared.i18n import gettext as _


@dataclass
class Result:
    """What became of a list."""

    added: int = 0
    known: int = 0
    asked: int = 0
    """How many of the known had not confirmed so far, and get an invitation."""
    dry_run: bool = False
    rejected: list[tuple[int, str, Sequence[str]]] = field(default_factory=list)
    """(line, sentences, cells)"""
    skipped: list[tuple[int, str]] = field(default_factory=list)
    """(line, why)"""
    header: Sequence[str] = ()
    refused: str = ""
    """Why nothing at all was imported."""
    new_topics: list[str] = field(default_factory=list)
    form: str = ""
    """Whose export it is."""
    kind: str = "csv"
    notes: list[str] = field(default_factory=list)

    def rejected_csv(self) -> str:
        """The rejected rows as they came, with the reason, to be corrected and imported again."""
        return as_csv(self.header, self.rejected)

    def rejected_xlsx(self) -> bytes:
        """The same as a workbook."""
        return as_xlsx(self.header, self.rejected)


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
    mapping: Mapping[str, str] | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Result:
    """Import a file. Without consents people are invited; with them the organizer vouches and they are confirmed.

    `role` is mentor or mentee, for rows that do not say it; `read_row` is `forms.read_row`; `mapping` says of columns
    what they are.
    """
    result = Result(dry_run=dry_run)
    try:
        taking.check_consents(consents)
        sheet = read_file(content)
        columns = columns_of(sheet, mapping or {})
    except Refused as why:
        result.refused = why.sentence()
        return result
    whole = table(sheet, columns, role, [topic.label for topic in conference.topics])
    _begin(result, sheet, whole)
    conference, result.new_topics = taking.with_topics(whole, conference, actor, None if dry_run else open_work)
    if unknown := taking.unknown_topics(whole, conference):
        sentence = _("The conference does not have these topics of the list: {topics}.")
        told = ", ".join(f"{topic} ({count})" for topic, count in unknown)
        result.notes.append(sentence.replace("{topics}", told))
    task = taking.task_of(whole, conference, consents, read_row, dry_run=dry_run)
    for start in range(0, len(whole.rows), GROUP):
        rows = whole.rows[start : start + GROUP]
        _note(taking.take(taking.check(rows, task), task, open_work), rows, result)
        progress(min(start + GROUP, len(whole.rows)), len(whole.rows))
    if not dry_run:
        with open_work() as work:
            taking.record_import(result.added, len(result.rejected), conference, actor, work)
    return result


def _begin(result: Result, sheet: Sheet, whole: Table) -> None:
    result.header, result.form, result.kind, result.notes = sheet.header, whole.form.name, sheet.kind, [*sheet.notes]
    if whole.left_out:
        sentence = _("Left out, because nobody said what they are: {names}.")
        result.notes.append(sentence.replace("{names}", ", ".join(name[:40] for name in whole.left_out[:10])))


def _note(outcome: Outcome, rows: Sequence[Row], result: Result) -> None:
    cells = {row.line: row.cells for row in rows}
    result.added += outcome.added
    result.known += outcome.known
    result.asked += outcome.asked
    for found in sorted(outcome.findings, key=lambda found: found.line):
        if found.kind == "rejected":
            result.rejected.append((found.line, found.why, cells[found.line]))
        else:
            result.skipped.append((found.line, found.why))
