"""How a pair stands: every state, and what leads from one to the next. The one place where both are written down.

How far two came (met, deciding, both want, in touch, regular) and whether it goes on (open, paused, ended, lapsed) are two
things, so there are two tables; a pair is shown as what it came to, unless it does not go on. What is in no table changes
nothing. Silence is no happening: whoever says nothing leads nowhere, and "unknown" never stands for a no.

Nobody but the two may read these states before both said yes: `Relationship.history` is what an organizer may know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from services.followup import policies

if TYPE_CHECKING:
    from services.followup.domain.relationship import Relationship

STATES = ("met", "deciding", "both_want", "in_touch", "regular", "paused", "ended", "lapsed")

HOW_FAR = {
    ("", "met"): "met",
    ("met", "asked"): "deciding",
    ("met", "both_yes"): "both_want",
    ("met", "contact"): "in_touch",
    ("met", "said_regular"): "regular",
    ("deciding", "closed"): "met",
    ("deciding", "both_yes"): "both_want",
    ("deciding", "contact"): "in_touch",
    ("deciding", "said_regular"): "regular",
    ("both_want", "contact"): "in_touch",
    ("both_want", "said_regular"): "regular",
    ("in_touch", "contact_again"): "regular",
    ("in_touch", "said_regular"): "regular",
}
"""(state, what happened) -> state. Whoever is in touch is not shown as deciding any more, whatever the evening brings."""

GOES_ON = {
    ("open", "paused"): "paused",
    ("open", "lapsed"): "lapsed",
    ("open", "ended"): "ended",
    ("open", "completed"): "ended",
    ("paused", "resumed"): "open",
    ("paused", "contact"): "open",
    ("paused", "ended"): "ended",
    ("paused", "completed"): "ended",
    ("lapsed", "contact"): "open",
    ("lapsed", "completed"): "ended",
}
"""As above. A late word is welcome: a pair that lapsed and then tells of contact is in touch; it is asked no more all the
same. A pair of which one paused does not lapse: her silence says nothing."""

ORDER = tuple(dict.fromkeys(what for table in (HOW_FAR, GOES_ON) for _state, what in table))
"""Of what happened at the same instant, as the tables have it."""


class Step(NamedTuple):
    """A state, and since when."""

    state: str
    since: datetime


Happening = tuple[datetime, str]
Span = tuple[datetime, datetime]


def leads_to(pair: Relationship, what: str) -> str | None:
    """Where this would lead as the pair goes on now; None: nowhere."""
    now = "ended" if pair.ended_at is not None else "lapsed" if pair.lapsed_at is not None else "open"
    return GOES_ON.get((now, what))


def walk(happenings: Iterable[Happening]) -> tuple[Step, ...]:
    """Every state in which a pair was, in order; none for two of whom nobody said that they met."""
    far, goes_on = "", "open"
    steps: list[Step] = []
    for at, what in sorted(happenings, key=lambda one: (one[0], ORDER.index(one[1]))):
        far = HOW_FAR.get((far, what), far)
        goes_on = GOES_ON.get((goes_on, what), goes_on) if far else goes_on
        state = far if goes_on == "open" else goes_on
        if state and (not steps or steps[-1].state != state):
            steps.append(Step(state, at))
    return tuple(steps)


def history(
    pair: Relationship, now: datetime, closes_at: datetime | None = None, pauses: Sequence[Span] = ()
) -> tuple[Step, ...]:
    """Every state of a pair until now, from what both sides did and said. `pauses` of either side, (since, until); an
    answer that was changed counts as what it says now, and what was taken back was never so. The events have both."""
    return walk(happenings(pair, now, closes_at, pauses))


def happenings(
    pair: Relationship, now: datetime, closes_at: datetime | None, pauses: Sequence[Span]
) -> Iterable[Happening]:
    """What happened to a pair until now, in no order; nothing is earlier than that they met."""
    if not pair.started or pair.met_at is None:
        return ()
    found = [(pair.met_at, "met"), *_evening(pair, closes_at), *_contacts(pair), *_goes_on(pair, pauses)]
    return [(max(at, pair.met_at), what) for at, what in found if at <= now]


def _evening(pair: Relationship, closes_at: datetime | None) -> Iterable[Happening]:
    asked = [at for one in pair.people if (at := pair.question(one, "evening").asked_at) is not None]
    if asked:
        yield min(asked), "asked"
    if closes_at is not None:
        yield closes_at, "closed"
    if pair.continued_at is not None:
        yield pair.continued_at, "both_yes"


def _contacts(pair: Relationship) -> Iterable[Happening]:
    yield from contacts({question: at for question, at in pair.contacted.items() if pair.in_touch(question)})
    said = [pair.question(one, "regular") for one in pair.people if pair.said(one, "regular") == "yes"]
    yield from ((one.answered_at, "said_regular") for one in said if one.answered_at is not None)


def contacts(told: Mapping[str, datetime]) -> Iterable[Happening]:
    """Contact as of these questions, known since; as of two in a row it is regular."""
    before: datetime | None = None
    for question in policies.CHECK_INS:
        here = told.get(question)
        if here is not None:
            yield here, "contact"
        if here is not None and before is not None:
            yield max(here, before), "contact_again"
        before = here


def _goes_on(pair: Relationship, pauses: Sequence[Span]) -> Iterable[Happening]:
    for since, until in together(pauses):
        yield since, "paused"
        yield until, "resumed"
    if pair.lapsed_at is not None:
        yield pair.lapsed_at, "lapsed"
    if pair.ended_at is not None:
        yield pair.ended_at, "completed" if pair.cause == "complete" else "ended"


def together(spans: Sequence[Span]) -> list[Span]:
    """Spans that touch as one: a pair rests as long as one of the two does."""
    found: list[Span] = []
    for since, until in sorted(spans):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((since, until))
    return found
