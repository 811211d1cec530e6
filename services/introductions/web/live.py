"""Pages that look again by themselves: whether anything is new is answered from what this process last showed and one mark,
by Redis alone where there is one, else by one small query. Renders nothing itself."""

from __future__ import annotations

import hashlib
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Response, current_app, request

from services.introductions import queries
from services.introductions.domain import Introduction
from services.introductions.domain.floor import board_of
from shared.links import hash_of
from shared.runtime import Runtime
from shared.web import current_runtime, languages, reading

LONGEST = timedelta(seconds=60)
"""Nothing is called unchanged for longer without looking: why somebody has no meeting yet has to do with others' plans,
which are in no mark."""
LONGEST_ALONE = timedelta(minutes=10)
"""The same of what is about nobody but her and whom she meets."""
MOST = 50_000
"""Pages that are remembered; a page that is not is made anew."""
SOON = timedelta(minutes=20)
DAY = "day"
"""The page whose address alone says what it shows: neither who is logged in nor a browser's languages."""
OFTEN, SELDOM = 5, 15
"""Seconds between two looks, around a meeting and else."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """The living part of a page: its HTML, about whom it is, until when nothing but an event can change it, how often to
    look."""

    html: str
    attendee: str
    """Empty where it is about everybody of the conference."""
    conference: str
    mark: str
    """Read before the part was made: what changed meanwhile has another one. Empty where nobody looks again."""
    until: datetime
    every: int
    alone: bool = False
    """Whether nothing of others is in it than what changes the mark."""


@dataclass(frozen=True)
class _Seen:
    attendee: str
    conference: str
    mark: str
    etag: str
    until: datetime
    every: int


class Lives:
    """What this process last showed, by page."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._seen: OrderedDict[str, _Seen] = OrderedDict()
        self._lock = threading.Lock()

    def every_if_still(self, key: str, etag: str) -> int | None:
        """How often to look, where marks alone tell that a page still shows what it did when its answer had this ETag."""
        seen = self._seen.get(key)
        if seen is None or f'"{seen.etag}"' != etag or self._runtime.now() >= seen.until:
            return None
        return seen.every if kept_mark(self._runtime, seen.attendee, seen.conference) == seen.mark else None

    def answer(self, page: str, token: str, make: Callable[[], Part]) -> Response:
        """304 where nothing is new since the ETag that was sent, else the part, made by `make`."""
        key = f"{page}|{languages.asked_for() or ''}|{hash_of(token)}"
        if page == DAY and request.url_rule is not None:
            request.environ["rapport.live"] = key, request.url_rule.rule
        seen = self._seen.get(key)
        if seen is None or not self._is_still_so(seen):
            part = make()
            until = min(part.until, self._runtime.now() + (LONGEST_ALONE if part.alone else LONGEST) * _share(key))
            etag = etag_of(part)
            seen = self._keep(key, _Seen(part.attendee, part.conference, part.mark, etag, until, part.every))
            if etag not in request.if_none_match:
                return _with(Response(part.html, content_type="text/html; charset=utf-8"), seen)
        elif seen.etag not in request.if_none_match:
            return _with(Response(make().html, content_type="text/html; charset=utf-8"), seen)
        return _with(Response(status=304), seen)

    def _keep(self, key: str, seen: _Seen) -> _Seen:
        with self._lock:
            self._seen[key] = seen
            self._seen.move_to_end(key)
            while len(self._seen) > MOST:
                self._seen.popitem(last=False)
        return seen

    def _is_still_so(self, seen: _Seen) -> bool:
        return self._runtime.now() < seen.until and mark(seen.attendee, seen.conference) == seen.mark


def _share(key: str) -> float:
    """Between a half and one, for each page another: pages that were first looked at together, as after a keynote, are not
    all made anew together ever after."""
    return 0.5 + zlib.crc32(key.encode()) / 2**33


def mark(attendee: str, conference: str) -> str:
    """Changes whenever something about her, her meetings or her conference does; without her, whenever anything does that
    is shown of the conference."""
    kept = kept_mark(current_runtime(), attendee, conference)
    if kept is not None:
        return kept
    with reading() as connection:
        if not attendee:
            return queries.mark_of_board(connection, conference)
        return queries.mark_of(connection, attendee, conference)


def kept_mark(runtime: Runtime, attendee: str, conference: str) -> str | None:
    """The same, without asking a database; None where nobody keeps marks, or does not answer."""
    names = (attendee, conference) if attendee else (board_of(conference),)
    return None if runtime.marks is None else runtime.marks.marks(names, runtime.new_id())


def etag_of(part: Part) -> str:
    """What tells one state of the part from another."""
    return hashlib.sha256(part.html.encode()).hexdigest()[:20]


def answer(page: str, token: str, make: Callable[[], Part]) -> Response:
    """What a page that looks again gets."""
    lives: Lives | None = current_app.extensions.get("rapport_lives")
    if lives is None:
        lives = current_app.extensions.setdefault("rapport_lives", Lives(current_runtime()))
    return lives.answer(page, token, make)


def _with(response: Response, seen: _Seen) -> Response:
    response.set_etag(seen.etag)
    response.headers["X-Every"] = str(seen.every)
    return response


def next_change(meetings: Iterable[Introduction], now: datetime, *others: datetime | None) -> datetime:
    """When time alone changes what is shown of these meetings, or one of the `others` has come."""
    found = [moment for moment in others if moment is not None]
    for item in meetings:
        starts, ends = item.place.starts_at, item.place.ends_at
        found += [starts - timedelta(minutes=minutes) for minutes in (20, 10, 5)]
        found += [starts, ends, item.hold_until, *item.late.values()]
        found += [item.alone_until] if item.alone_until else []
    return min((moment for moment in found if moment > now), default=now + LONGEST_ALONE)


def how_often(meetings: Iterable[Introduction], now: datetime) -> int:
    """Seconds between two looks: fewer from twenty minutes before a meeting to its end."""
    near = any(item.place.starts_at - SOON <= now < item.place.ends_at for item in meetings)
    return OFTEN if near else SELDOM


def attributes(part: Part) -> dict[str, Any]:
    """What the page itself says of its living part."""
    return {"etag": etag_of(part), "every": part.every}
