"""The simulation of outcomes runs, and says what it says; its truth is what its conferences come to."""

from __future__ import annotations

import numpy as np
import pytest
from click.testing import CliRunner

from bench.outcomes import DAYS, WORLDS, World, conference, in_touch, main, reported


def test_it_prints_a_line_for_each_statement() -> None:
    done = CliRunner().invoke(main, ["alike", "--conferences", "3", "--pairs", "40"])
    assert done.exit_code == 0, done.output
    assert [line[:34].strip() for line in done.output.splitlines()[2:]] == [
        "alike: 60% answer of who is in tou",
        "reported rate in its interval",
        "truth within the bounds",
        "curve's truth within its band",
        "curve's truth within its bounds",
        "matched less drawn in its interval",
        "not told the wrong way round",
    ]


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_the_truth_that_is_computed_is_the_one_that_is_simulated(world: World) -> None:
    """Of a conference with very many pairs, within four standard errors and what its groups of four add."""
    pairs = 100_000
    lasted, said, _met = conference(world, pairs, np.random.default_rng(7))
    drawn = round(0.15 * pairs)
    for place, (question, day) in enumerate(DAYS.items()):
        yes = (said[drawn:, :, place] == 1).any(axis=1)
        assert float(np.mean(lasted[drawn:] > day)) == pytest.approx(in_touch(world, world.ever, day), abs=0.01)
        assert float(np.mean(yes)) == pytest.approx(reported(world, world.ever, question), abs=0.01)
