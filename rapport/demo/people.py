"""Believable invented people for the demo, from a seed. Every address is at example.org; nobody of them exists."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from random import Random

from shared.contracts.attendee import HELP

GROUPS = {
    "Leading a team": "Leading",
    "Moving into management": "Leading",
    "Founding a company": "Leading",
    "Data pipelines": "Data",
    "Machine learning in production": "Data",
    "First job in tech": "Careers",
    "Security careers": "Careers",
}
"""Topics that are close to each other."""
TOPICS = (
    "Starting as a maintainer",
    "Speaking at conferences",
    "First job in tech",
    "Leading a team",
    "Writing grant proposals",
    "Data pipelines",
    "Machine learning in production",
    "Accessible web pages",
    "Teaching programming",
    "Moving into management",
    "Founding a company",
    "Security careers",
)
POPULARITY = (5, 6, 9, 7, 3, 6, 8, 3, 4, 6, 4, 4)

_GIVEN = """Ana Amira Ayşe Bea Chidi Clara Dana Deepa Efua Elif Elena Emeka Esra Fatima Femi Gabriela Giulia Hana Hassan
Hugo Ines Ivan Jana Jiho João Jonas Kaja Karim Katarzyna Kenji Lars Leila Lena Linh Luca Lucía Maja Malik Marek Maria
Mateo Mehmet Mei Mila Minh Miriam Nadia Naomi Nia Nikhil Noor Nuria Olu Omar Oskar Paula Pedro Petra Priya Rafael Rania
Ravi Rosa Ruth Sana Sara Selma Simon Sofia Sunita Tara Tariq Teresa Thandi Theo Tomás Uma Valeria Vera Vikram Wanjiru
Wei Yara Yuki Yusuf Zainab Zeynep Zoë"""
_FAMILY = """Abebe Adeyemi Almeida Andersen Aydın Bakker Banerjee Bauer Bianchi Björk Brandt Castro Chen Cohen Costa
Daniels Diallo Dubois Eze Fernández Fischer Fonseca García Georgiou Gupta Haddad Hansen Hoffmann Horvat Hussain Ibrahim
Ivanova Jansen Jensen Kamau Kaya Keller Khan Kim Kowalska Kumar Larsen Lee Lindqvist López Marino Mbeki Mehta Meyer
Moreau Moreno Mwangi Nakamura Navarro Ndiaye Nguyen Novák Nowak Okafor Okoye Oliveira Ortiz Papadopoulos Park Patel
Pereira Petrov Quist Rahman Ramos Reyes Rossi Sato Schmidt Silva Singh Sousa Suzuki Tanaka Tran Varga Vega Wang Weber
Wójcik Yamamoto Yılmaz Zhang"""
_COMPANIES = """Alder Analytics|Bluebird Health|Cobalt Bank|Delta Rail|Ember Games|Fjord Energy|Granite Insurance|Harbour
University|Indigo Robotics|Juniper Schools|Kestrel Maps|Lighthouse Media|Meadow Foods|Northwind Logistics|Orchard Labs|
Pebble Payments|Quarry Software|River Hospital|Saffron Travel|Tidal Research"""
GIVEN, FAMILY = _GIVEN.split(), _FAMILY.split()
COMPANIES = " ".join(_COMPANIES.split()).replace("| ", "|").split("|")
FIELDS = ("Software", "Data", "Design", "Research", "Operations", "Education")
GOALS = (
    "I want to find out whether {topic} is for me.",
    "I'd like an honest look at my plan for {topic}.",
    "I am stuck with {topic} and would love a second pair of eyes.",
    "I want to take a first real step in {topic} this year.",
    "I'd like to hear how somebody else got into {topic}.",
)


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody at the invented conference."""

    name: str
    email: str
    role: str
    offers: tuple[str, ...]
    wants: tuple[str, ...]
    goal: str | None
    languages: tuple[str, ...]
    company: str
    field: str
    years: int
    capacity: int | None
    wish: int | None
    helps: tuple[str, ...]
    goals: tuple[str, ...]
    first_timer: bool
    likes_newcomers: bool
    counted: bool
    follow_up: bool


def invent(count: int, chance: Random) -> list[Person]:
    """`count` people: about a quarter mentors, a few both, the rest mentees."""
    names = _names(count, chance)
    roles = ["mentor"] * (count * 27 // 100) + ["both"] * (count * 6 // 100)
    roles += ["mentee"] * (count - len(roles))
    chance.shuffle(roles)
    return [_person(name, role, chance) for name, role in zip(names, roles, strict=True)]


def _names(count: int, chance: Random) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        found[f"{chance.choice(GIVEN)} {chance.choice(FAMILY)}"] = None
    return list(found)


def _person(name: str, role: str, chance: Random) -> Person:
    mentor, mentee = role != "mentee", role != "mentor"
    offers = _some_topics(chance, chance.choice((1, 2, 2, 3))) if mentor else ()
    wants = tuple(t for t in _some_topics(chance, chance.choice((1, 2, 2))) if t not in offers) if mentee else ()
    wants = wants or (_some_topics(chance, 1) if mentee else ())
    ascii_name = unicodedata.normalize("NFKD", name.lower().replace("ı", "i")).encode("ascii", "ignore").decode()
    return Person(
        name=name,
        email=ascii_name.replace(" ", ".") + "@example.org",
        role=role,
        offers=offers,
        wants=wants,
        goal=chance.choice(GOALS).format(topic=wants[0][0].lower() + wants[0][1:])
        if wants and chance.random() < 0.8
        else None,
        languages=("en", "de") if chance.random() < 0.3 else ("en",),
        company=chance.choice(COMPANIES),
        field=chance.choice(FIELDS),
        years=chance.randint(6, 28)
        if role == "mentor"
        else chance.randint(4, 12)
        if role == "both"
        else chance.randint(0, 7),
        capacity=chance.choice((3, 4, 4, 5, 6)) if mentor else None,
        wish=chance.choice((1, 2, 2, 2, 3)) if mentee else None,
        helps=tuple(sorted(chance.sample(HELP, 2))) if mentor else (),
        goals=tuple(sorted(chance.sample(HELP, chance.choice((1, 2))))) if mentee and chance.random() < 0.7 else (),
        first_timer=mentee and chance.random() < 0.3,
        likes_newcomers=mentor and chance.random() < 0.4,
        counted=chance.random() < 0.96,
        follow_up=chance.random() < 0.95,
    )


def _some_topics(chance: Random, count: int) -> tuple[str, ...]:
    found: dict[str, None] = {}
    while len(found) < count:
        found[chance.choices(TOPICS, POPULARITY)[0]] = None
    return tuple(found)
