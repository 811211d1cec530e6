"""Pairs that an owner wants to meet or keeps apart, and the dry run: whom it would affect if a slot, a table or a person
were not there. A dry run changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Blueprint, request
from sqlalchemy import Connection

from services.introductions import store
from services.introductions.domain import OPEN, Introduction
from services.introductions.forms import PairForm, PairsForm
from services.introductions.handlers import drafting
from services.introductions.web.named import Names, names_of_all
from services.introductions.web.words import place_in_words, time_in_words
from shared import address_book, attendees, conferences
from shared.contracts import ConferencePublished
from shared.errors import Invalid
from shared.i18n import gettext as _
from shared.text import fold
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.input import form_data
from shared.web.who import actor, may

pages = Blueprint("introductions_pairs", "services.introductions", template_folder="templates")
MOST_LINES = 2000
Pair = tuple[str, str]


@pages.get("/plan/<slug>/pairs")
@may("owner")
def many(slug: str) -> Any:
    """A form for many pairs at once."""
    return _form(slug)


@pages.post("/plan/<slug>/pairs")
@may("owner")
def want_many(slug: str) -> Any:
    """All of them must meet; a line that is wrong is named, and then nothing changes."""
    said, errors, typed = form_data(PairsForm())
    if said is None:
        return _form(slug, errors, typed.get("lines", ""), 422)
    try:
        with unit_of_work() as work:
            conference = conferences.by_slug(work.connection, actor().scope, slug)
            drafting.want_pairs(conference, _read(said["lines"], conference, work.connection), "pin", actor(), work)
    except Invalid as wrong:
        return _form(slug, wrong.errors, typed.get("lines", ""), 422)
    return see_other(f"/plan/{slug}/draft")


def _form(slug: str, errors: Mapping[str, Any] | None = None, lines: str = "", status: int = 200) -> Any:
    with reading() as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
    return render("introductions/pairs.html", status, conference=conference, errors=errors or {}, lines=lines)


def _read(text: str, conference: ConferencePublished, connection: Connection) -> list[Pair]:
    """(mentor, mentee) of each line. Raises Invalid with every line that is wrong."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        raise Invalid({"lines": [_("Please give at most 2,000 lines at once.")]})
    parts = [line.replace(";", ",").replace("\t", ",").split(",") for line in lines]
    addresses = {word.strip() for words in parts for word in words}
    people = address_book.by_addresses(connection, conference.account, addresses)
    states = attendees.states(connection, conference.conference)
    here = {state["person"]: state for state in states if state["status"] != "withdrawn"}
    found, wrong = [], []
    for number, words in enumerate(parts, start=1):
        known = [here.get(people.get(word.strip().casefold(), "")) for word in words]
        sentence = _wrong_with(words, known)
        if sentence:
            wrong.append(_("Line {number}: {what}").replace("{number}", str(number)).replace("{what}", sentence))
        else:
            found.append((str(known[0]["attendee"]), str(known[1]["attendee"])))  # type: ignore[index]
    if wrong:
        raise Invalid({"lines": wrong})
    return found


def _wrong_with(words: Sequence[str], known: Sequence[attendees.State | None]) -> str:
    if len(words) != 2:
        return _("please write the mentor's address, a comma, and the mentee's address.")
    for word, state in zip(words, known, strict=True):
        if state is None:
            return _("nobody with the address {address} takes part.").replace("{address}", word.strip()[:80])
    mentor, mentee = known
    if mentor is mentee:
        return _("that is one and the same person.")
    if mentor is None or mentor["role"] == "mentee":
        return _("{address} is no mentor.").replace("{address}", words[0].strip()[:80])
    if mentee is None or mentee["role"] == "mentor":
        return _("{address} is no mentee.").replace("{address}", words[1].strip()[:80])
    return ""


@pages.post("/plan/<slug>/pair")
@may("owner")
def want(slug: str) -> Any:
    """One pair: they must meet, are kept apart, or neither."""
    said, _errors, _typed = form_data(PairForm())
    with unit_of_work() as work:
        conference = conferences.by_slug(work.connection, actor().scope, slug)
        if said is not None and said["mentor"] != said["mentee"]:
            pair = said["mentor"], said["mentee"]
            known = attendees.people(work.connection, pair)
            if len(known) == len(pair) and _are_of(conference, pair, work.connection):
                drafting.want_pairs(conference, [pair], said["kind"], actor(), work)
    return see_other(f"/plan/{slug}/draft")


def _are_of(conference: ConferencePublished, pair: Pair, connection: Connection) -> bool:
    return all(
        state is not None and state.conference == conference.conference
        for state in (attendees.one(connection, name) for name in pair)
    )


@pages.get("/plan/<slug>/what-if")
@may("owner")
def what_if(slug: str) -> Any:
    """Who would be affected."""
    now = current_runtime().now()
    slot, point, person = (request.args.get(name, "")[:80] for name in ("slot", "point", "person"))
    with reading() as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
        names = names_of_all(connection, conference)
        introductions = [item for _number, item in store.of_conference(connection, conference)]
        current = store.draft(connection, conference.conference)
    still = [item for item in introductions if item.status in OPEN and item.place.starts_at > now]
    chosen = _chosen(slot, point, person, conference, names)
    return render(
        "introductions/what_if.html",
        conference=conference,
        slots=[(one.id, time_in_words(one.id, conference)) for one in conference.slots if one.starts_at > now],
        points=[(one.code, f"{one.name} ({one.tables})") for one in conference.meeting_points],
        slot=slot,
        point=point,
        person=person,
        asked=chosen is not None,
        affected=[] if chosen is None else list(_affected(still, chosen, conference, names)),
        drafted=0 if chosen is None else _drafted(current, chosen),
    )


class _Gone:
    """What would not be there."""

    def __init__(self, slot: str, table: tuple[str, int] | None, people: frozenset[str] | None) -> None:
        self.slot, self.table, self.people = slot, table, people

    def hits(self, mentor: str, mentee: str, slot: str, place: tuple[str, int]) -> bool:
        """Whether a meeting needs it."""
        if self.people is not None:
            return not self.people.isdisjoint((mentor, mentee))
        return (not self.slot or slot == self.slot) and (self.table is None or place == self.table)


def _chosen(slot: str, point: str, person: str, conference: ConferencePublished, names: Names) -> _Gone | None:
    """None where nothing was chosen; a person by (a part of) her name, a table as the last one of its meeting point."""
    if person.strip():
        wanted = fold(person).split()
        return _Gone(
            "", None, frozenset(one for one, name in names.items() if all(word in fold(name) for word in wanted))
        )
    tables = {one.code: one.tables for one in conference.meeting_points}
    table = (point, tables[point]) if point in tables else None
    return _Gone(slot, table, None) if slot or table else None


def _affected(
    introductions: Sequence[Introduction], gone: _Gone, conference: ConferencePublished, names: Names
) -> Iterator[dict[str, str]]:
    words = {"proposed": _("asked"), "accepted": _("both said yes")}
    for item in sorted(introductions, key=lambda item: (item.place.starts_at, item.place.table)):
        place = item.place
        if gone.hits(item.mentor, item.mentee, place.slot, (place.meeting_point, place.table)):
            yield {
                "time": time_in_words(place.slot, conference),
                "where": place_in_words(place.meeting_point, place.table, conference),
                "mentor": names.get(item.mentor) or _("a participant"),
                "mentee": names.get(item.mentee) or _("a participant"),
                "state": words[item.status],
            }


def _drafted(current: store.Draft | None, gone: _Gone) -> int:
    """How many meetings of the draft would not be possible as they are."""
    if current is None:
        return 0
    return sum(
        gone.hits(item.mentor, item.mentee, item.slot, (item.meeting_point, item.table))
        for item in drafting.meetings_of(current)
    )
