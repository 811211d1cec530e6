"""Devices at the door in rows, the hashes of their PINs beside them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from services.registration.domain.device import Device
from services.registration.tables import devices
from shared.contracts import ConferencePublished
from shared.errors import NotFound
from shared.work import Work


def add_device(device: Device, pin: str, work: Work) -> None:
    """A new device; `pin` is a salted hash."""
    work.connection.execute(insert(devices).values(**vars(device), pin=pin, created_at=work.now))


def device(connection: Connection, device_id: str, *, lock: bool = True) -> Device:
    """A device, locked for changing unless it is only looked at. Raises NotFound."""
    query = select(devices).where(devices.c.id == device_id)
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFound
    return _device(row)


def save_device(before: Device, now: Device, work: Work) -> None:
    """Its new state."""
    if now != before:
        changed = {"wrong": now.wrong, "access": now.access, "ended_at": now.ended_at}
        work.connection.execute(update(devices).where(devices.c.id == now.id).values(**changed))


def pin_of(connection: Connection, device_id: str) -> str:
    """The hash of its PIN. Raises NotFound."""
    found = connection.execute(select(devices.c.pin).where(devices.c.id == device_id)).scalar()
    if found is None:
        raise NotFound
    return str(found)


def devices_of(connection: Connection, conference: ConferencePublished) -> list[Device]:
    """All devices of a conference, in the order in which they were added."""
    query = select(devices).where(devices.c.conference == conference.conference)
    return [_device(row) for row in connection.execute(query.order_by(devices.c.created_at, devices.c.id))]


def devices_made_by(connection: Connection, organizer_id: str) -> list[str]:
    """Ids of the devices that somebody added and that were not ended."""
    mine = (devices.c.made_by == organizer_id, devices.c.ended_at.is_(None))
    query = select(devices.c.id).where(*mine).order_by(devices.c.created_at, devices.c.id)
    return list(connection.execute(query).scalars())


def _device(row: Row[Any]) -> Device:
    return Device(**{name: getattr(row, name) for name in Device.__dataclass_fields__})
