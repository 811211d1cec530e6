"""What there is to say about a whole installation, whichever processes serve its services: what waits, how many mails. It asks
the runtimes of its own process and, over HTTP, the others; it changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared import peers
from shared.runtime import Runtime

WAITING = ("relay", "registration", "introductions", "followup", "mail")


def status(runtime: Runtime) -> dict[str, Any]:
    """`now` and what is pending in all services of this installation. Where nothing seems to wait it is looked at twice, so
    that nothing slips through on its way from one service to the next. Raises PeerAway."""
    found = _everywhere(runtime)
    pending = {name: found.get(name, 0) for name in WAITING}
    if not any(pending.values()):
        again = _everywhere(runtime)
        pending = {name: again.get(name, 0) for name in WAITING}
        if again["newest"] != found["newest"]:
            pending["relay"] = max(1, pending["relay"])
    return {"now": runtime.now().isoformat().replace("+00:00", "Z"), "pending": pending}


def waiting_mails(runtime: Runtime, conference: str) -> int | None:
    """How many mails about a conference are due in all services and have not left; None while one does not answer."""
    here = sum(one.own_waiting_mails(conference) for one in runtime.group)
    try:
        return here + peers.waiting_mails(runtime.settings, _names(runtime), conference)
    except peers.PeerAway:
        return None


def _everywhere(runtime: Runtime) -> dict[str, int]:
    here = [one.pending() for one in runtime.group]
    return _summed([*here, *peers.pending(runtime.settings, _names(runtime))])


def _names(runtime: Runtime) -> set[str]:
    return {one.service.name for one in runtime.group}


def _summed(parts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for part in parts:
        for name, count in part.items():
            total[name] = total.get(name, 0) + count
    return total
