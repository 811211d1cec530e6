"""The checker itself: a small good story breaks no rule, and each way of spoiling it breaks just its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tests.chaos.checker import RULES, violations
from tests.chaos.evidence import Evidence
from tests.chaos.letters import Letter
from tests.chaos.record import Line


def line(at: float, what: str, **facts: Any) -> Line:
    return Line(at, what, {"conference": "c", "tries": 1, "code": 201, **facts})


def registered(number: int, role: str) -> Line:
    facts: dict[str, Any] = {"email": f"p{number}@example.org", "number": number, "role": role, "version": 1}
    return line(number, "registered", **facts, goal=f"Goal 1 of {number}", shown={"id": f"a{number}"})


def person(number: int, version: int = 1, status: str = "checked_in") -> dict[str, Any]:
    name, goal = f"P{number}v{version} Chaos", f"Goal {version} of {number}"
    return {"id": f"a{number}", "email": f"p{number}@example.org", "name": name, "goal": goal, "status": status}


def letter(number: int, arrived: float, message_id: str, **facts: Any) -> Letter:
    subject = facts.pop("subject", "You are in: C" if "uid" not in facts else "14:20: meet")
    return Letter(
        arrived=arrived,
        written=arrived,
        to=f"p{number}@example.org",
        message_id=message_id,
        subject=subject,
        names=frozenset(facts.pop("names", ())),
        **facts,
    )


ENTRY: dict[str, Any] = {"uid": "intro-i1@rapport", "sequence": 0, "method": "PUBLISH"}
ANSWERS = {"mentor": "accept", "mentee": None}


@dataclass
class Story:
    """A mentor (1) and a mentee (2) register, arrive and are introduced; she changes her name, he says yes."""

    lines: list[Line] = field(
        default_factory=lambda: [
            registered(1, "mentor"),
            registered(2, "mentee"),
            line(10, "checked_in", attendee="a1", number=1),
            line(11, "checked_in", attendee="a2", number=2),
            line(12, "asked changed", attendee="a2", number=2, version=2),
            line(13, "changed", attendee="a2", number=2, version=2),
            line(20, "answered", introduction="i1", attendee="a1", answer="accept", shown=shown("proposed")),
            line(30, "quiet"),
            line(31, "people", items=[person(1), person(2, 2)]),
            line(32, "introductions", items=[introduction("i1")]),
        ]
    )
    letters: list[Letter] = field(
        default_factory=lambda: [
            letter(1, 1.5, "<t1>", names=[(1, 1)]),
            letter(2, 2.5, "<t2>", names=[(2, 1)]),
            letter(1, 14, "<m1>", names=[(1, 1), (2, 2)], **ENTRY),
            letter(2, 15, "<m2>", names=[(1, 1), (2, 2)], **ENTRY),
        ]
    )

    def judged(self, **options: Any) -> set[str]:
        return set(violations(Evidence(self.lines, self.letters, grace=5, **options)))

    def lie(self, what: str, **facts: Any) -> None:
        """The line of this kind says something else."""
        self.lines = [replace(x, facts={**x.facts, **facts}) if x.what == what else x for x in self.lines]


def shown(status: str, slot: str = "s1") -> dict[str, Any]:
    return {"id": "i1", "status": status, "slot": slot, "answers": ANSWERS, "code": None}


def introduction(name: str, **facts: Any) -> dict[str, Any]:
    usual = {"status": "proposed", "slot": "s1", "starts_at": "14:20", "place": "Foyer", "table": 1, "answers": ANSWERS}
    return {"id": name, "mentor": "a1", "mentee": "a2", **usual, **facts}


def unanswered(story: Story) -> None:
    story.lines.append(line(40, "unanswered", asked="changed"))


def fell(story: Story) -> None:
    story.lines.append(line(40, "fell", role="relay"))


def restless(story: Story) -> None:
    story.lines = [x for x in story.lines if x.what != "quiet"]


def lost(story: Story) -> None:
    story.lie("people", items=[person(1)])


def still_away(story: Story) -> None:
    story.lie("people", items=[person(1, status="confirmed"), person(2, 2)])


def forgot_a_change(story: Story) -> None:
    story.lie("people", items=[person(1), person(2, 1)])


def doubled(story: Story) -> None:
    story.lie("people", items=[person(1), person(2, 2), {**person(2, 2), "id": "a3"}])


def refused(story: Story) -> None:
    story.lines.append(line(40, "refused registered", tries=2, code=409))


def no_ticket(story: Story) -> None:
    del story.letters[0]


def two_ids(story: Story) -> None:
    story.letters.append(replace(story.letters[3], message_id="<other>", arrived=16))


def too_many_copies(story: Story) -> None:
    story.letters.append(replace(story.letters[3], arrived=16))


def pair_again(story: Story) -> None:
    story.lie("introductions", items=[introduction("i1"), introduction("i2", status="declined", starts_at="15:00")])


def two_tables(story: Story) -> None:
    story.lie("people", items=[person(1), person(2, 2), person(3)])
    also = introduction("i2", mentee="a3", table=2)
    story.lie("introductions", items=[introduction("i1"), also])
    story.letters += [letter(1, 16, "<m3>", **{**ENTRY, "uid": "intro-i2@rapport"})]
    story.letters += [letter(3, 16, "<m4>", **{**ENTRY, "uid": "intro-i2@rapport"}), letter(3, 3, "<t3>")]
    story.lines.insert(2, registered(3, "mentor"))


def told_by_two(story: Story) -> None:
    """Her meeting stands in a mail about two, too, under another Message-ID."""
    story.letters.append(letter(2, 16, "<m9>", **ENTRY, more=(("intro-i1@rapport", 1),)))


def copy_of_another(story: Story) -> None:
    """What came again tells of more than what came first."""
    story.letters.append(replace(story.letters[3], arrived=16, more=(("intro-i9@rapport", 0),)))


def not_hers(story: Story) -> None:
    story.letters.append(letter(9, 16, "<m9>", **ENTRY))


def untold(story: Story) -> None:
    del story.letters[2]


def sequence_falls(story: Story) -> None:
    moved = replace(story.letters[3], message_id="<m0>", sequence=1, arrived=14.5, subject="New time")
    story.letters.insert(3, moved)


def old_name(story: Story) -> None:
    story.letters.append(letter(1, 40, "<e1>", subject="Did you meet?", names=[(2, 1)]))


def name_goes_back(story: Story) -> None:
    story.letters.append(letter(1, 16, "<r1>", subject="Soon", names=[(2, 1)], **{**ENTRY, "sequence": 1}))


def gone(story: Story) -> None:
    story.lines[7:7] = [line(21, "asked withdrawn", attendee="a2"), line(22, "withdrawn", attendee="a2")]
    story.lie("people", items=[person(1), person(2, 2, status="withdrawn")])


def nobody(story: Story) -> None:
    story.lie("introductions", items=[])
    story.lines = [x for x in story.lines if x.what != "answered"]
    del story.letters[2:]


def no_is_ignored(story: Story) -> None:
    story.lie("answered", answer="decline", shown=shown("declined"))


def moved_back(story: Story) -> None:
    story.lie("answered", answer="other_time", shown=shown("proposed", "s2"))


SPOILS: dict[Callable[[Story], None], str] = {
    unanswered: "every_call_got_an_answer",
    fell: "no_process_ended_by_itself",
    restless: "all_was_quiet_in_the_end",
    lost: "every_registration_is_there",
    still_away: "every_registration_is_there",
    forgot_a_change: "every_change_is_there",
    doubled: "no_address_is_registered_twice",
    refused: "a_retry_gets_the_first_answer",
    no_ticket: "every_ticket_is_mailed_once",
    two_ids: "one_thing_has_one_message_id",
    told_by_two: "one_thing_has_one_message_id",
    copy_of_another: "copies_come_only_from_dead_mailers",
    too_many_copies: "copies_come_only_from_dead_mailers",
    pair_again: "no_pair_is_introduced_twice",
    two_tables: "nobody_is_in_two_places",
    not_hers: "every_mail_is_about_a_meeting_of_hers",
    untold: "both_are_told_of_a_meeting",
    sequence_falls: "sequences_never_fall",
    old_name: "names_are_as_new_as_they_should_be",
    name_goes_back: "names_never_go_back",
    gone: "nobody_withdrawn_is_introduced",
    nobody: "everybody_who_is_here_is_introduced",
    no_is_ignored: "answers_are_kept",
    moved_back: "answers_are_kept",
}


def test_a_good_story_breaks_no_rule() -> None:
    assert Story().judged() == set()


@pytest.mark.parametrize("spoil", SPOILS, ids=lambda spoil: spoil.__name__)
def test_a_spoilt_story_breaks_its_rule(spoil: Callable[[Story], None]) -> None:
    story = Story()
    spoil(story)
    assert story.judged() == {SPOILS[spoil]}


def test_every_rule_can_be_broken() -> None:
    assert set(SPOILS.values()) == {rule.__name__ for rule in RULES}


def test_a_dead_mailer_may_have_sent_one_mail_again() -> None:
    story = Story()
    too_many_copies(story)
    assert story.judged(mailer_deaths=1) == set()


def test_what_a_paused_mailer_held_may_come_late() -> None:
    story = Story()
    story.letters.append(
        replace(letter(1, 29, "<r1>", subject="Soon", names=[(2, 1)], **{**ENTRY, "sequence": 1}), written=12)
    )
    assert story.judged(pauses=[(12, 28)]) == set()
