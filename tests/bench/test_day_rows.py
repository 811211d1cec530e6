"""What a day's calls and mails say: which places went to somebody else and when, who was introduced how soon, what went wrong."""

from __future__ import annotations

from typing import Any

from bench.figures.day_rows import Came, Day, errors, rows
from bench.phones import Call
from bench.sink import Accepted

PEOPLE = [
    {"id": name.lower(), "email": f"{name.lower()}@example.org", "role": role}
    for name, role in (("Ana", "mentor"), ("Mia", "mentor"), ("Ben", "mentee"), ("Cleo", "mentee"), ("Dan", "mentee"))
]
CORES = {"phones": 0.1}


def introduction(id: str, mentor: str, mentee: str, status: str = "proposed") -> dict[str, Any]:
    return {"id": id, "mentor": mentor, "mentee": mentee, "status": status}


def mail(at: float, to: str, introduction: str) -> Accepted:
    return Accepted(at, f"{to}@example.org", True, introduction, "t" * 26)


def came(*calls: Call) -> Came:
    looks = [Call("page", "/d/x/live", 10.0 + number, 0.02, 304) for number in range(3)]
    return Came(calls=[*looks, *calls], cores=CORES, lag=0.0, again=0)


def test_a_refill_counts_from_the_tap_to_the_mail_to_somebody_else_about_the_same_mentor() -> None:
    calls = (
        Call("decline", "first", 100.0, 0.05, 303),
        Call("leave", "/api/v1/conferences/day/attendees/cleo/leave", 200.0, 0.05, 201),
        Call("check-in", "/api/v1/conferences/day/attendees/mia/check-in", 50.0, 0.01, 201),
        Call("accept", "gone", 60.0, 0.01, 404),
    )
    day = Day(
        form="embedded",
        people=PEOPLE,
        introductions=[
            introduction("first", "ana", "ben", "declined"),
            introduction("second", "ana", "cleo", "cancelled"),
            introduction("third", "ana", "dan"),
            introduction("other", "mia", "ben"),
        ],
        mails=[
            mail(20.0, "ana", "first"),
            mail(20.1, "ben", "first"),
            mail(50.4, "mia", "other"),
            mail(50.5, "ben", "other"),
            mail(100.6, "cleo", "second"),
            mail(100.7, "ana", "second"),
            mail(201.5, "dan", "third"),
        ],
        came=came(*calls),
        reference=came(),
    )
    found = {row.figure: (row.measured, row.reference, row.held) for row in rows(day)}
    assert found == {
        "day, embedded: pages, p99": ("20 ms (p50 20 ms)", "bare Flask 20 ms (20 ms)", True),
        "day, embedded: check-in to mail, p99": ("0.40 s (p50 0.40 s)", "1 of 1 mentors were introduced", True),
        "day, embedded: refill, p99": ("1.50 s (p50 0.60 s)", "2 of 2 places went to somebody else", True),
    }


def test_no_answer_and_a_wrong_one_are_errors_and_a_meeting_that_is_over_is_none() -> None:
    calls = (
        Call("page", "/d/x/live", 1.0, 0.1, 0),
        Call("page", "/d/x/live", 2.0, 0.1, 503),
        Call("decline", "first", 3.0, 0.1, 409),
        Call("check-in", "/a/b/check-in", 3.0, 0.1, 429),
    )
    assert errors(came(*calls)) == {"page 0": 1, "page 503": 1, "check-in 429": 1}
