"""Commands about organizers: log in by a link, teams, API keys."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from services.registration import store
from services.registration.handlers import devices
from services.registration.handlers.conferences import record
from shared import access, links
from shared.access import DEFAULT_ACCOUNT, Actor
from shared.contracts import ConferencePublished
from shared.errors import NotFound
from shared.i18n import current_locale
from shared.i18n import noted as N_
from shared.work import Work

LOGIN_MINUTES = 10


def ensure_owner(email: str, work: Work) -> str:
    """The organizer with this address, made an owner when there is none; for the command line."""
    row = store.organizer_by_email(work.connection, DEFAULT_ACCOUNT, email)
    return str(row.id) if row is not None else store.save_organizer(DEFAULT_ACCOUNT, email, "owner", None, work)


def first_owners(emails: Sequence[str], work: Work) -> None:
    """Addresses from the settings are owners, whatever happened to them before: it is how one gets in again."""
    for email in emails:
        row = store.organizer_by_email(work.connection, DEFAULT_ACCOUNT, email)
        if row is None or row.role != "owner":
            store.save_organizer(DEFAULT_ACCOUNT, email, "owner", None, work)


def printed_link(email: str, work: Work) -> str:
    """A login link for the command line: 10 minutes, once, in any browser."""
    return _link(ensure_owner(email, work), "login", work)


def ask_for_link(email: str, browser: str, work: Work) -> None:
    """Mail a login link, bound to the browser that asked. Nothing tells whether the address is known."""
    row = store.organizer_by_email(work.connection, DEFAULT_ACCOUNT, email)
    if row is None:
        return
    store.describe(row.id, row.account, row.email.split("@")[0], row.email, current_locale(), work)
    work.mail("login", row.id, f"{row.id}-{work.new_id()}", organizer=row.id, browser=browser)


def mailed_link(organizer_id: str, browser: str, work: Work) -> str:
    """The link of a login mail."""
    return _link(organizer_id, _bound(browser), work)


def _bound(browser: str) -> str:
    return "login-" + hashlib.sha256(browser.encode("utf-8", "replace")).hexdigest()[:10]


def _link(organizer_id: str, purpose: str, work: Work) -> str:
    expires = work.now + timedelta(minutes=LOGIN_MINUTES)
    version = int(work.new_id()[-7:], 16)
    return work.link(purpose, organizer_id, organizer_id, version=version, expires_at=expires)


def whose_link(token: str, browser: str, connection: Connection, now: datetime) -> tuple[links.Link, str]:
    """(the link, the address it logs in). Raises LinkOver, also in another browser than the one that asked for it."""
    for purpose in ("login", _bound(browser)):
        try:
            link = links.resolve(connection, token, purpose, now)
        except links.LinkOver:
            continue
        row = store.organizer(connection, link.object)
        if row is not None:
            return link, str(row.email)
    raise links.LinkOver


def log_in(token: str, browser: str, work: Work) -> Actor:
    """Use up the link; who is logged in now. Raises LinkOver."""
    link, email = whose_link(token, browser, work.connection, work.now)
    links.use_once(work.connection, link, work.now)
    row = store.organizer(work.connection, link.object)
    if row is None:
        raise NotFound
    session = work.new_id()
    store.add_access(session, row.account, row.id, "session", "", None, work)
    slugs = None if row.conferences is None else frozenset(row.conferences)
    found = Actor(row.id, session, "organizer", row.role, row.account, slugs, email.split("@")[0])
    record(N_("logged in"), found, None, None, work)
    return found


def add_to_team(email: str, role: str, conference: ConferencePublished, actor: Actor, work: Work) -> None:
    """Somebody may help with a conference: as desk only there, as owner everywhere in the account."""
    known = store.organizer_by_email(work.connection, actor.account, email)
    if known is not None and known.role == "owner":
        return
    slugs = None if role == "owner" else [conference.slug, *((known.conferences or ()) if known else ())]
    made = store.save_organizer(actor.account, email, role, slugs, work)
    record(N_("added to the team"), actor, conference, made, work, role=role)


def remove_from_team(organizer_id: str, conference: ConferencePublished, actor: Actor, work: Work) -> None:
    """Somebody helps no longer: sessions, keys and the devices that she added end at once; at other conferences a desk
    stays. Raises NotFound."""
    row = store.organizer(work.connection, organizer_id)
    if row is None or row.account != actor.account or row.id == actor.id:
        raise NotFound
    others = [slug for slug in row.conferences or () if slug != conference.slug]
    if row.role == "desk" and others:
        store.save_organizer(row.account, row.email, "desk", others, work)
    else:
        store.remove_organizer(organizer_id, work)
        store.forget_organizer(organizer_id, work)
    for one in store.devices_made_by(work.connection, organizer_id):
        devices.end(one, actor, work)
    for one in store.accesses_of(work.connection, organizer_id):
        access.revoke(one, work)
    record(N_("removed from the team"), actor, conference, organizer_id, work)


def make_key(
    label: str,
    slugs: frozenset[str] | None,
    actor: Actor,
    signer: access.Access,
    work: Work,
    *,
    conference: ConferencePublished | None = None,
) -> str:
    """A new API key; it is shown once."""
    key_id = work.new_id()
    store.add_access(key_id, actor.account, actor.id, "key", label, slugs, work)
    record(N_("key made"), actor, conference, key_id, work)
    return signer.issue_key(key_id=key_id, account=actor.account, conferences=slugs)


def end_key(key_id: str, conference: ConferencePublished, actor: Actor, work: Work) -> None:
    """A key works no longer, anywhere. Raises NotFound."""
    if key_id not in [row.access for row in store.keys(work.connection, actor.account, conference.slug)]:
        raise NotFound
    access.revoke(key_id, work)
    record(N_("key ended"), actor, conference, key_id, work)
