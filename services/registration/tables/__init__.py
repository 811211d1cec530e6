"""Registration's own tables. Personal data lies in `people`, `wishes`, `concerns`, the shared address book, and for half an
hour in `lists`; nowhere else."""

from services.registration.tables.base import metadata
from services.registration.tables.outside import deliveries, list_findings, lists, shop_calls, shops, tickets, webhooks
from services.registration.tables.people import (
    apart,
    attendees,
    companies,
    concerns,
    consents,
    departed,
    devices,
    erased,
    introduced,
    kept,
    organizers,
    people,
    reported,
    sessions,
    shortage_looks,
    taps,
    wishes,
)

__all__ = [
    "apart",
    "attendees",
    "companies",
    "concerns",
    "consents",
    "deliveries",
    "departed",
    "devices",
    "erased",
    "introduced",
    "kept",
    "list_findings",
    "lists",
    "metadata",
    "organizers",
    "people",
    "reported",
    "sessions",
    "shop_calls",
    "shops",
    "shortage_looks",
    "taps",
    "tickets",
    "webhooks",
    "wishes",
]
