"""An owner looks what came of all pairs, adopts other points for the next conference, and its plans go by them: two services,
one button each."""

from __future__ import annotations

from tests.introductions.learning.worlds import World
from tests.introductions.met import planted
from tests.introductions.stage import Stage
from tests.introductions.stage import a_conference as a_past_one
from tests.journeys.conference import a_conference
from tests.journeys.memory import MemoryWorld
from tests.journeys.owner import an_owner
from tests.journeys.world import Visitor
from tests.system import NOON

FOUND = World(effects={"common_topics": 0.8, "years_between": -0.8}, pairs=900, conferences=1)


def test_points_are_looked_at_adopted_and_planned_with(memory_world: MemoryWorld) -> None:
    system, story = memory_world.system, Visitor(memory_world)
    planted(Stage(system, a_past_one()), FOUND.lesson(3))
    system.clock.set(NOON.replace(year=2027))
    here = a_conference(story, "the-next")
    story.world.quiet()
    owner = an_owner(story.world)
    page = f"/learning/{here.slug}"

    assert "Not asked yet" in owner.get(page).text
    owner.press(page, "Look what came of all pairs")
    story.world.quiet()
    said = owner.get(page).text
    assert "Other points tell better who stays in touch" in said
    before = story.call("GET", here.path)["policy"]
    adopted = owner.press(page, "Adopt the suggested points")
    assert "The points are adopted" in adopted.text

    after = story.call("GET", here.path)["policy"]
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"points_common_topics", "points_years_between"}
    assert (after["points_years_between"], after["points_common_topics"] > 600) == (0, True)
    story.world.quiet()
    assert "This conference counts with other points by now." in owner.get(page).text
    lines = owner.get(f"/organize/{here.slug}/audit").text, owner.get(f"/plan/{here.slug}/audit").text
    assert ("points adopted" in lines[0], "points compared with contact" in lines[1]) == (True, True)
