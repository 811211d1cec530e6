"""Wake-up calls between processes by Redis: whoever sends mails or events need not wait for its next look. Nothing is
lost without them, everybody looks again within half a second anyway."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from shared.marks import EVERYTHING

logger = logging.getLogger(__name__)
PAUSE = 5.0
KEEP_MARKS = 24 * 3600
"""Seconds; a mark that is gone is made anew."""


class Signals:
    """Publishes and hears wake-up calls; with Redis away it does nothing and tries again after a while."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._silent_until = 0.0
        self._lost = True
        """Whether marks may have been lost: by whoever was here before, or while Redis did not answer."""

    def publish(self, name: str, owner: str, kinds: Collection[str]) -> None:
        """Wake whoever else listens for `name` and does work of these kinds."""
        self._quietly(lambda: self._client.publish(f"rapport:wake:{name}", " ".join((owner, *kinds))))

    def flag(self, name: str, seconds: int) -> None:
        """Let every process know something at once, for a while."""
        self._quietly(lambda: self._client.set(f"rapport:{name}", "1", ex=seconds))

    def flagged(self, name: str) -> bool:
        """Whether it is known; False when nobody knows."""
        return bool(self._quietly(lambda: self._client.exists(f"rapport:{name}")))

    def mark(self, names: Iterable[str], value: str) -> None:
        """What is shown of these is no longer what it was; of anybody, where marks were lost before."""
        every = [*names, *([EVERYTHING] if self._lost else [])]
        self._lost = False  # before it is tried: what another thread loses meanwhile stays lost
        if not self._quietly(lambda: self._put(dict.fromkeys(every, value), only_new=False)):
            self._lost = True

    def mend(self, value: str) -> None:
        """Say so now where marks were lost."""
        if self._lost:
            self.mark((), value)

    def marks(self, names: Sequence[str], fresh: str) -> str | None:
        """Changes whenever one of these is marked; None while nobody answers. `fresh`: a mark for those without one."""
        self.mend(fresh)
        every = (*names, EVERYTHING)
        found = self._quietly(lambda: self._client.mget([f"rapport:mark:{name}" for name in every]))
        if found and None in found:
            missing = [name for name, value in zip(every, found, strict=True) if value is None]
            self._quietly(lambda: self._put(dict.fromkeys(missing, fresh), only_new=True))
            found = self._quietly(lambda: self._client.mget([f"rapport:mark:{name}" for name in every]))
        if not found or None in found:
            return None
        return "|".join(bytes(value).decode() for value in found)

    def _put(self, marks: Mapping[str, str], *, only_new: bool) -> bool:
        with self._client.pipeline(transaction=False) as calls:
            for name, value in marks.items():
                calls.set(f"rapport:mark:{name}", value, ex=KEEP_MARKS, nx=only_new)
            calls.execute()
        return True

    def _quietly(self, call: Callable[[], Any]) -> Any:
        if time.monotonic() < self._silent_until:
            return None
        try:
            return call()
        except Exception:  # noqa: BLE001 - whatever is wrong with Redis, nobody may notice
            self._silent_until = time.monotonic() + PAUSE
            return None

    def listen(self, name: str, owner: str, heard: Callable[[str], None], stopped: threading.Event) -> None:
        """Call `heard` with every kind of work that somebody but `owner` calls for in `name`, until stopped. Runs in a
        thread of its own."""
        while not stopped.is_set():
            try:
                with self._client.pubsub(ignore_subscribe_messages=True) as channel:
                    channel.subscribe(f"rapport:wake:{name}")
                    while not stopped.is_set():
                        call = channel.get_message(timeout=1.0)
                        speaker, *kinds = bytes(call["data"]).decode("ascii", "replace").split() if call else [owner]
                        for kind in kinds if speaker != owner else ():
                            heard(kind)
            except Exception:  # noqa: BLE001
                logger.info("no wake-up calls for now", extra={"service": name})
                stopped.wait(PAUSE)


def redis_client(url: str) -> Any:
    """A client with short timeouts, or None without a URL. It connects when it is first used."""
    if not url:
        return None
    import redis  # noqa: PLC0415 - half a second to load

    return redis.Redis.from_url(url, socket_timeout=2.0, socket_connect_timeout=0.5)
