"""What people and clients send, with defaults that a test overrides."""

from __future__ import annotations

from typing import Any

SLUG = "pycon"


def a_conference(**changed: Any) -> dict[str, Any]:
    """The body of POST /api/v1/conferences: one afternoon, four slots of 20 minutes, two meeting points."""
    return {
        "slug": SLUG,
        "name": "PyCon 2026",
        "timezone": "Europe/Berlin",
        "days": [{"date": "2026-11-23", "blocks": [{"start": "14:00", "end": "15:40"}]}],
        "slot_minutes": 20,
        "change_minutes": 5,
        "meeting_points": [
            {"name": "Blue corner", "landmark": "by the coffee", "tables": 4},
            {"name": "Gallery", "landmark": "under the clock", "tables": 2},
        ],
        "topics": ["Packaging", "Testing", "Careers"],
        "policy": {"approve_mentors": False},
    } | changed


def an_attendee(email: str = "ana@example.org", **changed: Any) -> dict[str, Any]:
    """The body of POST .../attendees: a mentee who wants one topic and agrees to everything that is asked."""
    return {
        "name": "Ana Silva",
        "email": email,
        "role": "mentee",
        "offers": [],
        "wants": ["Packaging"],
        "languages": ["en"],
        "consents": {"introductions": True, "follow_up": True, "statistics": True, "next_year": False},
        "confirmed": True,
    } | changed


def a_mentor(email: str = "max@example.org", **changed: Any) -> dict[str, Any]:
    """The same for a mentor who offers that topic, approved."""
    mentor = {"name": "Max Weber", "role": "mentor", "offers": ["Packaging"], "wants": [], "approved": True}
    return an_attendee(email, **(mentor | changed))
