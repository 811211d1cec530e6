"""How people are: what somebody says when she is asked, when she comes to her table, what else she does with her day. Pure:
each is asked with what she sees and a chance of her own, and says one word."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """What somebody sees of one of her meetings."""

    rescue: bool = False
    """She is asked to come at once, to somebody who sits alone."""
    others: int = 0
    """Times that she could have instead."""
    had: int = 0
    """How many of hers she said yes to before."""


class Character:
    """Says yes after a while, comes a little early, says afterwards that they met. All others differ in something."""

    reads_within = 20
    """Minutes after which she has read a mail, at most."""
    waits = True
    """Alone at a table, she stays until somebody is found."""

    def answers(self, _meeting: Meeting, _chance: Random) -> str:
        """`yes`, `no`, `another` or nothing, to what she is asked."""
        return "yes"

    def regrets(self, _chance: Random) -> int | None:
        """Minutes after which she says the opposite of what she said; None = never."""
        return None

    def comes(self, chance: Random) -> int | None:
        """Minutes before the meeting (negative: after its beginning) at which she is at her table; None = not at all."""
        return chance.choice((6, 4, 1))

    def tells(self, chance: Random) -> str:
        """After a talk that took place: `met`, `goal` or `enough` (a card, then met), or nothing."""
        return chance.choice(("met", "met", "goal", "enough", ""))

    def does(self, _minutes: int, _meetings: int, _chance: Random) -> str:
        """At any time, so many minutes after she came, with so many meetings agreed on: `free`, `pause`, `unpause`, `leave`,
        `withdraw`, `late` or nothing."""
        return ""


class SaysYes(Character):
    """At once."""

    reads_within = 5


class SaysNo(Character):
    """To most of what she is asked."""

    def answers(self, _meeting: Meeting, chance: Random) -> str:
        return "no" if chance.random() < 0.8 else "yes"


class Silent(Character):
    """Reads no mails today."""

    def answers(self, _meeting: Meeting, _chance: Random) -> str:
        return ""


class Late(Character):
    """Says that she comes later, once; and sits down when the others have begun."""

    def comes(self, chance: Random) -> int | None:
        return chance.choice((-3, -6))

    def does(self, minutes: int, meetings: int, chance: Random) -> str:
        return "late" if meetings and minutes >= 30 and chance.random() < 0.1 else ""


class Leaves(Character):
    """Goes home in the middle of the day."""

    def does(self, minutes: int, _meetings: int, chance: Random) -> str:
        return "leave" if minutes >= 60 and chance.random() < 0.05 else ""


class Withdraws(Character):
    """Wants no part in it any more, at some time."""

    def does(self, minutes: int, _meetings: int, chance: Random) -> str:
        return "withdraw" if minutes >= 30 and chance.random() < 0.05 else ""


class StandsUp(Character):
    """Says yes and does not come."""

    def comes(self, _chance: Random) -> int | None:
        return None


class SitsAlone(Character):
    """Is early, and goes when nobody comes for a while."""

    waits = False

    def comes(self, _chance: Random) -> int | None:
        return 8


class AsksForAnother(Character):
    """Would rather meet at another time, the first time she is asked."""

    def answers(self, meeting: Meeting, _chance: Random) -> str:
        return "another" if meeting.others and not meeting.rescue and not meeting.had else "yes"


class ChangesHerMind(Character):
    """Says no after yes, or yes after no."""

    def answers(self, _meeting: Meeting, chance: Random) -> str:
        return chance.choice(("yes", "no"))

    def regrets(self, chance: Random) -> int | None:
        return chance.choice((5, 15, None))


class StopsForToday(Character):
    """Has enough after her first meeting; some begin again."""

    def does(self, _minutes: int, meetings: int, chance: Random) -> str:
        return chance.choice(("pause", "unpause", "", "")) if meetings else ""


class IsFree(Character):
    """Says so whenever she has nothing on, and comes at once."""

    reads_within = 0

    def does(self, _minutes: int, _meetings: int, chance: Random) -> str:
        return "free" if chance.random() < 0.5 else ""


WEIGHTS: tuple[tuple[type[Character], int], ...] = (
    (Character, 24),
    (SaysYes, 20),
    (SaysNo, 6),
    (Silent, 8),
    (Late, 5),
    (Leaves, 4),
    (Withdraws, 2),
    (StandsUp, 6),
    (SitsAlone, 5),
    (AsksForAnother, 6),
    (ChangesHerMind, 6),
    (StopsForToday, 4),
    (IsFree, 8),
)
"""Of a hundred people, how many are so."""


def somebody(chance: Random) -> Character:
    """One of them."""
    kinds, weights = zip(*WEIGHTS, strict=True)
    kind: type[Character] = chance.choices(kinds, weights)[0]
    return kind()
