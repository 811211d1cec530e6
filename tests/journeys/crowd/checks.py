"""What must be so whenever nothing waits: looked at from outside, by what an organizer's program sees and what the crowd
remembers. Each check gives sentences about what is wrong."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from tests.journeys.crowd.attendee import MOST_MAILS, Attendee
from tests.journeys.crowd.calendar import introduction_of, subscribed
from tests.journeys.crowd.pairs import A_HALF, AT_MOST, LIVE, USUALLY, Frame

Introductions = Sequence[Mapping[str, Any]]


def at(row: Mapping[str, Any], name: str) -> datetime:
    """An instant of an introduction."""
    return datetime.fromisoformat(row[name])


def nobody_is_in_two_places(introductions: Introductions) -> Iterator[str]:
    """No two live meetings of one person overlap, and no two share a table and a slot."""
    of: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in introductions:
        if row["status"] in LIVE:
            of[row["mentor"]].append(row)
            of[row["mentee"]].append(row)
            of[f"{row['slot']} {row['place']} {row['table']}"].append(row)
    for who, rows in of.items():
        for earlier, later in pairwise(sorted(rows, key=lambda row: (row["starts_at"], row["ends_at"]))):
            if at(later, "starts_at") < at(earlier, "ends_at"):
                yield f"{who} twice: {earlier} and {later}"


def nobody_gets_too_much(crowd: Sequence[Attendee], introductions: Introductions, frame: Frame) -> Iterator[str]:
    """Mentors no more than they offered, mentees no more than they wished for, pairs once."""
    live = [row for row in introductions if row["status"] in LIVE]
    given, got = Counter(row["mentor"] for row in live), Counter(row["mentee"] for row in live)
    halves = Counter((row["mentor"], frame.rows[row["slot"]][0]) for row in live)
    for one in crowd:
        person = one.person
        if person.capacity is not None and given[person.id] > person.capacity:
            yield f"{person.name} takes {person.capacity} and has {given[person.id]}"
        if person.capacity is None and max(halves[person.id, 0], halves[person.id, 1]) > A_HALF:
            yield f"{person.name} has more than {A_HALF} in half a day"
        if person.asks and got[person.id] > min(person.wish or USUALLY, AT_MOST) + len(one.after_all):
            yield f"{person.name} wishes for {person.wish} and has {got[person.id]}"
    pairs = Counter(frozenset((row["mentor"], row["mentee"])) for row in introductions)
    yield from (f"{sorted(pair)} were introduced {count} times" for pair, count in pairs.items() if count > 1)


def nobody_is_expected_who_is_not_there(
    crowd: Sequence[Attendee], introductions: Introductions, now: datetime
) -> Iterator[str]:
    """Whoever left, withdrew, or blocked the other has no meeting to come; whoever paused is asked nothing that she did not
    say yes to since."""
    by_id = {one.person.id: one for one in crowd}
    for row in introductions:
        if row["status"] not in ("proposed", "accepted") or at(row, "starts_at") <= now:
            continue
        for who, other in ((row["mentor"], row["mentee"]), (row["mentee"], row["mentor"])):
            one = by_id[who]
            if one.gone or one.came_at is None or other in one.person.never:
                yield f"{one.person.name} ({one.gone or 'not here, or does not want that'}) is expected: {row}"
            mine = "mentor" if who == row["mentor"] else "mentee"
            if one.paused and row["status"] == "proposed" and row["answers"][mine] != "accept":
                yield f"{one.person.name} paused and is asked: {row}"


def every_hold_ends(introductions: Introductions, moment: datetime) -> Iterator[str]:
    """No proposal is held any longer than it said, nor past the beginning of its meeting."""
    for row in introductions:
        if row["status"] == "proposed" and not moment < at(row, "hold_until") <= at(row, "starts_at"):
            yield f"held too long: {row}"


def calendar_and_page_agree(one: Attendee, now: datetime) -> Iterator[str]:
    """What the mails put into her calendar is what she can subscribe to, and what My day shows. At a table she sits at,
    somebody else may have been found: her page says so, no mail. Whoever got all her mails today hears of what she agreed on."""
    visitor, name = one.visitor, one.person.name
    feed = subscribed(visitor.get(f"{one.day}/calendar.ics").text)
    page = visitor.get(one.day)
    sits = [known.when for known in one.known.values() if known.at_table and known.when]

    def to_come(entries: Mapping[str, tuple[datetime, datetime]]) -> dict[str, tuple[datetime, datetime]]:
        told = {
            uid: when for uid, when in entries.items() if not one.has_all_mails or introduction_of(uid) in one.agreed
        }
        free = {uid: when for uid, when in told.items() if when[0] > now}
        return {uid: when for uid, when in free.items() if not any(a < when[1] and when[0] < b for a, b in sits)}

    if to_come(feed) != to_come(one.calendar.entries):
        yield f"{name}: her calendar has {to_come(one.calendar.entries)}, the feed {to_come(feed)}, mails {one.letters}"
    shown = page.text.count('class="when"')
    if page.status != 200 or shown != len(feed):
        yield f"{name}: My day ({page.status}) shows {shown} meetings, the feed has {len(feed)}"


def no_mail_beyond(one: Attendee) -> Iterator[str]:
    """So many mails about meetings a day; after them only that what both agreed on moves or is off."""
    for number, kind in enumerate(one.letters):
        if kind not in ("moved", "cancelled") and number >= MOST_MAILS:
            yield f"{one.person.name} got {kind} as mail {number + 1}: {one.letters}"
