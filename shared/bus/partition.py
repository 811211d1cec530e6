"""Which partition a key belongs to: murmur2 as Apache Kafka's default partitioner, so that all forms agree.

Source: Kafka's `Utils.murmur2` (Austin Appleby's MurmurHash2, seed 0x9747b28c).
"""

from __future__ import annotations

_M = 0x5BD1E995
_MASK = 0xFFFFFFFF


def murmur2(data: bytes) -> int:
    """The 32-bit hash of `data`."""
    length = len(data)
    value = (0x9747B28C ^ length) & _MASK
    for start in range(0, length - length % 4, 4):
        part = (int.from_bytes(data[start : start + 4], "little") * _M) & _MASK
        part ^= part >> 24
        value = ((value * _M) & _MASK) ^ ((part * _M) & _MASK)
    rest = data[length - length % 4 :]
    if rest:
        value = ((value ^ int.from_bytes(rest, "little")) * _M) & _MASK
    value ^= value >> 13
    value = (value * _M) & _MASK
    return value ^ (value >> 15)


def partition_of(key: str, partitions: int) -> int:
    """The partition of a key, from 0."""
    return (murmur2(key.encode()) & 0x7FFFFFFF) % partitions
