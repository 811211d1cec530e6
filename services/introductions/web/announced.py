"""What an announcement would do, before anybody makes it: whom it concerns, what they would read, and the one button, which
goes to registration. Nothing changes by looking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import Blueprint, request
from marshmallow import ValidationError
from sqlalchemy import Connection

from services.introductions import emails, store
from services.introductions.domain import OPEN, Introduction, following
from services.introductions.forms import PreviewForm
from services.introductions.handlers import mailing
from shared import announced, conferences
from shared.address_book import Person
from shared.contracts import ConferencePublished
from shared.contracts.conference import Delay, MeetingPoint, Slot
from shared.days import local_day, local_time, slot_day
from shared.i18n import current_locale
from shared.i18n import gettext as _
from shared.mail.message import Mail
from shared.web import current_runtime, reading, render
from shared.web.input import sentences
from shared.web.who import actor, may

pages = Blueprint("introductions_announced", "services.introductions", template_folder="templates")


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What would come of it: how many meetings and people it concerns, and the mail that one of them would get."""

    meetings: int
    people: int
    mail: Mail | None


@pages.get("/plan/<slug>/announce")
@may("owner")
def preview(slug: str) -> Any:
    """A delay, a place that moved, or no mails: filled in, and looked at."""
    now = current_runtime().now()
    said, errors = _asked()
    with reading() as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
        ahead = [item for _number, item in store.of_conference(connection, conference)]
        ahead = [item for item in ahead if item.status in OPEN and item.place.starts_at > now]
        after = None if errors else _after(conference, said)
        seen = None if after is None else _seen(ahead, conference, after, said["do"], connection, now)
    return render(
        "introductions/announce.html",
        422 if errors else 200,
        conference=conference,
        do=said.get("do", "delay"),
        said=said,
        typed={**_first(conference, said, now), **request.args.to_dict()},
        errors=errors,
        seen=seen,
        slots=[(one.id, local_time(conference, one.starts_at)) for one in _today(conference, now)],
        point=_point(conference, said),
    )


def _asked() -> tuple[dict[str, Any], dict[str, list[str]]]:
    """What the form says; no complaint about a form that was only just opened."""
    try:
        said: dict[str, Any] = PreviewForm().load(request.args.to_dict())
    except ValidationError as error:
        kind = request.args.get("do")
        return {"do": kind if kind in ("moved", "stop") else "delay"}, sentences(error)
    return said, {}


def _today(conference: ConferencePublished, now: datetime) -> Sequence[Slot]:
    today = local_day(conference, now)
    return [slot for slot in conference.slots if slot_day(slot.id) == today and slot.starts_at > now]


def _first(conference: ConferencePublished, said: Mapping[str, Any], now: datetime) -> dict[str, str]:
    """What the form has before anybody wrote anything: twenty minutes from the next time on; a point as it is."""
    coming = next((slot.id for slot in _today(conference, now)), "")
    point = _point(conference, said)
    where = {} if point is None else {"name": point.name, "landmark": point.landmark}
    return {"minutes": "20", "from_slot": coming, **where}


def _point(conference: ConferencePublished, said: Mapping[str, Any]) -> MeetingPoint | None:
    """Which one it is about; the only one where there is one."""
    points = conference.meeting_points
    return points[0] if len(points) == 1 else next((p for p in points if p.code == said.get("point")), None)


def _after(conference: ConferencePublished, said: Mapping[str, Any]) -> ConferencePublished | None:
    """The conference as it then is; None where the form is not filled in, or says what is so already."""
    if said["do"] == "stop":
        return conference
    if said["do"] == "delay" and said.get("minutes") and said.get("from_slot"):
        return announced.delayed(conference, Delay(from_slot=said["from_slot"], minutes=said["minutes"]))
    point = _point(conference, said)
    if said["do"] == "moved" and point is not None and said.get("name"):
        made = announced.elsewhere(conference, point.code, said["name"], said.get("landmark") or "")
        return None if made == conference else made
    return None


def _seen(
    ahead: Sequence[Introduction],
    conference: ConferencePublished,
    after: ConferencePublished,
    kind: str,
    connection: Connection,
    now: datetime,
) -> Seen:
    moved = [(item, following.place_in(item.place, conference, after)) for item in ahead]
    found = [
        (item, place, following.news_of(item, place, conference, after)) for item, place in moved if place is not None
    ]
    concerned = [one for one in found if kind == "stop" or one[2] is not None]
    mails = (
        _mail(following.go_along(item, place, now)[0], after, news, connection, now)
        for item, place, news in concerned
        if news is not None
    )
    people = {name for item, _place, _news in concerned for name in (item.mentor, item.mentee)}
    return Seen(meetings=len(concerned), people=len(people), mail=next(mails, None))


def _mail(item: Introduction, after: ConferencePublished, news: str, connection: Connection, now: datetime) -> Mail:
    """What the mentee of the first of them would get, in the language of whoever looks; links lead nowhere."""
    nobody = Person(person="", name=_("a participant"), email="somebody@example.org", locale=current_locale())
    about = mailing.about(item, after, item.mentee, connection, now)
    to = emails.To(
        person=nobody,
        url="…",
        day_url="…",
        stop_url="…",
        concern_url="…",
        base_url=current_runtime().settings.base_url,
    )
    return emails.announced([(replace(about, goal=None), to)], {item.id: news}, last=False)
