"""Events about a conference: its frame in time and space, its topics and its rules. Holds nothing personal."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

from shared.contracts.event import Event


@dataclass(frozen=True, kw_only=True)
class Block:
    """A stretch of a day in which people can meet, local time `HH:MM`."""

    start: str
    end: str


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day of the conference with the blocks in which people can meet."""

    date: date
    blocks: tuple[Block, ...]


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A time at which people can meet; its id is the local start, such as `20261123-1420`."""

    id: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class MeetingPoint:
    """A place with numbered tables and a landmark that a stranger finds."""

    code: str
    name: str
    landmark: str
    tables: int
    step_free: bool = True
    """Whether one gets there without a step."""
    quiet: bool = False
    walk_minutes: int = 0
    """From the middle of the venue; from one point to another it takes the sum of both, within one point nothing."""


@dataclass(frozen=True, kw_only=True)
class Delay:
    """From a slot on, everything that day starts this many minutes later. Slots keep their ids."""

    from_slot: str
    minutes: int


@dataclass(frozen=True, kw_only=True)
class Topic:
    """What people ask about and offer: a code for decisions, a label for people."""

    code: str
    label: str
    group: str = ""
    """Topics of one group are close to each other; empty = it is close to none."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The rules of one conference; each default is the one of the product (docs/operations.md says why)."""

    approve_mentors: bool = True
    """Mentors are proposed only after an organizer approved them."""
    introductions_per_mentee: int = 2
    introductions_at_most: int = 3
    mentor_meetings_per_half_day: int = 2
    """Load of a mentor who did not say how many."""
    mentor_slots_in_a_row: int = 3
    mentor_proposals_beyond_slots: int = 2
    """A mentor gets at most as many proposals a day as she has slots, plus this."""
    hold_evening_before: str = "18:00"
    """Before the day a proposal is held until this local time of the evening before."""
    hold_minutes_after_break: int = 5
    hold_ends_minutes_before_slot: int = 15
    propose_minutes_before_slot: int = 10
    """Nothing is proposed later than this before its slot."""
    points_common_topics: int = 600
    """What speaks for a pair, in points; together they count up to 1,000."""
    points_goals_helped: int = 150
    points_years_between: int = 150
    points_own_language: int = 50
    points_asked_for: int = 250
    points_referred: int = 120
    points_first_timer: int = 20
    points_likes_newcomers: int = 50
    points_for_another: int = 150
    """What a second introduction must be worth; a third twice as much."""
    exploration_percent: int = 0
    """Of second introductions, how many are drawn at random among those who fit; 0 = none, 50 = at most."""
    mails_per_day: int = 6
    evening_mail_at: str = "20:00"
    continue_hours: int = 72
    """How long "stay in touch?" stays open, counted from the evening mail."""
    follow_up_days: tuple[int, ...] = (7, 30, 91)
    """When a pair is asked after the day it met: week, month, quarter."""
    silences_end: int = 2
    small_cells_under: int = 5
    adults_only: bool = False
    concern_contact: str = ""
    """Who takes concerns: a name and how to reach it, shown on pages and mails."""


@dataclass(frozen=True, kw_only=True)
class ConferencePublished(Event):
    """An organizer created or changed a conference: its full state, the newest version counts."""

    TYPE = "conference.published"
    VERSION = 3
    TOPIC = "rapport.conferences"
    SUBJECT = "conference"

    conference: str
    version: int
    account: str
    slug: str
    name: str
    timezone: str
    days: tuple[Day, ...]
    slot_minutes: int
    change_minutes: int
    slots: tuple[Slot, ...]
    meeting_points: tuple[MeetingPoint, ...]
    topics: tuple[Topic, ...]
    policy: Policy = field(default_factory=Policy)
    delays: tuple[Delay, ...] = ()
    """What was announced on the day, oldest first; `slots` have it in them already."""
    mails_stopped: bool = False
    """While it is set, no mail about this conference leaves any service."""
    mails_dropped_until: datetime | None = None
    """What was due by then and had not left is not sent any more: an organizer dropped it when she let mails go again."""
    notice: str = ""
    """What organizers say to everybody who is there, on the local day `notice_on`."""
    notice_on: date | None = None

    @classmethod
    def upcast(cls, data: dict[str, Any], version: int) -> dict[str, Any]:
        """Version 1 knew no groups of topics, no points and no exploration; version 2 nothing of ways to a table, of
        delays and of stopped mails. They have their defaults."""
        if version < 2:
            new = ("points_", "exploration_")
            rules = {rule.name: rule.default for rule in fields(Policy) if rule.name.startswith(new)}
            topics = [{"group": "", **topic} for topic in data["topics"]]
            data = {**data, "topics": topics, "policy": {**rules, **data.get("policy", {})}}
        if version < cls.VERSION:
            ways = {"step_free": True, "quiet": False, "walk_minutes": 0}
            points = [{**ways, **point} for point in data["meeting_points"]]
            fresh = {"delays": [], "mails_stopped": False, "mails_dropped_until": None, "notice": "", "notice_on": None}
            data = {**fresh, **data, "meeting_points": points}
        return data
