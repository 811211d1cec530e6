"""Which conferences are to be planned, and who is at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from services.introductions.tables import planning
from shared.work import Work

LEASE = timedelta(seconds=15)
IS_TO_PLAN = or_(planning.c.dirty > planning.c.planned, planning.c.again_at <= bindparam("now"))
IS_UNCLAIMED = or_(
    planning.c.until.is_(None), planning.c.until <= bindparam("now"), planning.c.until > bindparam("longest")
)
"""Nobody is at it, or not any longer, or the clock went back."""
TO_PLAN = select(func.count()).select_from(planning).where(IS_TO_PLAN)
DIRTY = update(planning).where(planning.c.conference == bindparam("of_conference")).values(dirty=planning.c.dirty + 1)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One process's right to plan a conference: what it knows of (`dirty`) and by which its save is checked (`epoch`)."""

    conference: str
    dirty: int
    epoch: int
    owner: str
    plan_version: int


def mark_dirty(conference: str, work: Work) -> None:
    """Something happened that may change the plan. Holds the conference's planning row until the transaction ends."""
    if work.seen.get(("dirty", conference)):
        return  # a batch of arrivals makes one plan
    work.seen["dirty", conference] = True
    changed = work.connection.execute(DIRTY, {"of_conference": conference})
    if changed.rowcount == 0:
        work.connection.execute(
            insert(planning).values(conference=conference, dirty=1, planned=0, since=work.now, plan_version=0, epoch=0)
        )


def lock_plan(conference: str, work: Work) -> None:
    """Let nobody else place a meeting of this conference until this transaction ends."""
    work.connection.execute(
        select(planning.c.conference).where(planning.c.conference == conference).with_for_update()
    ).first()


def count_to_plan(connection: Connection, now: datetime) -> int:
    """How many conferences want a new plan, those that are being planned included."""
    return connection.execute(TO_PLAN, {"now": now}).scalar_one()


def count_to_claim(connection: Connection, now: datetime) -> int:
    """How many of them nobody is at."""
    return connection.execute(TO_PLAN.where(IS_UNCLAIMED), {"now": now, "longest": now + LEASE}).scalar_one()


def claim(work: Work) -> Claim | None:
    """The right to plan one of them, for a short while."""
    query = select(planning).where(IS_TO_PLAN, IS_UNCLAIMED).order_by(planning.c.since, planning.c.conference).limit(1)
    times = {"now": work.now, "longest": work.now + LEASE}
    row = work.connection.execute(query.with_for_update(skip_locked=True), times).first()
    if row is None:
        return None
    made = Claim(
        conference=row.conference,
        dirty=row.dirty,
        epoch=row.epoch + 1,
        owner=work.new_id(),
        plan_version=row.plan_version + 1,
    )
    work.connection.execute(
        update(planning)
        .where(planning.c.conference == row.conference)
        .values(owner=made.owner, epoch=made.epoch, until=work.now + LEASE)
    )
    return made


def still_ours(claim: Claim, work: Work) -> bool:
    """Whether nobody else took over in between; holds the row until the transaction ends."""
    query = select(planning.c.epoch, planning.c.owner).where(planning.c.conference == claim.conference)
    row = work.connection.execute(query.with_for_update()).first()
    return row is not None and row.epoch == claim.epoch and row.owner == claim.owner


def planned(claim: Claim, again_at: datetime | None, work: Work) -> None:
    """The plan is saved; what happened meanwhile is planned again."""
    work.connection.execute(
        update(planning)
        .where(planning.c.conference == claim.conference)
        .values(
            planned=claim.dirty,
            since=work.now,
            again_at=again_at,
            plan_version=claim.plan_version,
            owner=None,
            until=None,
        )
    )
