"""Programs hear of events by Standard Webhooks: signed, at least once, never more than ids and codes, never a no."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from services.registration import store
from services.registration.domain.outward import OUTWARD, TYPES
from services.registration.tables import deliveries
from shared.bus import envelope
from shared.contracts import CATALOGUE
from tests.contracts.introduced import Introduced
from tests.registration.stage import add, create, logged_in, send
from tests.servers.answering import Answering, Asked, Said
from tests.servers.waiting import wait_until
from tests.system import NOON, System

PATH = "/api/v1/conferences/pyconf/webhooks"
PAGE = "/organize/pyconf/hooks"


class Program:
    """A program that hears of events, and what it answers."""

    def __init__(self, system: System, server: Answering, *types: str) -> None:
        self.system, self.server = system, server
        said = {"url": server.url + "/hear?me=1", "types": types or TYPES}
        made = system.api("POST", PATH, json=said)
        assert made.status_code == 201, made.json
        self.id, self.secret = made.json["id"], made.json["secret"]

    @property
    def state(self) -> Any:
        """How it stands by API."""
        return self.system.api("GET", f"{PATH}/{self.id}").json

    @property
    def heard(self) -> list[tuple[str, dict[str, Any]]]:
        """(type, data) of what came, in order."""
        return [(json.loads(asked.body)["type"], json.loads(asked.body)["data"]) for asked in self.server.asked]


def verifies(asked: Asked, secret: str) -> bool:
    """What a receiver does, written from the specification alone."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = b".".join([asked.headers["webhook-id"].encode(), asked.headers["webhook-timestamp"].encode(), asked.body])
    expected = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    signatures = [part.split(",", 1) for part in asked.headers["webhook-signature"].split(" ")]
    return any(version == "v1" and hmac.compare_digest(told, expected) for version, told in signatures)


@pytest.fixture
def answers() -> list[Said]:
    """What the program answers to the next calls instead of 204."""
    return []


@pytest.fixture
def server(answers: list[Said]) -> Iterator[Answering]:
    """The program's server."""
    with Answering(lambda asked: answers.pop(0) if answers else Said(204)) as made:
        yield made


@pytest.fixture
def program(system: System, server: Answering) -> Program:
    """It hears of check-ins of a conference."""
    create(system)
    return Program(system, server, "attendee.checked_in")


def somebody_comes(system: System, name: str = "ana") -> str:
    """She is here; who."""
    who: str = add(system, email=f"{name}@example.org")["id"]
    assert system.api("POST", f"/api/v1/conferences/pyconf/attendees/{who}/check-in", json={}).status_code == 201
    system.run_until_quiet()
    return who


def rows(system: System) -> list[tuple[str, str | None, int]]:
    """(status, reason, attempts) of every delivery."""
    with system.registration.reading() as connection:
        found = connection.execute(deliveries.select().order_by(deliveries.c.created_at, deliveries.c.id)).all()
    return [(row.status, row.reason, row.attempts) for row in found]


def test_a_check_in_reaches_the_program_signed_with_ids_and_codes_alone(system: System, program: Program) -> None:
    ana = somebody_comes(system)
    (asked,) = program.server.asked
    assert (asked.method, asked.path, asked.headers["content-type"]) == ("POST", "/hear?me=1", "application/json")
    assert json.loads(asked.body) == {
        "type": "attendee.checked_in",
        "timestamp": "2026-11-23T11:00:00Z",
        "data": {"conference": "pyconf", "attendee": ana, "version": 3, "role": "mentee", "present_on": ["2026-11-23"]},
    }
    assert asked.headers["webhook-timestamp"] == str(int(NOON.timestamp()))
    assert verifies(asked, program.secret)
    assert len(base64.b64decode(program.secret.removeprefix("whsec_"))) >= 24
    assert not verifies(asked, "whsec_" + base64.b64encode(b"0" * 32).decode())
    assert rows(system) == [("done", None, 1)]


def test_a_pair_is_followed_from_the_first_yes_to_the_second(system: System, server: Answering) -> None:
    create(system, slug="other")  # somebody else's, of which nothing is heard
    into: list[Program] = []
    story = _story(system, server, into)
    (program,) = into
    types = sorted(kind for kind, _data in program.heard)  # they leave at the same time
    assert types == [
        *["attendee.checked_in"] * 2,
        *["attendee.registered"] * 2,
        "introduction.accepted",
        "introduction.met",
        "relationship.continued_by_both",
    ]
    pair = {"mentor": story.mentor, "mentee": story.mentee}
    told = dict(program.heard)
    assert told["introduction.met"] == {"conference": "pyconf", "introduction": story.id, "version": 4, **pair}
    assert told["relationship.continued_by_both"] == {"conference": "pyconf", "relationship": story.id, **pair}
    assert all(verifies(asked, program.secret) for asked in server.asked)
    assert len({asked.headers["webhook-id"] for asked in server.asked}) == len(types)
    assert not any(b"example.org" in asked.body for asked in server.asked)


def _story(system: System, server: Answering, into: list[Program]) -> Introduced:
    """Two people are introduced, meet, and want to stay in touch; a program listens from the beginning."""
    api = system.api

    def call(method: str, path: str, **options: Any) -> Any:
        answer = api(method, path, **options)
        if path == "/api/v1/conferences" and options.get("json", {}).get("slug") == "pyconf":
            into.append(Program(system, server))
        return answer

    system.api = call  # type: ignore[method-assign]
    story = Introduced(system)
    for who in (story.mentor, story.mentee):
        said = {"attendee": who, "question": "continue", "answer": "yes"}
        assert api("POST", f"/api/v1/relationships/{story.id}/answers", json=said).status_code == 201
    system.run_until_quiet()
    return story


def test_what_ends_a_meeting_is_said_in_one_way_whoever_said_no() -> None:
    kinds = {event.TYPE: kind for event, kind in OUTWARD.items()}
    ended = {kinds[f"introduction.{way}"] for way in ("declined", "expired", "cancelled")}
    assert ended == {"introduction.off"}
    quiet = {event.TYPE for event in CATALOGUE} - set(kinds)
    assert quiet == {
        "conference.published",
        "access.revoked",
        "person.described",
        "attendee.changed",
        "introduction.proposed",
        "introduction.missed",
        "introduction.goal_agreed",
        "follow_up.asked",
        "follow_up.answered",
        "relationship.started",
        "relationship.contacted",
        "relationship.ended",
        "relationship.lapsed",
        "relationship.resumed",
        "thanks.sent",
    }


def test_an_event_that_is_handled_twice_leaves_once(system: System, server: Answering) -> None:
    into: list[Program] = []
    _story(system, server, into)
    before = len(server.asked)
    hear_again(system)
    assert len(server.asked) == before


def hear_again(system: System) -> None:
    """Everything that other services ever said is handled once more."""
    consumer = system.log.consumer("again", ["rapport.introductions", "rapport.relationships"])
    with system.registration.work() as work:
        for record in consumer.poll(1000, 0):
            message = envelope.read(record)
            handle = None if message is None else system.registration.service.handles.get(message.event_type)
            if message is not None and handle is not None:
                work.heard = message.id
                handle(message.event, work)
    system.run_until_quiet()


def test_what_happened_before_is_not_told_when_it_is_read_later(system: System, server: Answering) -> None:
    Introduced(system)
    system.advance(seconds=1)
    Program(system, server)
    hear_again(system)
    assert server.asked == []


def test_who_was_not_there_when_it_happened_hears_nothing_of_it(system: System, server: Answering) -> None:
    create(system)
    somebody_comes(system)
    system.advance(seconds=1)
    program = Program(system, server)
    somebody_comes(system, "ben")
    assert {data["attendee"] for _kind, data in program.heard} == {
        item["id"] for item in system.api("GET", "/api/v1/conferences/pyconf/attendees").json["items"][1:]
    }


def test_what_fails_is_tried_again_with_the_same_id_and_a_new_moment(
    system: System, program: Program, answers: list[Said]
) -> None:
    answers += [Said(500), Said(302, headers=(("Location", "/elsewhere"),))]
    somebody_comes(system)
    found = [rows(system)]
    for seconds in (4.9, 0.7, 331):
        system.advance(seconds=seconds)
        found.append(rows(system))
    assert found == [
        [("waiting", "http-500", 1)],
        [("waiting", "http-500", 1)],
        [("waiting", "http-302", 2)],
        [("done", None, 3)],
    ]
    asked = program.server.asked
    assert ({one.path for one in asked}, len({one.headers["webhook-id"] for one in asked})) == ({"/hear?me=1"}, 1)
    assert len({one.headers["webhook-timestamp"] for one in asked}) == 3
    assert all(verifies(one, program.secret) for one in asked)


def test_after_the_tenth_try_it_is_given_up_and_can_be_sent_again(
    system: System, program: Program, answers: list[Said]
) -> None:
    answers += [Said(500)] * 10
    somebody_comes(system)
    for _ in range(90):
        system.advance(hours=1)
    assert rows(system) == [("failed", "http-500", 10)]
    assert (program.state["failed"], program.state["delivered"]) == (1, 0)
    resent = [system.api("POST", f"{PATH}/{program.id}/resend", json={}) for _ in range(2)]
    system.run_until_quiet()
    assert [(answer.status_code, answer.json["waiting"]) for answer in resent] == [(201, 1), (200, 1)]
    assert (rows(system), program.state["delivered"]) == ([("done", None, 1)], 1)


def test_a_program_that_is_gone_is_called_no_more(system: System, program: Program, answers: list[Said]) -> None:
    answers.append(Said(410))
    somebody_comes(system)
    somebody_comes(system, "ben")
    assert (len(program.server.asked), program.state["enabled"]) == (1, False)
    assert "The server said that this address is gone for good." in logged_in(system).get(PAGE).text


def test_both_secrets_sign_for_a_day_after_a_change(system: System, program: Program) -> None:
    changed = system.api("POST", f"{PATH}/{program.id}/rotate", json={})
    assert changed.status_code == 201
    new = changed.json["secret"]
    somebody_comes(system)
    system.advance(hours=24)
    somebody_comes(system, "ben")
    first, second = program.server.asked
    assert new != program.secret
    assert [[verifies(asked, secret) for secret in (program.secret, new)] for asked in (first, second)] == [
        [True, True],
        [False, True],
    ]


def test_a_disabled_one_hears_nothing_and_an_enabled_one_what_happens_from_then_on(
    system: System, program: Program
) -> None:
    off = system.api("PATCH", f"{PATH}/{program.id}", json={"enabled": False})
    somebody_comes(system)
    on = system.api("PATCH", f"{PATH}/{program.id}", json={"enabled": True})
    ben = somebody_comes(system, "ben")
    assert (off.json["enabled"], on.json["enabled"]) == (False, True)
    assert [data["attendee"] for _kind, data in program.heard] == [ben]


def test_what_was_delivered_is_forgotten_after_thirty_days_and_what_failed_is_not(
    system: System, program: Program, answers: list[Said]
) -> None:
    somebody_comes(system)
    answers.append(Said(410))
    somebody_comes(system, "ben")
    system.advance(days=31)
    Program(system, program.server, "attendee.registered")
    add(system, email="cem@example.org")
    system.run_until_quiet()
    with system.registration.reading() as connection:
        found = connection.execute(deliveries.select().order_by(deliveries.c.id)).all()
    assert [(row.type, row.status) for row in found] == [
        ("attendee.checked_in", "failed"),
        ("attendee.registered", "done"),
    ]


def test_a_slow_program_holds_up_no_transaction(system: System, program: Program) -> None:
    program.server.hold()
    who = add(system)["id"]
    system.api("POST", f"/api/v1/conferences/pyconf/attendees/{who}/check-in", json={})
    thread = threading.Thread(target=system.registration.due_turn)
    thread.start()
    try:
        wait_until(lambda: rows(system) == [("waiting", None, 1)], what="the call is under way")
        assert add(system, email="ben@example.org")["status"] == "confirmed"
        assert rows(system) == [("waiting", None, 1)]
    finally:
        program.server.release()
        thread.join()
    assert rows(system) == [("done", None, 1)]


def test_a_delivery_that_somebody_died_over_is_made_by_another(system: System, program: Program) -> None:
    who = add(system)["id"]
    system.api("POST", f"/api/v1/conferences/pyconf/attendees/{who}/check-in", json={})
    with system.registration.work() as work:
        assert len(store.DELIVERIES.claim(work, 10)) == 1
    system.run_until_quiet()
    before = len(program.server.asked)
    system.advance(minutes=3)
    assert (before, len(program.server.asked), rows(system)) == (0, 1, [("done", None, 2)])


def test_the_secret_is_said_once_and_lies_nowhere(system: System, program: Program) -> None:
    owner = logged_in(system)
    page = send(owner, PAGE, "/organize/pyconf/webhooks", url=program.server.url, types=["introduction.met"])
    (shown,) = re.findall(r"<pre>(whsec_[^<]+)</pre>", page.text)
    connection = system.registration.engine.raw_connection()
    try:
        dump = "\n".join(connection.driver_connection.iterdump())
    finally:
        connection.close()
    later = owner.get(PAGE).text + system.api("GET", PATH).text
    assert [secret in text for secret in (shown, program.secret) for text in (dump, later)] == [False] * 4


def test_an_owner_does_the_same_on_the_page(system: System, program: Program, answers: list[Said]) -> None:
    answers += [Said(500)] * 20
    somebody_comes(system)
    for _ in range(90):
        system.advance(hours=1)
    answers.clear()
    owner = logged_in(system)
    acts = f"/organize/pyconf/webhooks/{program.id}"
    assert "The server answered http-500." in owner.get(PAGE).text
    done = [send(owner, PAGE, acts, action=action).status_code for action in ("resend", "disable", "enable", "what")]
    rotated = send(owner, PAGE, acts, action="rotate")
    system.run_until_quiet()
    assert (done, "whsec_" in rotated.text) == ([303] * 4, True)
    lines = re.findall(r'data-label="What">(webhook [a-z ]+?) <', owner.get("/organize/pyconf/audit").text)
    assert lines == [
        "webhook secret changed",
        "webhook enabled",
        "webhook disabled",
        "webhook sent again",
        "webhook added",
    ]


@pytest.mark.parametrize(
    ("said", "field", "sentence"),
    [
        ({"url": "ftp://example.org"}, "url", "Please give an address that begins with https://"),
        ({"url": "https://a:b@example.org"}, "url", "Please give an address that begins with https://"),
        ({"url": ""}, "url", "This is needed."),
        ({"types": ["introduction.declined"]}, "types.0", "Please choose one of"),
        ({"types": []}, "types", "Please give at least 1."),
        ({"secret": "mine"}, "secret", "There is no such field."),
    ],
)
def test_a_webhook_that_cannot_be_meant_is_refused_at_its_field(
    system: System, said: dict[str, Any], field: str, sentence: str
) -> None:
    create(system)
    answer = system.api("POST", PATH, json={"url": "https://example.org", "types": ["introduction.met"], **said})
    assert answer.status_code == 422
    (error,) = answer.json["errors"]
    assert (error["field"], error["detail"].startswith(sentence)) == (field, True)


def test_a_form_that_is_refused_keeps_what_was_typed(system: System) -> None:
    create(system)
    page = send(logged_in(system), PAGE, "/organize/pyconf/webhooks", url="ftp://mine", types=["introduction.met"])
    assert page.status_code == 422
    assert 'href="#f-webhook-url"' in page.text
    assert 'value="ftp://mine"' in page.text
    assert re.findall(r'value="([a-z_.]+)" checked', page.text) == ["mentee", "introduction.met"]


def test_another_conference_has_no_say(system: System, program: Program) -> None:
    create(system, slug="other")
    paths = [f"/api/v1/conferences/other/webhooks/{program.id}{more}" for more in ("", "/rotate", "/resend")]
    found = [
        system.api(
            "GET" if path == paths[0] else "POST", path, **({} if path == paths[0] else {"json": {}})
        ).status_code
        for path in paths
    ]
    page = send(logged_in(system), PAGE, f"/organize/other/webhooks/{program.id}", action="disable")
    assert (found, page.status_code, program.state["enabled"]) == ([404] * 3, 404, True)
