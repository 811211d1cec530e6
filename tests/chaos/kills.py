"""A seeded schedule of kills and pauses, and the hand that carries it out and puts something in the place of what fell."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.chaos.installation import ROLES, Installation
from tests.chaos.record import Record
from tests.servers.process import ServerProcess

PAUSABLE = ("relay", "intake", "mail")
LONGER_THAN_ITS_LEASE = 11.0
"""Seconds: the leases of relay and log last 10. The mailer's lasts 60, so the shared clock is moved instead."""
TWO_AT_ONCE = 2.0


@dataclass(frozen=True)
class Step:
    """After so many seconds, kill or pause a role."""

    after: float
    act: str
    role: str


def schedule(kills: int, pauses: int, chance: random.Random, pace: float) -> list[Step]:
    """Every role equally often, in an order and at distances that chance gives; `pace` is the mean distance in seconds."""
    acts = [("kill", ROLES[n % len(ROLES)]) for n in range(kills)]
    acts += [("pause", PAUSABLE[n % len(PAUSABLE)]) for n in range(pauses)]
    chance.shuffle(acts)
    return [Step(chance.uniform(0.2, 2 * pace - 0.2), act, role) for act, role in acts]


@dataclass
class Hand:
    """Carries a schedule out and counts. Paused processes are continued, live beside their replacement, and are killed."""

    installation: Installation
    record: Record
    killed: Counter[str] = field(default_factory=Counter)
    paused: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    """SIGKILLs at the end of a pause."""
    mail_pauses: list[tuple[float, float]] = field(default_factory=list)
    _waiting: list[tuple[float, str, ServerProcess, float]] = field(default_factory=list)
    _awake: list[tuple[float, str, ServerProcess]] = field(default_factory=list)
    _clock: threading.Event = field(default_factory=threading.Event)

    @property
    def mailer_deaths(self) -> int:
        return self.killed["mail"] + self.ended["mail"]

    def carry_out(self, steps: list[Step]) -> None:
        """All steps in order, then the end of every pause."""
        for step in steps:
            self._let_pass(step.after)
            if step.act == "kill":
                self.record.write("killed", role=step.role)
                self.installation.kill(step.role)
                self.killed[step.role] += 1
                self.installation.start(step.role)
            else:
                self._pause(step.role)
        while self._waiting or self._awake:
            self._let_pass(0.2)

    def _pause(self, role: str) -> None:
        self.record.write("paused", role=role)
        process, began = self.installation.pause(role), self.installation.product_time()
        self.paused[role] += 1
        self.installation.start(role)
        lasts = LONGER_THAN_ITS_LEASE
        if role == "mail":
            self.installation.advance(61)
            lasts = 3.0
        self._waiting.append((time.monotonic() + lasts, role, process, began))

    def _let_pass(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while True:
            self._continue_paused()
            self._replace_fallen()
            left = end - time.monotonic()
            if left <= 0:
                return
            self._clock.wait(min(left, 0.2))

    def _continue_paused(self) -> None:
        now = time.monotonic()
        for item in [item for item in self._waiting if item[0] <= now]:
            self._waiting.remove(item)
            _, role, process, began = item
            if role == "mail":
                self.mail_pauses.append((began, time.time()))
            self.record.write("continued", role=role)
            process.resume()
            self._awake.append((now + TWO_AT_ONCE, role, process))
        for last in [item for item in self._awake if item[0] <= now]:
            self._awake.remove(last)
            self.record.write("killed", role=last[1])
            last[2].kill()
            self.ended[last[1]] += 1

    def _replace_fallen(self) -> None:
        for role in self.installation.fallen():
            self.record.write("fell", role=role)
            self.installation.start(role)
