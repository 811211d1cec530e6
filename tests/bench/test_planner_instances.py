"""Instances of the planner's bench: the same arguments are the same people, here and in the generator that the figures
were promised with."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.planner.checking import checker
from bench.planner.instances import PROFILES, make, write
from tests.beside import NOT_BESIDE

CHECKER = checker()
ELSEWHERE = CHECKER.with_name("make_instance.py") if CHECKER else Path("make_instance.py")
ARGUMENTS = [
    ("conference", 100, 1, ()),
    ("conference", 300, 2, ()),
    ("oneday", 100, 2, ()),
    ("oneday", 300, 3, ("--tables-factor", "0.6")),
    ("evening", 100, 3, ("--uniform-avail",)),
    ("evening", 300, 1, ()),
]


@pytest.mark.skipif(not ELSEWHERE.exists(), reason=NOT_BESIDE)
@pytest.mark.parametrize(("profile", "people", "seed", "more"), ARGUMENTS)
def test_an_instance_is_byte_for_byte_that_of_the_generator_elsewhere(
    tmp_path: Path, profile: str, people: int, seed: int, more: tuple[str, ...]
) -> None:
    theirs, ours = tmp_path / "theirs.json", tmp_path / "ours.json"
    asked = ["--people", str(people), "--seed", str(seed), "--profile", profile, *more]
    subprocess.run([sys.executable, str(ELSEWHERE), *asked, "-o", str(theirs)], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([sys.executable, "-m", "bench.planner.instances", *asked, "-o", str(ours)], check=True)
    assert ours.read_bytes() == theirs.read_bytes()


@pytest.mark.parametrize("profile", PROFILES)
def test_another_seed_is_another_conference(profile: str) -> None:
    assert make(60, 1, profile)["people"] == make(60, 1, profile)["people"] != make(60, 2, profile)["people"]


def test_a_name_that_ends_in_gz_is_compressed(tmp_path: Path) -> None:
    instance = make(20)
    write(instance, tmp_path / "instance.json.gz")
    with gzip.open(tmp_path / "instance.json.gz", "rt") as file:
        assert json.load(file) == json.loads(json.dumps(instance))
