"""What was announced on the day, done to one meeting: it moves along, both hear of it once, what is due follows."""

from __future__ import annotations

from services.introductions import store
from services.introductions.domain import Introduction, Place, following
from services.introductions.handlers import telling
from shared.contracts import ConferencePublished
from shared.work import Work


def follow(
    introduction: Introduction,
    place: Place,
    before: ConferencePublished | None,
    after: ConferencePublished,
    work: Work,
) -> None:
    """To its place as the conference now has it; nothing happens where that is as it was."""
    news = following.news_of(introduction, place, before, after)
    if news is None:
        return
    moved, events = following.go_along(introduction, place, work.now)
    store.save(introduction, moved, work)
    for event in events:
        work.publish(event)
    telling.forget_reminder(introduction, work)
    telling.mail("announced", moved, work, agreed=moved.status == "accepted", news=news)
    if moved.status == "accepted":
        telling.remind(moved, work)
