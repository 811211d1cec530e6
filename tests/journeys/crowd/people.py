"""Who comes: several hundred people with roles, topics, languages, employers, wishes and times. Pure, the same for a seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.journeys.conference import ALL_CONSENTS
from tests.journeys.crowd.characters import Character, somebody

TOPICS = ("Grants", "Testing", "Databases", "Teaching", "Maps", "Careers", "Typing", "Packaging")
OFTEN = (20, 14, 10, 8, 6, 5, 3, 2)
FEW_LANGUAGES = (["en"], ["en"], ["en", "de"], ["de"])
ROLES = ("mentor",) * 6 + ("mentee",) * 13 + ("both",)
NEVER = -1


@dataclass(kw_only=True)
class Person:
    """What somebody says of herself, and when she comes."""

    number: int
    address: str
    role: str
    offers: frozenset[str]
    wants: frozenset[str]
    languages: frozenset[str]
    company: str | None
    wish: int | None
    """Introductions that she wants as a mentee."""
    capacity: int | None
    """Meetings that she takes as a mentor."""
    available: frozenset[str] | None
    """Slots in which she is there; None = all."""
    arrives: int
    """Minutes after the doors open; -1 = not at all."""
    form: bool
    """Whether she filled in the form herself; for the others the organizer vouches."""
    character: Character
    id: str = ""
    """Of the attendee, once registered."""
    never: frozenset[str] = field(default=frozenset())
    """Ids of those she does not want to meet."""

    @property
    def name(self) -> str:
        return f"P{self.number}"

    @property
    def gives(self) -> bool:
        return self.role != "mentee"

    @property
    def asks(self) -> bool:
        return self.role != "mentor"

    def registration(self) -> dict[str, Any]:
        """What a program of the organizer sends for her."""
        said: dict[str, Any] = {
            "name": f"{self.name} Example",
            "email": self.address,
            "role": self.role,
            "offers": sorted(self.offers),
            "wants": sorted(self.wants),
            "languages": sorted(self.languages),
            "company": self.company,
            "introductions": self.wish,
            "capacity": self.capacity,
            "available": None if self.available is None else sorted(self.available),
            "consents": ALL_CONSENTS,
            "confirmed": True,
            "approved": True,
        }
        return {name: value for name, value in said.items() if value is not None}

    def form_fields(self) -> list[tuple[str, str]]:
        """What she types into the form."""
        single = {"name": f"{self.name} Example", "email": self.address, "role": self.role, "company": self.company}
        numbers = {"introductions": self.wish, "capacity": self.capacity}
        fields = [(name, str(value)) for name, value in {**single, **numbers}.items() if value is not None]
        lists = {"offers": self.offers, "wants": self.wants, "languages": self.languages}
        fields += [(name, one) for name, values in lists.items() for one in sorted(values)]
        fields += [("available", slot) for slot in sorted(self.available or ())]
        return fields + [(f"consents.{name}", "on") for name in ALL_CONSENTS]


def people(count: int, slug: str, afternoon: Sequence[str], chance: Random) -> list[Person]:
    """So many of them; `afternoon` are the slots of those who come only then."""
    return [_person(number, slug, afternoon, chance) for number in range(count)]


def _person(number: int, slug: str, afternoon: Sequence[str], chance: Random) -> Person:
    role = chance.choice(ROLES)
    company = chance.randrange(60) if chance.random() < 0.7 else None
    late = chance.random() < 0.08
    return Person(
        number=number,
        # An employer's mail domain stands for the employer, too.
        address=f"p{number}@{f'c{company}' if company is not None else f'own{number}'}.{slug}.example.org",
        role=role,
        offers=_topics(chance) if role != "mentee" else frozenset(),
        wants=_topics(chance) if role != "mentor" else frozenset(),
        languages=frozenset(chance.choice(FEW_LANGUAGES)),
        company=None if company is None else f"Company {company}",
        wish=chance.choice((None, 1, 2, 3)) if role != "mentor" else None,
        capacity=chance.choice((None, 1, 2, 4)) if role != "mentee" else None,
        available=frozenset(afternoon) if late else None,
        arrives=_arrives(chance, late),
        form=role == "mentee" and number % 15 == 0,
        character=somebody(chance),
    )


def _topics(chance: Random) -> frozenset[str]:
    return frozenset(chance.choices(TOPICS, OFTEN, k=chance.choice((1, 2, 3))))


def _arrives(chance: Random, late: bool) -> int:
    if chance.random() < 0.05:
        return NEVER
    return chance.randrange(200, 270) if late else round(min(250.0, abs(chance.gauss(20, 50))))
