"""A pretix shop tells us of orders and scans: what follows from a call, whatever comes twice, late, forged or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.registration.tables import shop_calls
from tests.registration.pretix import PAGE, TOKEN, Pretix, a_position, a_scan, a_shop
from tests.registration.stage import add, create, link_in, logged_in, send
from tests.servers.answering import Said
from tests.system import NOON, System

ANA = ("Ana", "ana@example.org")
ROW = a_position(1, *ANA)


@pytest.fixture
def shop(system: System) -> Iterator[Pretix]:
    """A conference with a shop that calls."""
    create(system)
    with a_shop(system) as made:
        made.let_in(logged_in(system))
        yield made


def states(system: System) -> list[tuple[str, str | None, int]]:
    """(status, reason, attempts) of every call."""
    with system.registration.reading() as connection:
        rows = connection.execute(shop_calls.select().order_by(shop_calls.c.created_at, shop_calls.c.id)).all()
    return [(row.status, row.reason, row.attempts) for row in rows]


def confirmed(shop: Pretix) -> None:
    """Whoever was invited joins with one tap."""
    (mail,) = (mail for mail in shop.system.mails if "/confirm/" in mail.text)
    said = {"answer": "confirm", "consents.introductions": "on", "wants": ["Python"]}
    done = shop.system.client("registration").post(link_in(mail), data=said)
    assert done.status_code == 303, done.text
    shop.system.run_until_quiet()


def test_who_buys_a_ticket_is_invited_and_asked_once(shop: Pretix) -> None:
    shop.order("ABC", a_position(1, *ANA), a_position(2, "Ben", "ben@example.org"), status="n")
    answer = shop.calls("order.placed", "ABC")
    assert (answer.status_code, answer.data, shop.server.asked) == (200, b"", [])
    shop.system.run_until_quiet()
    shop.calls("order.paid", "ABC", 2)
    shop.system.run_until_quiet()
    assert shop.people() == [(*ANA, "invited"), ("Ben", "ben@example.org", "invited")]
    assert [mail.to_address for mail in shop.system.mails] == ["ana@example.org", "ben@example.org"]
    assert states(shop.system) == [("done", None, 1), ("done", None, 1)]
    asked = shop.server.asked[0]
    path = "/api/v1/organizers/pyorg/events/py26/orders/ABC/?include_canceled_positions=true"
    assert (asked.method, asked.path, asked.headers["authorization"]) == ("GET", path, f"Token {TOKEN}")


def test_the_same_call_again_is_answered_and_not_followed_again(shop: Pretix) -> None:
    shop.order("ABC", ROW)
    statuses = [shop.calls("order.placed", "ABC").status_code for _ in range(3)]
    shop.system.run_until_quiet()
    statuses.append(shop.calls("order.placed", "ABC").status_code)
    shop.system.run_until_quiet()
    assert (statuses, len(shop.server.asked), len(shop.system.mails)) == ([200] * 4, 1, 1)


def test_calls_may_come_in_any_order_since_the_order_as_it_is_decides(shop: Pretix) -> None:
    shop.order("ABC", {**ROW, "canceled": True}, status="c")
    for number, action in enumerate(("order.canceled", "order.paid", "order.placed")):
        shop.calls(action, "ABC", number)
    shop.system.run_until_quiet()
    assert (shop.people(), [state[0] for state in states(shop.system)]) == ([], ["done"] * 3)


def test_an_older_state_of_an_order_never_undoes_a_newer_one(shop: Pretix) -> None:
    shop.order("ABC", ROW)
    older = json.dumps(shop.orders["ABC"]).encode()
    shop.calls("order.placed", "ABC")
    shop.system.run_until_quiet()
    shop.order("ABC", {**ROW, "canceled": True}, status="c")
    shop.calls("order.canceled", "ABC", 2)
    shop.system.run_until_quiet()
    shop.answers.append(Said(200, older))
    shop.calls("order.changed", "ABC", 3)
    shop.system.run_until_quiet()
    assert shop.people() == [(None, None, "withdrawn")]


def test_who_has_two_tickets_is_withdrawn_with_the_second_and_invited_again_with_a_third(shop: Pretix) -> None:
    shop.order("ABC", ROW)
    shop.order("DEF", a_position(2, *ANA))
    shop.calls("order.paid", "ABC", 1)
    shop.calls("order.paid", "DEF", 2)
    shop.system.run_until_quiet()
    found = []
    for number, code in ((3, "ABC"), (4, "DEF")):
        shop.order(code, {**ROW, "id": number - 2, "canceled": True})
        shop.calls("order.changed", code, number)
        shop.system.run_until_quiet()
        found.append(shop.people())
    shop.order("GHI", a_position(3, *ANA))
    shop.calls("order.placed", "GHI", 5)
    shop.system.run_until_quiet()
    assert found == [[(*ANA, "invited")], [(None, None, "withdrawn")]]
    assert shop.people() == [(None, None, "withdrawn"), (*ANA, "invited")]


def test_a_ticket_that_goes_to_somebody_else_takes_the_place_along(shop: Pretix) -> None:
    shop.order("ABC", ROW)
    shop.calls("order.placed", "ABC")
    shop.system.run_until_quiet()
    shop.order("ABC", a_position(1, "Ben", "ben@example.org"))
    shop.calls("order.modified", "ABC", 2)
    shop.system.run_until_quiet()
    assert shop.people() == [(None, None, "withdrawn"), ("Ben", "ben@example.org", "invited")]


def test_a_corrected_name_is_taken_until_she_has_confirmed(shop: Pretix) -> None:
    shop.order("ABC", ROW)
    shop.calls("order.placed", "ABC")
    shop.system.run_until_quiet()
    shop.order("ABC", a_position(1, "Ana Silva", ANA[1]))
    shop.calls("order.changed", "ABC", 2)
    shop.system.run_until_quiet()
    corrected = shop.people()
    confirmed(shop)
    shop.order("ABC", a_position(1, "Annie", ANA[1]))
    shop.calls("order.changed", "ABC", 3)
    shop.system.run_until_quiet()
    assert corrected == [("Ana Silva", ANA[1], "invited")]
    assert shop.people() == [("Ana Silva", ANA[1], "confirmed")]


def test_who_wanted_out_herself_is_not_invited_back(shop: Pretix) -> None:
    ana = add(shop.system)["id"]
    shop.system.api("DELETE", f"/api/v1/conferences/pyconf/attendees/{ana}")
    shop.order("ABC", ROW)
    shop.calls("order.paid", "ABC")
    shop.system.run_until_quiet()
    assert (shop.people(), states(shop.system)) == ([(None, None, "withdrawn")], [("done", "departed", 1)])


def test_a_scan_at_the_door_checks_in_and_its_reversal_undoes_that(shop: Pretix) -> None:
    shop.order("ABC", ROW)
    shop.calls("order.paid", "ABC")
    shop.system.run_until_quiet()
    confirmed(shop)
    found = []
    for number, scans in ((2, [a_scan()]), (3, [])):
        shop.order("ABC", {**ROW, "checkins": scans})
        action = "checkin" if scans else "checkin.reverted"
        shop.calls(action, "ABC", number, orderposition_id=1, checkin_list=7)
        shop.system.run_until_quiet()
        found.append(shop.people()[0][2])
    assert found == ["checked_in", "confirmed"]
    types = [kind for kind, _event in shop.system.events() if kind.startswith("attendee.")]
    assert types == ["attendee.registered", "attendee.checked_in", "attendee.left"]


def test_a_reversal_of_one_scan_leaves_her_here_while_another_one_stands(shop: Pretix) -> None:
    shop.order("ABC", ROW)
    shop.calls("order.paid", "ABC")
    shop.system.run_until_quiet()
    confirmed(shop)
    shop.order("ABC", {**ROW, "checkins": [a_scan()]})
    for number, action in ((2, "checkin"), (3, "checkin.reverted")):
        shop.calls(action, "ABC", number, orderposition_id=1)
        shop.system.run_until_quiet()
    assert shop.people()[0][2] == "checked_in"


def test_a_reversal_that_came_before_its_scan_leaves_nobody_behind(shop: Pretix) -> None:
    shop.order("ABC", ROW)
    shop.calls("order.paid", "ABC")
    shop.system.run_until_quiet()
    confirmed(shop)
    for number, action in ((3, "checkin.reverted"), (2, "checkin")):
        shop.calls(action, "ABC", number, orderposition_id=1)
    shop.system.run_until_quiet()
    assert shop.people()[0][2] == "confirmed"


def test_who_is_scanned_before_she_confirmed_is_here_once_she_did(shop: Pretix) -> None:
    shop.order("ABC", {**ROW, "checkins": [a_scan()]})
    shop.calls("checkin", "ABC", orderposition_id=1)
    shop.system.run_until_quiet()
    assert (shop.people(), states(shop.system)) == ([(*ANA, "invited")], [("waiting", "not-confirmed", 1)])
    confirmed(shop)
    shop.system.advance(seconds=10)
    assert (shop.people(), states(shop.system)) == ([(*ANA, "checked_in")], [("done", None, 2)])


@pytest.mark.parametrize(
    ("changes", "position", "state", "reason"),
    [
        ({"testmode": True}, {}, [], "test-order"),
        ({"status": "n", "require_approval": True}, {}, [], None),
        ({}, {"addon_to": 5}, [], None),
        ({"email": None}, {"attendee_email": None}, [], "no-address"),
        ({}, {"attendee_email": "nobody"}, [], "no-address"),
        ({}, {"attendee_name": "\u202e"}, [], "no-name"),
        ({}, {"attendee_name": None}, [("ana", ANA[1], "invited")], None),
        ({}, {"attendee_name": "=cmd()<b>"}, [("=cmd()<b>", ANA[1], "invited")], None),
        ({}, {"attendee_email": None}, [("Ana", "buyer@example.org", "invited")], None),
    ],
)
def test_what_of_an_order_makes_somebody_an_attendee(
    shop: Pretix, changes: dict[str, Any], position: dict[str, Any], state: list[Any], reason: str | None
) -> None:
    shop.order("ABC", {**ROW, **position}, **changes)
    shop.calls("order.placed", "ABC")
    shop.system.run_until_quiet()
    assert (shop.people(), states(shop.system)) == (state, [("done", reason, 1)])


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (Said(503), "http-503"),
        (Said(302, headers=(("Location", "/elsewhere"),)), "http-302"),
        (Said(401), "no-token"),
        (Said(200, b"not json"), "no-order"),
        (Said(200, b"[" * 100_000), "no-order"),
        (Said(200, b'{"code": "XYZ", "positions": []}'), "no-order"),
        (Said(200, b"x" * 1_000_001), "too-large"),
    ],
)
def test_a_shop_that_does_not_answer_well_is_asked_again(shop: Pretix, said: Said, reason: str) -> None:
    shop.order("ABC", ROW)
    shop.answers.append(said)
    shop.calls("order.placed", "ABC")
    shop.system.run_until_quiet()
    assert (shop.people(), states(shop.system)) == ([], [("waiting", reason, 1)])
    shop.system.advance(seconds=10)
    assert (shop.people(), states(shop.system)) == ([(*ANA, "invited")], [("done", None, 2)])
    assert {asked.path.split("?")[0] for asked in shop.server.asked} == {
        "/api/v1/organizers/pyorg/events/py26/orders/ABC/"
    }


def test_after_a_day_it_is_given_up_and_an_owner_may_ask_again(shop: Pretix) -> None:
    shop.order("ABC", ROW)
    shop.answers += [Said(503)] * 400
    shop.calls("order.placed", "ABC")
    shop.system.run_until_quiet()
    for _ in range(25):
        shop.system.advance(hours=1)
    (state,) = states(shop.system)
    assert state[:2] == ("failed", "http-503")
    owner = logged_in(shop.system)
    page = owner.get(PAGE).text
    assert ("given up" in page, "The server answered http-503." in page, TOKEN in page) == (True, True, False)
    shop.answers.clear()
    again = page.split('name="again" value="')[1].split('"')[0]
    send(owner, PAGE, again=again)
    shop.system.run_until_quiet()
    assert shop.people() == [(*ANA, "invited")]


def test_a_call_that_somebody_died_over_is_followed_by_another(shop: Pretix) -> None:
    shop.order("ABC", ROW)
    shop.calls("order.placed", "ABC")
    with shop.system.registration.engine.begin() as connection:
        until = (NOON + timedelta(minutes=5)).replace(tzinfo=None)
        connection.execute(
            text("UPDATE shop_calls SET owner = 'gone', lease_until = :until, attempts = 1"), {"until": until}
        )
    shop.system.run_until_quiet()
    before = shop.people()
    shop.system.advance(minutes=6)
    assert (before, shop.people(), states(shop.system)) == ([], [(*ANA, "invited")], [("done", None, 2)])


def test_other_events_and_other_actions_are_answered_and_ignored(shop: Pretix) -> None:
    shop.order("ABC", ROW)
    statuses = [
        shop.calls("order.placed", "ABC", organizer="other").status_code,
        shop.calls("order.placed", "ABC", event="other").status_code,
        shop.calls("changed", "ABC").status_code,
        shop.calls("item.added", "ABC").status_code,
    ]
    shop.system.run_until_quiet()
    assert (statuses, states(shop.system), shop.server.asked) == ([200] * 4, [], [])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"\xff", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"[" * 10_000, 400),
        (b'{"a": 1, "a": 2}', 400),
        (b"{}", 422),
        (b'{"organizer": 1, "event": [], "code": {}, "action": null}', 422),
        (b'{"organizer": "a", "event": "b", "code": "../../x", "action": "pretix.event.order.paid"}', 422),
        (b'{"organizer": "a", "event": "b", "code": "A", "action": "b", "orderposition_id": -1}', 422),
        (b"x" * 1_000_000, 413),
    ],
)
def test_no_body_is_an_error_of_ours(shop: Pretix, body: bytes, status: int) -> None:
    client = shop.system.client("registration")
    for kind in ("application/json", "text/plain", "multipart/form-data"):
        answer = client.post(shop.hook, data=body, content_type=kind)
        assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    shop.system.run_until_quiet()
    assert (states(shop.system), shop.people()) == ([], [])


def test_an_unknown_address_is_404_and_an_ended_one_410(shop: Pretix) -> None:
    owner, client = logged_in(shop.system), shop.system.client("registration")
    shop.order("ABC", ROW)
    shop.calls("order.placed", "ABC")
    unknown = client.post("/hooks/pretix/" + "a" * 26, json={})
    ended = owner.get(PAGE).text.split('name="end" value="')[1].split('"')[0]
    send(owner, PAGE, end=ended)
    gone = [shop.calls("order.paid", "ABC", 2), client.post(shop.hook, data=b"not json")]
    shop.system.run_until_quiet()
    assert unknown.status_code == 404
    assert [(answer.status_code, answer.json["detail"]) for answer in gone] == [
        (410, "This address is not used any more.")
    ] * 2
    assert (shop.server.asked, states(shop.system)) == ([], [("failed", "revoked", 0)])


def test_the_token_lies_sealed_and_the_address_as_a_hash_alone(shop: Pretix) -> None:
    connection = shop.system.registration.engine.raw_connection()
    try:
        dump = "\n".join(connection.driver_connection.iterdump())
    finally:
        connection.close()
    assert (TOKEN in dump, shop.hook.rpartition("/")[2] in dump) == (False, False)
    assert TOKEN not in logged_in(shop.system).get(PAGE).text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"url": "ftp://pretix.eu"}, "Please give an address that begins with https://"),
        ({"url": "https://user:word@pretix.eu"}, "Please give an address that begins with https://"),
        ({"url": "https://pretix.eu/path"}, "Please give an address that begins with https://"),
        ({"url": ""}, "This is needed."),
        ({"event": "../x"}, "Please write the short name as it stands in the shop&#39;s address."),
        ({"token": "short"}, "Please paste the token as the shop shows it"),
        ({"role": "speaker"}, "Please choose one of"),
    ],
)
def test_a_shop_that_cannot_be_meant_is_refused_in_a_sentence(
    system: System, changes: dict[str, str], sentence: str
) -> None:
    create(system)
    said = {"url": "https://pretix.eu", "organizer": "o", "event": "e", "token": TOKEN, "role": "mentee", **changes}
    page = send(logged_in(system), PAGE, **said)
    assert (page.status_code, sentence in page.text) == (422, True)
