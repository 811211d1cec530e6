"""Commands about programs that hear of events (Standard Webhooks 1.0), and noting what they are to hear. What leaves, and
when, is in `delivering`."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from services.registration import store
from services.registration.domain.outward import outward, z
from services.registration.handlers.conferences import record
from shared import conferences
from shared.access import Actor
from shared.contracts import ConferencePublished, Event
from shared.errors import Conflict
from shared.i18n import noted as N_
from shared.vault import Vault
from shared.work import Work

MOST_WEBHOOKS = 20
OLD_SECRET_WORKS = timedelta(hours=24)


class TooManyWebhooks(Conflict):
    """A conference has at most 20 webhooks."""

    code = "too-many-webhooks"


def make(said: Mapping[str, Any], conference: ConferencePublished, actor: Actor, work: Work) -> str:
    """A program hears of events from now on; its id. Raises TooManyWebhooks."""
    if len(store.webhooks_of(work.connection, conference.conference)) >= MOST_WEBHOOKS:
        raise TooManyWebhooks
    made = work.new_id()
    values = {"id": made, "account": conference.account, "conference": conference.conference}
    store.add_webhook({**values, "url": said["url"], "types": list(said["types"])}, work)
    record(N_("webhook added"), actor, conference, made, work)
    return made


def rotate(webhook_id: str, conference: ConferencePublished, actor: Actor, work: Work) -> str:
    """Another secret; for a day both sign. Raises NotFound."""
    row = store.webhook_of(work.connection, conference, webhook_id)
    store.change_webhook(row.id, work, version=row.version + 1, rotated_at=work.now)
    record(N_("webhook secret changed"), actor, conference, row.id, work)
    return str(row.id)


def enable(webhook_id: str, enabled: bool, conference: ConferencePublished, actor: Actor, work: Work) -> bool:
    """It hears of what happens from now on, or of nothing; whether that is new. Raises NotFound."""
    row = store.webhook_of(work.connection, conference, webhook_id)
    if enabled == (row.disabled_at is None):
        return False
    if enabled:
        store.change_webhook(row.id, work, disabled_at=None, disabled_why=None)
    else:
        disable(row.id, "organizer", work)
    record(N_("webhook enabled") if enabled else N_("webhook disabled"), actor, conference, row.id, work)
    return True


def disable(webhook_id: str, why: str, work: Work) -> None:
    """It hears of nothing more, and what waits stays here until somebody sends it again."""
    store.change_webhook(webhook_id, work, disabled_at=work.now, disabled_why=why)
    store.drop_deliveries(webhook_id, "disabled", work)


def resend(webhook_id: str, conference: ConferencePublished, actor: Actor, work: Work) -> int:
    """What failed leaves once more; how much that is. Raises NotFound."""
    row = store.webhook_of(work.connection, conference, webhook_id)
    count = store.deliver_again(row.id, work) if row.disabled_at is None else 0
    if count:
        record(N_("webhook sent again"), actor, conference, row.id, work, count=count)
    return count


def secret(webhook_id: str, version: int, vault: Vault) -> str:
    """What a program verifies with. It is made of the secret key whenever it is needed, and stored nowhere."""
    return "whsec_" + base64.b64encode(vault.made("webhook", webhook_id, version)).decode()


def versions(row: Any, now: Any) -> list[int]:
    """The versions of a program's secret that sign now, the newest first."""
    both = row.rotated_at is not None and now < row.rotated_at + OLD_SECRET_WORKS
    return [row.version, row.version - 1] if both else [row.version]


def heard(event: Event, work: Work) -> None:
    """Another service says what happened: note it for whoever is to hear of it."""
    note(event, work.heard, work)


def note(event: Event, event_id: str, work: Work) -> None:
    """A row for every program that is to hear of this event and was there when it happened."""
    said = outward(event)
    if said is None:
        return
    wanted = [
        row for row in store.listening(said.conference, work) if said.type in row.types and said.at >= row.created_at
    ]
    if not wanted:
        return
    conference = conferences.by_id(work.connection, said.conference)
    slug = conference.slug if conference else None
    body = json.dumps({"type": said.type, "timestamp": z(said.at), "data": {"conference": slug, **said.data}})
    for row in wanted:
        store.add_delivery(row.id, event_id, said.type, body, work)
