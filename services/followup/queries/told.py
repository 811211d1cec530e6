"""What may be told of a conference as of now, from its totals: for pages, files, links and the API. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection

from services.followup.domain.cells import Shown, shown
from services.followup.domain.definitions import days_of
from services.followup.domain.details import Details, details
from services.followup.domain.outcomes import added_up
from services.followup.domain.tallying import Totals
from services.followup.queries.tallies import EVERYTHING, FUNNELS, totals_of, totals_of_each
from shared.contracts import ConferencePublished


@dataclass(frozen=True, kw_only=True)
class Told:
    """The funnels with their answers, what stands below them, and the same numbers of other conferences beside it."""

    shown: Shown
    details: Details
    beside: Sequence[tuple[ConferencePublished, Shown]] = ()


def told(connection: Connection, conference: ConferencePublished) -> Told:
    """Everything of one conference."""
    return _told(totals_of(connection, conference.conference, EVERYTHING), conference)


def told_beside(
    connection: Connection, conference: ConferencePublished, others: Sequence[ConferencePublished], most: int
) -> Told:
    """The same, with the funnels of the first of these others (whom the caller may see) at which somebody met, so many at most;
    beyond these nothing is read."""
    wanted = [(conference.conference, EVERYTHING), *((one.conference, FUNNELS) for one in others)]
    found = totals_of_each(connection, wanted)
    mine = _told(next(found), conference)
    been = ((one, _shown(totals, one)) for one, totals in zip(others, found, strict=True))
    beside = islice(((one, shown) for one, shown in been if shown.met.count != 0), most)
    return Told(shown=mine.shown, details=mine.details, beside=list(beside))


def funnels(connection: Connection, conference: ConferencePublished) -> Shown:
    """Only the funnels and the answers."""
    return _shown(totals_of(connection, conference.conference), conference)


def _told(totals: Totals, conference: ConferencePublished) -> Told:
    found, days = _shown(totals, conference), days_of(conference.policy.follow_up_days)
    return Told(shown=found, details=details(totals, found.answers, days, conference.policy.small_cells_under))


def _shown(totals: Totals, conference: ConferencePublished) -> Shown:
    return shown(added_up(totals), conference.policy.small_cells_under, totals.asked())
