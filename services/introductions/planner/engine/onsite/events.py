"""What happens on site, read from "rapport-events/1": each event with its place, so that what cannot be is said about it.
It knows shapes, names and slots; whether a meeting was ever proposed or a slot is over only the state knows (`happening`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NoReturn, TypeAlias

from services.introductions.planner.engine.instance import MOST_TABLES, BadInstance, model_of, whole
from services.introductions.planner.engine.model import Model

FORMAT = "rapport-events/1"
MOST_EVENTS = 1_000_000


class BadEvents(ValueError):
    """Events that cannot have happened; the message names the place."""


@dataclass(frozen=True, kw_only=True)
class OfAPerson:
    """Somebody is there, leaves, or comes late."""

    place: str
    kind: Literal["check-in", "leave", "late"]
    person: int
    slot: int | None = None
    """Leave: gone from this slot on, None = now. Late: not there before it."""


@dataclass(frozen=True, kw_only=True)
class WalkIn:
    """Somebody who was not expected, at the next place in `people`."""

    place: str
    arrival: Model
    """A conference of her alone."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What somebody did with a proposal, by person numbers."""

    place: str
    kind: Literal["decline", "accept", "seen"]
    mentor: int
    mentee: int


@dataclass(frozen=True, kw_only=True)
class TablesLost:
    """So many tables fewer: the ones with the highest numbers."""

    place: str
    slot: int | None
    """None = in every slot that is not over."""
    tables: int


@dataclass(frozen=True, kw_only=True)
class SlotPassed:
    """This slot and all before it are over."""

    place: str
    slot: int


Event: TypeAlias = OfAPerson | WalkIn | Answer | TablesLost | SlotPassed


def events_of(data: Any, instance: dict[str, Any]) -> list[Event]:
    """The events of a document about an instance that `model_of` has accepted. Raises BadEvents."""
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        refuse("format", f'this is not a "{FORMAT}".')
    listed = data.get("events")
    if not isinstance(listed, list) or len(listed) > MOST_EVENTS:
        refuse("events", f"a list of at most {MOST_EVENTS:,} events is needed.")
    reading = _Reading(instance)
    try:
        return [reading.event(one, f"events[{at}]") for at, one in enumerate(listed)]
    except BadInstance as why:
        raise BadEvents(str(why)) from None


def refuse(place: str, what: str) -> NoReturn:
    """Say where and what."""
    raise BadEvents(f"{place}: {what}")


class _Reading:
    """One stream while it is read: who is known grows with every walk-in."""

    def __init__(self, instance: dict[str, Any]) -> None:
        self.frame = {**instance, "requests": [], "referrals": [], "blocks": [], "fixed": []}
        self.slots = int(instance["n_slots"])
        self.roles = [(("mentor" in one), ("mentee" in one)) for one in instance["people"]]
        self.known = {one.get("id", f"p{at}"): at for at, one in enumerate(instance["people"])}
        self.kinds: dict[str, Callable[[dict[str, Any], str], Event]] = {
            "check-in": self._of_a_person,
            "leave": self._of_a_person,
            "late": self._of_a_person,
            "walk-in": self._walk_in,
            "decline": self._answer,
            "accept": self._answer,
            "seen": self._answer,
            "table-lost": self._tables_lost,
            "slot-passed": self._slot_passed,
        }

    def event(self, one: Any, place: str) -> Event:
        """One event."""
        if not isinstance(one, dict):
            refuse(place, "this is no event.")
        kind = one.get("kind")
        if not isinstance(kind, str) or kind not in self.kinds:
            refuse(f"{place}.kind", f"this is none of {', '.join(self.kinds)}.")
        return self.kinds[kind](one, place)

    def _of_a_person(self, one: dict[str, Any], place: str) -> Event:
        kind = one["kind"]
        slot = self._slot(one, place) if kind == "late" or (kind == "leave" and "slot" in one) else None
        return OfAPerson(place=place, kind=kind, person=self._person(one, "person", place), slot=slot)

    def _walk_in(self, one: dict[str, Any], place: str) -> Event:
        person, where = one.get("person"), f"{place}.person"
        try:
            arrival = model_of({**self.frame, "people": [person]})
        except BadInstance as why:
            raise BadEvents(str(why).replace("people[0]", where, 1)) from None
        assert isinstance(person, dict)  # model_of has seen it
        number = len(self.roles)
        name = person.get("id", f"p{number}")
        if name in self.known:
            refuse(f"{where}.id", f"{name!r} is people[{self.known[name]}] already.")
        self.known[name] = number
        self.roles.append(("mentor" in person, "mentee" in person))
        return WalkIn(place=place, arrival=arrival)

    def _answer(self, one: dict[str, Any], place: str) -> Event:
        mentor, mentee = self._person(one, "mentor", place), self._person(one, "mentee", place)
        for name, person, role in (("mentor", mentor, 0), ("mentee", mentee, 1)):
            if not self.roles[person][role]:
                refuse(f"{place}.{name}", f"{one[name]!r} is no {name}.")
        return Answer(place=place, kind=one["kind"], mentor=mentor, mentee=mentee)

    def _tables_lost(self, one: dict[str, Any], place: str) -> Event:
        slot = self._slot(one, place) if "slot" in one else None
        tables = whole(one.get("tables"), f"{place}.tables", 1, MOST_TABLES)
        return TablesLost(place=place, slot=slot, tables=tables)

    def _slot_passed(self, one: dict[str, Any], place: str) -> Event:
        return SlotPassed(place=place, slot=self._slot(one, place))

    def _slot(self, one: dict[str, Any], place: str) -> int:
        return whole(one.get("slot"), f"{place}.slot", 0, self.slots - 1)

    def _person(self, one: dict[str, Any], name: str, place: str) -> int:
        asked = one.get(name)
        if not isinstance(asked, str) or asked not in self.known:
            text = repr(asked)
            refuse(f"{place}.{name}", f"{text if len(text) <= 40 else text[:37] + '...'} is nobody who is known.")
        return self.known[asked]
