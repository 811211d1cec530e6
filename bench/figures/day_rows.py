"""What came of a day, as rows of the table: pages, check-ins to mails, places to somebody else, errors, processors. It starts
and asks nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.phones import Call
from bench.sink import Accepted
from bench.table import Row, percentile

PAGE, MAIL = 0.3, 2.0
"""Seconds that are promised."""
GOOD = {
    "page": (200, 304),
    "check-in": (200, 201),
    "leave": (200, 201),
    "accept": (303, 404, 409),
    "decline": (303, 404, 409),
}
"""What may be answered. A meeting can have moved or be over before somebody answers it, and says so."""


@dataclass(frozen=True, kw_only=True)
class Came:
    """What the phones noted, and who used how many cores meanwhile."""

    calls: Sequence[Call]
    cores: Mapping[str, float]
    lag: float
    again: int

    @classmethod
    def read(cls, told: Mapping[str, Any], cores: Mapping[str, float]) -> Came:
        """From what the phones wrote."""
        return cls(calls=[Call(*one) for one in told["calls"]], cores=cores, lag=told["lag"], again=told["again"])

    def of(self, *kinds: str) -> list[Call]:
        """Calls of these kinds, in the order in which they were wanted."""
        return sorted((call for call in self.calls if call.kind in kinds), key=lambda call: call.wanted)


@dataclass(frozen=True, kw_only=True)
class Day:
    """A form's day."""

    form: str
    people: Sequence[Mapping[str, Any]]
    introductions: Sequence[Mapping[str, Any]]
    mails: Sequence[Accepted]
    came: Came
    reference: Came


def rows(day: Day) -> Iterator[Row]:
    """Pages, check-ins, refills."""
    yield _pages(day)
    yield _check_ins(day)
    yield _refills(day)


def errors(came: Came) -> Counter[str]:
    """What was not answered as it has to be."""
    return Counter(f"{call.kind} {call.status}" for call in came.calls if call.status not in GOOD[call.kind])


def _pages(day: Day) -> Row:
    pages, bare = day.came.of("page"), day.reference.of("page")
    took, theirs = [call.took for call in pages], [call.took for call in bare]
    wrong = errors(day.came)
    p50, p99 = percentile(took, 0.5), percentile(took, 0.99)
    lasted = pages[-1].wanted - pages[0].wanted
    new = [call.took for call in pages if call.status == 200]
    changed = f"{len(new) / len(pages):.0%} changed"
    if new:
        changed += f" (p50 {percentile(new, 0.5) * 1000:.0f} ms, p99 {percentile(new, 0.99) * 1000:.0f} ms)"
    said = Counter(call.kind for call in day.came.calls if call.kind != "page")
    return Row(
        figure=f"day, {day.form}: pages, p99",
        measured=f"{p99 * 1000:.0f} ms (p50 {p50 * 1000:.0f} ms)",
        reference=f"bare Flask {percentile(theirs, 0.99) * 1000:.0f} ms ({percentile(theirs, 0.5) * 1000:.0f} ms)",
        ratio=p99 / percentile(theirs, 0.99),
        promise=f"<= {PAGE * 1000:.0f} ms, no error",
        held=p99 <= PAGE and not wrong,
        beside=(
            f"{len(pages) / lasted:.0f} looks a second by {len(day.people):,} people, {changed}; bare: {_rate(bare)}/s",
            f"errors: {dict(wrong) or 0}; also {', '.join(f'{count} x {kind}' for kind, count in sorted(said.items()))};"
            f" the phones themselves were late by {day.came.lag:.2f} s at most, {day.came.again} calls sent again",
            "cores: " + ", ".join(f"{name} {used:.2f}" for name, used in sorted(day.came.cores.items())),
            "cores beside the bare endpoint: phones " + f"{day.reference.cores['phones']:.2f}",
        ),
    )


def _rate(calls: Sequence[Call]) -> str:
    return f"{len(calls) / (calls[-1].wanted - calls[0].wanted):.0f}"


def _check_ins(day: Day) -> Row:
    """From the tap at the desk to the mail about her first meeting, of mentors: for them somebody waits."""
    wanted = {call.about.split("/")[-2]: call.wanted for call in day.came.of("check-in")}
    address = {one["id"]: one["email"] for one in day.people if one["role"] == "mentor"}
    first: dict[str, float] = {}
    for mail in day.mails:
        if mail.invites:
            first.setdefault(mail.recipient, mail.at)
    mentors = [one for one in address if one in wanted]
    found = [first[address[one]] - wanted[one] for one in mentors if address[one] in first]
    return seconds(
        f"day, {day.form}: check-in to mail, p99", found, f"{len(found)} of {len(mentors)} mentors were introduced"
    )


def _refills(day: Day) -> Row:
    """From the tap of a no, or of who leaves, to the mail by which the mentor is proposed to somebody else."""
    by_id = {row["id"]: row for row in day.introductions}
    free = [
        (c.wanted, by_id[c.about]["mentor"]) for c in day.came.of("decline") if c.status == 303 and c.about in by_id
    ]
    left = {call.about.split("/")[-2]: call.wanted for call in day.came.of("leave")}
    gone = [row for row in day.introductions if row["mentee"] in left and row["status"] == "cancelled"]
    free += [(left[row["mentee"]], row["mentor"]) for row in gone]
    address = {one["id"]: one["email"] for one in day.people}
    proposed: dict[str, list[float]] = defaultdict(list)
    told: set[str] = set()
    for mail in day.mails:
        row = by_id.get(mail.introduction)
        if (
            row is not None
            and mail.invites
            and mail.introduction not in told
            and mail.recipient == address[row["mentee"]]
        ):
            told.add(mail.introduction)
            proposed[row["mentor"]].append(mail.at)
    found = []
    for tapped, mentor in sorted(free):
        after = [at for at in proposed[mentor] if at > tapped]
        if after:
            found.append(after[0] - tapped)
            proposed[mentor].remove(after[0])
    return seconds(f"day, {day.form}: refill, p99", found, f"{len(found)} of {len(free)} places went to somebody else")


def seconds(figure: str, found: Sequence[float], what: str) -> Row:
    """Times until a mail as one row of the table."""
    if not found:
        return Row(figure=figure, measured="none", reference=what, promise=f"<= {MAIL:g} s", held=False)
    p50, p95, p99 = (percentile(found, share) for share in (0.5, 0.95, 0.99))
    return Row(
        figure=figure,
        measured=f"{p99:.2f} s (p50 {p50:.2f} s)",
        reference=what,
        promise=f"<= {MAIL:g} s",
        held=p99 <= MAIL,
        beside=(f"p95 {p95:.2f} s, longest {max(found):.2f} s",),
    )
