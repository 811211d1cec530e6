"""What tests about several services start from."""

from __future__ import annotations

import pytest

from tests.contracts.introduced import Introduced
from tests.system import System


@pytest.fixture
def introduced(system: System) -> Introduced:
    """Two people who met and were asked in the evening."""
    made = Introduced(system)
    made.evening()
    return made
