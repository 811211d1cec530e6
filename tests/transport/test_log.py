"""The log's promises, on memory, embedded and Apache Kafka."""

from __future__ import annotations

from collections import Counter

import pytest

from shared.bus.log import LIMIT_BYTES, Consumer, LeaseLost, NewRecord, Record, RecordTooLarge
from shared.bus.partition import murmur2, partition_of
from tests.servers.waiting import wait_until
from tests.transport.forms import Form, new, read, values
from tests.transport.member import Member

KEYS = [f"key-{number}" for number in range(12)]


def test_records_of_a_key_come_in_the_order_in_which_they_were_appended(form: Form) -> None:
    log = form.open()
    for turn in range(5):
        log.append([new(form.kept, key, f"{key}/{turn}") for key in KEYS])
    found = read(form.member(log), 60)
    assert {key: values([r for r in found if r.key == key]) for key in KEYS} == {
        key: [f"{key}/{turn}" for turn in range(5)] for key in KEYS
    }


def test_every_group_starts_at_the_beginning_and_goes_on_behind_its_commit(form: Form) -> None:
    log = form.open()
    log.append([new(form.kept, "a", "1"), new(form.kept, "a", "2"), new(form.kept, "a", "3")])
    first = form.member(log, "one")
    handled = read(first, 2)
    first.commit(handled)
    first.close()
    assert values(handled) == ["1", "2"]
    assert values(read(form.member(log, "one"), 1)) == ["3"]
    assert values(read(form.member(log, "two"), 3)) == ["1", "2", "3"]


def test_a_member_whose_polls_end_before_it_has_joined_still_gets_its_records(form: Form) -> None:
    log = form.open()
    log.append([new(form.kept, key, key) for key in KEYS])
    read(form.member(log, "before"), 12)
    found = [read(form.member(log, f"polls of {ms} ms"), 12, poll=ms / 1000) for ms in (1, 2, 4, 8)]
    assert [sorted(values(records), key=str) for records in found] == [sorted(KEYS)] * 4


def test_after_a_rewind_everything_behind_the_last_commit_comes_again(form: Form) -> None:
    log = form.open()
    log.append([new(form.kept, key, key) for key in KEYS])
    consumer = form.member(log)
    done = read(consumer, 5)
    consumer.commit(done)
    once = read(consumer, 7)
    consumer.rewind()
    again = read(consumer, 7)
    assert sorted(values(again), key=str) == sorted(values(once), key=str)
    assert Counter(values(done) + values(again)) == Counter(KEYS)


def test_a_record_comes_back_as_it_was_appended(form: Form) -> None:
    log = form.open()
    odd = NewRecord(
        form.compacted.name,
        "schlüssel",
        bytes(range(256)),
        (("ce_id", b"1"), ("ce_bytes", b"\x00\xff\xfe"), ("ce_empty", b""), ("ce_id", b"2")),
    )
    log.append([odd, new(form.compacted, "gone", None)])
    found = read(form.member(log, "group", form.compacted), 2)
    assert {r.key: NewRecord(r.topic, r.key or "", r.value, r.headers) for r in found} == {
        "schlüssel": odd,
        "gone": NewRecord(form.compacted.name, "gone", None),
    }


def test_a_value_of_64_kib_is_kept_and_a_larger_one_is_refused_with_all_that_came_with_it(form: Form) -> None:
    log = form.open()
    with pytest.raises(RecordTooLarge):
        log.append([new(form.kept, "small"), new(form.kept, "large", "x" * (LIMIT_BYTES + 1))])
    log.append([new(form.kept, "full", "x" * LIMIT_BYTES)])
    assert [(r.key, len(r.value or b"")) for r in read(form.member(log), 1)] == [("full", LIMIT_BYTES)]


def test_a_key_lies_in_the_same_partition_in_every_form(form: Form) -> None:
    log = form.open()
    keys = [*KEYS, "", "é", "日本", "a" * 64, *(f"{number:032x}" for number in range(40))]
    log.append([new(form.kept, key) for key in keys])
    found = read(form.member(log), len(keys))
    assert {(r.key, r.partition) for r in found} == {(key, partition_of(key, 6)) for key in keys}


def test_lag_counts_what_a_group_has_not_committed(form: Form) -> None:
    log = form.open()
    log.append([new(form.kept, key) for key in KEYS] + [new(form.compacted, "x")])
    names = [form.kept.name, form.compacted.name]
    assert log.lag("group", names) == {form.kept.name: 12, form.compacted.name: 1}
    consumer = form.member(log, "group", form.kept, form.compacted)
    found = read(consumer, 13)
    assert log.lag("group", names) == {form.kept.name: 12, form.compacted.name: 1}
    consumer.commit([record for record in found if record.topic == form.kept.name])
    assert log.lag("group", names) == {form.kept.name: 0, form.compacted.name: 1}


def test_two_members_share_the_partitions_and_each_record_comes_to_one_of_them(form: Form) -> None:
    log = form.open()
    members = [form.member(form.open()), form.member(form.open())]
    sent: list[str] = []

    def shared_out() -> list[set[int]]:
        sent[:] = [f"{key} after {len(sent)}" for key in KEYS]
        log.append([new(form.kept, key, value) for key, value in zip(KEYS, sent, strict=True)])
        got: list[list[Record]] = [[], []]
        wait_until(lambda: _take(members, got) and sum(map(len, got)) >= len(KEYS), 20, "all came", every=0)
        parts = [{record.partition for record in records} for records in got]
        whole = Counter(values(got[0] + got[1])) == Counter(sent)
        return parts if all(parts) and whole else []

    first, second = wait_until(shared_out, 30, "both members read", every=0)
    assert first.isdisjoint(second)
    assert first | second == {partition_of(key, 6) for key in KEYS}


def _take(members: list[Consumer], got: list[list[Record]]) -> bool:
    for member, records in zip(members, got, strict=True):
        found = member.poll(100, 0.05)
        try:
            member.commit(found)
        except LeaseLost:
            continue  # shared out anew in between: it comes again, to whoever holds it now
        records.extend(found)
    return True


def test_a_member_that_leaves_is_followed_at_once(form: Form) -> None:
    log = form.open()
    log.append([new(form.kept, key, key) for key in KEYS])
    leaving, staying = form.member(form.open()), form.member(form.open())
    handled = read(leaving, 1)
    leaving.commit(handled)
    leaving.close()
    rest = read(staying, 11)
    assert Counter(values([*handled, *rest])) == Counter(KEYS)


def test_a_member_that_dies_is_taken_over_with_all_it_had_not_committed(served: Form) -> None:
    log = served.open()
    log.append([new(served.kept, "a", "1"), new(served.kept, "a", "2"), new(served.kept, "a", "3")])
    with Member(served) as dying:
        assert dying.ask("poll 1") == ["1"]
        assert dying.ask("commit") == "done"
        assert dying.ask("poll 2") == ["2", "3"]
        dying.kill()
        assert values(read(served.member(log), 2)) == ["2", "3"]


def test_a_member_that_was_paused_for_too_long_commits_nothing(served: Form) -> None:
    log = served.open()
    log.append([new(served.kept, "a", "1"), new(served.kept, "a", "2")])
    with Member(served) as paused:
        assert paused.ask("poll 2") == ["1", "2"]
        paused.pause()
        following = served.member(log)
        handled = read(following, 2)
        following.commit(handled[:1])
        paused.resume()
        assert paused.ask("commit") == "LeaseLost"
    assert values(handled) == ["1", "2"]
    assert log.lag("group", [served.kept.name]) == {served.kept.name: 1}
    following.close()
    assert values(read(served.member(log), 1)) == ["2"]


def test_a_member_that_was_told_of_its_loss_goes_on_behind_the_groups_commit(served: Form) -> None:
    log = served.open()
    log.append([new(served.kept, "a", "1"), new(served.kept, "a", "2")])
    with Member(served) as paused:
        assert paused.ask("poll 1") == ["1"]
        paused.pause()
        following = served.member(log)
        following.commit(read(following, 1))
        following.close()
        paused.resume()
        assert paused.ask("commit") == "LeaseLost"
        assert paused.ask("poll 1") == ["2"]
        assert paused.ask("commit") == "done"


@pytest.mark.parametrize(
    ("text", "hashed"),
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_keys_are_hashed_as_apache_kafka_hashes_them(text: bytes, hashed: int) -> None:
    assert murmur2(text) == hashed & 0xFFFFFFFF
