"""The end of every run: nothing is killed any more, everything gets quiet, the clients read what there is, and it is judged."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from tests.chaos.clients import Client
from tests.chaos.evidence import Evidence
from tests.chaos.installation import Installation
from tests.chaos.letters import Postman
from tests.chaos.record import Record, read
from tests.servers.waiting import wait_until

LONGER_THAN_A_LEASE = 61


def settle(installation: Installation, record: Record, clients: Iterable[Client], seconds: float) -> None:
    """Wait until nothing is left to do, then let the clients read."""
    _until_quiet(installation, record, seconds)
    for client in clients:
        client.tell_the_end()


def settle_for_long(installation: Installation, record: Record, clients: Sequence[Client], seconds: float) -> None:
    """The same after a run of kills: what a dead process had claimed is free after a lease; the evening mail follows."""
    _advance(installation, LONGER_THAN_A_LEASE)
    installation.wait_quiet(seconds)
    _advance(installation, LONGER_THAN_A_LEASE)
    settle(installation, record, clients, seconds)
    _advance(installation, max(_until_evening(installation, client.zone) for client in clients))
    _until_quiet(installation, record, seconds)


def _until_evening(installation: Installation, zone: str) -> int:
    """Seconds to a minute past eight in the evening there: an hour later nobody is asked before the morning."""
    local = datetime.fromtimestamp(installation.product_time(), ZoneInfo(zone))
    return max(1, round((local.replace(hour=20, minute=1, second=0) - local).total_seconds()))


def _advance(installation: Installation, seconds: int) -> None:
    wait_until(lambda: installation.advance(seconds), 60, "the clock can be moved")


def _until_quiet(installation: Installation, record: Record, seconds: float) -> None:
    record.write("quiet" if installation.wait_quiet(seconds) else "never quiet")


def evidence(
    record: Record, postman: Postman, *, deaths: int, pauses: Sequence[tuple[float, float]] = (), grace: float = 90.0
) -> Evidence:
    """What the checker may know."""
    record.close()
    letters = postman.letters()
    with (record.path.parent / "letters.jsonl").open("w") as file:  # for whoever has to find out
        file.writelines(json.dumps({**vars(letter), "names": sorted(letter.names)}) + "\n" for letter in letters)
    return Evidence(read(record.path), letters, mailer_deaths=deaths, pauses=pauses, grace=grace)
