"""Loads and saves what the two of a pair write to each other, and forgets it. No rules here."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, Table, delete, insert, select, update

from services.followup.agreement_tables import agreements
from services.followup.domain.agreement import Agreement, Wishes
from shared.work import Work

OF_PAIRS: tuple[Table, ...] = (agreements,)
"""Everything that goes with a pair when one of the two goes."""


def agreement(connection: Connection, relationship: str) -> Agreement:
    """What the two expect of each other, as they last wrote it."""
    row = connection.execute(select(agreements).where(agreements.c.relationship == relationship)).first()
    if row is None:
        return Agreement(relationship=relationship)
    return Agreement(
        relationship=relationship,
        wishes=Wishes(
            often=row.often,
            lasts=row.lasts,
            goals=tuple(goal for goal in (row.goal, row.second_goal) if goal is not None),
            not_for=row.not_for,
        ),
        revision=row.revision,
        changed_by=row.changed_by,
        changed_at=row.changed_at,
        fine_at=row.fine_at,
    )


def save_agreement(after: Agreement, work: Work) -> None:
    """Keep this version in place of the one before; the pair is locked."""
    goals = (*after.wishes.goals, None, None)
    values = {
        "often": after.wishes.often,
        "lasts": after.wishes.lasts,
        "goal": goals[0],
        "second_goal": goals[1],
        "not_for": after.wishes.not_for,
        "revision": after.revision,
        "changed_by": after.changed_by,
        "changed_at": after.changed_at,
        "fine_at": after.fine_at,
    }
    _put(agreements, {"relationship": after.relationship}, values, work)


def forget(relationships: Collection[str], work: Work) -> None:
    """Nothing that the two wrote to each other is kept, whoever of them wrote it."""
    if relationships:
        for table in OF_PAIRS:
            work.connection.execute(delete(table).where(table.c.relationship.in_(list(relationships))))


def _put(table: Table, key: Mapping[str, object], values: Mapping[str, object], work: Work) -> None:
    """The row of this key as it now is; its pair is locked, so that nobody else adds it at this moment."""
    mine = [table.c[name] == value for name, value in key.items()]
    if work.connection.execute(update(table).where(*mine).values(**values)).rowcount == 0:
        work.connection.execute(insert(table), {**key, **values})
