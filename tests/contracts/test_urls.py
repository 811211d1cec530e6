"""Who answers which path: the services' patterns, their routes, the dispatcher and the proxy say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rapport import SERVICES
from rapport.dispatch import router as dispatcher
from rapport.dispatch import rules
from shared.web.who import ROLES, routes_and_roles
from tests.system import System

ROOT = Path(__file__).parent.parent.parent
EVERYWHERE = ("/static/x", "/healthz", "/readyz", "/metrics", "/internal/status", "/openapi.json", "/asyncapi.json")
"""Answered by each service itself."""
PATHS = (
    "/",
    "/c",
    "/c/pycon",
    "/c/pycon/thanks",
    "/cc",
    "/a/abcdefghijklmnopqrstuvwxyz",
    "/q/abc",
    "/q/abc.svg",
    "/i/abcdefghijklmnopqrstuvwxyz",
    "/ix",
    "/d/abc/calendar.ics",
    "/d/abc.ics",
    "/r/abc",
    "/plan/pycon",
    "/print/pycon/slips",
    "/t/pycon/gallery/2",
    "/board/pycon/wall",
    "/screen/abc",
    "/live/pycon",
    "/outcomes/pycon",
    "/outcomes/pycon.csv",
    "/organize",
    "/organize/pycon/people",
    "/organizer",
    "/desk/pycon",
    "/desk/pycon/devices",
    "/pair/abc",
    "/login",
    "/login/abc",
    "/logout",
    "/api/v1/status",
    "/api/v1/conferences",
    "/api/v1/conferences/pycon",
    "/api/v1/conferences/introductions",
    "/api/v1/conferences/pycon/attendees/1/check-in",
    "/api/v1/conferences/pycon/introductions",
    "/api/v1/conferences/pycon/introductionsx",
    "/api/v1/conferences/pycon/relationships",
    "/api/v1/conferences/pycon/outcomes",
    "/api/v1/introductions/1/answer",
    "/api/v1/relationships/1/answers",
    "/api/v1/nothing",
    "/nothing/at/all",
    "/healthz",
    "/openapi.json",
    "/static/style.css",
)


def example(rule: str) -> str:
    """A path of a URL rule."""
    return re.sub(r"<[^>]+>", "x", rule)


def test_every_route_lies_where_its_service_says(system: System) -> None:
    route = dispatcher(SERVICES.values())
    lost = [
        (name, rule)
        for name in SERVICES
        for _method, rule in routes_and_roles(system.app(name))
        if example(rule) not in EVERYWHERE and route(example(rule)) != name
    ]
    assert lost == []


def test_every_pattern_leads_to_a_route(system: System) -> None:
    route = dispatcher(SERVICES.values())
    for service in SERVICES.values():
        paths = [example(rule) for _method, rule in routes_and_roles(system.app(service.name))]
        for pattern in service.patterns:
            start = example(pattern)
            assert any(path == start or path.startswith(start.rstrip("/") + "/") for path in paths), pattern
            assert route(start) == service.name


def test_no_two_services_want_the_same_path() -> None:
    patterns = [pattern for service in SERVICES.values() for pattern in service.patterns]
    assert len(patterns) == len(set(patterns))


@pytest.mark.parametrize("name", list(SERVICES))
def test_every_route_says_who_may_call_it(system: System, name: str) -> None:
    found = routes_and_roles(system.app(name))
    assert {route: roles for route, roles in found.items() if not roles or set(roles) - set(ROLES)} == {}


@pytest.mark.parametrize("name", list(SERVICES))
def test_nothing_that_changes_something_is_a_get(system: System, name: str) -> None:
    both = [
        rule.rule
        for rule in system.app(name).url_map.iter_rules()
        if "GET" in (rule.methods or ()) and {"POST", "PUT", "PATCH", "DELETE"} & (rule.methods or set())
    ]
    assert both == []


def proxied(path: str) -> str:
    """Who answers a path by nginx's rules: an exact place, a prefix that stops the search, the first expression that
    fits, the rest."""
    text = (ROOT / "deploy" / "nginx.conf.template").read_text()
    for kind, name in (("=", lambda place: path == place), (r"\^~", lambda place: path.startswith(place))):
        for place in re.findall(rf"location {kind} (\S+) {{ return 404; }}", text):
            if name(place):
                return "nobody"
    for expression, service in re.findall(r'location ~ "([^"]+)" \{ set \$to (\w+)-web:8000;', text):
        if re.search(expression, path):
            return str(service)
    return str(re.findall(r"location / \{ set \$to (\w+)-web", text)[0])


@pytest.mark.parametrize("path", PATHS)
def test_dispatcher_and_proxy_agree(path: str) -> None:
    assert proxied(path) == dispatcher(SERVICES.values())(path)


def test_dispatcher_and_proxy_agree_on_every_route(system: System) -> None:
    route = dispatcher(SERVICES.values())
    paths = {example(rule) for name in SERVICES for _method, rule in routes_and_roles(system.app(name))}
    paths -= {"/internal/status", "/metrics"}
    assert {path for path in paths if proxied(path) != route(path)} == set()


def test_the_proxy_keeps_what_is_for_machines_inside() -> None:
    assert [proxied("/metrics"), proxied("/internal/status")] == ["nobody", "nobody"]


def test_the_more_special_pattern_comes_first() -> None:
    order = [text for text, _name in rules(SERVICES.values())]
    general = order.index(r"^/api/v1/conferences(/|\.|$)")
    assert all(order.index(text) < general for text in order if text.startswith(r"^/api/v1/conferences/"))
