"""Announcements of an organizer on the day: one button each, done once however often it is sent; everybody else follows the
conference's new state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.registration.domain import announcing
from services.registration.handlers.conferences import save
from shared import announced, conferences
from shared.access import Actor
from shared.contracts import ConferencePublished
from shared.contracts.conference import Delay
from shared.i18n import noted as N_
from shared.work import Work


def announce(slug: str, said: Mapping[str, Any], actor: Actor, work: Work) -> ConferencePublished:
    """What one of the buttons says; the conference as it then is (the very same where it was so already). Raises
    NotFound, ChangedMeanwhile, and what the announcement itself may not be."""
    before = conferences.by_slug(work.connection, actor.scope, slug, locked=True)
    if said["do"] == "delay":
        return _delay(before, Delay(from_slot=said["from_slot"], minutes=said["minutes"]), said["seen"], actor, work)
    if said["do"] == "moved":
        return _elsewhere(before, said, actor, work)
    if said["do"] == "say":
        text = said.get("text") or ""
        action = N_("notice for everybody") if text else N_("notice taken down")
        return _keep(before, announcing.say(before, text, work.now), action, actor, work)
    if said["do"] == "stop":
        return _keep(before, announcing.stop_mails(before), N_("mails stopped"), actor, work)
    drop = said["do"] == "drop"
    action = N_("mails started again, what waited was dropped") if drop else N_("mails started again")
    return _keep(before, announcing.start_mails(before, work.now, drop=drop), action, actor, work)


def _delay(before: ConferencePublished, wanted: Delay, seen: int, actor: Actor, work: Work) -> ConferencePublished:
    if before.version != seen:
        if before.delays[-1:] == (wanted,):
            return before  # sent twice, or by two at once
        raise announcing.ChangedMeanwhile
    made = announcing.delay(before, wanted, work.now)
    action = N_("delay announced") if wanted.minutes > 0 else N_("delay taken back")
    return _keep(before, made, action, actor, work, slot=wanted.from_slot, minutes=wanted.minutes)


def _elsewhere(before: ConferencePublished, said: Mapping[str, Any], actor: Actor, work: Work) -> ConferencePublished:
    place = said["point"], said["name"], said.get("landmark") or ""
    if announced.elsewhere(before, *place) == before and said["point"] in {p.code for p in before.meeting_points}:
        return before
    if before.version != said["seen"]:
        raise announcing.ChangedMeanwhile
    return _keep(before, announcing.elsewhere(before, *place), N_("meeting point moved"), actor, work, point=place[0])


def _keep(
    before: ConferencePublished, made: ConferencePublished, action: str, actor: Actor, work: Work, **details: Any
) -> ConferencePublished:
    if made is not before:
        save(made, action, actor, work, **details)
        work.touched.add(made.conference)
    return made
