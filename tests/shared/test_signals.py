"""Redis wakes and tells at once; whatever becomes of it, nobody notices."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from shared.bus.memory_log import MemoryLog
from shared.clock import SYSTEM
from shared.database import Database
from shared.mail.memory import MemoryTransport
from shared.parts import TOPICS
from shared.signals import Signals, redis_client
from tests.servers.valkey import ValkeyServer
from tests.servers.waiting import wait_until
from tests.transport.ledger import Station, contacted, create_tables, station


def with_redis(tmp_path: Path, valkey: ValkeyServer) -> Station:
    database = Database(f"sqlite:///{tmp_path / 'ledger.db'}")
    create_tables(database)
    log = MemoryLog(TOPICS, now=SYSTEM.now)
    return station(tmp_path, database, log, MemoryTransport(), redis=redis_client(valkey.url))


def publish(post: Station, name: str) -> None:
    with post.runtime.work() as work:
        work.publish(contacted(name))


def test_who_listens_is_woken_by_another_process(valkey: ValkeyServer) -> None:
    calls, stopped = list[str](), threading.Event()
    listening = threading.Thread(
        target=Signals(redis_client(valkey.url)).listen, args=("ledger", "me", calls.append, stopped), daemon=True
    )
    listening.start()
    speaking = Signals(redis_client(valkey.url))

    def woken() -> bool:
        speaking.publish("ledger", "me", ["due"])
        speaking.publish("ledger", "somebody", ["relay", "mail"])
        return stopped.wait(0.05) or len(calls) > 2

    wait_until(woken, 10, "it was woken")
    stopped.set()
    listening.join(5)
    assert (set(calls), "due" in calls) == ({"relay", "mail"}, False)


def test_what_is_flagged_is_known_at_once_and_forgotten_by_a_flush(valkey: ValkeyServer) -> None:
    here, there = Signals(redis_client(valkey.url)), Signals(redis_client(valkey.url))
    here.flag("revoked:a", 60)
    assert (there.flagged("revoked:a"), there.flagged("revoked:b")) == (True, False)
    valkey.empty()
    assert not there.flagged("revoked:a")


def test_redis_may_die_come_back_empty_and_be_away_from_the_start(tmp_path: Path, valkey: ValkeyServer) -> None:
    post = with_redis(tmp_path, valkey)
    publish(post, "a")
    valkey.kill()
    began = time.monotonic()
    for name in "bcd":
        publish(post, name)
    assert time.monotonic() - began < 3
    valkey.start()
    publish(post, "e")
    assert post.said() == ["a", "b", "c", "d", "e"]
    assert post.runtime.relay_turn() == 5


def test_a_redis_that_answers_nobody_holds_nobody_up_for_long(tmp_path: Path, valkey: ValkeyServer) -> None:
    post = with_redis(tmp_path, valkey)
    publish(post, "a")
    valkey.process.pause()
    began = time.monotonic()
    for name in "bcde":
        publish(post, name)
    took = time.monotonic() - began
    valkey.process.resume()
    assert took < 6
    assert post.said() == ["a", "b", "c", "d", "e"]


def test_a_mark_that_redis_did_not_take_makes_everything_new_once_it_does_again(valkey: ValkeyServer) -> None:
    here, there = Signals(redis_client(valkey.url)), Signals(redis_client(valkey.url))
    here.mark(["a"], "1")
    seen = [there.marks([name], "fresh") for name in ("a", "b")]
    assert [there.marks([name], "other") for name in ("a", "b")] == seen
    full = redis_client(valkey.url)
    full.config_set("maxmemory-policy", "noeviction")
    full.config_set("maxmemory", "1")  # it reads, and refuses to write
    here.mark(["a"], "2")
    full.config_set("maxmemory", "0")
    here._silent_until = 0.0  # five seconds later
    here.mend("3")
    now = [there.marks([name], "other") for name in ("a", "b")]
    assert (now[0] != seen[0], now[1] != seen[1]) == (True, True)
    here.mend("4")
    assert [there.marks([name], "other") for name in ("a", "b")] == now
