"""Events of the size that a real conference has: `attendee.registered` of somebody with three topics."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

from shared.access import DEFAULT_ACCOUNT
from shared.bus import envelope
from shared.bus.log import NewRecord
from shared.contracts import AttendeeRegistered
from shared.contracts.attendee import Consents
from shared.parts import new_id

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CONFERENCE = "c" * 32


def attendees(count: int, seed: int = 1) -> list[AttendeeRegistered]:
    """Events of as many different people."""
    chance = Random(seed)
    return [_attendee(chance, number) for number in range(count)]


def _attendee(chance: Random, number: int) -> AttendeeRegistered:
    mentor = number % 3 == 0
    topics = tuple(f"topic-{n}" for n in chance.sample(range(12), 3))
    return AttendeeRegistered(
        attendee=new_id(),
        account=DEFAULT_ACCOUNT,
        conference=CONFERENCE,
        person=new_id(),
        version=1,
        at=AT,
        role="mentor" if mentor else "mentee",
        status="confirmed",
        approved=True,
        offers=topics if mentor else (),
        wants=() if mentor else topics,
        languages=("en",),
        company=f"{chance.getrandbits(64):016x}",
        years=chance.randrange(1, 25),
        consents=Consents(introductions=True, follow_up=True, statistics=True),
    )


def records(count: int, seed: int = 1) -> list[NewRecord]:
    """The same events as records, as a relay would append them."""
    return [
        envelope.record(
            topic=event.TOPIC,
            key=event.key,
            payload=envelope.dump(event),
            event_id=new_id(),
            kind=event.TYPE,
            version=event.VERSION,
            source="/registration",
            time=AT,
        )
        for event in attendees(count, seed)
    ]
