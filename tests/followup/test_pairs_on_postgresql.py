"""On PostgreSQL transactions run beside each other: nothing that somebody writes outlives the erasure of either of the two."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from services.followup.domain.agreement import Wishes
from services.followup.handlers import agreeing, learning
from services.followup.service import SERVICE
from shared.database import Database
from tests.followup.pairs import a_pair
from tests.followup.story import Story
from tests.followup.test_pair_page import everything_stored
from tests.servers.postgres import PostgresServer
from tests.servers.waiting import wait_until
from tests.system import one_alone

WAITS = text("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")


@pytest.mark.postgres
def test_what_is_written_while_the_other_one_is_erased_is_erased_too(postgres: PostgresServer, tmp_path: Path) -> None:
    with one_alone(SERVICE, Database(postgres.create_database("followup_pairs")), tmp_path) as system:
        story = Story(system)
        story.tell(story.conference)
        two = a_pair(story)
        followup, person = system.followup, story.persons[two.ben]

        def erase() -> None:
            with followup.work() as work:
                learning.person_gone(person, work)

        erasing = threading.Thread(target=erase)
        with followup.work() as work:
            agreeing.change(two.page("ana").rpartition("/")[2], Wishes(goals=("Canary",)), 0, work)
            erasing.start()
            with followup.reading() as connection:
                wait_until(lambda: connection.execute(WAITS).scalar(), 20, "the erasure waits for the pair")
        erasing.join(20)
        assert "Canary" not in str(everything_stored(story))
        assert "This person takes part no longer." in two.look("ana")
