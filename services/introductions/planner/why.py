"""Why somebody has no introduction yet, and what would help: facts about supply and time. Pure; the words are elsewhere."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from services.introductions import policies
from services.introductions.planner.bits import bits
from services.introductions.planner.board import Board, Seat
from services.introductions.planner.hall import needs_of
from services.introductions.planner.problem import Why


def why_unplaced(board: Board, attendee: str) -> Why | None:
    """Why a mentee has none yet; None when the planner knows nothing of her."""
    mentee = board.seats.get(attendee)
    if mentee is None:
        return None
    wanted = min(mentee.who.wants, default="")
    offering = [seat for seat in board.givers if seat.who.offers & mentee.who.wants]
    if not offering:
        return _by_topic(board, mentee, Why(kind="nobody", topic=wanted))
    topic = _first_topic_that_fits(offering, mentee)
    if topic is None:
        return _by_topic(board, mentee, Why(kind=_kept_apart(offering, mentee), topic=wanted))
    with_load = [seat for seat in offering if board.open_to(seat) and _fits(seat, mentee)]
    if not with_load:
        return _by_topic(board, mentee, Why(kind="full", topic=topic))
    common = [seat for seat in with_load if board.common(seat, mentee)]
    if common and board.hall is not None and all(next(board.times(seat, mentee), None) is None for seat in common):
        return Why(kind=_missing(board, mentee), topic=topic)
    if common:
        return Why(kind="soon", topic=topic)
    return _by_time(board, with_load, mentee, topic)


def _first_topic_that_fits(offering: list[Seat], mentee: Seat) -> str | None:
    """In the order of their codes; None where no rule lets her meet anybody who offers what she asks for."""
    for code in sorted(mentee.who.wants):
        if any(code in seat.who.offers and _fits(seat, mentee) for seat in offering):
            return code
    return None


def _fits(seat: Seat, mentee: Seat) -> bool:
    return policies.why_not(seat.who, mentee.who) is None


def _missing(board: Board, mentee: Seat) -> str:
    """What the tables that are left do not have for her; what another one needs is nobody's business."""
    alone = replace(mentee.who, step_free=False)
    if mentee.who.step_free and not _suits_somewhere(board, mentee, needs_of(mentee.who)):
        return "step_free" if not mentee.who.quiet or _suits_somewhere(board, mentee, needs_of(alone)) else "quiet"
    return "quiet" if mentee.who.quiet and not _suits_somewhere(board, mentee, needs_of(mentee.who)) else "tables"


def _suits_somewhere(board: Board, mentee: Seat, needs: int) -> bool:
    """Whether there is such a table at a time of hers."""
    hall = board.hall
    return hall is not None and any(
        hall.suits(point, needs) for number in bits(mentee.free) for point in hall.open_points(board.taken[number])
    )


def _kept_apart(offering: list[Seat], mentee: Seat) -> str:
    """Language and company can be said; blocks and earlier introductions are nobody's business."""
    if all(policies.in_a_common_language(seat.who, mentee.who) for seat in offering):
        return "language"
    if all(policies.from_different_companies(seat.who, mentee.who) for seat in offering):
        return "company"
    return "nobody"


def _by_topic(board: Board, mentee: Seat, why: Why) -> Why:
    """The same, with the topic she does not ask about for which most mentors could meet her."""
    more: Counter[str] = Counter()
    asking: dict[str, policies.Somebody] = {}
    for seat in board.givers:
        if not board.common(seat, mentee):
            continue
        for topic in seat.who.offers - mentee.who.wants:
            if topic not in asking:
                asking[topic] = replace(mentee.who, wants=mentee.who.wants | {topic})
            more[topic] += policies.why_not(seat.who, asking[topic]) is None
    best = min(more, key=lambda topic: (-more[topic], topic), default="")
    return replace(why, other=best, more=more[best]) if more[best] else why


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
