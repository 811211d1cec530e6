"""Commands about ticket shops: let one call us, end that, hear what it calls. What follows from a call is in `tickets`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.registration import store
from services.registration.domain.order import call_of
from services.registration.handlers.conferences import record
from shared.access import Actor
from shared.contracts import ConferencePublished
from shared.errors import Conflict, Refused
from shared.i18n import noted as N_
from shared.vault import Vault
from shared.work import Work

MOST_SHOPS = 20


class Revoked(Refused):
    """This address is not used any more."""

    status = 410
    code = "revoked"


class TooManyShops(Conflict):
    """A conference has at most 20 addresses for shops. Please end one that is not used."""

    code = "too-many-shops"


def make(said: Mapping[str, Any], conference: ConferencePublished, actor: Actor, vault: Vault, work: Work) -> str:
    """A shop may call: the token of its address, which is shown once. The shop's own token is sealed."""
    there = [row for row in store.shops_of(work.connection, conference.conference) if row.revoked_at is None]
    if len(there) >= MOST_SHOPS:
        raise TooManyShops
    shop = work.new_id()
    token = work.links.token("shop", shop, conference.conference, 1)
    values = {
        "id": shop,
        "account": conference.account,
        "conference": conference.conference,
        "url": said["url"],
        "organizer": said["organizer"],
        "event": said["event"],
        "role": said["role"],
        "sealed": vault.seal(said["token"], shop, work.new_id()),
    }
    store.add_shop(values, token, work)
    record(N_("ticket shop added"), actor, conference, shop, work)
    return token


def end(shop_id: str, conference: ConferencePublished, actor: Actor, work: Work) -> None:
    """A shop may call no more. Raises NotFound."""
    row = store.shop_of(work.connection, conference.conference, shop_id)
    if row.revoked_at is None:
        store.revoke_shop(row.id, work)
        record(N_("ticket shop ended"), actor, conference, row.id, work)


def again(shop_id: str, conference: ConferencePublished, actor: Actor, work: Work) -> None:
    """Try once more what was given up. Raises NotFound."""
    row = store.shop_of(work.connection, conference.conference, shop_id)
    if row.revoked_at is None and store.call_again(row.id, work):
        record(N_("ticket shop asked again"), actor, conference, row.id, work)


def hear(token: str, said: Mapping[str, Any], work: Work) -> bool:
    """Note what a shop calls; whether it is news and for us. Raises LinkOver, Revoked, NoCall."""
    row = store.shop_by_token(work.connection, token)
    if row.revoked_at is not None:
        raise Revoked
    call = call_of(said)
    if not call.concerns_us or (call.organizer, call.event) != (row.organizer, row.event):
        return False
    return store.add_call(row.id, call, work)
