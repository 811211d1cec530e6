"""Reads the MiniZinc data of the business-to-business meeting scheduling problem (Bofill et al., JAIR 2022). It knows
these files and no others, and says where one is wrong. Everything in them counts from 1."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from services.introductions.planner.agreed.wishes import Agreed, UnreadableSchedule, impossible

STATEMENT = re.compile(r"\s*(\w+)\s*=\s*(.*?)\s*", re.DOTALL)
NUMBERS = re.compile(r"\s*(?:-?\d+\s*(?:,\s*-?\d+\s*)*)?,?\s*")
SETS = re.compile(r"\s*(?:\{[^{}]*\}\s*(?:,\s*\{[^{}]*\}\s*)*)?,?\s*")
SESSIONS = {1: "morning", 2: "afternoon", 3: "either"}
MOST = 10_000
LARGEST = 1_000_000
"""No event has as many people, meetings, tables or slots, nor people times slots; more would only fill the memory."""


def read(text: str) -> Agreed:
    """What the file asks for; refuses by `UnreadableSchedule` what cannot be understood or can never be held."""
    values = _statements(text)
    people, slots = _count(values, "nBusiness"), _count(values, "nTotalSlots")
    tables, morning = _count(values, "nTables"), _count(values, "nMorningSlots")
    if people * slots > LARGEST:
        raise UnreadableSchedule(f"{people:,} persons and {slots:,} slots are more than can be scheduled at once.")
    if morning > slots:
        raise UnreadableSchedule(f"nMorningSlots is {morning} and nTotalSlots is {slots}.")
    rows = _requested(values, people)
    sessions = {1: (1 << morning) - 1, 2: (1 << slots) - (1 << morning), 3: (1 << slots) - 1}
    forbidden = _forbidden(values, people, slots)
    fixed = _fixed(values, len(rows), slots)
    agreed = Agreed(
        people=people,
        tables=(tables,) * slots,
        pairs=tuple((one - 1, other - 1) for one, other, _session in rows),
        allowed=tuple(sessions[session] for _one, _other, session in rows),
        forbidden=forbidden,
    )
    _check_fixed(agreed, fixed, rows)
    one_slot = tuple(1 << slot - 1 if slot else slots for slots, slot in zip(agreed.allowed, fixed, strict=True))
    agreed = replace(agreed, allowed=one_slot)
    why_not = impossible(agreed)
    if why_not is not None:
        raise UnreadableSchedule(why_not)
    return agreed


def _statements(text: str) -> dict[str, str]:
    values: dict[str, str] = {}
    without_comments = re.sub(r"%.*", "", text)
    for number, statement in enumerate(without_comments.split(";"), start=1):
        if not statement.strip():
            continue
        match = STATEMENT.fullmatch(statement)
        if match is None:
            raise UnreadableSchedule(f"Statement {number} is no `name = value`: {_beginning(statement)}")
        if match[1] in values:
            raise UnreadableSchedule(f"{match[1]} is given twice.")
        values[match[1]] = match[2]
    if re.search(r"[1-9]", values.get("precedences", "")):
        raise UnreadableSchedule("The file has precedences between meetings, which cannot be kept here.")
    return values


def _beginning(text: str) -> str:
    words = " ".join(text.split())
    return repr(words if len(words) <= 40 else words[:40] + "...")


def _value(values: dict[str, str], key: str) -> str:
    if key not in values:
        raise UnreadableSchedule(f"{key} is missing.")
    return values[key]


def _count(values: dict[str, str], key: str) -> int:
    value = _value(values, key)
    if not re.fullmatch(r"\d{1,9}", value):
        raise UnreadableSchedule(f"{key} is no number: {_beginning(value)}")
    if int(value) > MOST:
        raise UnreadableSchedule(f"{key} is {value}, which is more than {MOST:,}.")
    return int(value)


def _numbers(text: str, place: str) -> list[int]:
    if not NUMBERS.fullmatch(text):
        raise UnreadableSchedule(f"{place} is no list of numbers: {_beginning(text)}")
    found = re.findall(r"-?\d+", text)
    if any(len(number) > 9 for number in found):
        raise UnreadableSchedule(f"{place} has a number that is far too large.")
    return [int(number) for number in found]


def _inside(value: str, key: str, opening: str, closing: str) -> str:
    """What stands between the brackets of a list."""
    if len(value) < len(opening + closing) or not (value.startswith(opening) and value.endswith(closing)):
        raise UnreadableSchedule(f"{key} is no list between {opening} and {closing}: {_beginning(value)}")
    return value[len(opening) : -len(closing)]


def _requested(values: dict[str, str], people: int) -> list[tuple[int, int, int]]:
    lines = _inside(_value(values, "requested"), "requested", "[|", "|]").split("|")
    if not lines[-1].strip():  # A last row may be closed by a bar of its own, and no row at all is an empty one.
        lines.pop()
    rows = [_row(line, number, people) for number, line in enumerate(lines, start=1)]
    meetings = _count(values, "nMeetings")
    if len(rows) != meetings:
        raise UnreadableSchedule(f"nMeetings is {meetings}, but requested has {len(rows)} rows.")
    return rows


def _row(line: str, number: int, people: int) -> tuple[int, int, int]:
    place = f"Row {number} of requested"
    cells = _numbers(line, place)
    if len(cells) != 3:
        raise UnreadableSchedule(f"{place} has {len(cells)} numbers instead of person, person, session.")
    one, other, session = cells
    for person in (one, other):
        if not 1 <= person <= people:
            raise UnreadableSchedule(f"{place} names person {person}, but there are persons 1 to {people}.")
    if one == other:
        raise UnreadableSchedule(f"In {place.lower()}, person {one} meets herself.")
    if session not in SESSIONS:
        raise UnreadableSchedule(f"{place} has session {session}; 1 is morning, 2 afternoon, 3 either.")
    return one, other, session


def _forbidden(values: dict[str, str], people: int, slots: int) -> tuple[int, ...]:
    if "forbidden" not in values:
        return (0,) * people
    inside = _inside(values["forbidden"], "forbidden", "[", "]")
    if not SETS.fullmatch(inside):
        raise UnreadableSchedule(f"forbidden is no list of sets such as {{0, 3}}: {_beginning(inside)}")
    sets = [
        _set(_numbers(one, f"Set {person} of forbidden"), person, slots)
        for person, one in enumerate(re.findall(r"\{([^{}]*)\}", inside), start=1)
    ]
    if len(sets) != people:
        raise UnreadableSchedule(f"forbidden has {len(sets)} sets for {people} persons.")
    return tuple(sets)


def _set(numbers: Sequence[int], person: int, slots: int) -> int:
    found = 0
    for slot in numbers:
        if not 0 <= slot <= slots:
            raise UnreadableSchedule(f"Set {person} of forbidden names slot {slot}, but there are slots 1 to {slots}.")
        found |= (1 << slot) >> 1  # A 0 means nothing.
    return found


def _fixed(values: dict[str, str], meetings: int, slots: int) -> list[int]:
    key = "fixed" if "fixed" in values else "fixat"
    if key not in values:
        return [0] * meetings
    fixed = _numbers(_inside(values[key], key, "[", "]"), key)
    if len(fixed) != meetings:
        raise UnreadableSchedule(f"{key} has {len(fixed)} numbers for {meetings} meetings.")
    for number, slot in enumerate(fixed, start=1):
        if not 0 <= slot <= slots:
            raise UnreadableSchedule(f"Number {number} of {key} is slot {slot}, but there are slots 1 to {slots}.")
    return fixed


def _check_fixed(agreed: Agreed, fixed: Sequence[int], rows: Sequence[tuple[int, int, int]]) -> None:
    for meeting, (slot, (one, other, session)) in enumerate(zip(fixed, rows, strict=True)):
        if not slot:
            continue
        bit = 1 << slot - 1
        if not agreed.allowed[meeting] & bit:
            raise UnreadableSchedule(
                f"Row {meeting + 1} of requested is fixed in slot {slot}, outside its session ({SESSIONS[session]})."
            )
        for person in (one, other):
            if agreed.forbidden[person - 1] & bit:
                raise UnreadableSchedule(
                    f"Row {meeting + 1} of requested is fixed in slot {slot}, which is forbidden to person {person}."
                )
