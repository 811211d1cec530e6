"""Which places that a hold gave back went to somebody else, and how soon."""

from __future__ import annotations

from typing import Any

from bench.figures.holds import refills
from bench.sink import Accepted


def introduction(id: str, mentor: str, mentee: str, status: str = "proposed") -> dict[str, Any]:
    return {"id": id, "mentor": mentor, "mentee": mentee, "status": status}


def test_a_place_counts_from_the_end_of_its_hold_to_the_first_mail_to_the_next_mentee() -> None:
    before = [introduction("one", "ana", "ben"), introduction("two", "mia", "dan"), introduction("three", "eva", "ida")]
    after = [
        introduction("one", "ana", "ben", "expired"),
        introduction("two", "mia", "dan", "expired"),
        introduction("three", "eva", "ida", "accepted"),
        introduction("next", "ana", "cleo"),
        introduction("unmailed", "mia", "fay"),
        introduction("besides", "eva", "gil"),
    ]
    mails = [
        Accepted(100.2, "ben@example.org", False, "one", "-"),
        Accepted(101.0, "ana@example.org", True, "next", "t"),
        Accepted(101.5, "cleo@example.org", True, "next", "t"),
        Accepted(160.0, "cleo@example.org", True, "next", "t"),
        Accepted(101.7, "gil@example.org", True, "besides", "t"),
    ]
    address = {name: f"{name}@example.org" for name in ("ana", "ben", "cleo", "dan", "eva", "fay", "gil", "ida", "mia")}
    assert refills(before, after, address, mails, 100.0) == [1.5]
