"""`python -m bench.planner.onsite`: a plan, a morning of events, and how long each repair takes; beside it what planning
the same situation anew would have brought. Streams are made from a seed while they happen, since people answer to what
they were proposed."""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from bench.planner.checking import check, checker
from bench.planner.instances import PROFILES, make
from services.introductions.planner.engine import Measures, measure, model_of, plan, wrong_with
from services.introductions.planner.engine.onsite import Changes, OnSite, events_of

EVENTS = {100: 50, 1_000: 200, 5_000: 500, 20_000: 1_000}
AGREED = 0.3
"""Share of the proposals that are agreed before the first event."""
MIX = {
    "check-in": 30,
    "accept": 22,
    "seen": 17,
    "decline": 13,
    "walk-in": 6,
    "leave": 5,
    "late": 5,
    "table-lost": 2,
}
SLOTS_PASSED = 3
"""Slots that end while the stream lasts."""


class Crowd:
    """People who do something, one event after the other."""

    def __init__(self, instance: dict[str, Any], seed: int, count: int, profile: str) -> None:
        self.instance, self.count, self.at = instance, count, 0
        self.random = np.random.default_rng([seed, count])
        self.people = list(instance["people"])
        self.others = make(max(50, len(self.people) // 10), seed + 1000, profile)["people"]
        self.missing = list(self.random.permutation(len(self.people))[: len(self.people) // 2])

    def next(self, site: OnSite) -> dict[str, Any]:
        """What happens next, given the plan as it is."""
        self.at += 1
        if self.at % (self.count // SLOTS_PASSED) == 0 and site.state.now < site.state.slots - 1:
            return {"kind": "slot-passed", "slot": site.state.now}
        kinds, weights = list(MIX), np.array(list(MIX.values()))
        kind = str(self.random.choice(kinds, p=weights / weights.sum()))
        return getattr(self, "_" + kind.replace("-", "_"))(site)

    def _name(self, person: int) -> str:
        return self.people[person]["id"]

    def _anybody(self) -> str:
        return self._name(int(self.random.integers(len(self.people))))

    def _check_in(self, _site: OnSite) -> dict[str, Any]:
        person = self._name(int(self.missing.pop())) if self.missing else self._anybody()
        return {"kind": "check-in", "person": person}

    def _answer(self, site: OnSite, kind: str) -> dict[str, Any]:
        loose = [pair for pair in sorted(site.state.meetings) if site.state.loose(pair)]
        if not loose:
            return self._check_in(site)
        mentor, mentee = loose[int(self.random.integers(len(loose)))]
        people = (site.state.mentors[mentor], site.state.mentees[mentee])
        return {"kind": kind, "mentor": self._name(people[0]), "mentee": self._name(people[1])}

    def _accept(self, site: OnSite) -> dict[str, Any]:
        return self._answer(site, "accept")

    def _seen(self, site: OnSite) -> dict[str, Any]:
        return self._answer(site, "seen")

    def _decline(self, site: OnSite) -> dict[str, Any]:
        return self._answer(site, "decline")

    def _walk_in(self, site: OnSite) -> dict[str, Any]:
        other = self.others[int(self.random.integers(len(self.others)))]
        person = {**other, "id": f"w{self.at}"}
        self.people.append(person)
        return {"kind": "walk-in", "person": person}

    def _leave(self, site: OnSite) -> dict[str, Any]:
        later = int(self.random.integers(site.state.now, site.state.slots))
        return {"kind": "leave", "person": self._anybody()} | ({"slot": later} if self.random.random() < 0.5 else {})

    def _late(self, site: OnSite) -> dict[str, Any]:
        slot = min(site.state.slots - 1, site.state.now + int(self.random.integers(1, 4)))
        return {"kind": "late", "person": self._anybody(), "slot": slot}

    def _table_lost(self, site: OnSite) -> dict[str, Any]:
        if self.random.random() < 0.1:
            return {"kind": "table-lost", "tables": 1}
        slot = int(self.random.integers(site.state.now, site.state.slots))
        most = max(1, site.state.tables[slot] // 20)
        if site.state.tables[slot] < most:
            return self._check_in(site)
        return {"kind": "table-lost", "slot": slot, "tables": int(self.random.integers(1, most + 1))}


@dataclass(frozen=True, kw_only=True)
class Row:
    """What one stream came to."""

    name: str
    took: np.ndarray
    """[events, 2] milliseconds, by the clock and of the processor (this thread alone)."""
    prepared: float
    """Seconds before the first event can be handled."""
    warm: float
    """Seconds of the warm round."""
    cold: float
    """Seconds of planning the same situation anew, in the same run."""
    repaired: Measures
    improved: Measures
    anew: Measures
    changes: Changes
    wrong: list[str]

    def line(self) -> str:
        """The row of the table."""
        clock, processor = ([np.percentile(self.took[:, at], share) for share in (50, 99, 100)] for at in (0, 1))
        below = [100 * (one.value / max(1, self.anew.value) - 1) for one in (self.repaired, self.improved)]
        missing = [one.served - self.anew.served for one in (self.repaired, self.improved)]
        cells = (
            f"{self.name:<21}{len(self.took):>6,}{clock[0]:>8.2f}{clock[1]:>8.2f}{clock[2]:>8.2f}",
            f"{processor[1]:>8.2f}{processor[2]:>8.2f}",
            f"{self.prepared:>7.2f}{self.warm * 1000:>8.0f}{self.cold:>8.2f}{self.cold / self.warm:>6.0f}",
            f"{self.anew.served:>8,}{missing[0]:>+6}{missing[1]:>+6}{below[0]:>+9.3f}{below[1]:>+9.3f}",
            f"{100 * self.changes.untouched / max(1, self.changes.open):>7.1f}",
            f"{self.changes.agreed_changed:>7}{self.changes.void:>6}",
        )
        return "".join(cells) + ("  " + "; ".join(self.wrong) if self.wrong else "")


HEADING = (
    f"{'instance':<21}{'events':>6}{'p50 ms':>8}{'p99 ms':>8}{'max ms':>8}{'p99 cpu':>8}{'max cpu':>8}{'prep s':>7}{'warm ms':>8}"
    f"{'cold s':>8}{'ratio':>6}{'served':>8}{'rep.':>6}{'warm':>6}{'rep. %':>9}{'warm %':>9}{'kept %':>7}{'agreed':>7}{'void':>6}"
)


class Morning:
    """One instance with a plan of which a share is agreed, and what happens to it."""

    def __init__(self, people: int, seed: int, profile: str) -> None:
        self.instance, self.seed, self.profile = make(people, seed, profile), seed, profile
        model = model_of(self.instance)
        planned = plan(model, seed=seed)
        agreed = np.random.default_rng(seed).random(len(planned.meetings)) < AGREED
        began = time.perf_counter()
        self.site = OnSite(model.with_fixed(planned.meetings[agreed]), planned.meetings)
        self.prepared = time.perf_counter() - began

    def happens(self, count: int, warm_every: int = 0) -> np.ndarray:
        """[events, 2] milliseconds of each repair."""
        crowd, took = Crowd(self.instance, self.seed, count, self.profile), []
        gc.collect()
        gc.freeze()
        for at in range(1, count + 1):
            happened = crowd.next(self.site)
            document = {"format": "rapport-events/1", "events": [happened]}
            known = crowd.people[:-1] if happened["kind"] == "walk-in" else crowd.people
            event = events_of(document, {**self.instance, "people": known})[0]
            began, used = time.perf_counter(), time.thread_time()
            self.site.handle(event)
            took.append((1000 * (time.perf_counter() - began), 1000 * (time.thread_time() - used)))
            if warm_every and at % warm_every == 0 and at < count:
                self.site.improve(self.seed)
        gc.unfreeze()
        self.instance = {**self.instance, "people": crowd.people}
        return np.array(took)

    def row(self, took: np.ndarray) -> Row:
        """The repaired plan, improved, beside planning the same situation anew."""
        before = self.site.situation()
        wrong, repaired = list(wrong_with(before, self.site.meetings)), measure(before, self.site.meetings)
        gc.collect()
        gc.freeze()  # as `rapport replan` does: a collection would look through all of it
        began = time.perf_counter()
        self.site.improve(self.seed)
        warm = time.perf_counter() - began
        gc.unfreeze()
        now = self.site.situation()
        wrong += [*wrong_with(now, self.site.meetings), *_by_the_checker(self.instance, self.site)]
        began = time.perf_counter()
        anew = plan(now, seed=self.seed)
        return Row(
            name=f"{self.profile} {self.instance['args']['people']:,} #{self.seed}",
            took=took,
            prepared=self.prepared,
            warm=warm,
            cold=time.perf_counter() - began,
            repaired=repaired,
            improved=measure(now, self.site.meetings),
            anew=measure(now, anew.meetings),
            changes=self.site.changes(),
            wrong=wrong,
        )


def instance_now(instance: dict[str, Any], site: OnSite) -> dict[str, Any]:
    """The situation as an instance; `instance` has everybody who walked in."""
    now = site.situation()
    people = [
        {**one, "avail": format(there, "x")}
        for one, there in zip(instance["people"], now.available.tolist(), strict=True)
    ]
    never = [(int(now.mentors[mentor]), int(now.mentees[mentee])) for mentor, mentee in sorted(site.state.declined)]
    gone = set(never)
    fixed = np.column_stack([now.mentors[now.fixed[:, 0]], now.mentees[now.fixed[:, 1]], now.fixed[:, 2:]])
    return {
        **instance,
        "people": people,
        "tables": now.tables.tolist(),
        "blocks": [*map(list, instance["blocks"]), *map(list, never)],
        "requests": [[mentee, mentor] for mentee, mentor in instance["requests"] if (mentor, mentee) not in gone],
        "fixed": fixed.tolist(),
    }


def _by_the_checker(instance: dict[str, Any], site: OnSite) -> tuple[str, ...]:
    """What the independent checker has against the plan, where it is at hand."""
    if checker() is None:
        return ()
    now = site.situation()
    rows = site.meetings
    people = np.column_stack([now.mentors[rows[:, 0]], now.mentees[rows[:, 1]], rows[:, 2:]])
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder) / "instance.json", Path(folder) / "plan.json"
        files[0].write_text(json.dumps(instance_now(instance, site)))
        files[1].write_text(json.dumps({"format": "rapport-plan/1", "meetings": people.tolist()}))
        verdict = check(*files, "none")
    told, found = (verdict.served, verdict.value), measure(now, rows)
    if not verdict.valid or told != (found.served, found.value):
        return (f"the checker: valid {verdict.valid}, {told} instead of {(found.served, found.value)}",)
    return ()


def main() -> None:
    """A stream for each instance."""
    parser = argparse.ArgumentParser(prog="bench.planner.onsite", description="Events on site, repaired and improved.")
    parser.add_argument("--people", type=int, nargs="+", default=[1_000], metavar="N", help="sizes; 1000")
    parser.add_argument(
        "--seeds", type=int, nargs="+", default=[1], metavar="N", help="one instance and stream each; 1"
    )
    parser.add_argument("--profiles", nargs="+", choices=sorted(PROFILES), default=["conference"], help="conference")
    parser.add_argument("--events", type=int, metavar="N", help="200 to 1,000, by size")
    parser.add_argument(
        "--warm-every", type=int, default=0, metavar="N", help="a warm round after every N events; none"
    )
    given = parser.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print("The checker is not at hand ($RAPPORT_CHECKER)." if checker() is None else "Every plan is checked twice.")
    print(HEADING, flush=True)
    failed = False
    for people, profile, seed in product(given.people, given.profiles, given.seeds):
        morning = Morning(people, seed, profile)
        row = morning.row(morning.happens(given.events or EVENTS.get(people, 200), given.warm_every))
        print(row.line(), flush=True)
        failed |= bool(row.wrong or row.changes.agreed_changed)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
