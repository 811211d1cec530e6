"""No more mails of a class, at once, and back again. Which mail belongs to which class is said here."""

from __future__ import annotations

from services.introductions import store
from services.introductions.handlers import answering
from services.introductions.handlers.telling import INTRODUCTIONS, REMINDERS
from shared.work import Work

PURPOSES = {"stop-meetings": INTRODUCTIONS, "stop-reminders": REMINDERS}
"""Purpose of the link in a mail -> the class of mails that it stops."""


def stop(kind: str, attendee: str, conference: str, work: Work) -> None:
    """No mail of this class leaves any more, those that wait included. Without mails about introductions nobody is
    introduced: she would not hear of it."""
    store.stop_mails(attendee, kind, work)
    if kind == INTRODUCTIONS:
        answering.pause(attendee, conference, work)


def allow(kind: str, attendee: str, conference: str, work: Work) -> None:
    """As it was before."""
    store.allow_mails(attendee, kind, work)
    if kind == INTRODUCTIONS:
        answering.unpause(attendee, conference, work)
