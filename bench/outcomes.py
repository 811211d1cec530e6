"""`python -m bench.outcomes`: whether the numbers about pairs tell the truth, on conferences of which it is known.

Each pair has a last contact; some never have one after the meeting. Each of the two is asked after a week, a month and three
months, and answers or not, by a chance that may depend on the truth; two silences end the questions. What they answer goes
through the code that counts for the dashboard. Only the chance of the simulation is from here.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.util import find_spec

import click
import numpy as np

from bench.oracle import rows as rows_of_oracle
from bench.table import Row, heading
from services.followup.domain.cells import Answered
from services.followup.domain.compare import Group, compare
from services.followup.domain.curve import curve
from services.followup.domain.definitions import days_of, last_contact, standing
from services.followup.domain.outcomes import Met, count

DAYS = days_of((7, 30, 91))
ASKED = tuple(DAYS)
SIDES = 2
EXPLORED = 0.15
"""The share of pairs that were drawn rather than matched."""


@dataclass(frozen=True, kw_only=True)
class World:
    """How contacts and answers come about. `promised`: whether the figures of it are."""

    name: str
    answers_in_touch: float
    """The chance of each side to answer, where the pair is in touch."""
    answers_otherwise: float
    ever: float = 0.7
    """The share of pairs that have any contact after the meeting, where they were matched."""
    ever_drawn: float = 0.5
    """The same where they were drawn."""
    mean_days: float = 80.0
    """How long contact lasts on average, where there is any (exponential)."""
    mentors_differ: float = 0.0
    """Standard deviation of the logarithm of how long it lasts with a mentor; each has four pairs."""
    mistaken: float = 0.0
    """How many of those who are in touch say that they are not."""
    promised: bool = True

    @property
    def silence_means_nothing(self) -> bool:
        return self.answers_in_touch == self.answers_otherwise and not self.mistaken


WORLDS = (
    World(name="alike", answers_in_touch=0.6, answers_otherwise=0.6),
    World(name="few answer", answers_in_touch=0.2, answers_otherwise=0.2),
    World(name="the happy answer", answers_in_touch=0.7, answers_otherwise=0.3),
    World(name="the others answer", answers_in_touch=0.3, answers_otherwise=0.7),
    World(name="mentors differ", answers_in_touch=0.6, answers_otherwise=0.6, mentors_differ=1.0, promised=False),
    World(name="1 in 20 mistaken", answers_in_touch=0.6, answers_otherwise=0.6, mistaken=0.05, promised=False),
)


@dataclass
class Found:
    """How often each statement held, by (what, question)."""

    held: Counter[tuple[str, str]] = field(default_factory=Counter)
    tried: Counter[tuple[str, str]] = field(default_factory=Counter)

    def note(self, what: str, question: str, right: bool) -> None:
        self.tried[what, question] += 1
        self.held[what, question] += right


# The truth


def lasting(world: World, day: float) -> float:
    """The chance that contact, where there is any, lasts longer than `day`: the mean over what mentors are like."""
    points, weights = np.polynomial.hermite_e.hermegauss(60)
    means = world.mean_days * np.exp(world.mentors_differ * points)
    return float(np.sum(weights * np.exp(-day / means)) / np.sum(weights))


def in_touch(world: World, ever: float, day: int) -> float:
    """The chance that a pair is in touch on `day`."""
    return ever * lasting(world, day)


def reported(world: World, ever: float, question: str) -> float:
    """The chance that a pair is reported to be in touch: that one of the sides is still asked, answers, and says so."""
    silent = 1 - world.answers_in_touch
    asked = 1 - silent**2 if question == ASKED[2] else 1.0
    says_so = asked * world.answers_in_touch * (1 - world.mistaken)
    # Who is in touch at a later question was so at the earlier ones: the sides answer these alike, each for herself.
    return in_touch(world, ever, DAYS[question]) * (1 - (1 - says_so) ** SIDES)


# A conference


def conference(world: World, pairs: int, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray, list[Met]]:
    """(how many days contact lasted, what each side said to each question, the pairs as they are counted): arrays of shape
    (pairs,) in days, and (pairs, sides, questions) with 1 = yes, 0 = no, -1 = nothing. The first pairs were drawn."""
    drawn = np.arange(pairs) < round(EXPLORED * pairs)
    mentors = chance.permutation(np.arange(pairs) // 4)
    factor = np.exp(world.mentors_differ * chance.standard_normal(pairs // 4 + 1))[mentors]
    ever = chance.random(pairs) < np.where(drawn, world.ever_drawn, world.ever)
    lasted = np.where(ever, chance.exponential(world.mean_days * factor), 0.0)
    truth = lasted[:, None] > np.array(list(DAYS.values()))
    shape = (pairs, SIDES, len(ASKED))
    answers = chance.random(shape) < np.where(truth, world.answers_in_touch, world.answers_otherwise)[:, None, :]
    answers[:, :, 2] &= answers[:, :, 0] | answers[:, :, 1]
    yes = truth[:, None, :] & (chance.random(shape) >= world.mistaken)
    said = np.where(answers, yes.astype(int), -1)
    met = [
        Met(
            id=str(n),
            mentor=f"m{mentors[n]}",
            mentee=f"n{n}",
            introduced=True,
            accepted=True,
            met=True,
            continued=False,
        )
        for n in range(pairs)
    ]
    return lasted, said, met


def words(said: np.ndarray, met: Sequence[Met]) -> Iterator[tuple[str, str, str, str]]:
    """(relationship, attendee, question, answer) of everything that was said."""
    for pair, side, question in zip(*np.nonzero(said >= 0), strict=True):
        one = met[pair]
        answer = "talked" if said[pair, side, question] else "not_yet"
        yield one.id, (one.mentor, one.mentee)[side], ASKED[question], answer


# What is said about it


def look(world: World, pairs: int, chance: np.random.Generator, found: Found) -> None:
    """One conference: whether each statement about it holds."""
    lasted, said, met = conference(world, pairs, chance)
    spoken = list(words(said, met))
    everybody = {attendee for pair in met for attendee in (pair.mentor, pair.mentee)}
    counted = count(met, spoken, everybody, len(everybody), len(everybody)).pairs.in_touch
    share = EXPLORED * world.ever_drawn + (1 - EXPLORED) * world.ever
    for question in ASKED:
        parts = counted[question]
        shown = Answered(
            question=question,
            met=pairs,
            yes=parts.yes,
            no=parts.no,
            unknown=parts.unknown,
            wrote=0,
            complete=0,
            small=frozenset(),
        )
        assert shown.interval is not None
        assert shown.bounds is not None
        low, high = shown.interval
        found.note("reported", question, low <= reported(world, share, question) <= high)
        really = float(np.mean(lasted > DAYS[question]))
        found.note("bounds", question, shown.bounds[0] <= really <= shown.bounds[1])
    _look_at_the_curve(world, lasted, said, share, found)
    _look_at_the_difference(world, said, found)


def _look_at_the_curve(world: World, lasted: np.ndarray, said: np.ndarray, share: float, found: Found) -> None:
    stands = [
        {
            question: standing([("not_yet", "talked")[word] for word in pair[:, place] if word >= 0])
            for place, question in enumerate(ASKED)
        }
        for pair in said
    ]
    spans = Counter(last_contact(each, DAYS) for each in stands)
    points = {point.day: point for point in curve(spans, DAYS.values())}
    for question, day in DAYS.items():
        point = points[day]
        if point.band is not None:
            found.note("curve", question, point.band[0] <= in_touch(world, share, day) <= point.band[1])
        really = float(np.mean(lasted > day))
        found.note("curve bounds", question, point.at_least - 1e-9 <= really <= point.at_most + 1e-9)


def _look_at_the_difference(world: World, said: np.ndarray, found: Found) -> None:
    drawn = round(EXPLORED * len(said))
    for place, question in enumerate(ASKED):
        yes = (said[:, :, place] == 1).any(axis=1)
        matched = Group(met=len(said) - drawn, yes=int(yes[drawn:].sum()))
        comparison = compare(matched, Group(met=drawn, yes=int(yes[:drawn].sum())))
        if comparison is None:
            continue
        truth = reported(world, world.ever, question) - reported(world, world.ever_drawn, question)
        found.note("difference", question, comparison.interval[0] <= truth <= comparison.interval[1])
        found.note("wrong way", question, comparison.verdict != "less")


# The table


def rows(world: World, found: Found) -> Iterator[Row]:
    """One line a statement; the three questions beside each other."""
    covers, always = (0.93, 0.97), (1.0, 1.0)
    for what, text, between in (
        ("reported", "reported rate in its interval", covers if world.promised else None),
        ("bounds", "truth within the bounds", None if world.mistaken else always),
        ("curve", "curve's truth within its band", covers if world.promised and world.silence_means_nothing else None),
        ("curve bounds", "curve's truth within its bounds", None if world.mistaken else always),
        ("difference", "matched less drawn in its interval", None),
        ("wrong way", "not told the wrong way round", None),
    ):
        shares = [found.held[what, question] / max(1, found.tried[what, question]) for question in ASKED]
        yield Row(
            figure=text,
            measured=" ".join(percent(share) for share in shares),
            reference="" if what != "curve" or world.silence_means_nothing else "silence means something here",
            promise="" if between is None else "93 to 97 %" if between == covers else "always",
            held=None if between is None else all(between[0] <= share <= between[1] for share in shares),
        )


def percent(share: float) -> str:
    """With a decimal, and 100 only where it is all of them."""
    return f"{math.floor(1000 * share + 1e-9) / 10:5.1f}%"


def compare_with_lifelines(sets: int, seed: int) -> None:
    """The other estimate of the same curve."""
    if find_spec("lifelines") is None:
        raise click.ClickException("lifelines is not installed here: bench/README.md says how to get it.")
    print(f"The curve against lifelines {version('lifelines')}, seed {seed}")
    print(heading(), flush=True)
    for row in rows_of_oracle(sets, seed):
        print("\n".join(row.lines()), flush=True)


@click.command()
@click.argument("names", nargs=-1, type=click.Choice([world.name for world in WORLDS]))
@click.option("--conferences", default=2000, show_default=True)
@click.option("--pairs", default=200, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--oracle", is_flag=True, help="Compare the curve with lifelines on random answers, and nothing else.")
@click.option("--sets", default=200, show_default=True, help="Of random answers, for --oracle.")
def main(names: tuple[str, ...], conferences: int, pairs: int, seed: int, oracle: bool, sets: int) -> None:
    """Simulate conferences with a known truth, and print how often what is said of them holds: week, month, quarter."""
    if oracle:
        compare_with_lifelines(sets, seed)
        return
    print(f"{conferences:,} conferences of {pairs:,} pairs each, seed {seed}: after a week, a month, three months")
    print(heading(), flush=True)
    for place, world in enumerate(WORLDS):
        if names and world.name not in names:
            continue
        found = Found()
        chance = np.random.default_rng([seed, place])
        for _ in range(conferences):
            look(world, pairs, chance, found)
        print(
            f"{world.name}: {world.answers_in_touch:.0%} answer of who is in touch, {world.answers_otherwise:.0%} else"
        )
        print("\n".join(line for row in rows(world, found) for line in row.lines()), flush=True)


if __name__ == "__main__":
    main()
