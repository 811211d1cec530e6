"""What services are made of."""

from __future__ import annotations

import time
import uuid

from shared.parts import new_id


def test_an_id_is_a_uuid_that_begins_with_the_present_millisecond_and_is_random_behind_it() -> None:
    before = time.time_ns() // 1_000_000
    made = [new_id() for _ in range(1_000)]
    after = time.time_ns() // 1_000_000
    read = [uuid.UUID(hex=one) for one in made]
    assert {(one.version, one.variant, one.hex == text) for one, text in zip(read, made, strict=True)} == {
        (7, uuid.RFC_4122, True)
    }
    times = [one.int >> 80 for one in read]
    assert times == sorted(times)
    assert before <= times[0] <= times[-1] <= after
    random = (1 << 62) - 1, 0xFFF << 64
    for mask in random:  # every bit is set in some and not in others
        bits = [one.int & mask for one in read]
        assert (any_of(bits), all_of(bits)) == (mask, 0)


def any_of(numbers: list[int]) -> int:
    """The bits that some have."""
    found = 0
    for number in numbers:
        found |= number
    return found


def all_of(numbers: list[int]) -> int:
    """The bits that all have."""
    found = numbers[0]
    for number in numbers:
        found &= number
    return found
