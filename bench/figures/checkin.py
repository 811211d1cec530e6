"""From a check-in that is answered to the mail about a meeting that the mail server has taken: `rapport up` with its
embedded log and durable stores, 2,000 people, 20 check-ins a second at their time whether or not the last was answered.

Two thirds of the mentors are there before the clock runs; then everybody else comes in mixed order. A check-in yields a
proposal when somebody is introduced who could not have been before it: an introduction counts for the later of its two
check-ins, and for her first one only. The time ends when the server has taken her own mail.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.load import Answered, Client, Unexpected, at_rate
from bench.machine import syncs_during
from bench.organizing import THREADS, check_in, check_in_path, quiet, register
from bench.organizing import introductions as read_introductions
from bench.people import conference, crowd
from bench.served import headers, rapport
from bench.sink import Accepted, sink
from bench.table import Row, percentile

PROMISE, SHARE = 1.0, 0.8
RATE = 20.0
SLUG = "bench"


def measure(quick: bool) -> Iterator[Row]:
    """Register all (not timed), let the first mentors in (not timed), then the others at the rate."""
    people, timed, watched = (240, 60, 20) if quick else (2_000, 1_200, 200)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rapport-bench-checkin-")))
        mails = stack.enter_context(sink(folder))
        served = stack.enter_context(rapport(folder / "data", "up", smtp_url=mails.url, api_rate="1000000"))
        served.wait("/")
        clients = [Client(served.port, headers(number)) for number in range(THREADS)]
        clients[0].call("POST", "/api/v1/conferences", conference())
        attendees = register(clients, SLUG, crowd(people))
        quiet(clients[0])
        early, late = _order(attendees)
        check_in(clients, SLUG, early)
        quiet(clients[0])
        measured, under_strace = late[:timed], late[timed : timed + watched]
        answered = at_rate(clients, [check_in_path(SLUG, one) for one in measured], RATE)
        quiet(clients[0])
        introductions = read_introductions(clients[0], SLUG)
        accepted = mails.accepted()
        syncs = syncs_during(served.process.pid, lambda: _at_rate_until_quiet(clients, under_strace), folder)
        yield _row(measured, answered, introductions, accepted, syncs)


def _order(attendees: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(two thirds of the mentors, everybody else in mixed order)."""
    mentors = [one for one in attendees if one["role"] == "mentor"]
    early = mentors[: len(mentors) * 2 // 3]
    there = {one["id"] for one in early}
    return early, [one for one in attendees if one["id"] not in there]


def _at_rate_until_quiet(clients: Sequence[Client], attendees: Sequence[dict[str, Any]]) -> int:
    at_rate(clients, [check_in_path(SLUG, one) for one in attendees], RATE)
    quiet(clients[0])
    return len(attendees)


@dataclass(frozen=True)
class Measured:
    """What came of the check-ins: seconds to the own mail, of those that yielded a proposal; and how many had none."""

    seconds: list[float]
    without_mail: int


def _measured(
    people: Sequence[dict[str, Any]],
    answered: Sequence[Answered],
    introductions: Sequence[dict[str, Any]],
    accepted: Sequence[Accepted],
) -> Measured:
    at = {one["id"]: answer.at for one, answer in zip(people, answered, strict=True)}
    address = {one["id"]: one["email"] for one in people}
    pairs: dict[str, str] = {}
    """Who came later -> who was there, of her first introduction."""
    for one in introductions:
        first, later = sorted((one["mentor"], one["mentee"]), key=lambda person: at.get(person, 0.0))
        if later in at:
            pairs.setdefault(later, first)
    mailed: dict[str, list[float]] = {}
    for mail in accepted:
        if mail.invites:
            mailed.setdefault(mail.recipient, []).append(mail.at)
    own = {later: _first_after(mailed.get(address[later], []), at[later]) for later in pairs}
    found = [at_mail - at[later] for later, at_mail in own.items() if at_mail is not None]
    return Measured(found, sum(at_mail is None for at_mail in own.values()))


def _first_after(moments: Sequence[float], began: float) -> float | None:
    """The first mail that cannot have been for something before; the clock of the answer may be a little late."""
    return min((moment for moment in moments if moment > began - 1.0), default=None)


def _row(
    people: Sequence[dict[str, Any]],
    answered: Sequence[Answered],
    introductions: Sequence[dict[str, Any]],
    accepted: Sequence[Accepted],
    syncs: float | None,
) -> Row:
    wrong = [answer.status for answer in answered if answer.status != 201]
    if wrong:
        raise Unexpected(f"{len(wrong)} check-ins were answered with {sorted(set(wrong))}")
    found = _measured(people, answered, introductions, accepted)
    if not found.seconds:
        raise Unexpected("no check-in yielded a proposal")
    p50, p95, p99 = (percentile(found.seconds, share) for share in (0.5, 0.95, 0.99))
    share = (len(found.seconds) + found.without_mail) / len(people)
    took = [answer.took for answer in answered]
    rate = (len(answered) - 1) / (max(a.at for a in answered) - min(a.at for a in answered))
    held = p99 <= PROMISE and share >= SHARE and not found.without_mail
    return Row(
        figure="check-in to mail, p99",
        measured=f"{p99:.2f} s",
        reference=f"{share:.0%} yielded a proposal",
        promise=f"<= {PROMISE:g} s, >= {SHARE:.0%}",
        held=held,
        beside=(
            f"p50 {p50:.2f} s, p95 {p95:.2f} s, longest {max(found.seconds):.2f} s over {len(found.seconds)} of"
            f" {len(people)} check-ins at {rate:.1f}/s; {found.without_mail} proposals whose mail did not come",
            f"a check-in itself: p50 {percentile(took, 0.5) * 1000:.0f} ms, p99 {percentile(took, 0.99) * 1000:.0f} ms;"
            f" sent late by at most {max(answer.late for answer in answered):.2f} s",
            "fsyncs not counted (no strace)"
            if syncs is None
            else f"{syncs:.1f} fsyncs a check-in, {syncs * RATE:.0f}/s",
        ),
    )
