"""Data and tools that may lie in a folder beside the checkout and are no part of it: where they are not, the tests that
want them are not run, in CI neither."""

from __future__ import annotations

from pathlib import Path

SHARED = Path(__file__).parents[2] / "shared"
NOT_BESIDE = "../shared is not beside this checkout"
