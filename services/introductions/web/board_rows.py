"""What the live board, the wall and public screens say: figures, rows and drawings from what there is to see. Pure; names as
a room may read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from markupsafe import Markup

from services.introductions.domain import Introduction
from services.introductions.domain.floor import STATES, Alone, Late, Slotful
from services.introductions.planner import Why
from services.introductions.queries import LiveBoard
from services.introductions.web.named import first_and_initial
from services.introductions.web.words import table_in_words, why_for_the_crew
from shared.contracts import ConferencePublished
from shared.days import local_time
from shared.i18n import gettext as _
from shared.i18n import ngettext
from shared.text import fold

CELL, GAP, IN_A_ROW = 14, 4, 10
MOST_TABLES = 100
"""Drawn one by one, or listed; a slot with more says the rest in numbers."""
MOST_LATER = 100
"""With more meetings a day only those of the slot that goes on and of the next one are listed: the rest has its own page."""
AHEAD = timedelta(hours=1)
"""So far ahead a public screen shows meetings: whoever walks by looks for the next one."""


def short(attendee: str, board: LiveBoard) -> str:
    """What she is called on the board."""
    return first_and_initial(board.names.get(attendee))


def figures(board: LiveBoard) -> list[dict[str, Any]]:
    """The six, what needs a hand with a tone of its own."""
    floor, current, after = board.floor, board.floor.current, board.floor.next
    free = current or after
    then = "" if after is None else local_time(floor.conference, after.slot.starts_at)
    pairs = current.taken if current else 0
    of_now = ngettext("of {n} pair in this slot", "of {n} pairs in this slot", pairs).replace("{n}", str(pairs))
    free_then = _("{n} at {time}").replace("{n}", str(after.free)).replace("{time}", then) if after else ""
    return [
        _figure("here", _("Checked in"), floor.here),
        _figure("waiting", _("Waiting"), len(floor.waiting), _("without a meeting ahead")),
        _figure("accepted", _("Both said yes"), floor.accepted, _("now and later today")),
        _figure("at-tables", _("At the table now"), floor.at_tables, of_now if current else ""),
        _figure("alone", _("Alone at a table"), len(floor.alone), tone="bad" if floor.alone else ""),
        _figure(
            "free",
            _("Free tables now") if current else _("Free tables next"),
            "–" if free is None else free.free,
            free_then if current else then,
        ),
    ]


def _figure(name: str, label: str, value: Any, note: str = "", tone: str = "") -> dict[str, Any]:
    return {"name": name, "label": label, "value": value, "note": note, "tone": tone}


def alone_row(one: Alone, board: LiveBoard) -> dict[str, Any]:
    """Who waits, where, since when, for whom, what follows by itself."""
    conference, item = board.floor.conference, one.introduction
    until = item.hold_until if item.status == "proposed" else item.alone_until
    asked = item.status == "proposed"
    sentence = _("found instead, asked until {time}") if asked else _("at {time} somebody else is looked for")
    then = sentence.replace("{time}", local_time(conference, until)) if until and until > board.floor.now else ""
    return {
        "id": item.id,
        "who": short(one.attendee, board),
        "attendee": one.attendee,
        "where": where(item, conference),
        "since": local_time(conference, one.since),
        "other": short(one.other, board),
        "then": then,
        "may_hurry": one.may_hurry,
    }


def late_row(one: Late, board: LiveBoard) -> dict[str, Any]:
    """Who comes when instead of when, and who waits for her."""
    conference = board.floor.conference
    return {
        "who": short(one.attendee, board),
        "attendee": one.attendee,
        "where": where(one.introduction, conference),
        "starts": local_time(conference, one.introduction.place.starts_at),
        "until": local_time(conference, one.until),
        "other": short(one.other, board),
    }


def slot_rows(board: LiveBoard) -> list[dict[str, Any]]:
    """Today's slots."""
    few = sum(one.taken for one in board.floor.slots) <= MOST_LATER
    near = ("now", "next", "later") if few else ("now", "next")
    return [_slot(one, board, listed=one.when in near) for one in board.floor.slots]


def _slot(one: Slotful, board: LiveBoard, *, listed: bool) -> dict[str, Any]:
    """A slot in numbers and as a drawing, and who meets where in it where that is `listed`."""
    conference = board.floor.conference
    words = {"now": _("now"), "next": _("next"), "over": _("over"), "later": ""}
    rows = list(zip(one.meetings, one.states, strict=True))[:MOST_TABLES]
    return {
        "id": one.slot.id,
        "when": one.when,
        "word": words[one.when],
        "starts": local_time(conference, one.slot.starts_at),
        "ends": local_time(conference, one.slot.ends_at),
        "taken": one.taken,
        "free": one.free,
        "tables": one.tables,
        "drawn": drawn(one),
        "counts": [(word, one.count(state)) for state, word in state_words().items() if one.count(state)],
        "more": max(0, one.taken - MOST_TABLES),
        "meetings": [_meeting(item, state, board) for item, state in rows] if listed else [],
    }


def _meeting(item: Introduction, state: str, board: LiveBoard) -> dict[str, Any]:
    tones = {"alone": "bad", "there": "good", "agreed": "accent", "asked": ""}
    return {
        "where": where(item, board.floor.conference),
        "people": [(name, short(name, board)) for name in (item.mentor, item.mentee)],
        "word": state_words()[state],
        "tone": tones[state],
    }


def state_words() -> dict[str, str]:
    """How a table stands that is taken, in the order in which it is drawn."""
    return {"alone": _("alone"), "there": _("at the table"), "agreed": _("both said yes"), "asked": _("asked")}


def drawn(one: Slotful) -> Markup:
    """A square a table: first those that are taken, then those that are free."""
    states = [state for wanted in STATES for state in one.states if state == wanted]
    cells = (states + ["free"] * one.free)[:MOST_TABLES]
    step = CELL + GAP
    wide, high = step * min(IN_A_ROW, max(1, len(cells))) - GAP, step * -(-max(1, len(cells)) // IN_A_ROW) - GAP
    squares = Markup("").join(
        Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="3"/>').format(
            kind, number % IN_A_ROW * step + 1, number // IN_A_ROW * step + 1, CELL, CELL
        )
        for number, kind in enumerate(cells)
    )
    said = _("{taken} of {tables} tables taken").replace("{taken}", str(one.taken)).replace("{tables}", str(one.tables))
    return Markup('<svg class="tables" viewBox="0 0 {} {}" width="{}" role="img" aria-label="{}">{}</svg>').format(
        wide + 2, high + 2, wide + 2, said, squares
    )


def where(item: Introduction, conference: ConferencePublished) -> str:
    """The table; with its meeting point where there are several."""
    return table_in_words(item.place.meeting_point, item.place.table, conference)


def waiting_groups(board: LiveBoard, *, topics: bool) -> tuple[list[dict[str, Any]], int]:
    """Those who wait, by what binds, the largest group first; and how many more there are. Topics are for owners."""
    groups: dict[Why, list[str]] = defaultdict(list)
    for one in board.floor.waiting:
        if one.attendee in board.why:
            why = board.why[one.attendee]
            groups[why if topics else Why(kind=why.kind)].append(one.attendee)
    found = [
        {
            **why_for_the_crew(why, board.floor.conference, topics=topics),
            "people": sorted(((name, short(name, board)) for name in names), key=lambda one: fold(one[1])),
        }
        for why, names in groups.items()
    ]
    return sorted(found, key=lambda group: -len(group["people"])), len(board.floor.waiting) - len(board.why)


def coming(board: LiveBoard, called: Callable[[str], str]) -> list[dict[str, Any]]:
    """What a public screen shows: when, where, and what the two are `called`, in the order of the alphabet, so that nobody
    reads from it who asks and who gives. Only meetings that both said yes to, of people who consented; whoever sits at
    her table is not looked for."""
    floor = board.floor
    found = []
    for one in floor.slots:
        near = one.when != "over" and one.slot.starts_at <= floor.now + AHEAD
        for item, state in zip(one.meetings, one.states, strict=True) if near else ():
            pair = (item.mentor, item.mentee)
            if item.status == "accepted" and state != "there" and board.consented.issuperset(pair):
                found.append(
                    {
                        "starts": local_time(floor.conference, item.place.starts_at),
                        "where": where(item, floor.conference),
                        "who": sorted(map(called, pair), key=fold),
                        "now": one.when == "now",
                    }
                )
    return found
