"""Commands about devices at the door: add one, pair it, try a PIN, end it. A PIN itself never comes here, nor its hash
out of here."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from services.registration import store
from services.registration.domain.attendee import ConferenceOver
from services.registration.domain.device import Device, ends
from services.registration.handlers.conferences import record
from shared import access, conferences, links
from shared.access import Actor
from shared.contracts import ConferencePublished
from shared.errors import NotFound
from shared.i18n import noted as N_
from shared.work import Work

PAIRING_MINUTES = 10
PURPOSE = "device"


def add(label: str, role: str, pin: str, conference: ConferencePublished, actor: Actor, work: Work) -> Device:
    """A device that may be paired within ten minutes, once; `pin` is a salted hash. Raises ConferenceOver."""
    if work.now >= ends(conference):
        raise ConferenceOver
    expires = work.now + timedelta(minutes=PAIRING_MINUTES)
    made = Device(
        id=work.new_id(),
        account=conference.account,
        conference=conference.conference,
        made_by=actor.id,
        role=role,
        label=label,
        expires_at=expires,
    )
    store.add_device(made, pin, work)
    work.link(PURPOSE, made.id, made.id, expires_at=expires)
    record(N_("device added"), actor, conference, made.id, work, role=role)
    return made


def whose(token: str, connection: Connection, now: datetime) -> tuple[links.Link, Device, str, ConferencePublished]:
    """(the link, the device it would make, the address of who added it, the conference). Raises LinkOver, also when
    that one belongs to the team no longer."""
    link = links.resolve(connection, token, PURPOSE, now)
    device = store.device(connection, link.object, lock=False)
    lead = store.organizer(connection, device.made_by)
    conference = conferences.by_id(connection, device.conference)
    if lead is None or conference is None or not device.is_waiting(now):
        raise links.LinkOver
    return link, device, str(lead.email), conference


def pair(token: str, work: Work) -> tuple[Actor, datetime]:
    """Use up the link: (the device as it acts from now on, when that ends). Raises LinkOver, DeviceOver."""
    link, _device, _lead, conference = whose(token, work.connection, work.now)
    links.use_once(work.connection, link, work.now)
    device, session = store.device(work.connection, link.object), work.new_id()
    store.save_device(device, device.pair(session, work.now), work)
    # Among the sessions of whoever added it: all of those end with her.
    store.add_access(session, device.account, device.made_by, "device", "", [conference.slug], work)
    actor = Actor(device.id, session, "device", device.role, device.account, frozenset({conference.slug}), device.label)
    record(N_("device paired"), actor, conference, device.id, work)
    return actor, ends(conference)


def try_pin(device: Actor, is_right: bool, work: Work) -> int:
    """Somebody typed a PIN at a device; how many tries are left: 0 = it is over. Raises NotFound, DeviceOver."""
    before = store.device(work.connection, device.id)
    now = before.tried(is_right, work.now)
    store.save_device(before, now, work)
    if now.ended_at is not None:
        _over(N_("device locked out"), now, device, work)
    return now.tries_left


def end(device_id: str, actor: Actor, work: Work, conference: ConferencePublished | None = None) -> None:
    """A device is none any more, at once, everywhere. Raises NotFound, also for one of another conference."""
    before = store.device(work.connection, device_id)
    if conference is not None and before.conference != conference.conference:
        raise NotFound
    if before.ended_at is None:
        now = before.end(work.now)
        store.save_device(before, now, work)
        _over(N_("device ended"), now, actor, work)


def _over(action: str, device: Device, actor: Actor, work: Work) -> None:
    links.revoke(work.connection, work.now, object_id=device.id)
    if device.access is not None:
        access.revoke(device.access, work)
    record(action, actor, conferences.by_id(work.connection, device.conference), device.id, work)
