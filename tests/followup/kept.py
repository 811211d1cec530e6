"""Puts totals where they are kept, as if so many pairs had been counted: pages of large conferences without their people."""

from __future__ import annotations

from collections import Counter
from random import Random

from sqlalchemy import insert

from services.followup.domain.loads import load_of
from services.followup.domain.tallying import Cell, Facts
from services.followup.policies import CHECK_INS
from services.followup.tables import totals
from tests.followup.story import CONFERENCE, Story

TOPICS = ("grants", "grants", "grants", "rust", "rust", "maps", "zines", "*", "*", "-")


def crowd(pairs: int, seed: int = 1, drawn: float = 0.3, helped: float = 0.0) -> Counter[Cell]:
    """The totals of so many introductions, two thirds of which met; `helped` is what points add to the share in touch."""
    chance, cells, those_who_met = Random(seed), Counter[Cell](), []
    for _ in range(pairs):
        met = chance.random() < 0.67
        chosen = "0.25" if chance.random() < drawn else "planned"
        topic = chance.choice(TOPICS)
        share = 0.62 + (helped if chosen == "planned" else 0) + (0.12 if topic == "grants" else 0)
        said = []
        for place, _question in enumerate(CHECK_INS):
            word = "yes" if chance.random() < share - 0.12 * place else chance.choice(("no", "wrote", "complete"))
            said.append("unknown" if not met or chance.random() < 0.25 else word)
        facts = Facts(
            introduced=True,
            accepted=met or chance.random() < 0.5,
            met=met,
            continued=met and chance.random() < 0.6,
            lost="" if met else "not_agreed",
            said=tuple(said),
            asked=(met,) * 3,
        )
        cells["pair", "", facts.letters] += 1
        if met:
            those_who_met.append(facts.letters)
            cells["topic", topic, facts.letters] += 1
            cells["chance", chosen, facts.letters] += 1
            cells["goal", chance.choice(("none", "enough", "date")), facts.letters] += 1
            cells["hour", chance.choice(("10", "11", "14", "15", "18")), facts.letters] += 1
            cells["first_timer", chance.choice(("yes", "no")), facts.letters] += 1
            cells["language", chance.choice(("en", "en", "de", "*")), facts.letters] += 1
    cells["person", "", "registered checked_in introduced accepted met week month quarter"] = pairs
    cells.update(mentored(those_who_met, seed))
    return cells


def mentored(those_who_met: list[str], seed: int) -> Counter[Cell]:
    """Who was a mentor in these pairs: some in one, some in two, some in five."""
    chance, cells, rest = Random(seed), Counter[Cell](), list(those_who_met)
    while rest:
        hers = [rest.pop() for _ in range(min(len(rest), chance.choice((1, 1, 2, 5))))]
        cells["load", str(len(hers)), ""] += 1
        for letters in hers:
            cells["mentored", load_of(len(hers)), letters] += 1
    return cells


def keep(story: Story, cells: Counter[Cell], conference: str = CONFERENCE) -> None:
    """As the totals of a conference."""
    rows = [
        {"conference": conference, "what": what, "value": value, "letters": letters, "count": count}
        for (what, value, letters), count in cells.items()
    ]
    with story.system.followup.work() as work:
        work.connection.execute(insert(totals), rows)
