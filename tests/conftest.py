"""What every test may ask for: `system` (all services on memory parts) and real servers, started when first asked for."""

from __future__ import annotations

from tests.servers.fixtures import (
    browser,
    chromium,
    kafka,
    kafka_server,
    postgres,
    smtp,
    smtp_server,
    valkey,
    valkey_server,
)
from tests.servers.report import (
    pytest_collection_finish,
    pytest_collection_modifyitems,
    pytest_runtest_setup,
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
)
from tests.system import lasting, system, template

__all__ = [
    "browser",
    "chromium",
    "kafka",
    "kafka_server",
    "lasting",
    "postgres",
    "pytest_collection_finish",
    "pytest_collection_modifyitems",
    "pytest_runtest_setup",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
    "pytest_testnodedown",
    "smtp",
    "smtp_server",
    "system",
    "template",
    "valkey",
    "valkey_server",
]
