"""One introduction, from the form to "did they keep talking?": two people, their pages, their mails, every event."""

from __future__ import annotations

from collections import defaultdict

from shared.contracts import COMPACTED_TOPICS
from tests.journeys.conference import Conference, a_conference
from tests.journeys.world import KEPT, Visitor

BOTH_ASKED = ("follow_up.asked", "follow_up.asked")
EVENING = BOTH_ASKED
IN_TOUCH = (*BOTH_ASKED, "follow_up.answered", "relationship.contacted", "follow_up.answered")
ONE_YES = {"yes": 1, "no": 0, "unknown": 0}
OUTCOMES = {
    "people": {
        "registered": 2,
        "checked_in": 2,
        "introduced": 2,
        "accepted": 2,
        "met": 2,
        "in_touch": {"week": 2, "month": 2, "quarter": 0},
    },
    "pairs": {
        "introduced": 1,
        "accepted": 1,
        "met": 1,
        "continued": 1,
        "in_touch": {"week": ONE_YES, "month": ONE_YES, "quarter": {"yes": 0, "no": 1, "unknown": 0}},
        "apart": {question: {"wrote": 0, "complete": 0} for question in ("week", "month", "quarter")},
    },
}


def test_two_people_meet_and_keep_talking(story: Visitor) -> None:
    here = a_conference(story, "one-story")
    _register(here, "Ana", "mentor", "offers")
    _register(here, "Ben", "mentee", "wants")
    ana, ben = story.everything(f"{here.path}/attendees")
    assert [(person["status"], person["approved"]) for person in (ana, ben)] == [
        ("confirmed", False),
        ("confirmed", True),
    ]
    story.call("PATCH", f"{here.path}/attendees/{ana['id']}", {"approved": True})

    here.go_to("08:00")
    here.check_in(ana, ben)
    introduction = here.only_introduction()
    assert (introduction["mentor"], introduction["mentee"], introduction["status"]) == (
        ana["id"],
        ben["id"],
        "proposed",
    )
    for name in ("Ana", "Ben"):
        story.press(here.letters(name)[-1].link("/i/"), "Yes, I'll be there")
    assert here.only_introduction()["status"] == "accepted"

    here.go_to("09:51")
    here.go_to("10:16")
    story.press(here.letters("Ben")[2].link("/i/"), "We met")
    assert here.only_introduction()["status"] == "met"

    here.go_to("20:01")
    stop_meetings, stop_questions = here.letters("Ana")[2].link("/i/stop/"), here.letters("Ana")[-1].link("/r/stop/")
    stops = (stop_meetings, stop_questions, _under(stop_questions, "/i/stop/"), _under(stop_meetings, "/r/stop/"))
    assert [story.get(stop).status for stop in stops] == [200, 200, 404, 404], "a link does one thing"
    for name in ("Ana", "Ben"):
        story.press(here.letters(name)[-1].button("/continue/yes"), "Send this answer")
    story.world.quiet()
    for days, said in ((7, "/week/talked"), (30, "/month/met"), (91, "/quarter/not_yet")):
        here.go_to("10:01", days=days)
        for name in ("Ana", "Ben"):
            story.press(here.letters(name)[-1].button(said), "Send this answer")
    here.go_to("12:00", days=125)

    assert _events(here, Ana=ana["id"], Ben=ben["id"], pair=introduction["id"]) == {
        "rapport.conferences conference": ["conference.published"],
        "rapport.attendees Ana": ["attendee.registered", "attendee.changed", "attendee.checked_in"],
        "rapport.attendees Ben": ["attendee.registered", "attendee.checked_in"],
        "rapport.introductions pair": ["introduction.proposed", "introduction.accepted", "introduction.met"],
        "rapport.relationships pair": [
            "relationship.started",
            *EVENING,
            "relationship.continued_by_both",
            *IN_TOUCH,  # after a week
            *IN_TOUCH,  # after a month
            *BOTH_ASKED,
            "follow_up.answered",
            "follow_up.answered",
            "relationship.ended",
        ],
    }
    assert _subjects(here, "Ana") == _subjects_of("Ben")
    assert _subjects(here, "Ben") == _subjects_of("Ana")
    assert here.outcomes() == OUTCOMES


def _under(link: str, prefix: str) -> str:
    """The address that another service would have for the same token."""
    return prefix + link.rsplit("/", 1)[1]


def _register(here: Conference, name: str, role: str, topics: str) -> None:
    """The form, the mail, the one tap that confirms."""
    fields = [("name", f"{name} Example"), ("email", here.address(name)), ("role", role), (topics, "Grants")]
    fields += [(f"consents.{consent}", "on") for consent in ("introductions", "follow_up", "statistics")]
    answer = here.visitor.post(f"/c/{here.slug}", fields)
    assert (answer.status, answer.place) == (303, f"/c/{here.slug}/thanks")
    here.visitor.world.quiet()
    page = here.visitor.press(here.letters(name)[0].link("/c/confirm/"), "Yes, I take part")
    assert f"Hello {name}" in page.text
    here.visitor.world.quiet()


def _subjects(here: Conference, name: str) -> list[str]:
    return [letter.subject for letter in here.letters(name)]


def _subjects_of(other: str) -> list[str]:
    """What stands in the mails of somebody who is introduced to `other`."""
    return [
        "Please confirm: introductions at The One Story",
        "You are in: The One Story",
        f"10:00, table 1: meet {other} (15 minutes)",
        f"In a few minutes, 10:00, table 1: meet {other}",
        "A short question after The One Story",
        "You both said yes: staying in touch after The One Story",
        "A short question after The One Story",
        "A short question after The One Story",
        "A short question after The One Story",
    ]


def _events(here: Conference, **names: str) -> dict[str, list[str]]:
    """Types of the published events by topic and subject, in order; of compacted topics each type once."""
    by_key = {key: name for name, key in names.items()}
    by_key |= {here.visitor.call("GET", here.path)["id"]: "conference"}
    found: dict[str, list[str]] = defaultdict(list)
    for record in here.visitor.records((*KEPT, *COMPACTED_TOPICS)):
        kind, name = dict(record.headers).get("ce_type", b"").decode(), by_key.get(record.key or "")
        place = f"{record.topic} {name}"
        if name and not (record.topic in COMPACTED_TOPICS and kind in found[place]):
            found[place].append(kind)
    return dict(found)
