"""Who may call what of introductions and follow-up: every route by everybody. Registration's own doors: its own tests."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared.access import DEFAULT_ACCOUNT
from shared.web.who import routes_and_roles
from tests.contracts.introduced import Introduced
from tests.system import System

OTHER_ACCOUNT = "7" * 32
MACHINES = {
    ("GET", path): "anyone" for path in ("/healthz", "/readyz", "/metrics", "/openapi.json", "/asyncapi.json")
} | {("GET", "/internal/status"): "other services"}
DOORS: dict[str, dict[tuple[str, str], str]] = {
    "introductions": {
        **MACHINES,
        ("GET", "/static/<path:name>"): "anyone",
        ("GET", "/i/<token>"): "link",
        ("POST", "/i/<token>"): "link",
        ("GET", "/i/<token>/calendar.ics"): "link",
        ("POST", "/i/<token>/met"): "link",
        ("POST", "/i/<token>/table"): "link",
        ("POST", "/i/<token>/goal"): "link",
        ("GET", "/i/stop/<token>"): "link",
        ("POST", "/i/stop/<token>"): "link",
        ("GET", "/d/<token>"): "link",
        ("POST", "/d/<token>"): "link",
        ("GET", "/d/<token>/live"): "link",
        ("POST", "/d/<token>/ready"): "link",
        ("GET", "/d/<token>/keep-free"): "link",
        ("POST", "/d/<token>/keep-free"): "link",
        ("GET", "/d/<token>/calendar.ics"): "link",
        ("GET", "/board/<slug>"): "desk",
        ("GET", "/board/<slug>/live"): "desk",
        ("GET", "/board/<slug>/wall"): "desk",
        ("GET", "/board/<slug>/wall/live"): "desk",
        ("POST", "/board/<slug>/<introduction_id>"): "desk acts",
        ("GET", "/board/<slug>/screens"): "owner",
        ("POST", "/board/<slug>/screens"): "owner acts",
        ("GET", "/screen/<token>"): "link",
        ("GET", "/screen/<token>/live"): "link",
        ("GET", "/plan/<slug>"): "desk",
        ("POST", "/plan/<slug>/<introduction_id>"): "desk acts",
        ("GET", "/plan/<slug>/<introduction_id>/cancel"): "owner",
        ("GET", "/plan/<slug>/audit"): "owner",
        ("GET", "/plan/<slug>/draft"): "owner",
        ("POST", "/plan/<slug>/draft"): "owner acts",
        ("GET", "/plan/<slug>/pairs"): "owner",
        ("POST", "/plan/<slug>/pairs"): "owner acts",
        ("POST", "/plan/<slug>/pair"): "owner acts",
        ("GET", "/plan/<slug>/what-if"): "owner",
        ("GET", "/plan/<slug>/announce"): "owner",
        **{("GET", f"/plan/<slug>/introductions.{form}"): "owner" for form in ("csv", "xlsx", "json")},
        ("GET", "/learning/<slug>"): "owner",
        ("POST", "/learning/<slug>"): "owner acts",
        ("GET", "/print/<slug>"): "desk",
        **{("GET", f"/print/<slug>/{kind}"): "desk" for kind in ("slips", "tables", "signs", "slots", "people")},
        ("GET", "/api/v1/conferences/<slug>/introductions"): "list",
        ("GET", "/api/v1/introductions/<introduction_id>"): "one",
        ("POST", "/api/v1/introductions/<introduction_id>/answer"): "one acts",
        ("POST", "/api/v1/introductions/<introduction_id>/met"): "one acts",
    },
    "followup": {
        **MACHINES,
        ("GET", "/static/<path:name>"): "anyone",
        ("GET", "/r/<token>"): "link",
        ("POST", "/r/<token>"): "link",
        ("GET", "/r/<token>/<relationship>/<question>/<answer>"): "link",
        **{("POST", f"/r/<token>/{what}"): "link" for what in ("pause", "snooze", "leave")},
        ("GET", "/r/<token>/line/<relationship>/<question>"): "link",
        ("POST", "/r/<token>/line/<relationship>/<question>"): "link",
        ("GET", "/r/pair/<token>"): "link",
        ("POST", "/r/pair/<token>/agreement"): "link",
        ("POST", "/r/pair/<token>/fine"): "link",
        ("POST", "/r/pair/<token>/feedback"): "link",
        ("POST", "/r/pair/<token>/thanks"): "link",
        ("POST", "/r/pair/<token>/hours"): "link",
        ("POST", "/r/pair/<token>/time"): "link",
        ("GET", "/r/pair/<token>/talks.ics"): "link",
        ("GET", "/r/year/<token>"): "link",
        ("POST", "/r/year/<token>"): "link",
        ("POST", "/r/year/<token>/quote"): "link",
        ("GET", "/r/<token>/zone"): "link",
        ("POST", "/r/<token>/zone"): "link",
        ("GET", "/r/stop/<token>"): "link",
        ("POST", "/r/stop/<token>"): "link",
        ("GET", "/outcomes/<slug>"): "desk",
        ("GET", "/outcomes/<slug>.csv"): "desk",
        ("GET", "/outcomes/<slug>.xlsx"): "desk",
        ("GET", "/outcomes/<slug>/year"): "owner",
        ("GET", "/outcomes/<slug>/audit"): "owner",
        ("GET", "/outcomes/<slug>/share"): "owner",
        ("POST", "/outcomes/<slug>/share"): "owner acts",
        ("GET", "/outcomes/<slug>/report"): "owner",
        ("GET", "/outcomes/<slug>/goals"): "owner",
        ("POST", "/outcomes/<slug>/goals"): "owner acts",
        ("GET", "/numbers/<token>"): "link",
        **{("GET", f"/numbers/<token>.{form}"): "link" for form in ("csv", "xlsx")},
        ("GET", "/api/v1/conferences/<slug>/relationships"): "list",
        ("GET", "/api/v1/conferences/<slug>/outcomes"): "list",
        ("GET", "/api/v1/conferences/<slug>/outcomes/details"): "list",
        ("POST", "/api/v1/relationships/<relationship_id>/answers"): "one acts",
    },
}
ROLES = {
    "anyone": ("anyone",),
    "other services": ("anyone",),
    "link": ("link",),
    "desk": ("owner", "desk"),
    "desk acts": ("owner", "desk"),
    "owner": ("owner",),
    "owner acts": ("owner",),
    "list": ("key",),
    "one": ("key",),
    "one acts": ("key",),
}
WHO = (
    *("stranger", "desk", "foreign desk", "owner", "foreign owner", "key", "foreign key", "key of others"),
    *("desk device", "kiosk", "locked device"),
)
STATUSES = {
    #            stranger, desk, foreign, owner, foreign, key, foreign, others, desk device, kiosk, locked device
    "anyone": (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    "other services": (404, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404),  # they have a secret of their own
    "link": (404, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404),  # a link that nobody was sent
    "desk": (303, 200, 404, 200, 404, 401, 401, 401, 200, 403, 303),
    "desk acts": (401, 403, 403, 403, 403, 401, 401, 401, 403, 403, 403),  # nothing without the proof of a form
    "owner": (303, 403, 403, 200, 404, 401, 401, 401, 403, 403, 303),
    "owner acts": (401, 403, 403, 403, 403, 401, 401, 401, 403, 403, 403),
    # Of a conference that is not known (yet) it is empty.
    "list": (401, 403, 403, 403, 403, 200, 404, 200, 403, 403, 401),
    "one": (401, 403, 403, 403, 403, 200, 404, 404, 403, 403, 401),
    "one acts": (401, 403, 403, 403, 403, 422, 422, 422, 403, 403, 403),  # an empty body is looked at before the place
}


@pytest.fixture
def ids(introduced: Introduced) -> dict[str, str]:
    """Parts of paths that exist."""
    return {
        "slug": "pyconf",
        **dict.fromkeys(("introduction_id", "relationship_id", "relationship"), introduced.id),
        "question": "continue",
        "answer": "yes",
    }


def organizer(system: System, service: str, role: str, account: str, slugs: list[str] | None, **more: str) -> Any:
    """A browser of somebody who is logged in, or of a device."""
    browser = system.client(service)
    with browser.session_transaction() as session:
        now = system.clock.now().isoformat()
        session["organizer"] = {
            "id": "9" * 32,
            "access": "8" * 32,
            "role": role,
            "account": account,
            "conferences": slugs,
            "name": "Kim",
            "issued": now,
            "seen": now,
            **more,
        }
    return browser


def callers(system: System, service: str) -> dict[str, Callable[..., Any]]:
    """Everybody who may come, as a function that calls."""

    def by_key(account: str, slugs: frozenset[str] | None) -> Callable[..., Any]:
        key = system.access.issue_key(key_id="e" * 32, account=account, conferences=slugs)
        headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}
        return lambda *arguments, **options: system.client(service).open(*arguments, headers=headers, **options)

    now = system.clock.now()
    device = {"kind": "device", "until": (now + timedelta(days=1)).isoformat()}
    idle = (now - timedelta(minutes=5)).isoformat()
    here = DEFAULT_ACCOUNT, ["pyconf"]
    return {
        "desk device": organizer(system, service, "desk", *here, **device).open,
        "kiosk": organizer(system, service, "kiosk", *here, **device).open,
        "locked device": organizer(system, service, "desk", *here, **device, seen=idle).open,
        "stranger": system.client(service).open,
        "desk": organizer(system, service, "desk", DEFAULT_ACCOUNT, ["pyconf"]).open,
        "foreign desk": organizer(system, service, "desk", DEFAULT_ACCOUNT, ["other"]).open,
        "owner": organizer(system, service, "owner", DEFAULT_ACCOUNT, None).open,
        "foreign owner": organizer(system, service, "owner", OTHER_ACCOUNT, None).open,
        "key": by_key(DEFAULT_ACCOUNT, None),
        "foreign key": by_key(DEFAULT_ACCOUNT, frozenset({"other"})),
        "key of others": by_key(OTHER_ACCOUNT, None),
    }


def path_of(rule: str, ids: dict[str, str]) -> str:
    """A rule with parts that exist; tokens do not."""
    for name, value in {**ids, "path:name": "style.css"}.items():
        rule = rule.replace(f"<{name}>", value)
    return re.sub(r"<\w+>", "nothing", rule)


@pytest.mark.parametrize("service", list(DOORS))
def test_every_route_stands_in_the_list_with_its_roles(system: System, service: str) -> None:
    there = routes_and_roles(system.app(service))
    assert there == {door: ROLES[kind] for door, kind in DOORS[service].items()}


@pytest.mark.parametrize("service", list(DOORS))
def test_everybody_gets_in_where_the_list_says_and_nowhere_else(
    system: System, ids: dict[str, str], service: str
) -> None:
    networks = (
        f"10.{number // 256}.{number % 256}.1" for number in range(2560)
    )  # who tries wrong links too often is sent away
    for (method, rule), kind in DOORS[service].items():
        body: dict[str, Any] = {"json": {}} if rule.startswith("/api/") and method == "POST" else {}
        found = {
            who: call(
                path_of(rule, ids),
                method=method,
                buffered=True,
                environ_overrides={"REMOTE_ADDR": next(networks)},
                **body,
            ).status_code
            for who, call in callers(system, service).items()
        }
        assert found == dict(zip(WHO, STATUSES[kind], strict=True)), (method, rule)


def test_lists_of_a_conference_of_others_are_empty(system: System, ids: dict[str, str]) -> None:
    paths = ("introductions", "relationships")
    for name in paths:
        service = "followup" if name == "relationships" else "introductions"
        everybody = callers(system, service)
        path = f"/api/v1/conferences/{ids['slug']}/{name}"
        shown = [len(everybody[who](path).json["items"]) for who in ("key", "key of others")]
        assert shown == [1, 0], name


def test_what_a_foreign_key_says_reaches_nobody(system: System, ids: dict[str, str]) -> None:
    person = system.api("GET", "/api/v1/conferences/pyconf/attendees").json["items"][0]["id"]
    said = {
        f"/api/v1/introductions/{ids['introduction_id']}/answer": {"attendee": person, "answer": "decline"},
        f"/api/v1/introductions/{ids['introduction_id']}/met": {"met": False},
        f"/api/v1/relationships/{ids['relationship_id']}/answers": {
            "attendee": person,
            "question": "continue",
            "answer": "yes",
        },
    }
    before = len(system.events())
    for path, body in said.items():
        service = "followup" if "relationships" in path else "introductions"
        everybody = callers(system, service)
        found = [everybody[who](path, method="POST", json=body).status_code for who in ("foreign key", "key of others")]
        assert found == [404, 404], path
    system.run_until_quiet()
    assert len(system.events()) == before
