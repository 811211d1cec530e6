"""Starts `rapport` with something planted: a place to die at, and perhaps a fault. Nothing of it is in the product.

    python -m tests.chaos.planted '{"plant": NAME, "fault": true, "flag": FILE}' work all --only relay

Leases are short here, so that a dead process is replaced within a second. A process dies once: the flag file says so.
"""

from __future__ import annotations

import json
import sys

from tests.chaos.plants import PLANTS, shorten_leases


def main() -> None:
    """Plant what the first argument says, then be `rapport`."""
    told = json.loads(sys.argv.pop(1))
    shorten_leases()
    if told:
        PLANTS[told["plant"]](told["fault"], told["flag"])
    from rapport.__main__ import main as rapport

    rapport()


if __name__ == "__main__":
    main()
