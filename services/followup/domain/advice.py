"""What an organizer could do next, from what may be shown: one thing, the one that matters most. Pure; it has no words."""

from __future__ import annotations

from services.followup.domain.cells import Shown

WAIT, COME, AGREE, FIND, ASK, LEARN, GATHER = "wait", "come", "agree", "find", "ask", "learn", "gather"
MANY_SILENT = 1 / 3
"""From here on silence matters more than what was said."""
ANSWERS_COME = 7
"""For so many days after a question left nobody is to be reminded: answers still come in."""
FEW_AGREE, FEW_FIND = 1 / 2, 3 / 4
"""Below these shares more pairs are lost before they meet than questions about later could tell of."""


def next_step(found: Shown, days_since: int, *, tells: bool) -> str | None:
    """A code; None where nothing is known that could be acted on. `days_since` the newest question left for the last time;
    `tells`: some groups of pairs are further apart than chance puts them."""
    pairs = {row.name: row for row in found.pairs}
    introduced, met = pairs["introduced"].count, pairs["met"].count
    if not introduced:
        return None
    if not found.answers:
        return WAIT if met else None
    answer = found.answers[-1]
    if answer.unknown is not None and answer.met and answer.unknown > MANY_SILENT * answer.met:
        return COME if days_since < ANSWERS_COME else ASK
    for step, enough, code in (("accepted", FEW_AGREE, AGREE), ("met", FEW_FIND, FIND)):
        came = pairs[step].of_before
        if came is not None and came < enough:
            return code
    return LEARN if tells else GATHER
