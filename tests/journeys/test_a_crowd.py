"""Three hundred people with a will of their own live through a conference day, on every form; `crowd/` says who they are, what
is looked at whenever nothing waits, and how to run more seeds."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.crowd.day import a_day
from tests.journeys.world import Visitor


@pytest.mark.slow
def test_a_crowd_lives_through_a_day_and_everything_is_as_promised_at_all_times(story: Visitor, request: Any) -> None:
    told = a_day(story, f"crowd-{request.node.callspec.id}", count=300, seed=1)
    assert told.introductions["met"] >= 60, told
