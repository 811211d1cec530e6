"""Why somebody has no introduction yet, and what would help: facts about supply and time. Pure; the words are elsewhere."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from services.introductions import policies
from services.introductions.planner.board import Board, Seat


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """`kind` says what is missing: nobody, language, company, full, time, tables or soon; `topic` which topic it is
    about; `slot` and `more`: adding that slot would let us ask so many more mentors."""

    kind: str
    topic: str = ""
    slot: str = ""
    more: int = 0


def why_unplaced(board: Board, attendee: str) -> Why | None:
    """Why a mentee has none yet; None when the planner knows nothing of her."""
    mentee = board.seats.get(attendee)
    if mentee is None:
        return None
    topic = min(mentee.who.wants, default="")
    offering = [seat for seat in board.seats.values() if seat.person.gives and seat.who.offers & mentee.who.wants]
    if not offering:
        return Why(kind="nobody", topic=topic)
    fitting = [seat for seat in offering if policies.why_not(seat.who, mentee.who) is None]
    if not fitting:
        return Why(kind=_kept_apart(offering, mentee), topic=topic)
    with_load = [seat for seat in fitting if board.open_to(seat)]
    topic = min((code for seat in fitting for code in seat.who.offers & mentee.who.wants), default=topic)
    if not with_load:
        return Why(kind="full", topic=topic)
    if any(board.common(seat, mentee) for seat in with_load):
        return Why(kind="soon", topic=topic)
    return _by_time(board, with_load, mentee, topic)


def _kept_apart(offering: list[Seat], mentee: Seat) -> str:
    """Language and company can be said; blocks and earlier introductions are nobody's business."""
    if all(policies.in_a_common_language(seat.who, mentee.who) for seat in offering):
        return "language"
    if all(policies.from_different_companies(seat.who, mentee.who) for seat in offering):
        return "company"
    return "nobody"


def _by_time(board: Board, mentors: list[Seat], mentee: Seat, topic: str) -> Why:
    """The slot she did not say she is there in, in which most mentors could meet her."""
    more: Counter[int] = Counter()
    for seat in mentors:
        mask = board.open_to(seat) & board.with_tables & ~mentee.busy
        more.update(number for number in range(len(board.problem.times)) if mask >> number & 1)
    if not more:
        return Why(kind="tables", topic=topic)
    number = min(more, key=lambda number: (-more[number], number))
    return Why(kind="time", topic=topic, slot=board.problem.times[number].id, more=more[number])
