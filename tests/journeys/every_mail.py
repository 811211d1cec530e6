"""A story in which a mail of every kind is sent, to people who all speak one language."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from services.followup import agreements, store
from services.followup.handlers import passing
from services.registration.handlers import announcing
from shared import conferences, tables
from shared.access import DEFAULT_ACCOUNT, Actor, Scope
from shared.mail.message import Mail
from tests.journeys.conference import Conference, a_conference, answer
from tests.journeys.memory import MemoryWorld
from tests.journeys.world import Visitor
from tests.registration.stage import PASSWORDLESS, printed_link
from tests.system import System

GOAL = "Zebras in my garden"
TOPIC = "Xylophones"
ROBIN = Actor("f" * 32, "f" * 32, "organizer", "owner", DEFAULT_ACCOUNT)
CONCERN = "Robin, counter 3"


def tell(system: System, locale: str) -> None:
    """Four pairs: one goes on, one moves its meeting and goes on no further, one does not meet, of one only the mentor comes."""
    visitor = Visitor(MemoryWorld(system))
    printed_link(system)
    organizer = system.client("registration")
    organizer.get("/login")
    organizer.post("/login", data={"email": PASSWORDLESS}, headers={"Accept-Language": locale})
    policy = {"concern_contact": CONCERN, "introductions_per_mentee": 1}
    lobby = {"name": "Lobby", "landmark": "under pillar 3", "tables": 4}
    here = a_conference(visitor, "mail-story", topics=[TOPIC, "Testing"], policy=policy, meeting_points=[lobby])
    here.register("Zed", "mentee", locale=locale, wants=["Testing"])  # whom nobody could meet so far
    here.register("Ina", "mentee", confirmed=False, locale=locale, wants=[TOPIC])
    asked = [("name", "Flo Example"), ("email", here.address("Flo")), ("role", "mentee"), ("wants", TOPIC)]
    visitor.post(f"/c/{here.slug}?lang={locale}", [*asked, ("consents.introductions", "on")])
    pairs = [
        (_person(here, mentor, "mentor", locale), _person(here, mentee, "mentee", locale))
        for mentor, mentee in (("Ana", "Ben"), ("Cleo", "Dan"), ("Eve", "Fay"), ("Gus", "Hal"))
    ]
    for clock, days in (("18:00", -1), ("08:00", 0)):
        here.go_to(clock, days=days)
    for pair in pairs:
        here.check_in(*pair)
        visitor.world.quiet()
    _answer_and_meet(visitor, here, system)
    _one_with_several(visitor, here, locale)
    here.go_to("20:01")
    first = here.relationships()[0]
    for side in ("mentor", "mentee"):
        body = {"attendee": first[side], "question": "continue", "answer": "yes"}
        visitor.call("POST", f"/api/v1/relationships/{first['id']}/answers", body)
    visitor.world.quiet()
    _on_the_page_of_the_pair(visitor, here)
    visitor.post(here.letters("Ana")[-1].link("/concern/"), [("text", "Zebras frighten me")])
    here.go_to("20:30", days=3)
    here.go_to("10:01", days=7)
    with system.followup.work() as work:
        passing.write_to_all(conferences.by_slug(work.connection, ROBIN.scope, here.slug), 0, ROBIN, work)
    here.go_to("10:07", days=7)
    _a_year_later(visitor, here, system)


def _on_the_page_of_the_pair(visitor: Visitor, here: Conference) -> None:
    """The two who go on write to each other: two sentences, and a note of thanks."""
    page = next(letter.link("/r/pair/") for letter in here.letters("Ben")[::-1] if "/r/pair/" in letter.text)
    visitor.post(f"{page}/feedback", [("helped", GOAL), ("wish", GOAL)])
    visitor.post(f"{page}/thanks", [("note", GOAL)])
    visitor.world.quiet()


def _a_year_later(visitor: Visitor, here: Conference, system: System) -> None:
    """One of the two is asked what came of it as if a year had passed: the other links of the story are open still."""
    pair = here.relationships()[0]
    body = {"attendee": pair["mentee"], "question": "week", "answer": "talked"}
    visitor.call("POST", f"/api/v1/relationships/{pair['id']}/answers", body)
    with system.followup.work() as work:
        conference = conferences.by_slug(work.connection, Scope(DEFAULT_ACCOUNT), here.slug)
        who = store.who(work.connection, (pair["mentee"],))[pair["mentee"]]
        agreements.ask_card(pair["id"], who.attendee, work)
        until = {"until": (work.now + timedelta(days=1)).isoformat()}
        work.mail("came_of", who.person, who.attendee, conference=conference.conference, attendee=who.attendee, **until)
    visitor.world.quiet()


def _person(here: Conference, name: str, role: str, locale: str) -> dict[str, Any]:
    topics = {"offers" if role == "mentor" else "wants": [TOPIC]}
    return here.register(name, role, locale=locale, goal=GOAL, capacity=1, **topics)


def _answer_and_meet(visitor: Visitor, here: Conference, system: System) -> None:
    one, two, three, four = here.introductions()
    slots = [slot["id"] for slot in visitor.call("GET", here.path)["slots"]]
    answer(visitor, two, "mentee", "other_time", slots=[slot for slot in slots if slot > two["slot"]])
    answer(visitor, three, "mentor", "decline")
    for introduction in (one, two, four):
        for side in ("mentor", "mentee"):
            answer(visitor, introduction, side, "accept")
    place = {"do": "moved", "point": "lobby", "name": "Hall B", "landmark": "under pillar 3", "seen": 1}
    with system.registration.work() as work:
        announcing.announce(here.slug, place, ROBIN, work)
    here.go_to("09:51")
    alone = here.letters("Gus")[-1].link("/i/")
    hour, minute = four["slot"][-4:-2], int(four["slot"][-2:])
    here.go_to(f"{hour}:{minute:02}")
    visitor.post(f"{alone}/table", [("table", "here")])
    visitor.world.quiet()
    for clock in (f"{hour}:{minute + 6:02}", "10:31", "10:51", "12:00"):
        here.go_to(clock)
    for introduction in (one, two):
        visitor.call("POST", f"/api/v1/introductions/{introduction['id']}/met", {"met": True})
    visitor.world.quiet()
    day = (here.day + timedelta(days=5)).isoformat()
    for name in ("Ana", "Cleo"):
        card = [("goal", "next"), ("sentence", GOAL), ("by", day)]
        visitor.post(f"{here.letters(name)[-1].link('/i/')}/goal", card)


def _one_with_several(visitor: Visitor, here: Conference, locale: str) -> None:
    """A mentor of three: two want another time, all agree, and the two go home before it begins."""
    before = {item["id"] for item in here.introductions()}
    other = {"locale": locale, "goal": GOAL}
    mentees = [here.register(name, "mentee", wants=["Testing"], **other) for name in ("Jon", "Kim", "Lea")]
    here.check_in(here.register("Ida", "mentor", offers=["Testing"], capacity=3, **other), *mentees)
    visitor.world.quiet()
    slots = [slot["id"] for slot in visitor.call("GET", here.path)["slots"]]
    new = [item for item in here.introductions() if item["id"] not in before]
    for introduction in new[:2]:
        answer(visitor, introduction, "mentee", "other_time", slots=slots[-2:])
    visitor.world.quiet()
    for introduction in new:
        for side in ("mentor", "mentee"):
            answer(visitor, introduction, side, "accept")
    visitor.world.quiet()
    for clock in ("14:30", "15:10"):
        here.go_to(clock)
    for introduction in new[:2]:
        visitor.call("POST", f"{here.path}/attendees/{introduction['mentee']}/leave", {})
    visitor.world.quiet()


SEVERAL = tuple(f"{kind} several" for kind in ("proposed", "moved", "cancelled", "reminder"))
"""Kinds of mail of which one may tell of several meetings."""


def of_each_kind(system: System) -> dict[str, tuple[str, Mail]]:
    """Kind -> (Message-ID, mail), of each kind the newest; `kind several` where it tells of more than one meeting."""
    kinds: dict[str, str] = {}
    for runtime in system.runtimes.values():
        with runtime.reading() as connection:
            kinds |= {row.id: row.kind for row in connection.execute(select(tables.mails.c.id, tables.mails.c.kind))}
    sent = zip(system.transport.message_ids, system.mails, strict=True)
    several = ("", " several")
    return {kinds[name.strip("<>").split("@")[0]] + several[bool(mail.calendars)]: (name, mail) for name, mail in sent}
