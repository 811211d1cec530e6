"""Rules of registration: who needs an approval, what a registration must say. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shared.contracts import ConferencePublished
from shared.i18n import gettext as _

Said = Mapping[str, Any]
Rule = Callable[[Said, ConferencePublished], tuple[str, str] | None]


def a_mentor_offers_something(said: Said, _conference: ConferencePublished) -> tuple[str, str] | None:
    """Without a topic nobody can be sent to a mentor."""
    if said.get("role") in ("mentor", "both") and not said.get("offers"):
        return "offers", _("Please choose at least one topic that you offer.")
    return None


def a_mentee_asks_for_something(said: Said, _conference: ConferencePublished) -> tuple[str, str] | None:
    """Without a topic nobody can be found for a mentee."""
    if said.get("role") in ("mentee", "both") and not said.get("wants"):
        return "wants", _("Please choose at least one topic that you are looking for.")
    return None


def slots_exist(said: Said, conference: ConferencePublished) -> tuple[str, str] | None:
    """A time that is none of the conference's helps nobody."""
    known = {slot.id for slot in conference.slots}
    if said.get("available") and not set(said["available"]) <= known:
        return "available", _("One of these times is not a slot of this conference.")
    return None


def a_wish_within_the_policy(said: Said, conference: ConferencePublished) -> tuple[str, str] | None:
    """Everybody gets a fair share."""
    most = conference.policy.introductions_at_most
    if (said.get("introductions") or 0) > most:
        return "introductions", _("At most {most} introductions a person.").replace("{most}", str(most))
    return None


TOPICS: tuple[Rule, ...] = (a_mentor_offers_something, a_mentee_asks_for_something)
"""Whoever is only invited chooses them with her one tap."""
ALL: tuple[Rule, ...] = (*TOPICS, slots_exist, a_wish_within_the_policy)


def complaints(said: Said, conference: ConferencePublished, rules: tuple[Rule, ...] = ALL) -> dict[str, list[str]]:
    """Sentences by field; empty when all is well."""
    found: dict[str, list[str]] = {}
    for rule in rules:
        complaint = rule(said, conference)
        if complaint is not None:
            found.setdefault(complaint[0], []).append(complaint[1])
    return found


def needs_no_approval(role: str, conference: ConferencePublished) -> bool:
    """Whether somebody in this role may be proposed without an organizer's word."""
    return role == "mentee" or not conference.policy.approve_mentors


def approved_after(before: str, role: str, approved: bool, conference: ConferencePublished) -> bool:
    """Whether somebody who changes her role is approved in the new one."""
    if role == "mentee" or before == "mentee":
        return needs_no_approval(role, conference)
    return approved
