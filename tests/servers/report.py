"""What a run used, told in its closing lines; and the rule that in CI nothing may be left out.

Hooks of pytest; `tests/conftest.py` offers them. Marks and groups follow from the fixtures that a test asks for.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Generator
from typing import Any

import pytest
from _pytest.nodeid import coerce_node_id

from tests.beside import NOT_BESIDE
from tests.servers.engine import engine_version
from tests.servers.fixtures import USED, in_ci

PROMISED = ("PostgreSQL", "Valkey", "Apache Kafka", "Chromium", "SMTP")
MARKS = {"postgres": "postgres", "valkey": "redis", "kafka": "kafka", "browser": "browser"}
GROUPED = ("kafka",)
"""Servers that one worker of pytest-xdist has for all, so that one broker is enough."""
NO_ENGINE = "no container engine answers"
told: dict[str, str] = {}
"""What the workers of pytest-xdist used."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by the servers that they ask for; those of Kafka go to one worker."""
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        for fixture, mark in MARKS.items():
            if fixture in names or f"{fixture}_server" in names:
                item.add_marker(mark)
                if fixture in GROUPED:
                    item.add_marker(pytest.mark.xdist_group(fixture))
        if getattr(item.config.option, "loadgroup", False):
            _write_group(item)


def _write_group(item: pytest.Item) -> None:
    """Put the test's group where the scheduler reads it: behind an @ in its id.

    pytest-xdist 3.8 does so in an attribute that pytest 9.2 has renamed, so groups would not count.
    """
    groups = sorted({mark.args[0] for mark in item.iter_markers("xdist_group") if mark.args})
    if groups:
        item._id = coerce_node_id(f"{item.nodeid}@{'_'.join(groups)}")


def pytest_collection_finish() -> None:
    """What was loaded stays for the whole run: looking through it again and again for garbage takes a tenth of it."""
    gc.collect()
    gc.freeze()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Tests of containers are run where an engine answers."""
    if item.get_closest_marker("docker") and engine_version() is None:
        pytest.skip(NO_ENGINE)


def pytest_testnodedown(node: Any, error: object) -> None:
    """A worker of pytest-xdist ended: remember what it used."""
    told.update(getattr(node, "workeroutput", {}).get("servers", {}))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand over what this process used; in CI a test that was not run fails the run."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["servers"] = dict(USED)
    elif in_ci() and _left_out(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> Generator[None, None, None]:
    """The closing lines, behind all that pytest itself has to say."""
    yield
    used = {**told, **USED}
    terminalreporter.section("servers of this run")
    for name in PROMISED:
        terminalreporter.write_line(used.get(name, f"{name}: not used"))
    version = engine_version()
    terminalreporter.write_line(f"Docker {version}" if version else f"Docker: {NO_ENGINE}, containers not tested")
    for reason, count in sorted(_left_out(config).items()):
        terminalreporter.write_line(f"NOT RUN: {count} because {reason}")


def _left_out(config: pytest.Config) -> Counter[str]:
    """Reason -> how many tests were not run for it; containers aside, which the Docker line tells, and
    what is no part of the repository."""
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    reports = reporter.stats.get("skipped", []) if reporter else []
    reasons = Counter(_reason(report) for report in reports)
    return Counter({reason: count for reason, count in reasons.items() if reason not in (NO_ENGINE, NOT_BESIDE)})


def _reason(report: Any) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return str(text).removeprefix("Skipped: ").splitlines()[0]
