"""What cannot be planned is refused with one sentence that names the place."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from services.introductions.planner.engine import BadInstance, model_of
from tests.introductions.planner.small import a_mentee, a_mentor, a_person, an_instance

GOOD = an_instance([a_mentor(), a_mentee(), a_mentor(company=3)])


def changed(place: str, value: Any) -> dict[str, Any]:
    """The good instance with something else at a place such as people.0.avail."""
    instance = deepcopy(GOOD)
    *path, last = place.split(".")
    inner: Any = instance
    for step in path:
        inner = inner[int(step) if step.isdigit() else step]
    inner[int(last) if last.isdigit() else last] = value
    return instance


BAD: dict[str, tuple[Any, str]] = {
    "no object": ([], 'format: this is not a "rapport-instance/1".'),
    "another format": (changed("format", "x"), 'format: this is not a "rapport-instance/1".'),
    "no slots": (changed("n_slots", 0), "n_slots: 0 is not a whole number from 1 to 63."),
    "too many slots": (changed("n_slots", 64), "n_slots: 64 is not a whole number from 1 to 63."),
    "half-days back in time": (changed("slot_block", [1, 0, 0]), "slot_block: half-days must not go back in time."),
    "too few tables": (changed("tables", [1]), "tables: 1 numbers where 3 are needed."),
    "half a table": (changed("tables", [1, 1.5, 1]), "tables[1]: 1.5 is not a whole number from 0 to 100000."),
    "true for a number": (changed("n_topics", True), "n_topics: True is not a whole number from 1 to 2000."),
    "cheaper attention": (
        changed("attention", [0, 300, 150]),
        "attention: the points taken off must not fall from one introduction to the next.",
    ),
    "zero capacity": (
        changed("people.0.mentor.cap", 0),
        "people[0].mentor.cap: 0 is not a whole number from 1 to 100000.",
    ),
    "no wish": (changed("people.1.mentee.want", 0), "people[1].mentee.want: 0 is not a whole number from 1 to 3."),
    "beyond the slots": (changed("people.0.avail", "8"), "people[0].avail: '8' has bits beyond the 3 slots."),
    "less than nothing": (changed("people.0.avail", "-1"), "people[0].avail: '-1' has bits beyond the 3 slots."),
    "no mask": (changed("people.0.avail", "xyz"), "people[0].avail: 'xyz' is not a hexadecimal text."),
    "no role": (an_instance([a_person()]), "people[0]: neither mentor nor mentee."),
    "no person": (changed("people.1", 7), "people[1]: 7 is not a person."),
    "no language": (changed("people.0.langs", []), "people[0].langs: at least one language is needed."),
    "unknown topic": (
        changed("people.0.mentor.offers", [[9, 1]]),
        "people[0].mentor.offers[0]: 9 is not a whole number from 0 to 2.",
    ),
    "unknown level": (
        changed("people.0.mentor.offers", [[0, 4]]),
        "people[0].mentor.offers[0]: 4 is not a whole number from 1 to 3.",
    ),
    "nothing wanted": (
        changed("people.1.mentee.wants", []),
        "people[1].mentee.wants: at least one topic is needed, and each only once.",
    ),
    "unknown person": (changed("requests", [[1, 9]]), "requests[0]: 9 is not a whole number from 0 to 2."),
    "a request of a mentor": (changed("requests", [[0, 2]]), "requests[0]: people[0] is no mentee."),
    "a request for a mentee": (
        an_instance([a_mentor(), a_mentee(), a_mentee()], requests=[[1, 2]]),
        "requests[0]: people[2] is no mentor.",
    ),
    "a request for herself": (changed("requests", [[1, 1]]), "requests[0]: people[1] is named twice."),
    "no pair": (changed("blocks", [[1]]), "blocks[0]: [1] is not a pair."),
    "blocked and requested": (
        {**GOOD, "requests": [[1, 0]], "blocks": [[0, 1]]},
        "requests: people 1 and 0 are requested and blocked at once.",
    ),
    "the same name twice": (changed("people.2.id", "p0"), "people[2].id: 'p0' is people[0] already."),
    "fixed without a table": (
        changed("fixed", [[0, 1, 0]]),
        "fixed[0]: [0, 1, 0] is not [mentor, mentee, slot, table].",
    ),
    "fixed the wrong way": (
        changed("fixed", [[1, 0, 0, 0]]),
        "fixed[0]: people[1] and people[0] are no mentor and mentee.",
    ),
    "fixed at one time": (
        changed("fixed", [[0, 1, 0, 0], [2, 1, 0, 1]]),
        "fixed[1]: the same person in the same slot as fixed[0].",
    ),
    "fixed twice": (
        changed("fixed", [[0, 1, 0, 0], [0, 1, 1, 0]]),
        "fixed[1]: the same pair as fixed[0].",
    ),
    "fixed at a table that is not there": (
        changed("fixed", [[0, 1, 2, 1]]),
        "fixed[0]: 1 is not a whole number from 0 to 0.",
    ),
    "fixed though blocked": (
        {**GOOD, "fixed": [[0, 1, 0, 0]], "blocks": [[0, 1]]},
        "fixed[0]: people[0] and people[1] may not be introduced.",
    ),
    "fixed while away": (
        {**changed("people.0.avail", "6"), "fixed": [[0, 1, 0, 0]]},
        "fixed[0]: people[0] is not available in slot 0.",
    ),
    "fixed too often": (
        {**GOOD, "fixed": [[0, 1, 0, 0], [2, 1, 1, 0]]},
        "fixed: people[1] has 2 meetings as a mentee, more than the 1 allowed.",
    ),
    "a million people": (
        {**GOOD, "people": [{}] * 1_000_000},
        "people: 1,000,000 entries are more than the 250,000 that can be planned.",
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_an_impossible_instance_is_refused_in_a_sentence(kind: str) -> None:
    instance, sentence = BAD[kind]
    with pytest.raises(BadInstance) as refused:
        model_of(instance)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    "name", [name for name in GOOD if name not in ("name", "requests", "referrals", "blocks", "fixed")]
)
def test_what_is_missing_is_named(name: str) -> None:
    instance = {key: value for key, value in GOOD.items() if key != name}
    with pytest.raises(BadInstance, match=f"^{name}: "):
        model_of(instance)
