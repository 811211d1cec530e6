"""A break ends, and with it every hold that nobody answered: 60 places at the same instant, on the embedded form and on the full
stack. How long until the mail by which each of their mentors is proposed to somebody else.

It is a day's worst moment: two mails about each meeting that is off and two about each new one want to leave at once. There is
no reference: `checkin` and `day` have those. A hold lasts ten minutes at least, so there is no quick form of it.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from bench.figures.day_rows import seconds
from bench.installations import FORMS
from bench.organizing import THREADS, check_in, introductions, quiet, register
from bench.people import TOPICS, attendee, zone_of_the_morning
from bench.sink import Accepted, sink
from bench.table import Row
from tests.servers import Unusable

SLUG = "holds"
MENTORS, MENTEES = 60, 240
SHORTEST = timedelta(minutes=10)
"""What a hold lasts at least, where the slot is far enough."""
SETTING_UP = timedelta(minutes=2)
AFTERWARDS = timedelta(minutes=1)
SLOT = timedelta(minutes=20)


def measure(quick: bool) -> Iterator[Row]:
    """Each form in turn."""
    for form in FORMS:
        if quick:
            yield Row(figure=f"holds that end, {form}", measured="not measured", beside=("a hold lasts ten minutes",))
            continue
        try:
            yield _on(form)
        except Unusable as why:
            yield Row(
                figure=f"holds that end, {form}", measured="not measured", beside=(f"cannot be measured here: {why}",)
            )


def _on(form: str) -> Row:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=f"rapport-bench-holds-{form}-")))
        mails = stack.enter_context(sink(folder))
        running = stack.enter_context(FORMS[form](folder, mails))
        now = datetime.now(UTC)
        ends = (now + SETTING_UP + SHORTEST + timedelta(minutes=1)).replace(second=0, microsecond=0)
        clients, reader = running.clients("registration", THREADS), running.client("introductions")
        clients[0].call("POST", "/api/v1/conferences", conference(ends, now))
        people = register(clients, SLUG, crowd())
        check_in(clients, SLUG, people)
        quiet(clients[0])
        before = [row for row in introductions(reader, SLUG) if row["status"] == "proposed"]
        ended = time.monotonic() + (ends - datetime.now(UTC)).total_seconds()
        time.sleep(max(0.0, ended - time.monotonic()) + AFTERWARDS.total_seconds())
        quiet(clients[0])
        found = refills(
            before, introductions(reader, SLUG), {one["id"]: one["email"] for one in people}, mails.accepted(), ended
        )
        what = f"{len(found)} of {len(before)} places went to somebody else"
        return seconds(f"holds that end at once, {form}: refill, p99", found, what)


def conference(ends: datetime, now: datetime) -> dict[str, Any]:
    """A break that is over at `ends`, in the middle of which people arrive, and one an hour later for which they are
    proposed; holds last to the end of the break and not a minute longer."""
    zone, local = zone_of_the_morning(now)
    over = local + (ends - now)
    later = over + timedelta(hours=1)
    blocks = ((over - SLOT, over), (later, later + timedelta(hours=1, minutes=30)))
    return {
        "slug": SLUG,
        "name": "A day",
        "timezone": zone,
        "days": [
            {
                "date": local.date().isoformat(),
                "blocks": [{"start": f"{start:%H:%M}", "end": f"{end:%H:%M}"} for start, end in blocks],
            }
        ],
        "slot_minutes": 20,
        "change_minutes": 10,
        "meeting_points": [{"name": "Hall", "landmark": "under the clock", "tables": MENTORS}],
        "topics": list(TOPICS),
        "policy": {"hold_minutes_after_break": 0},
    }


def crowd() -> list[dict[str, Any]]:
    """Four mentees to a mentor who takes one, in mixed order."""
    chance = Random(5)
    people = [
        attendee(number, "mentor", chance, confirmed=True, approved=True, capacity=1) for number in range(MENTORS)
    ]
    people += [
        attendee(MENTORS + number, "mentee", chance, confirmed=True, introductions=1) for number in range(MENTEES)
    ]
    chance.shuffle(people)
    return people


def refills(
    before: Sequence[Mapping[str, Any]],
    after: Sequence[Mapping[str, Any]],
    address: Mapping[str, str],
    mails: Sequence[Accepted],
    ended: float,
) -> list[float]:
    """Seconds from the end of the holds to the mail to the mentee who is proposed to the same mentor then, for each of the
    mentors of `before` whose proposal expired and who has another one `after`."""
    known = {row["id"] for row in before}
    first: dict[str, float] = {}
    for mail in mails:
        if mail.invites:
            first.setdefault(f"{mail.introduction} {mail.recipient}", mail.at)
    expired = {row["mentor"] for row in after if row["id"] in known and row["status"] == "expired"}
    told = {
        row["mentor"]: first.get(f"{row['id']} {address[row['mentee']]}") for row in after if row["id"] not in known
    }
    return [at - ended for mentor, at in told.items() if mentor in expired and at is not None]
