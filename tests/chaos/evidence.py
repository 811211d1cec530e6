"""What the checker judges by: the clients' record and the letters, arranged so that a rule reads like its sentence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from tests.chaos.letters import Letter
from tests.chaos.record import Line

LIVE = ("proposed", "accepted", "met", "unreported")


@dataclass(frozen=True)
class Evidence:
    """Lines and letters in order. `mailer_deaths`: SIGKILLs of a mailer. `pauses`: when a mailer was stopped by the
    product's clock, and when it went on by ours.

    `grace`: seconds that the news of something acknowledged may take to whoever writes mails, kills and pauses included.
    """

    lines: Sequence[Line]
    letters: Sequence[Letter]
    mailer_deaths: int = 0
    pauses: Sequence[tuple[float, float]] = ()
    grace: float = 90.0

    def of(self, *what: str) -> list[Line]:
        """The lines of these kinds, in order."""
        return [line for line in self.lines if line.what in what]

    @cached_property
    def registered(self) -> dict[str, Line]:
        """Attendee -> the acknowledgement of her registration."""
        return {line["shown"]["id"]: line for line in self.of("registered")}

    @cached_property
    def withdrawn(self) -> dict[str, float]:
        """Attendee -> when her withdrawal was acknowledged."""
        return {line["attendee"]: line.at for line in self.of("withdrawn")}

    @cached_property
    def going(self) -> set[str]:
        """Attendees whose withdrawal was asked for, acknowledged or not."""
        return {line["attendee"] for line in self.of("asked withdrawn")}

    @cached_property
    def checked_in(self) -> set[str]:
        return {line["attendee"] for line in self.of("checked_in")}

    @cached_property
    def versions(self) -> dict[int, list[tuple[float, int]]]:
        """Person's number -> (when acknowledged, version of her name), in order."""
        found: dict[int, list[tuple[float, int]]] = defaultdict(list)
        for line in self.of("registered", "changed"):
            found[line["number"]].append((line.at, line["version"]))
        return found

    def acknowledged(self, number: int, before: float) -> int:
        """The newest version of a name that was acknowledged before this moment, 0 when none was."""
        return max((version for at, version in self.versions[number] if at <= before), default=0)

    @cached_property
    def emails(self) -> dict[str, str]:
        """Attendee -> address."""
        return {attendee: line["email"] for attendee, line in self.registered.items()}

    @cached_property
    def people(self) -> dict[str, dict[str, Any]]:
        """Attendee -> what the clients read in the end."""
        return {item["id"]: item for line in self.of("people") for item in line["items"]}

    @cached_property
    def introductions(self) -> dict[str, dict[str, Any]]:
        """Introduction -> what the clients read in the end, with its conference."""
        return {
            item["id"]: {**item, "conference": line["conference"]}
            for line in self.of("introductions")
            for item in line["items"]
        }

    @cached_property
    def live(self) -> list[dict[str, Any]]:
        """Introductions that hold a slot in the end, or held it."""
        return [item for item in self.introductions.values() if item["status"] in LIVE]

    @cached_property
    def quiet_at(self) -> float:
        """When nothing was left to do for the first time; never, when it never was."""
        return next((line.at for line in self.of("quiet")), float("inf"))

    @cached_property
    def first_letters(self) -> list[Letter]:
        """The first arrival of every Message-ID, in order."""
        found: dict[str, Letter] = {}
        for letter in self.letters:
            found.setdefault(letter.message_id, letter)
        return list(found.values())

    @cached_property
    def copies(self) -> list[Letter]:
        """Arrivals of a Message-ID that had arrived before."""
        first = {id(letter) for letter in self.first_letters}
        return [letter for letter in self.letters if id(letter) not in first]

    @cached_property
    def meetings(self) -> dict[str, list[Letter]]:
        """Introduction -> the first arrivals of the letters with its calendar entry."""
        found: dict[str, list[Letter]] = defaultdict(list)
        for letter in self.first_letters:
            for uid, sequence in letter.entries:
                of_it = replace(letter, uid=uid, sequence=sequence, more=())
                found[uid.removeprefix("intro-").partition("@")[0]].append(of_it)
        return found

    def under_way(self, letter: Letter) -> bool:
        """Whether a mailer was stopped between writing this letter and handing it over."""
        return any(letter.written <= stopped + 1 and continued <= letter.arrived for stopped, continued in self.pauses)

    def counts(self) -> Counter[str]:
        """How often each kind of thing was acknowledged."""
        kinds = ("conference", "registered", "changed", "checked_in", "withdrawn", "answered", "met")
        return Counter(line.what for line in self.of(*kinds))
