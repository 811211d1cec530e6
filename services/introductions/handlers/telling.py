"""What follows whenever an introduction changes: it is saved and published, both hear of it, a new plan is wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from services.introductions import store
from services.introductions.domain import Introduction
from services.introductions.domain.introduction import Side
from shared import attendees
from shared.contracts import Event
from shared.links import To
from shared.mail.queue import may_have_left
from shared.work import Work

BOTH: tuple[Side, Side] = ("mentor", "mentee")
TOLD = ("proposed", "moved", "rescue")
"""Mails by which somebody first hears of a meeting, or of its time."""
REMIND = timedelta(minutes=10)
INTRODUCTIONS: Final = "introductions"
REMINDERS: Final = "reminders"
"""The classes of mails that somebody can stop, each alone."""


def keep(before: Introduction, after: Introduction, event: Event | None, work: Work) -> None:
    """Save and publish; where something happened, the conference is planned anew."""
    store.save(before, after, work)
    work.publish(event)
    if event is not None:
        store.mark_dirty(after.conference, work)


def call_off(before: Introduction, after: Introduction, event: Event | None, work: Work, sides: Sequence[Side]) -> None:
    """It will not take place: as `keep`, and these sides hear of it; whoever called it off herself, too, where her calendar
    would not know otherwise."""
    keep(before, after, event, work)
    if event is not None:
        sides = [side for side in BOTH if side in sides or _has_an_earlier_time(after, side, work)]
        mail("cancelled", after, work, sides, agreed=before.status == "accepted")


def _has_an_earlier_time(introduction: Introduction, side: Side, work: Work) -> bool:
    """Whether it moved, and no mail about that has left yet: what she has in her calendar is the earlier time, and she may
    not look at its page again."""
    if introduction.link_version == 1 or introduction.cause == "withdrawn":
        return False
    attendee = introduction.on(side)
    person = attendees.people(work.connection, [attendee]).get(attendee)
    told = () if person is None else may_have_left(work.connection, person, TOLD)
    links = [args["links"] for args in told if args["introduction"] == introduction.id]
    return bool(links) and max(links) < introduction.link_version


def mail(
    kind: str,
    introduction: Introduction,
    work: Work,
    sides: Sequence[Side] = BOTH,
    due_at: datetime | None = None,
    people: Mapping[str, str] | None = None,
    agreed: bool = False,
    **more: str,
) -> None:
    """One mail to each of these sides, once for this state of the calendar. `people`: the two by attendee, where known.
    `agreed`: both had agreed on the meeting that is off or moves, so they hear of it however many mails they got. `more`:
    codes that the mail is made with."""
    if people is None:
        people = attendees.people(work.connection, (introduction.mentor, introduction.mentee))
    for attendee in map(introduction.on, sides):
        if attendee in people:
            work.mail(
                kind,
                people[attendee],
                f"{introduction.id}|{attendee}|{introduction.sequence}",
                conference=introduction.conference,
                due_at=due_at,
                introduction=introduction.id,
                attendee=attendee,
                links=introduction.link_version,
                sequence=introduction.sequence,
                **more,
                **({"agreed": True} if agreed else {}),
            )


def forget_reminder(introduction: Introduction, work: Work) -> None:
    """The reminder that waits for the time as it was is not wanted any more."""
    sides = (introduction.mentor, introduction.mentee)
    keys = tuple(f"reminder|{introduction.id}|{attendee}|{introduction.sequence}" for attendee in sides)
    work.drop_mails(business_keys=keys)


def remind(introduction: Introduction, work: Work) -> None:
    """A last word before an accepted meeting, where there is time for one."""
    due_at = introduction.place.starts_at - REMIND
    if due_at > work.now:
        mail("reminder", introduction, work, due_at=due_at)


def ask(
    kind: str,
    introduction: Introduction,
    work: Work,
    sides: Sequence[Side] = BOTH,
    *,
    agreed: bool = False,
    people: Mapping[str, str] | None = None,
) -> None:
    """Both (or these sides) get a mail. The links in it are known from now on, so that sending it writes none, and whoever
    withdraws meanwhile ends them; those of an earlier time show how it now is. `people`: at least the two by attendee,
    where known."""
    sought = introduction.mentor, introduction.mentee
    known = attendees.people(work.connection, sought) if people is None else people
    people = {attendee: known[attendee] for attendee in sought if attendee in known}
    work.issue(*(link for attendee, person in people.items() for link in links(introduction, attendee, person)))
    mail(kind, introduction, work, sides, people=people, agreed=agreed)


def links(introduction: Introduction, attendee: str, person: str, stops: str = "stop-meetings") -> tuple[To, To, To]:
    """The links in a mail about it: to answer, to her day, to stop mails of its class."""
    return (
        To("intro", introduction.id, person, introduction.link_version),
        To("day", attendee, person),
        To(stops, attendee, person),
    )
