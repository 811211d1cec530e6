"""Where mentors are missing: how many people look for somebody on each topic, what mentors offer, and who would get nobody
however it is planned. Pure; times, languages and employers are left aside, they can only make it fewer.

Everybody counts with her first conversation. Of all plans that serve as many as can be, the one is taken that shares what
is missing as evenly as can be among those who could have each other's conversations (Megiddo 1974): it is unique.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from zoneinfo import ZoneInfo

from shared.contracts import ConferencePublished
from shared.days import slot_day

Topics = frozenset[str]
AFTERNOON = 13
SOURCE, SINK, TABLES = range(3)


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
    from ortools.graph.python.max_flow import SimpleMaxFlow  # noqa: PLC0415 - 18 MB that no other page needs

    flow, nodes = SimpleMaxFlow(), count(TABLES + 1)
    at_topic = {topic: next(nodes) for topic in frozenset().union(*asking, *supply)}
    at_want = {want: next(nodes) for want in asking}
    wanted = sum(asking.values()) * share.numerator
    for want, number in asking.items():
        flow.add_arc_with_capacity(SOURCE, at_want[want], number * share.numerator)
        for topic in want:
            flow.add_arc_with_capacity(at_want[want], at_topic[topic], wanted)
    for offer, number in supply.items():
        at_offer = next(nodes)
        for topic in offer:
            flow.add_arc_with_capacity(at_topic[topic], at_offer, wanted)
        flow.add_arc_with_capacity(at_offer, TABLES, number * share.denominator)
    flow.add_arc_with_capacity(TABLES, SINK, meetings * share.denominator)
    if flow.solve(SOURCE, SINK) != flow.OPTIMAL:
        raise RuntimeError("the flow has no optimum")
    if flow.optimal_flow() == wanted:
        return None
    reached = set(flow.get_source_side_min_cut())
    return {want for want, node in at_want.items() if node in reached}
