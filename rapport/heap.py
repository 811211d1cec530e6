"""Tells Python's garbage collector what a process that runs for long is like. Keeps nothing itself."""

from __future__ import annotations

import gc

NEW_OBJECTS = 20_000
"""After so many the youngest are looked through. Python's 700 suit small programs: a plan for thousands of people makes
hundreds of thousands of objects that do not run in circles, and was interrupted for nearly half of its time."""


def keep_what_is_loaded() -> None:
    """Call it once everything is loaded: that stays for good, and need not be looked through again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 50)
