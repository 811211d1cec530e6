"""Where mentors are missing: how many people look for somebody on each topic, what mentors offer, and who would get nobody
however it is planned. Pure; times, languages and employers are left aside, they can only make it fewer.

Everybody counts with her first conversation. Of all plans that serve as many as can be, the one is taken that shares what
is missing as evenly as can be among those who could have each other's conversations (Megiddo 1974): it is unique.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from zoneinfo import ZoneInfo

from shared.contracts import ConferencePublished
from shared.days import slot_day

Topics = frozenset[str]
AFTERNOON = 13
SOURCE, TABLES, SINK = "source", "tables", "sink"


@dataclass(frozen=True, kw_only=True)
class Scarce:
    """A topic: how many want it, how many mentors offer it, how many conversations they have, for all their topics, and
    how many of those who want it would get nobody, about."""

    topic: str
    want: int
    offer: int
    conversations: int
    without: int


@dataclass(frozen=True, kw_only=True)
class Shortage:
    """All topics, those first where most go without; how many look for somebody, and how many of them get nobody at
    least."""

    topics: tuple[Scarce, ...]
    asking: int
    without: int

    @property
    def scarce(self) -> tuple[Scarce, ...]:
        """The topics on which somebody goes without."""
        return tuple(item for item in self.topics if item.without)


def conversations(capacity: int | None, available: Sequence[str] | None, conference: ConferencePublished) -> int:
    """How many a mentor has: what she said, or the load of each half-day that she is there; no more than her slots."""
    slots = [slot for slot in conference.slots if available is None or slot.id in available]
    if capacity is not None:
        return min(capacity, len(slots))
    zone = ZoneInfo(conference.timezone)
    halves = Counter((slot_day(slot.id), slot.starts_at.astimezone(zone).hour >= AFTERNOON) for slot in slots)
    return sum(min(conference.policy.mentor_meetings_per_half_day, number) for number in halves.values())


def room(conference: ConferencePublished) -> int:
    """How many meetings all tables and times hold."""
    return len(conference.slots) * sum(point.tables for point in conference.meeting_points)


def shortage(
    topics: Sequence[str], wants: Sequence[Topics], offers: Sequence[tuple[Topics, int]], meetings: int
) -> Shortage:
    """What follows from each one's topics who asks, each one's topics and conversations who offers, and how many meetings
    there is room for in all."""
    known = frozenset(topics)
    asking = Counter(want & known for want in wants if want & known)
    giving: Counter[Topics] = Counter()
    for offer, conversations in offers:
        giving[offer & known] += conversations
    served = shares(asking, giving, meetings)
    missing = {want: number * (1 - served[want]) for want, number in asking.items()}
    found = [
        Scarce(
            topic=topic,
            want=sum(number for want, number in asking.items() if topic in want),
            offer=sum(topic in offer for offer, _conversations in offers),
            conversations=sum(conversations for offer, conversations in giving.items() if topic in offer),
            without=_about(sum((number for want, number in missing.items() if topic in want), Fraction())),
        )
        for topic in topics
    ]
    found.sort(key=lambda item: (-item.without, item.conversations - item.want))
    return Shortage(topics=tuple(found), asking=sum(asking.values()), without=_about(sum(missing.values(), Fraction())))


def _about(number: Fraction) -> int:
    """The nearest whole number; half of one is one."""
    return int(number + Fraction(1, 2))


def shares(asking: Mapping[Topics, int], giving: Mapping[Topics, int], meetings: int) -> dict[Topics, Fraction]:
    """Of those who ask for the same topics, the share that gets somebody."""
    rest, supply = dict(asking), {offer: number for offer, number in giving.items() if number > 0}
    found: dict[Topics, Fraction] = {}
    while rest:
        share, least = Fraction(1), set(rest)
        while (tight := _too_many(rest, supply, meetings, share)) is not None:
            least = tight
            share = Fraction(min(meetings, _within_reach(tight, supply)), sum(rest[want] for want in tight))
        if share == 1:
            return found | dict.fromkeys(rest, share)
        found |= dict.fromkeys(least, share)
        meetings -= min(meetings, _within_reach(least, supply))
        topics = frozenset().union(*least)
        supply = {offer: number for offer, number in supply.items() if not offer & topics}
        rest = {want: number for want, number in rest.items() if want not in least}
    return found


def _within_reach(wants: set[Topics], supply: Mapping[Topics, int]) -> int:
    topics = frozenset().union(*wants)
    return sum(number for offer, number in supply.items() if offer & topics)


def _too_many(
    asking: Mapping[Topics, int], supply: Mapping[Topics, int], meetings: int, share: Fraction
) -> set[Topics] | None:
    """Whose share would be more than there is; None where everybody can have it."""
    network = _Network()
    for want, number in asking.items():
        network.edge(SOURCE, ("want", want), number * share.numerator)
        for topic in want:
            network.edge(("want", want), topic, None)
    for offer, number in supply.items():
        for topic in offer:
            network.edge(topic, ("offer", offer), None)
        network.edge(("offer", offer), TABLES, number * share.denominator)
    network.edge(TABLES, SINK, meetings * share.denominator)
    wanted = sum(asking.values()) * share.numerator
    if network.flow(wanted) == wanted:
        return None
    return {want for want in asking if ("want", want) in network.levels}


class _Network:
    """A maximum flow by blocking flows (Dinic 1970), for some hundred nodes."""

    def __init__(self) -> None:
        self.left: dict[Hashable, dict[Hashable, int]] = {SOURCE: {}, TABLES: {}, SINK: {}}
        self.levels: dict[Hashable, int] = {}

    def edge(self, start: Hashable, end: Hashable, room: int | None) -> None:
        """A way for so much; None = for any amount."""
        self.left.setdefault(start, {})[end] = 1 << 60 if room is None else room
        self.left.setdefault(end, {}).setdefault(start, 0)

    def flow(self, most: int) -> int:
        """The largest flow, which is `most` or less; afterwards `levels` has what the source still reaches."""
        total = 0
        while self._reaches():
            ways = {node: list(self.left[node]) for node in self.levels}
            while pushed := self._push(SOURCE, most, ways):
                total += pushed
        return total

    def _reaches(self) -> bool:
        self.levels, waiting = {SOURCE: 0}, deque[Hashable]([SOURCE])
        while waiting:
            node = waiting.popleft()
            for end, room in self.left[node].items():
                if room and end not in self.levels:
                    self.levels[end] = self.levels[node] + 1
                    waiting.append(end)
        return SINK in self.levels

    def _push(self, node: Hashable, most: int, ways: dict[Hashable, list[Hashable]]) -> int:
        if node == SINK or not most:
            return most
        while ways[node]:
            end = ways[node][-1]
            if self.left[node][end] and self.levels.get(end) == self.levels[node] + 1:
                pushed = self._push(end, min(most, self.left[node][end]), ways)
                if pushed:
                    self.left[node][end] -= pushed
                    self.left[end][node] += pushed
                    return pushed
            ways[node].pop()
        return 0
