"""Tells Python's interpreter what a process that runs for long is like: its garbage collector, and how threads take turns.
Keeps nothing itself."""

from __future__ import annotations

import gc
import sys

NEW_OBJECTS = 20_000
"""After so many the youngest are looked through. Python's 700 suit small programs: a plan for thousands of people makes
hundreds of thousands of objects that do not run in circles, and was interrupted for nearly half of its time."""
TURN = 0.0005
"""Seconds after which a thread that computes lets another one go on. Python's 0.005 suit threads that mostly compute: ours
stop at every statement of a database, twenty times in a transaction, and waited so long each time, with the lock in hand."""


def settle_in() -> None:
    """Call it once everything is loaded: that stays for good, and need not be looked through again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 50)
    sys.setswitchinterval(TURN)
