"""Real servers for the tests: PostgreSQL, Valkey, Apache Kafka, an SMTP sink, Chromium. No fake of a store lives here.

Each module is usable without pytest (the chaos and bench scripts do so); `fixtures.py` makes fixtures of them.
"""

from __future__ import annotations


class Unusable(Exception):
    """This server cannot be started on this machine; the message says why."""
