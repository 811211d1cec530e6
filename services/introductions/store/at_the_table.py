"""Who waits alone at a table, and the sentences that two agreed on. No rules here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, or_, select, update

from services.introductions.domain import Introduction
from services.introductions.store.introductions import introduction_of
from services.introductions.tables import goal_sentences
from services.introductions.tables import introductions as table
from shared.database import unless_known
from shared.work import Work

IS_ALONE = table.c.alone_until <= bindparam("now")
ALONE = select(func.count()).select_from(table).where(IS_ALONE)


def count_alone(connection: Connection, now: datetime) -> int:
    """How many have waited long enough."""
    return connection.execute(ALONE, {"now": now}).scalar_one()


def longest_alone(connection: Connection, now: datetime) -> Introduction | None:
    """The one in which somebody has waited longest."""
    query = select(table).where(IS_ALONE).order_by(table.c.alone_until, table.c.number).limit(1)
    row = connection.execute(query, {"now": now}).first()
    return None if row is None else introduction_of(row)


def alone_beside(connection: Connection, introduction: Introduction, now: datetime) -> list[Introduction]:
    """Other meetings of the same time to which one has not come for too long."""
    query = select(table).where(
        table.c.conference == introduction.conference,
        table.c.slot == introduction.place.slot,
        table.c.status == "accepted",
        table.c.id != introduction.id,
        IS_ALONE,
    )
    return [introduction_of(row) for row in connection.execute(query, {"now": now})]


def write_goal(introduction: str, sentence: str | None, work: Work) -> bool:
    """Keep what the two agreed on; None forgets it. False where these very words were kept already."""
    if sentence == goal(work.connection, introduction):
        return False
    mine = goal_sentences.c.introduction == introduction
    if sentence is None:
        work.connection.execute(delete(goal_sentences).where(mine))
    elif work.connection.execute(update(goal_sentences).where(mine).values(sentence=sentence)).rowcount == 0:
        row = {"introduction": introduction, "sentence": sentence}
        work.connection.execute(unless_known(goal_sentences, "introduction")[work.dialect], row)
    return True


def goal(connection: Connection, introduction: str) -> str | None:
    """What the two agreed on, in their words."""
    query = select(goal_sentences.c.sentence).where(goal_sentences.c.introduction == introduction)
    return connection.execute(query).scalar()


def forget_goals(attendee: str, work: Work) -> None:
    """Nobody reads any more what somebody who withdrew agreed on."""
    hers = or_(table.c.mentor == attendee, table.c.mentee == attendee)
    where = goal_sentences.c.introduction.in_(select(table.c.id).where(hers))
    work.connection.execute(delete(goal_sentences).where(where))
