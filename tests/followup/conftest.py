"""`story`: a conference of which follow-up hears."""

from __future__ import annotations

import pytest

from tests.followup.story import Story
from tests.system import System


@pytest.fixture
def story(system: System) -> Story:
    """Two days in Berlin, the first of them at noon."""
    told = Story(system)
    told.tell(told.conference)
    return told
