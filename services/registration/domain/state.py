"""An attendee as a row of plain data, and back: what is coded goes into one JSON object beside the columns."""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol

from services.registration.domain.attendee import Attendee
from shared.contracts.attendee import Consents

LISTS = ("offers", "wants", "helps", "goals", "languages", "requests", "blocks", "referrals")
YES_OR_NO = ("first_timer", "likes_newcomers", "step_free", "quiet")
CODED = (*LISTS, *YES_OR_NO, "company", "domain", "years", "capacity", "introductions", "available", "locale")


class Stored(Protocol):
    """The columns of a stored attendee."""

    id: Any
    account: Any
    conference: Any
    person: Any
    version: Any
    role: Any
    status: Any
    approved: Any
    sure: Any
    state: Any


def attendee_of(row: Stored) -> Attendee:
    """The attendee in a row."""
    state: dict[str, Any] = row.state
    values: dict[str, Any] = {name: state.get(name) for name in CODED}
    values.update({name: tuple(state.get(name) or ()) for name in LISTS})
    values.update({name: bool(state.get(name)) for name in YES_OR_NO})
    values["available"] = None if state.get("available") is None else tuple(state["available"])
    return Attendee(
        id=row.id,
        account=row.account,
        conference=row.conference,
        person=row.person,
        version=row.version,
        role=row.role,
        status=row.status,
        approved=row.approved,
        sure=row.sure,
        consents=Consents(**state.get("consents", {})),
        present_on=tuple(date.fromisoformat(day) for day in state.get("present_on", ())),
        **values,
    )


def values_of(attendee: Attendee) -> dict[str, Any]:
    """The columns that change with her."""
    state: dict[str, Any] = {name: getattr(attendee, name) for name in CODED}
    state["consents"] = vars(attendee.consents)
    state["present_on"] = [day.isoformat() for day in attendee.present_on]
    return {
        "version": attendee.version,
        "role": attendee.role,
        "status": attendee.status,
        "approved": attendee.approved,
        "sure": attendee.sure,
        "state": state,
    }
