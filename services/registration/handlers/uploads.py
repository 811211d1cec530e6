"""A list on an organizer's page, from the file to the last row: kept, its columns said, tried, imported group by group by
whoever does what is due, cancelled, forgotten. Nothing of it outlives half an hour."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from services.registration import store
from services.registration.handlers import taking
from services.registration.handlers.conferences import record
from services.registration.handlers.rows import (
    Columns,
    Sheet,
    Table,
    chosen,
    is_plain,
    pack,
    suggested,
    table,
    unpack,
)
from services.registration.handlers.taking import GROUP, Outcome, ReadRow, Task
from services.registration.store import List, Overtaken
from shared import conferences
from shared.access import Actor
from shared.contracts import ConferencePublished
from shared.errors import Conflict
from shared.i18n import current_locale, speaking
from shared.i18n import noted as N_
from shared.service import Room
from shared.work import Work

logger = logging.getLogger(__name__)
AT_ONCE = 500
"""Rows that are worked on while the organizer waits for the answer."""
MOST_KEPT = 20
"""Lists of a conference; the oldest one that nobody is at makes room for one more."""


class OtherStage(Conflict):
    """This list is at another step by now: here is how it stands."""

    code = "other-stage"


def keep(
    sheet: Sheet, conference: ConferencePublished, role: str, consents: Sequence[str], actor: Actor, work: Work
) -> List:
    """Keep a list for a while, and try it at once where its columns are plain. Raises NotIntroduced."""
    taking.check_consents(dict.fromkeys(consents, True) or None)
    columns = suggested(sheet)
    store.forget_beyond(MOST_KEPT, conference, work)
    return store.add_list(
        {
            "account": conference.account,
            "conference": conference.conference,
            "organizer": actor.id,
            "organizer_kind": actor.kind,
            "locale": current_locale(),
            "role": role,
            "consents": list(consents),
            "stage": "trying" if is_plain(sheet, columns) else "asked",
            "content": pack(sheet),
            "columns": columns,
            "total": len(sheet.lines),
        },
        work,
    )


def ask_again(known: List, work: Work) -> List:
    """The organizer wants to say anew what the columns are. Raises OtherStage."""
    _at(known, "tried")
    return store.set_stage(known, "asked", work)


def say_columns(known: List, columns: Columns, work: Work) -> List:
    """The organizer says what the columns are: it is tried now. Raises OtherStage, Unmapped."""
    _at(known, "asked")
    chosen(unpack(known.content), columns)
    return store.set_stage(known, "trying", work, columns=list(columns))


def start(known: List, work: Work) -> List:
    """What was tried is meant. Raises OtherStage."""
    _at(known, "tried")
    return store.set_stage(known, "importing", work)


def cancel(known: List, conference: ConferencePublished, actor: Actor, work: Work) -> None:
    """Stop after the present group of rows; who is in stays. A list that was only being tried is forgotten at once."""
    if known.stage == "importing":
        _leave_what_was_rejected(store.set_stage(known, "cancelled", work), work)
        record(N_("import cancelled"), actor, conference, None, work, added=known.added)
    elif known.stage == "trying":
        store.forget_list(known.id, work)


def forget(known: List, work: Work) -> None:
    """The organizer needs it no longer; what is being imported goes on."""
    if known.stage != "importing":
        store.forget_list(known.id, work)


def _at(known: List, stage: str) -> None:
    if known.stage != stage:
        raise OtherStage


def claim_small(known: List, work: Work) -> List | None:
    """The right to do it while the organizer waits, where it is small."""
    return store.claim_list(work, only=known.id) if known.is_busy and known.total <= AT_ONCE else None


def forget_old(room: Room) -> int:
    """Forget lists whose time is over; how many."""
    with room.work() as work:
        return store.forget_old_lists(work)


def run(room: Room, read_row: ReadRow) -> int:
    """Go on with a list that is being tried or imported, to its end; 0 where there is none."""
    with room.work() as work:
        claimed = store.claim_list(work)
    if claimed is None:
        return 0
    go_on(claimed, room, read_row)
    return 1


def go_on(claimed: List, room: Room, read_row: ReadRow) -> None:
    """Work on a claimed list to its end, or until somebody else has it."""
    with room.reading() as connection:
        conference = conferences.by_id(connection, claimed.conference)
    if conference is None:
        return
    try:
        with speaking(claimed.locale):
            _through(claimed, conference, room, read_row)
    except Overtaken:
        logger.info("a list was cancelled, or is worked on elsewhere", extra={"list": claimed.id})


def _through(claimed: List, conference: ConferencePublished, room: Room, read_row: ReadRow) -> None:
    dry_run = claimed.stage == "trying"
    labels = [topic.label for topic in conference.topics]
    whole = table(unpack(claimed.content), claimed.columns, claimed.role, labels)
    conference, new = taking.with_topics(whole, conference, actor_of(claimed), None if dry_run else room.work)
    consents = dict.fromkeys(claimed.consents, True)
    task = taking.task_of(whole, conference, consents, read_row, dry_run=dry_run)
    taking.check(whole.rows[: claimed.done], task)  # which addresses stood there already
    for start_at in range(claimed.done, len(whole.rows), GROUP):
        _group(claimed, whole, start_at, task, room)
    with room.work() as work:
        _end(claimed, {"new": new, "unknown": taking.unknown_topics(whole, conference)}, conference, work)
    logger.info("a list was tried" if dry_run else "a list was imported", extra={"list": claimed.id})


def _group(claimed: List, whole: Table, start_at: int, task: Task, room: Room) -> None:
    rows = whole.rows[start_at : start_at + GROUP]

    def also(outcome: Outcome, work: Work) -> None:
        store.add_findings(claimed.id, ((found.line, found.kind, found.why) for found in outcome.findings), work)
        store.went_on_with(claimed, len(rows), work, added=outcome.added, known=outcome.known, asked=outcome.asked)

    taking.take(taking.check(rows, task), task, room.work, also)


def _end(claimed: List, topics: Mapping[str, Any], conference: ConferencePublished, work: Work) -> None:
    is_trial = claimed.stage == "trying"
    more: dict[str, Any] = {"topics": dict(topics)} if is_trial else {}
    store.went_on_with(claimed, 0, work, **more)
    now = store.set_stage(claimed, "tried" if is_trial else "done", work)
    if not is_trial:
        rejected = store.count_findings(work.connection, claimed.id).get("rejected", 0)
        taking.record_import(now.added, rejected, conference, actor_of(claimed), work)
        _leave_what_was_rejected(now, work)


def _leave_what_was_rejected(known: List, work: Work) -> None:
    """Of a list that is done with, only the rows stay that somebody has to correct."""
    lines = {line for line, _why in store.findings_of(work.connection, known.id, "rejected")}
    store.set_stage(known, known.stage, work, content=pack(unpack(known.content).only(lines)))


def rejected(known: List, findings: Sequence[tuple[int, str]]) -> list[tuple[int, str, Sequence[str]]]:
    """(line, why, cells) of rows to correct."""
    cells = {line.number: line.cells for line in unpack(known.content).lines}
    return [(line, why, cells[line]) for line, why in findings if line in cells]


def actor_of(known: List) -> Actor:
    """The organizer who brings the list."""
    return Actor(known.organizer, known.organizer, known.organizer_kind, "owner", known.account)


def progress(known: List, seconds: float) -> Mapping[str, int]:
    """Per cent done, and seconds left as far as one can tell after so many."""
    left = seconds / known.done * (known.total - known.done) if known.done else 0
    return {"done": known.done, "total": known.total, "left": max(1, round(left)) if known.done else 0}
