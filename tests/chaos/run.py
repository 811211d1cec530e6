"""The run of `make chaos`: load over HTTP, kills and pauses by chance, an end in peace, and a verdict."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.checker import violations
from tests.chaos.clients import Crowd
from tests.chaos.evidence import Evidence
from tests.chaos.installation import Installation
from tests.chaos.kills import Hand, schedule
from tests.chaos.letters import Postman
from tests.chaos.record import Record
from tests.chaos.settle import evidence, settle_for_long

CLIENTS = 3


@dataclass(frozen=True)
class Report:
    """What happened, in numbers, and what contradicts the promises."""

    killed: Counter[str]
    paused: Counter[str]
    ended: Counter[str]
    evidence: Evidence
    violations: dict[str, list[str]]
    seconds: float

    def text(self) -> str:
        """For a terminal."""
        seen, written = self.evidence, self.evidence.counts()
        lost = self.violations.get("every_registration_is_there", [])
        lines = [
            f"killed         {sum(self.killed.values())} ({_listed(self.killed)})",
            f"paused         {sum(self.paused.values())} ({_listed(self.paused)}), each beside its replacement, then killed",
            f"acknowledged   {sum(written.values())} ({_listed(written)})",
            f"introductions  {len(seen.introductions)} ({_listed(Counter(i['status'] for i in seen.introductions.values()))})",
            f"mails          {len(seen.letters)}, of which {len(seen.copies)} came again"
            f" (allowed: {seen.mailer_deaths})",
            f"lost           {len(lost)} registrations",
            f"took           {self.seconds:.0f} s",
        ]
        for rule, sentences in self.violations.items():
            lines.append(f"VIOLATED       {rule.replace('_', ' ')}: {len(sentences)} times")
            lines += [f"                 {sentence}" for sentence in sentences[:5]]
        lines.append("verdict        " + ("violated" if self.violations else "nothing lost, nothing twice, in order"))
        return "\n".join(lines)


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


def run(
    folder: Path,
    *,
    kills: int,
    pauses: int,
    seed: int,
    pace: float,
    size: int = 16,
    patience: float = 60.0,
    say: Callable[[str], None] = lambda _: None,
) -> Report:
    """Kill `kills` times, pause `pauses` times, one of them every `pace` seconds; everything lies in `folder` afterwards."""
    began = time.monotonic()
    record = Record(folder / "record.jsonl")
    with Postman() as postman:
        installation = Installation(folder, postman.url)
        installation.set_up()
        hand = Hand(installation, record)
        try:
            installation.start_all()
            crowd = Crowd([installation.api() for _ in range(CLIENTS)], record, seed, size)
            crowd.start()
            say("everything is up; killing")
            hand.carry_out(schedule(kills, pauses, random.Random(seed), pace))
            say("no more kills; waiting until it is quiet")
            crowd.stop()
            settle_for_long(installation, record, crowd.clients, patience)
            installation.close()
        except BaseException:
            installation.close()
            record.close()
            raise
        seen = evidence(record, postman, deaths=hand.mailer_deaths, pauses=hand.mail_pauses)
    return Report(hand.killed, hand.paused, hand.ended, seen, violations(seen), time.monotonic() - began)
