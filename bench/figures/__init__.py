"""One module a figure. Each has `measure(quick)`, which yields rows of the table as they become known."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bench.table import Row

Measure = Callable[[bool], Iterator[Row]]
NAMES = ("log", "importing", "start", "demo", "register", "kafka", "checkin", "day", "holds", "outage", "dashboard")
"""The figures, the quick ones first."""


def figure(name: str) -> Measure:
    """The function that measures this figure; its module is loaded now, since Kafka's client alone takes a while."""
    from importlib import import_module

    measure: Measure = import_module(f"bench.figures.{name}").measure
    return measure
