"""What a mentor is spared: too many meetings in half a day, too many slots in a row. It says whether times are allowed
and how many meetings fit; it places none."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Of mentors; a set of slots is an integer of bits, for arrays and for single people alike."""

    halves: tuple[int, ...]
    """The slots of each half-day."""
    most: Integers
    """[nm, half-days] meetings a mentor gives at most in each."""
    windows: tuple[int, ...]
    """Every set of slots in a row, one more than a mentor takes without a break."""

    def allow(self, mentor: int, gives: int, used: int, before: int) -> bool:
        """Whether a mentor may give in `gives` with meetings of any kind in `used`; rows that were too long `before`
        are nobody's fault."""
        for half, most in zip(self.halves, self.most[mentor].tolist(), strict=True):
            if (gives & half).bit_count() > most:
                return False
        return all(used & window != window or before & window == window for window in self.windows)

    def too_long(self, used: Integers, before: Integers) -> npt.NDArray[np.bool_]:
        """[n] whether there is a row that is too long and was not `before`."""
        found = np.zeros(len(used), bool)
        for window in self.windows:
            found |= ((used & window) == window) & ((before & window) != window)
        return found

    def too_many(self, gives: Integers) -> npt.NDArray[np.bool_]:
        """[nm] whether mentors give more in a half-day than they may."""
        found: npt.NDArray[np.bool_] = np.zeros(len(gives), bool)
        for number, half in enumerate(self.halves):
            found |= np.bitwise_count(gives & half) > self.most[:, number]
        return found

    def after(self, mentor: Integers, slot: Integers) -> Limits:
        """What is left of them after these meetings ([n] mentors, [n] slots)."""
        most = self.most.copy()
        for number, half in enumerate(self.halves):
            np.subtract.at(most[:, number], mentor, half >> slot & 1)
        return replace(self, most=np.maximum(0, most))

    def capacity(self, free: Integers, busy: Integers) -> Integers:
        """[nm] how many meetings fit into the free slots of each mentor: no plan can give her more."""
        fitting = free & ~self._pauses(free, busy)
        total = np.zeros(len(free), np.int64)
        for number, half in enumerate(self.halves):
            total += np.minimum(np.bitwise_count(free & half).astype(np.int64), self.most[:, number])
        most: Integers = np.minimum(total, np.bitwise_count(fitting).astype(np.int64))
        return most

    def _pauses(self, free: Integers, busy: Integers) -> Integers:
        """The fewest free slots without which no row is too long: of each row, in order of their ends, the latest (a
        smallest hitting set of intervals)."""
        pauses = np.zeros(len(free), np.int64)
        for window in self.windows:
            long = ((free | busy) & ~pauses & window) == window
            long &= (busy & window) != window
            pauses |= np.where(long, highest_bit(free & window), 0)
        return pauses


def limits(position: Integers, half: Integers, most: Integers, in_a_row: int) -> Limits:
    """Of slots at these positions (one apart = in a row) and half-days, the columns of `most` being the half-days in
    order."""
    slots = len(position)
    starts = [start for start in range(slots - in_a_row) if position[start + in_a_row] - position[start] == in_a_row]
    return Limits(
        halves=tuple(int(sum(1 << int(slot) for slot in np.flatnonzero(half == one))) for one in np.unique(half)),
        most=most,
        windows=tuple(((1 << (in_a_row + 1)) - 1) << start for start in starts),
    )


def highest_bit(masks: Integers) -> Integers:
    """[n] the highest bit of each mask alone, 0 of none."""
    spread = masks.copy()
    for shift in (1, 2, 4, 8, 16, 32):
        spread |= spread >> shift
    highest: Integers = spread ^ (spread >> 1)
    return highest
