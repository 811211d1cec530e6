"""`python -m bench.learning [--sets N]`: simulated conferences with a known truth, again and again. How often something is
found where nothing is, how often what is there is found, how often intervals hold the truth, and how long it takes."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import click

from services.introductions.learning import Finding, learn
from services.introductions.learning.power import WORTH_SEEING
from tests.introductions.learning.worlds import NAMES, World

PLANTED = {"common_topics": 0.6, "years_between": -0.5}
ALIKE = {"mentors_differ": 0.0, "mentees_differ": 0.0}
WORLDS = {
    "nothing planted": World(),
    "nothing planted, people alike": World(**ALIKE),
    "nothing planted, three times the pairs": World(pairs=2400),
    "nothing planted, who is in touch answers more": World(answers=0.4, answers_if_in_touch=0.8),
    "nothing planted, half drawn": World(drawn=0.5, pairs=1600),
    "one planted, as strong as what the number of pairs is reckoned for": World(
        effects={"common_topics": WORTH_SEEING}, pairs=600, drawn=0.0, **ALIKE
    ),
    "two planted": World(effects=PLANTED, pairs=1200),
    "two planted, people alike": World(effects=PLANTED, pairs=1200, **ALIKE),
    "two planted, who is in touch answers more": World(
        effects=PLANTED, pairs=1200, answers=0.4, answers_if_in_touch=0.8
    ),
    "the current points are right": World(
        effects={"common_topics": 0.55, "goals_helped": 0.18, "years_between": 0.13, "asked_for": 0.3}, pairs=1200
    ),
}


@dataclass
class Tally:
    """What came of many sets of one world."""

    sets: int = 0
    refused: int = 0
    anything: int = 0
    """Sets in which some term that does nothing was said to help or to hurt."""
    better: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    """Planted terms found with the right sign,"""
    wrong: int = 0
    """and with the wrong one."""
    together: int = 0
    """Sets in which every term's interval held the truth."""
    seconds: float = 0.0

    def count(self, world: World, found: Finding, seconds: float) -> None:
        """One set more."""
        self.sets += 1
        self.seconds += seconds
        if found.compared is None:
            self.refused += 1
            return
        self.better[found.compared.verdict] += 1
        false, hold = False, True
        for effect in found.effects:
            truth = world.effects.get(effect.term, 0.0)
            low, high = effect.log_odds_interval
            hold = hold and (effect.verdict == "same" or low <= truth <= high)
            if effect.verdict in ("helps", "hurts"):
                sign = 1 if effect.verdict == "helps" else -1
                self.right[effect.term] += truth * sign > 0
                self.wrong += truth * sign < 0
                false = false or truth == 0
        self.anything += false
        self.together += hold

    def lines(self, name: str, world: World) -> Sequence[str]:
        """What there is to say."""
        told = max(1, self.sets - self.refused)
        planted = ", ".join(f"{term} {self.right[term] / told:.1%}" for term in NAMES if world.effects.get(term))
        return (
            f"{name}: {self.sets} sets of {world.pairs} pairs, {self.refused} refused, {self.seconds / self.sets:.2f} s each",
            f"    found where nothing is: {self.anything / told:.1%}; all intervals hold the truth: {self.together / told:.1%}",
            *([f"    planted and found: {planted}; with the wrong sign: {self.wrong}"] if planted else []),
            "    better on people not seen: "
            + ", ".join(f"{word} {self.better[word] / told:.1%}" for word in ("yes", "no", "unknown")),
        )


def tally(world: World, sets: int, first: int = 0) -> Tally:
    """So many sets of one world, each with a seed of its own."""
    found = Tally()
    for seed in range(first, first + sets):
        lesson = world.lesson(seed)
        started = time.perf_counter()
        finding = learn(lesson)
        found.count(world, finding, time.perf_counter() - started)
    return found


@click.command()
@click.option("--sets", default=400, show_default=True, help="So many of each world.")
@click.option("--only", default="", help="Worlds whose name has these words.")
def main(sets: int, only: str) -> None:
    """Print what learning finds in simulated conferences."""
    for name, world in WORLDS.items():
        if only in name:
            print("\n".join(tally(world, sets).lines(name, world)), flush=True)


if __name__ == "__main__":
    main()
