"""What was answered about taps of devices, and who came or left last, by whose word: that is read from the audit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select

from services.registration.domain.tap import Answer, Presence
from services.registration.tables import devices, taps
from shared.access import Actor
from shared.contracts import ConferencePublished
from shared.tables import audit
from shared.work import Work

CAME, LEFT = ("checked in", "walk-in added"), ("left", "check-in undone")
NEW = insert(taps)


def answered(connection: Connection, conference: ConferencePublished, ids: Sequence[str]) -> dict[str, Answer]:
    """Tap -> what was answered, of those that were."""
    mine = (taps.c.conference == conference.conference, taps.c.id.in_(list(ids)))
    rows = connection.execute(select(taps).where(*mine)).all()
    return {row.id: Answer(row.id, row.outcome, row.at, row.by) for row in rows}


def keep_answer(answer: Answer, conference: ConferencePublished, actor: Actor, work: Work) -> None:
    """Whoever sends the tap again gets the same answer."""
    values = {"outcome": answer.outcome, "at": answer.at, "by": answer.by}
    ids = {"conference": conference.conference, "id": answer.tap, "device": actor.id}
    work.connection.execute(NEW, {**ids, **values, "created_at": work.now})


def last_presence(connection: Connection, conference: ConferencePublished, attendee_id: str) -> Presence | None:
    """How it was last said that she is here or not; None where nobody said so."""
    mine = (audit.c.conference == conference.conference, audit.c.object == attendee_id)
    query = select(audit).where(*mine, audit.c.action.in_((*CAME, *LEFT))).order_by(audit.c.id.desc()).limit(1)
    row = connection.execute(query).first()
    if row is None:
        return None
    tapped = (row.details or {}).get("tapped")
    return Presence(row.action in CAME, datetime.fromisoformat(tapped) if tapped else row.at, row.actor)


def labels(connection: Connection, conference: ConferencePublished) -> dict[str, str]:
    """Device id -> what it is called."""
    query = select(devices.c.id, devices.c.label).where(devices.c.conference == conference.conference)
    return {row.id: row.label for row in connection.execute(query)}
