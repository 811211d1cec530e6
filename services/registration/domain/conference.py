"""A conference from what an organizer drafts: its slots, codes of topics and meeting points, and what cannot be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shared.announced import moved_along
from shared.contracts import ConferencePublished
from shared.contracts.conference import Block, Day, MeetingPoint, Policy, Slot, Topic
from shared.errors import Invalid
from shared.i18n import gettext as _

MOST_SLOTS = 400


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What an organizer wrote, already in the right types."""

    slug: str
    name: str
    timezone: str
    days: Sequence[Day]
    slot_minutes: int
    change_minutes: int
    meeting_points: Sequence[Mapping[str, Any]]
    topics: Sequence[str]
    policy: Policy


def publish(
    draft: Draft, *, conference: str, account: str, before: ConferencePublished | None
) -> tuple[ConferencePublished, bool]:
    """(the conference, whether anything changed); what was announced on the day stays. Raises Invalid naming the field."""
    slots = slots_of(draft.days, draft.slot_minutes, draft.change_minutes, ZoneInfo(draft.timezone))
    delays = before.delays if before else ()
    made = ConferencePublished(
        conference=conference,
        version=before.version if before else 1,
        account=account,
        slug=draft.slug,
        name=draft.name,
        timezone=draft.timezone,
        days=tuple(sorted(draft.days, key=lambda day: day.date)),
        slot_minutes=draft.slot_minutes,
        change_minutes=draft.change_minutes,
        slots=moved_along(slots, delays),
        meeting_points=_points(draft.meeting_points, before.meeting_points if before else ()),
        topics=topics_of(draft.topics, before.topics if before else ()),
        policy=draft.policy,
        delays=delays,
        mails_stopped=before is not None and before.mails_stopped,
        mails_dropped_until=before.mails_dropped_until if before else None,
        notice=before.notice if before else "",
        notice_on=before.notice_on if before else None,
    )
    if before is None:
        return made, True
    if made == before:
        return before, False
    return ConferencePublished(**{**vars(made), "version": before.version + 1}), True


def slots_of(days: Sequence[Day], slot_minutes: int, change_minutes: int, zone: ZoneInfo) -> tuple[Slot, ...]:
    """All slots: as many as fit into each block, with the change in between. Raises Invalid."""
    if len({day.date for day in days}) != len(days):
        raise Invalid({"days": [_("The same day stands here twice.")]})
    found: dict[str, Slot] = {}
    for day in sorted(days, key=lambda day: day.date):
        last = ""
        for block in sorted(day.blocks, key=lambda block: block.start):
            if block.end <= block.start:
                raise Invalid({"days": [_("A block ends before it starts.")]})
            if block.start < last:
                raise Invalid({"days": [_("Two blocks of a day overlap.")]})
            last = block.end
            found.update(
                (slot.id, slot) for slot in _slots_of_block(day.date, block, slot_minutes, change_minutes, zone)
            )
    if not found:
        raise Invalid({"days": [_("No slot fits into these blocks. Make a block longer or a slot shorter.")]})
    if len(found) > MOST_SLOTS:
        raise Invalid({"days": [_("That makes more than 400 slots. Please use fewer or longer ones.")]})
    return tuple(found.values())


def _slots_of_block(day: date, block: Block, minutes: int, change: int, zone: ZoneInfo) -> list[Slot]:
    start, end = (datetime.combine(day, datetime.strptime(text, "%H:%M").time()) for text in (block.start, block.end))  # noqa: DTZ007
    slots = []
    while start + timedelta(minutes=minutes) <= end:
        begins = start.replace(tzinfo=zone).astimezone(UTC)
        if begins.astimezone(zone).replace(tzinfo=None) == start:  # a local time that the clocks skip does not exist
            slots.append(Slot(id=f"{start:%Y%m%d-%H%M}", starts_at=begins, ends_at=begins + timedelta(minutes=minutes)))
        start += timedelta(minutes=minutes + change)
    return slots


def topics_of(labels: Sequence[str], before: Sequence[Topic] = ()) -> tuple[Topic, ...]:
    """Topics with codes; a label keeps the code it had. `label | group` puts a topic into a group."""
    known = {topic.label.casefold(): topic.code for topic in before}
    used = set(known.values())
    found: dict[str, Topic] = {}
    for line in labels:
        label, group = (part.strip() for part in (*line.split("|", 1), "")[:2])
        if not label or label.casefold() in found:
            continue
        code = known.get(label.casefold()) or _fresh(_code(label) or "topic", used)
        used.add(code)
        found[label.casefold()] = Topic(code=code, label=label, group=group)
    return tuple(found.values())


def topic_line(topic: Topic) -> str:
    """A topic as an organizer writes it."""
    return f"{topic.label} | {topic.group}" if topic.group else topic.label


def _code(label: str) -> str:
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40]


def _fresh(code: str, used: set[str]) -> str:
    number, candidate = 1, code
    while candidate in used:
        number += 1
        candidate = f"{code}-{number}"
    return candidate


def _points(points: Sequence[Mapping[str, Any]], before: Sequence[MeetingPoint] = ()) -> tuple[MeetingPoint, ...]:
    """Meeting points with codes; a name keeps the code it had, also where it was given on the day."""
    known = {point.name.casefold(): point.code for point in before}
    used = set(known.values())
    found = []
    for point in points:
        code = known.pop(point["name"].casefold(), None) or _fresh(_code(point["name"]) or "point", used)
        used.add(code)
        found.append(
            MeetingPoint(
                code=code,
                name=point["name"],
                landmark=point.get("landmark") or "",
                tables=point["tables"],
                step_free=point.get("step_free", True),
                quiet=point.get("quiet", False),
                walk_minutes=point.get("walk_minutes", 0),
            )
        )
    return tuple(found)
