"""What services know of attendees: the newest state of each, and that she arrived, in whatever batches it is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from shared import attendees, tables
from shared.contracts import AttendeeChanged, AttendeeCheckedIn, AttendeeRegistered
from shared.contracts.attendee import AttendeeEvent
from shared.database import Database
from tests.shared.people import told
from tests.shared.units import working

KINDS = (AttendeeRegistered, AttendeeChanged, AttendeeCheckedIn)
EVENTS = st.builds(
    told, st.sampled_from(KINDS), st.sampled_from(["ana", "ben"]), st.integers(1, 4), years=st.integers(1, 40)
)


def heard(database: Database, batches: Sequence[Sequence[AttendeeEvent]], *, ahead: bool) -> tuple[Any, Any]:
    """What `remember` said to each, and what is known in the end."""
    with database.writing() as connection:
        connection.execute(delete(tables.known_attendees))
    said = []
    for batch in batches:
        with working(database) as work:
            if ahead:
                attendees.look_ahead(batch, work)
            said.extend(attendees.remember(event, work) for event in batch)
    with database.reading() as connection:
        rows = connection.execute(select(tables.known_attendees).order_by(tables.known_attendees.c.attendee)).all()
    return said, rows


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(EVENTS, max_size=8), cut=st.integers(0, 8))
def test_a_batch_leaves_what_one_after_another_leaves(
    database: Database, events: list[AttendeeEvent], cut: int
) -> None:
    one_by_one = heard(database, [[event] for event in events], ahead=False)
    assert heard(database, [events[:cut], events[cut:]], ahead=True) == one_by_one
    assert heard(database, [events[:cut], events[cut:]], ahead=False) == one_by_one


def test_the_newest_version_stays_and_so_does_the_first_arrival(database: Database) -> None:
    arrived, again = told(AttendeeCheckedIn, "ana", 2), told(AttendeeCheckedIn, "ana", 4, years=7)
    old = told(AttendeeRegistered, "ana", 1)
    said, (row,) = heard(database, [[arrived, again], [old]], ahead=True)
    state = told(AttendeeChanged, "ana", 4, years=7)
    assert [(before and before.version, news) for before, news in said] == [(None, True), (2, True), (4, False)]
    assert (row.version, row.first_checked_in_at) == (4, arrived.at)
    with database.reading() as connection:
        assert attendees.one(connection, "ana") == state


@pytest.mark.parametrize("ahead", [True, False])
def test_an_arrival_that_is_told_late_still_counts(database: Database, ahead: bool) -> None:
    later, arrived = told(AttendeeChanged, "ana", 3), told(AttendeeCheckedIn, "ana", 2)
    _said, (row,) = heard(database, [[told(AttendeeRegistered, "ana", 1), later, arrived]], ahead=ahead)
    assert (row.version, row.first_checked_in_at) == (3, arrived.at)
