"""Who may call what: every route by everybody. No change without proof, and no change by looking."""

from __future__ import annotations

import re
from typing import Any

import pytest

from shared.access import DEFAULT_ACCOUNT
from shared.web.who import routes_and_roles
from tests.registration.stage import a_form, add, added, create, link_in, logged_in, paired, printed_link, send
from tests.system import System

MACHINES = (
    "/healthz",
    "/readyz",
    "/metrics",
    "/internal/status",
    "/openapi.json",
    "/asyncapi.json",
    "/static/<path:name>",
)
ANYONE: set[tuple[str, str]] = {
    ("GET", "/"),
    ("GET", "/c/<slug>"),
    ("POST", "/c/<slug>"),
    ("GET", "/c/<slug>/thanks"),
    ("GET", "/c/<slug>/concern"),
    ("GET", "/c/<slug>/here/<code>"),
    ("POST", "/c/<slug>/here/<code>"),
    ("GET", "/c/<slug>/link"),
    ("POST", "/c/<slug>/link"),
    ("GET", "/t/<slug>/<point>/<number>"),
    ("GET", "/q/<code>"),
    ("GET", "/login"),
    ("POST", "/login"),
    ("GET", "/login/<token>"),
    ("POST", "/login/<token>"),
    ("GET", "/desk/sw.js"),
    ("GET", "/desk/<slug>/unlock"),
    ("POST", "/desk/<slug>/unlock"),
    *(("GET", path) for path in MACHINES),
}
LINK = {
    ("POST", "/hooks/pretix/<token>"),
    ("GET", "/c/confirm/<token>"),
    ("POST", "/c/confirm/<token>"),
    ("GET", "/a/<token>"),
    ("POST", "/a/<token>"),
    ("GET", "/a/<token>/welcome"),
    ("POST", "/a/<token>/here"),
    ("POST", "/a/<token>/leave"),
    ("POST", "/a/<token>/times"),
    ("GET", "/a/<token>/withdraw"),
    ("POST", "/a/<token>/withdraw"),
    ("GET", "/concern/<token>"),
    ("POST", "/concern/<token>"),
    ("GET", "/concern/<token>/sent"),
    ("GET", "/pair/<token>"),
    ("POST", "/pair/<token>"),
}
WEBHOOK = {"url": "https://example.org/hook", "types": ["attendee.checked_in"]}
FILES = {f"/organize/<slug>/people.{form}" for form in ("csv", "xlsx", "json")}
"""Taking one leaves a line of what was done, and nothing else: `test_files.py`."""
KIOSK = {
    ("GET", "/desk/<slug>"),
    ("GET", "/desk/<slug>/now"),
    ("GET", "/desk/<slug>/list"),
    ("GET", "/desk/<slug>/offline"),
    ("POST", "/desk/<slug>/merge"),
    ("POST", "/desk/<slug>/<attendee_id>"),
    ("POST", "/logout"),
}
DESK = KIOSK | {
    ("GET", "/organize"),
    ("GET", "/organize/<slug>"),
    ("GET", "/desk/<slug>/devices"),
    ("POST", "/desk/<slug>/devices"),
    ("GET", "/desk/<slug>/new"),
    ("POST", "/desk/<slug>/new"),
    ("GET", "/desk/<slug>/slip/<attendee_id>"),
    ("GET", "/desk/<slug>/poster"),
    ("GET", "/desk/<slug>/many"),
    ("POST", "/desk/<slug>/many"),
    ("GET", "/api/v1/conferences"),
    ("GET", "/api/v1/conferences/<slug>"),
    ("GET", "/api/v1/status"),
}


def routes(system: System) -> dict[tuple[str, str], tuple[str, ...]]:
    """Every route with its roles, from the URL map."""
    return routes_and_roles(system.app("registration"))


def call(client: Any, method: str, rule: str, attendee: str, **options: Any) -> int:
    """Call a route with parts that exist, and an empty body; the status."""
    path = rule.replace("<slug>", "pyconf").replace("<attendee_id>", attendee).replace("<path:name>", "style.css")
    path = path.replace("<webhook_id>", options.pop("webhook", "nothing"))
    path = re.sub(r"<\w+>", "nothing", path)
    if rule.startswith("/api/") and method in ("POST", "PUT", "PATCH"):
        options["json"] = {}
    return int(client.open(path, method=method, buffered=True, **options).status_code)


def test_every_route_says_who_may_call_it_and_nobody_else_gets_in(system: System) -> None:
    create(system)
    attendee = add(system, confirmed=False, consents={})["id"]
    owner = logged_in(system)
    send(owner, "/organize/pyconf/team", email="desk@example.org", role="desk")
    for (method, rule), roles in routes(system).items():
        stranger = call(system.client("registration"), method, rule, attendee)
        where = (method, rule)
        if where in ANYONE:
            assert roles == ("anyone",), where
            assert stranger in (200, 303, 404, 422), where
        elif where in LINK:
            assert (roles, stranger) == (("link",), 404), where
        else:
            assert set(roles) <= {"owner", "desk", "kiosk", "key"}, where
            assert stranger == (303 if method == "GET" and not rule.startswith("/api/") else 401), where
            assert ("desk" in roles) == (where in DESK), where
            assert ("kiosk" in roles) == (where in KIOSK), where


def test_the_desk_does_the_desk_and_a_foreign_one_sees_nothing(system: System) -> None:
    create(system)
    create(system, slug="other", name="Other")
    attendee = add(system, confirmed=False, consents={})["id"]
    owner = logged_in(system)
    send(owner, "/organize/pyconf/team", email="desk@example.org", role="desk")
    send(owner, "/organize/other/team", email="foreign@example.org", role="desk")
    desk, foreign = logged_in(system, "desk@example.org"), logged_in(system, "foreign@example.org")
    for (method, rule), roles in routes(system).items():
        if set(roles) & {"owner", "desk"} and method == "GET":
            expected = 200 if "desk" in roles else 403
            assert call(desk, method, rule, attendee) == expected, rule
            if "<slug>" in rule:
                assert call(foreign, method, rule, attendee) == (404 if expected == 200 else 403), rule
    assert "PyConf" not in foreign.get("/organize").text
    acts = f"/desk/pyconf/{attendee}"
    assert send(foreign, "/organize", acts, action="check-in").status_code == 404
    assert send(desk, "/desk/pyconf", acts, action="check-in").status_code == 409
    assert send(desk, "/desk/pyconf", f"/organize/pyconf/people/{attendee}", action="approve").status_code == 403


def test_a_device_gets_in_where_its_role_does_and_a_locked_one_nowhere(system: System) -> None:
    create(system)
    create(system, slug="other", name="Other")
    attendee = add(system, confirmed=False, consents={})["id"]
    owner = logged_in(system)
    devices = {role: paired(system, owner, role) for role in ("kiosk", "desk")}
    foreign = paired(system, owner, "kiosk", slug="other")
    locked = system.client("registration")
    locked.post(added(owner, "desk"))
    for (method, rule), roles in routes(system).items():
        where = (method, rule)
        if set(roles) & {"anyone", "link"}:
            continue
        safe, of_devices = method == "GET", rule == "/desk/<slug>/devices"
        for role, device in devices.items():
            opened = 200 if safe and role in roles and not of_devices else 403
            expected = opened if set(roles) & {"owner", "desk", "kiosk"} or not safe else 403
            assert call(device, method, rule, attendee) == expected, (role, where)
        if safe and "<slug>" in rule:
            assert call(foreign, method, rule, attendee) == (404 if "kiosk" in roles else 403), where
        refused = 401 if rule.startswith("/api/") else 303
        assert call(locked, method, rule, attendee) == (refused if safe else 403), where


def test_a_key_opens_the_api_of_its_conferences_and_no_page(system: System) -> None:
    create(system)
    attendee = add(system, confirmed=False, consents={})["id"]
    webhook = system.api("POST", "/api/v1/conferences/pyconf/webhooks", json=WEBHOOK).json["id"]
    foreign = system.access.issue_key(key_id="e" * 32, account=DEFAULT_ACCOUNT, conferences=frozenset({"other"}))
    for (method, rule), roles in routes(system).items():
        if "<slug>" not in rule or set(roles) & {"anyone", "link"}:
            continue
        statuses = [
            call(
                system.client("registration"),
                method,
                rule,
                attendee,
                webhook=webhook,
                headers={"Authorization": f"Bearer {key}", "Accept": "application/json"},
            )
            for key in (system.key, foreign)
        ]
        if "key" in roles:
            assert statuses[0] in (200, 201, 409, 422), (method, rule)
            assert statuses[1] in (404, 422), (method, rule)
        else:
            assert statuses == [401, 401], (method, rule)


def test_nothing_changes_without_proof_that_the_organizer_meant_it(system: System) -> None:
    create(system)
    attendee = add(system, confirmed=False)["id"]
    owner = logged_in(system)
    for (method, rule), roles in routes(system).items():
        if method != "GET" and set(roles) & {"owner", "desk"}:
            assert call(owner, method, rule, attendee) == 403, rule
            assert call(owner, method, rule, attendee, data={"csrf_token": "x"}) == 403, rule
            proven = owner.get("/organize/pyconf/team").text.split('name="csrf_token" value="')[1].split('"')[0]
            headers = {"Sec-Fetch-Site": "cross-site"}
            assert call(owner, method, rule, attendee, data={"csrf_token": proven}, headers=headers) == 403, rule


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_looking_at_every_page_with_every_live_link_changes_nothing(system: System, method: str) -> None:
    create(system)
    ana = add(system)
    webhook = system.api("POST", "/api/v1/conferences/pyconf/webhooks", json=WEBHOOK).json["id"]
    add(system, email="invited@example.org", confirmed=False)
    system.client("registration").post("/c/pyconf", data=a_form(email="pending@example.org"))
    system.run_until_quiet()
    owner = logged_in(system)
    code = next(re.findall(r"/q/(\w+)", mail.text)[0] for mail in system.mails if "/q/" in mail.text)
    links = [link_in(mail) for mail in system.mails if "/confirm/" in mail.text]
    links += [ana["links"]["page"].removeprefix("http://localhost"), printed_link(system), added(owner)]
    links += [re.findall(r"http://localhost(/concern/\w+)", mail.text)[0] for mail in system.mails[:1]]
    assert len(links) == 6
    rules = [rule for (way, rule) in routes(system) if way == "GET" and "<token>" not in rule and rule not in FILES]
    paths = [
        rule.replace("<slug>", "pyconf")
        .replace("<attendee_id>", ana["id"])
        .replace("<webhook_id>", webhook)
        .replace("<path:name>", "style.css")
        .replace("<code>", code)
        for rule in rules
    ]
    before = _dump(system)
    for path in (*links, *paths):
        assert owner.open(path, method=method, buffered=True).status_code in (200, 303, 401, 403, 404), path
        if method == "GET" and path.startswith("/api/"):
            assert system.api("GET", path).status_code == 200, path
    for path in links:
        if method != "OPTIONS":
            assert system.client("registration").open(path, method=method).status_code == 200, path
    assert _dump(system) == before


def _dump(system: System) -> list[str]:
    connection = system.registration.engine.raw_connection()
    try:
        return list(connection.driver_connection.iterdump())
    finally:
        connection.close()
