"""Delivers events to programs by Standard Webhooks 1.0: signed, at least once, tried again for three days, outside any
transaction. The id is the event's, so that a program knows what it has had before."""

from __future__ import annotations

import base64
import hmac
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from services.registration import store
from services.registration.handlers import webhooks
from shared.jobs import Claimed, at_once
from shared.outside import NoAddress, Unreachable
from shared.service import Room
from shared.vault import Vault
from shared.work import Work

logger = logging.getLogger(__name__)
BATCH = 16
SECONDS = 15.0
PAUSES = tuple(
    timedelta(**{unit: count})
    for unit, count in (
        ("seconds", 5),
        ("minutes", 5),
        ("minutes", 30),
        ("hours", 2),
        ("hours", 5),
        ("hours", 10),
        ("hours", 14),
        ("hours", 20),
        ("hours", 24),
    )
)
"""After each try that failed; after the last one it is given up."""
GONE = "http-410"


def run(room: Room) -> int:
    """Deliver some events, all at the same time; how many."""
    with room.work() as work:
        claimed = store.DELIVERIES.claim(work, BATCH)
    if not claimed:
        return 0
    with room.reading() as connection:
        rows = store.webhooks_by_id(connection, [one.row.webhook for one in claimed])
    found = at_once(lambda one: _delivered(one, rows.get(one.row.webhook), room), claimed)
    with room.work() as work:
        for one, reason in zip(claimed, found, strict=True):
            _keep(one, reason, work)
    return len(claimed)


def _delivered(one: Claimed, row: Any, room: Room) -> str | None:
    """One try; None where the program took it, else a code that says why not."""
    if row is None or row.disabled_at is not None:
        return "disabled"
    headers = signed(one.row.event, one.row.body, row, room.now(), room.vault)
    try:
        answer = room.outside.call(
            "POST", row.url, headers=headers, body=one.row.body.encode(), seconds=SECONDS, most=0
        )
    except (Unreachable, NoAddress) as error:
        return error.code
    return None if 200 <= answer.status < 300 else f"http-{answer.status}"


def signed(event_id: str, body: str, row: Any, now: datetime, vault: Vault) -> Mapping[str, str]:
    """The headers of Standard Webhooks: a signature for each secret that works now."""
    moment = str(int(now.timestamp()))
    content = f"{event_id}.{moment}.{body}".encode()
    keys = [vault.made("webhook", row.id, version) for version in webhooks.versions(row, now)]
    signatures = [base64.b64encode(hmac.digest(key, content, "sha256")).decode() for key in keys]
    return {
        "Content-Type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def _keep(one: Claimed, reason: str | None, work: Work) -> None:
    """Say what became of it: delivered, to be tried again, given up; a program that is gone hears nothing more."""
    if reason is None:
        store.DELIVERIES.finish(one, work, status="done", reason=None)
        return
    if one.attempts > len(PAUSES) or reason in ("disabled", GONE):
        logger.warning(
            "a webhook was given up", extra={"delivery": one.row.id, "webhook": one.row.webhook, "why": reason}
        )
        if store.DELIVERIES.finish(one, work, status="failed", reason=reason) and reason == GONE:
            webhooks.disable(one.row.webhook, "gone", work)
        return
    pause = PAUSES[one.attempts - 1]
    store.DELIVERIES.finish(one, work, due_at=work.now + pause * _jitter(one), reason=reason)


def _jitter(one: Claimed) -> float:
    """A little later each time, and not all at once: up to a tenth, by chance that is the same for the same try."""
    return 1 + crc32(f"{one.row.id} {one.attempts}".encode()) % 1000 / 10_000
