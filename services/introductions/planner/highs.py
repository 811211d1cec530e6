"""Linear programs, and those in whole numbers, by the HiGHS that SciPy brings (Huangfu, Hall 2018). It knows nothing of
meetings. Its answers are floating point: whoever asks decides what they prove."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix

Floats = npt.NDArray[np.float64]
OPTIMAL, IMPOSSIBLE = 0, 2
"""SciPy's statuses of an answer that is complete."""
METHODS = ("highs-ipm", "highs-ds")
"""The interior point method ends at prices inside the optimal face, at which far fewer pairs look as if they could help;
the simplex method answers where it fails."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """Maximise gain @ x where 0 <= x <= 1 and rows @ x <= most, the last `equal` rows with equality."""

    gain: Floats
    """[n]."""
    rows: csr_matrix
    """[m, n]."""
    most: Floats
    """[m]."""
    equal: int
    whole: int = 0
    """So many of the first variables are whole numbers; 0 = a linear program."""
    nodes: int = 1
    """How many nodes of the tree are looked at, at most: work, not seconds."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came out."""

    x: Floats | None
    """[n] the best; None where there is none or none was found."""
    prices: Floats | None
    """[m] what one more in `most` is worth; not negative but for equalities. Of linear programs only."""
    complete: bool
    """Whether x is the best, or None because nothing is possible; otherwise the work ended before."""


def solve(program: Program) -> Answer:
    """Always the same answer to the same program."""
    return _in_whole_numbers(program) if program.whole else _linear(program)


def _linear(program: Program) -> Answer:
    unequal = program.rows.shape[0] - program.equal
    for method in METHODS:
        found: Any = linprog(
            -program.gain,
            A_ub=program.rows[:unequal],
            b_ub=program.most[:unequal],
            A_eq=program.rows[unequal:],
            b_eq=program.most[unequal:],
            bounds=(0, 1),
            method=method,
        )
        if found.status == OPTIMAL:
            prices = -np.concatenate([found.ineqlin.marginals, found.eqlin.marginals])
            return Answer(x=np.asarray(found.x), prices=prices, complete=True)
    return Answer(x=None, prices=None, complete=found.status == IMPOSSIBLE)


def _in_whole_numbers(program: Program) -> Answer:
    count = len(program.gain)
    least = np.full(len(program.most), -np.inf)
    least[len(least) - program.equal :] = program.most[len(least) - program.equal :]
    found: Any = milp(
        -program.gain,
        integrality=np.arange(count) < program.whole,
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(program.rows, least, program.most),
        options={"mip_rel_gap": 0.0, "node_limit": program.nodes},
    )
    x = None if found.x is None else np.asarray(found.x)
    return Answer(x=x, prices=None, complete=found.status in (OPTIMAL, IMPOSSIBLE))
