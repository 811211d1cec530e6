"""A crowd with a will of its own lives through a conference day, on every form: 300 people in memory,
fewer where a run has no time for more (`make crowd` has 300 everywhere). `crowd/` says who they are, what is looked at
whenever nothing waits, and how to run more seeds."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.crowd.day import a_day
from tests.journeys.world import Visitor

PEOPLE = {"memory": 300, "embedded": 120, "full": 60}


@pytest.mark.slow
def test_a_crowd_lives_through_a_day_and_everything_is_as_promised_at_all_times(story: Visitor, request: Any) -> None:
    form = story.world.name
    told = a_day(story, f"crowd-{request.node.callspec.id}", count=PEOPLE[form], seed=1)
    assert told.introductions["met"] >= PEOPLE[form] // 6, told
