"""One short story for each planted fault: what is planted where, what clients do, and when the process dies."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.checker import violations
from tests.chaos.clients import Client
from tests.chaos.installation import Installation
from tests.chaos.letters import Postman
from tests.chaos.plants import DONE
from tests.chaos.record import Record
from tests.chaos.settle import evidence, settle
from tests.servers.process import ServerProcess
from tests.servers.waiting import wait_until

QUIET = 40.0


@dataclass
class Stage:
    """One installation with one client, and the file that tells when the planted place was reached."""

    installation: Installation
    client: Client
    record: Record
    flag: Path

    def wait_for_the_place(self) -> None:
        """Until the planted place was reached."""
        wait_until(self.flag.exists, QUIET, "the planted place was reached")

    def wake(self, process: ServerProcess) -> None:
        """Continue a process that sleeps at its place, until it has done what it was at."""
        process.resume()
        wait_until(Path(f"{self.flag}{DONE}").exists, QUIET, "what slept is done")

    def replace(self, role: str) -> None:
        """Wait until the role died at its place, and start it again."""
        self.wait_for_the_place()
        wait_until(lambda: role in self.installation.fallen(), QUIET, f"{role} died")
        self.installation.start(role)


@dataclass(frozen=True)
class Scenario:
    """`plants`: role -> what is planted into it. `roles`: the processes that the story needs."""

    plants: Mapping[str, str]
    roles: tuple[str, ...]
    tell: Callable[[Stage], None]
    broken: frozenset[str]
    """The rules that the fault breaks."""


def two_people_arrive(dies: str) -> Callable[[Stage], None]:
    """A mentor and a mentee register and arrive; a process dies over the first arrival."""

    def tell(stage: Stage) -> None:
        mentor, mentee = stage.client.register("mentor"), stage.client.register("mentee")
        stage.client.check_in(mentee)
        if dies != "web":  # gunicorn replaces its worker by itself
            stage.replace(dies)
        stage.client.check_in(mentor)

    return tell


def one_person_registers(dies: str) -> Callable[[Stage], None]:
    """Somebody registers; a process dies over it."""

    def tell(stage: Stage) -> None:
        stage.client.register("mentee")
        if dies != "web":
            stage.replace(dies)

    return tell


def a_relay_sleeps_over_a_withdrawal(stage: Stage) -> None:
    """A mentee arrives and withdraws; the relay that had read of her arrival sleeps, and tells of it after its replacement
    has told of both."""
    mentor, mentee = stage.client.register("mentor"), stage.client.register("mentee")
    stage.installation.wait_quiet(QUIET)
    stage.client.check_in(mentee)
    stage.wait_for_the_place()
    asleep = stage.installation.set_aside("relay")
    stage.client.withdraw(mentee)
    stage.installation.start("relay")
    stage.installation.wait_quiet(QUIET)
    stage.wake(asleep)
    stage.client.check_in(mentor)


def two_plan_at_once(stage: Stage) -> None:
    """Two people arrive; who made the plan sleeps before saving it, and wakes up when another one has planned."""
    for role in ("mentor", "mentee"):
        stage.client.check_in(stage.client.register(role))
    stage.wait_for_the_place()
    asleep = stage.installation.set_aside("intake")
    stage.installation.start("intake")
    wait_until(stage.client.introductions, QUIET, "another process planned")
    stage.wake(asleep)


LOST = frozenset({"everybody_who_is_here_is_introduced"})
SCENARIOS: dict[str, Scenario] = {
    "outbox_after_commit": Scenario({"web": "outbox_after_commit"}, ("web", "rest"), two_people_arrive("web"), LOST),
    "mark_before_append": Scenario(
        {"relay": "mark_before_append"}, ("web", "relay", "rest"), two_people_arrive("relay"), LOST
    ),
    "offset_before_effect": Scenario(
        {"intake": "offset_before_effect"}, ("web", "intake", "rest"), two_people_arrive("intake"), LOST
    ),
    "old_news_counts": Scenario(
        {"relay": "stopped_relay", "intake": "old_news_counts"},
        ("web", "relay", "intake", "rest"),
        a_relay_sleeps_over_a_withdrawal,
        frozenset({"nobody_withdrawn_is_introduced"}),
    ),
    "two_planners": Scenario(
        {"intake": "two_planners"},
        ("web", "intake", "rest"),
        two_plan_at_once,
        frozenset({"no_pair_is_introduced_twice", "nobody_is_in_two_places"}),
    ),
    "sent_before_smtp": Scenario(
        {"mail": "sent_before_smtp"},
        ("web", "mail", "rest"),
        one_person_registers("mail"),
        frozenset({"every_ticket_is_mailed_once"}),
    ),
    "random_message_id": Scenario(
        {"mail": "random_message_id"},
        ("web", "mail", "rest"),
        one_person_registers("mail"),
        frozenset({"every_ticket_is_mailed_once", "one_thing_has_one_message_id"}),
    ),
    "no_idempotency_key": Scenario(
        {"web": "no_idempotency_key"},
        ("web", "rest"),
        one_person_registers("web"),
        frozenset({"a_retry_gets_the_first_answer"}),
    ),
}


def play(name: str, folder: Path, *, fault: bool) -> dict[str, list[str]]:
    """The story with or without its fault, with the same death either way; returns what the checker reports."""
    scenario = SCENARIOS[name]
    flag = folder / "reached"
    plants = {role: {"plant": plant, "fault": fault, "flag": str(flag)} for role, plant in scenario.plants.items()}
    record = Record(folder / "record.jsonl")
    with Postman() as postman:
        installation = Installation(folder, postman.url, scenario.roles, plants)
        installation.set_up()
        try:
            installation.start_all()
            client = Client(installation.api(), record, random.Random(1), "chaos", itertools.count(1))
            client.open()
            scenario.tell(Stage(installation, client, record, flag))
            settle(installation, record, [client], QUIET)
            return violations(evidence(record, postman, deaths=1, grace=5.0))
        finally:
            installation.close()
            record.close()
