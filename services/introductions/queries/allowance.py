"""How many mails people still get today. What is beyond it stands on their day only; that a meeting both agreed on moves or
is off, they are told in any case. Several that left as one are one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, func, or_, select

from shared.contracts import ConferencePublished
from shared.days import at_local, local_day
from shared.mail.message import MailJob
from shared.tables import mails

OF_THE_EVENING = 1
"""One of a day's mails is the question of the evening, which another service sends."""
MAIL = func.coalesce(mails.c.bundle, mails.c.id)
SENT = and_(mails.c.status == "sent", mails.c.sent_at >= bindparam("since"))
# Of two mails that are made for somebody at the same time one counts the other.
LEAVES = and_(mails.c.status == "waiting", mails.c.lease_until.is_not(None), mails.c.id < bindparam("own"))
OTHERS = select(func.count(MAIL.distinct())).where(
    mails.c.person == bindparam("person"), mails.c.id.not_in(bindparam("but", expanding=True)), or_(SENT, LEAVES)
)
WHO_GOT = (
    select(mails.c.person)
    .where(SENT, mails.c.due_at >= bindparam("earliest"))  # by the index; what was due a day before was sent before
    .group_by(mails.c.person)
    .having(func.count() >= bindparam("number"), func.count(MAIL.distinct()) >= bindparam("number"))
)


def mails_left(
    connection: Connection, person: str, conference: ConferencePublished, now: datetime, jobs: Sequence[MailJob] = ()
) -> int:
    """How many mails about meetings she still gets today; while one is made of these jobs, that one included."""
    own = [job.id for job in jobs]
    row = {"person": person, "since": _midnight(conference, now), "but": own, "own": min(own, default="")}
    return max(0, _most(conference) - connection.execute(OTHERS, row).scalar_one())


def unmailed(connection: Connection, conference: ConferencePublished, now: datetime) -> frozenset[str]:
    """The people who get no more mails about meetings today."""
    since = _midnight(conference, now)
    row = {"number": _most(conference), "since": since, "earliest": since - timedelta(days=1)}
    return frozenset(connection.execute(WHO_GOT, row).scalars())


def _most(conference: ConferencePublished) -> int:
    return max(1, conference.policy.mails_per_day - OF_THE_EVENING)


def _midnight(conference: ConferencePublished, now: datetime) -> datetime:
    return at_local(conference, local_day(conference, now), "00:00")
