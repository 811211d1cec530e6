"""What one would use instead of the engine. Each module has `plan(instance)`, which returns the meetings
[mentor, mentee, slot, table] of a plan that keeps every rule."""

from __future__ import annotations

from collections.abc import Callable

from bench.planner.timetable import Meeting

Plan = Callable[..., list[Meeting]]

PEOPLE = {
    "first_come": 100_000,
    "greedy": 100_000,
    "everybodys_first": 100_000,
    "slot_by_slot": 5_000,
    "copies": 5_000,
    "hospital": 1_500,
    "munkres": 1_500,
    "cpsat": 1_500,
}
"""The references and up to how many people each is tried unless it is asked for by name: beyond that it takes minutes
or gigabytes."""
PACE = "everybodys_first"
"""Whose time in the same run all others are compared with."""
GREEDY = ("first_come", "greedy", "everybodys_first")
LIMITED = ("cpsat",)
"""Those that take a limit of seconds."""


def reference(name: str) -> Plan:
    """The function of this reference; its libraries are loaded now, since a process needs only its own."""
    from importlib import import_module

    plan: Plan = import_module(f"bench.planner.references.{name}").plan
    return plan
