"""Whatever comes in is answered with a sentence, never with a failure, and nothing odd is stored."""

from __future__ import annotations

import io
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hostile import BODIES, ODD
from tests.registration.stage import a_conference, a_form, add, an_attendee, create, logged_in, send
from tests.system import System

PEOPLE = "/api/v1/conferences/pyconf/attendees"


@pytest.mark.parametrize("name", ODD)
def test_an_odd_name_is_stored_clean_or_refused_and_breaks_no_mail(system: System, name: str) -> None:
    create(system)
    body = json.dumps(an_attendee(name=name))
    answer = system.api("POST", PEOPLE, data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (201, 422)
    if answer.status_code == 422:
        assert [item["field"] for item in answer.json["errors"]] == ["name"]
        return
    assert "\n" not in answer.json["name"]
    system.run_until_quiet()
    assert [mail.to_address for mail in system.mails] == ["ana@example.org"]
    form = system.client("registration").post("/c/pyconf", data=a_form(name=name, email="b@example.org"))
    assert form.status_code == 303


@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_is_none_gets_a_problem(system: System, body: bytes) -> None:
    create(system)
    made = add(system)
    for method, path in (
        ("POST", PEOPLE),
        ("POST", "/api/v1/conferences"),
        ("PUT", "/api/v1/conferences/pyconf"),
        ("PATCH", f"{PEOPLE}/{made['id']}"),
        ("POST", f"{PEOPLE}/{made['id']}/check-in"),
    ):
        answer = system.api(method, path, data=body, headers={"Content-Type": "application/json"})
        fine = not body and method in ("PATCH", "POST") and path != PEOPLE
        assert answer.status_code in ((200, 201, 422) if fine else (400, 422)), (method, path)
        if answer.status_code >= 400:
            assert answer.content_type == "application/problem+json"
            assert len(answer.json.get("errors", [])) <= 20
            assert len(answer.data) < 8000  # nothing that was sent comes back


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""],
)
def test_json_comes_as_json(system: System, content_type: str) -> None:
    create(system)
    body = json.dumps(an_attendee()).encode()
    answer = system.api("POST", PEOPLE, data=body, headers={"Content-Type": content_type})
    assert (answer.status_code, answer.content_type) == (415, "application/problem+json")


@pytest.mark.parametrize("charset", ["utf-16", "latin-1", "nonsense", "\udcff"])
def test_a_form_in_another_charset_is_no_failure(system: System, charset: str) -> None:
    create(system)
    data = "name=\u00e4&email=a@example.org".encode("latin-1")
    kind = f"application/x-www-form-urlencoded; charset={charset}".encode("utf-8", "surrogateescape").decode("latin-1")
    answer = system.client("registration").post("/c/pyconf", data=data, headers={"Content-Type": kind})
    assert answer.status_code in (400, 422)


@pytest.mark.parametrize("path", ["/c/pyconf", "/login", PEOPLE, "/api/v1/conferences", "/a/nothing", "/organize/new"])
def test_twenty_megabytes_are_refused_before_they_are_read(system: System, path: str) -> None:
    create(system)

    stream = io.BytesIO(b"x" * 20_000_000)
    headers = {"Authorization": f"Bearer {system.key}"} if path.startswith("/api/") else {}
    answer = system.client("registration").post(
        path,
        input_stream=stream,
        content_type="application/json",
        content_length=20_000_000,
        headers=headers,
    )
    assert answer.status_code == 413
    assert stream.tell() == 20_000_000  # drained, so that whoever sends it reads the answer


@pytest.mark.parametrize("path", [PEOPLE, "/c/pyconf"])
def test_a_body_in_chunks_that_is_too_long_is_refused_and_not_cut_off(system: System, path: str) -> None:
    create(system)

    api = path.startswith("/api/")
    said = json.dumps(an_attendee()) if api else urlencode(a_form(), doseq=True) + "&more="

    def sent(length: int) -> int:
        answer = system.client("registration").post(
            path,
            input_stream=io.BytesIO(said.ljust(length).encode()),
            content_type="application/json" if api else "application/x-www-form-urlencoded",
            headers={"Authorization": f"Bearer {system.key}", "Transfer-Encoding": "chunked"},
            environ_overrides={"wsgi.input_terminated": True},
        )
        return int(answer.status_code)

    assert sent(300_000) == 413
    assert sent(1_000) in (201, 303)


@pytest.mark.parametrize(
    "path",
    [
        "/c/%00",
        "/c/pyconf%00",
        "/c/pyconf?role=%00",
        "/c/%ED%A0%80",
        "/c/pyconf?role=%ED%A0%80",
        "/q/%00",
        "/a/%F0%9F%98%80",
        "/a/" + "a" * 5000,
        "/login/%0d%0aX: y",
        "/c/..%2f..%2fetc",
        "/desk/pyconf?q=%",
        "/organize/pyconf/people?q=%00&only=%ff",
        "/login?next=%0d%0aSet-Cookie:x",
        "/static/%2e%2e/settings.py",
        f"{PEOPLE}?cursor=%00",
        f"{PEOPLE}/%00",
        f"{PEOPLE}?limit=9999999999999999999999",
    ],
)
def test_an_odd_address_is_no_failure(system: System, path: str) -> None:
    create(system)
    browser = logged_in(system)
    for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH"):
        answer = browser.open(path, method=method, headers={"Authorization": f"Bearer {system.key}"})
        assert answer.status_code < 500, method
    assert "PyConf" in browser.get("/c/pyconf").text


def test_forms_of_organizers_take_odd_values(system: System) -> None:
    create(system)
    made = add(system)
    browser = logged_in(system)
    odd = {"name": "\x00", "slug": "\ud83d", "days": "9999-12-31 00:00-23:59\n\x00", "topics": "\u202e", "role": "\x00"}
    odd |= {"timezone": "../../etc", "meeting_points": "|||", "slot_minutes": str(2**63), "policy.evening_mail_at": "x"}
    odd = {name: value.encode("utf-8", "replace").decode() for name, value in odd.items()}
    for page, to, fields in (
        ("/organize/new", "/organize/new", odd),
        ("/organize/pyconf/edit", "/organize/pyconf/edit", odd),
        ("/organize/pyconf/team", "/organize/pyconf/team", {"email": "a\x00@example.org", "role": "queen"}),
        ("/organize/pyconf/team", "/organize/pyconf/team", {"remove": "\x00"}),
        ("/organize/pyconf/keys", "/organize/pyconf/keys", {"label": "\x00"}),
        ("/organize/pyconf/keys", "/organize/pyconf/keys", {"end": "\x00"}),
        ("/organize/pyconf/people", f"/organize/pyconf/people/{made['id']}", {"action": "\x00"}),
        ("/desk/pyconf", f"/desk/pyconf/{made['id']}", {"action": "check-in", "q": "\x00\r\nX: y"}),
        ("/organize/pyconf/import", "/organize/pyconf/import", {"role": "\x00", "consents": "\x00"}),
    ):
        answer = send(browser, page, to, **fields)
        assert answer.status_code in (303, 404, 422), (to, answer.status_code)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-29", "10000-01-01", "2026-1-1", "२०२६-11-23"])
def test_a_day_that_is_none_is_refused(system: System, day: str) -> None:
    days = [{"date": day, "blocks": [{"start": "10:00", "end": "11:00"}]}]
    answer = system.api("POST", "/api/v1/conferences", json=a_conference(days=days))
    assert (answer.status_code, [item["field"] for item in answer.json["errors"]]) == (422, ["days.0.date"])


QUIETLY = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@QUIETLY
@given(values=st.dictionaries(st.sampled_from(["name", "goal", "company", "field"]), st.text(max_size=350), min_size=1))
def test_any_text_is_taken_clean_or_refused_at_its_field(system: System, values: dict[str, Any]) -> None:
    if system.api("GET", "/api/v1/conferences/pyconf").status_code == 404:
        create(system)
    answer = system.client("registration").post(
        "/c/pyconf", data=a_form(**{k: v.encode("utf-8", "replace") for k, v in values.items()})
    )
    assert answer.status_code in (303, 422, 429)


@QUIETLY
@given(
    start=st.times().map(lambda t: f"{t:%H:%M}"),
    end=st.times().map(lambda t: f"{t:%H:%M}"),
    day=st.dates().map(str),
    zone=st.sampled_from(["Europe/Berlin", "America/St_Johns", "Pacific/Apia", "Africa/Casablanca", "Asia/Kathmandu"]),
    minutes=st.integers(5, 240),
)
def test_any_block_of_any_day_makes_slots_within_it_or_a_sentence(
    system: System, start: str, end: str, day: str, zone: str, minutes: int
) -> None:
    sent = a_conference(
        slug=f"c{system.registration.new_id()[-8:]}",
        timezone=zone,
        days=[{"date": day, "blocks": [{"start": start, "end": end}]}],
        slot_minutes=minutes,
    )
    answer = system.api("POST", "/api/v1/conferences", json=sent)
    assert answer.status_code in (201, 422, 429)
    if answer.status_code == 201:
        assert answer.json["slots"]
        assert all(start.replace(":", "") <= slot["id"][9:] < end.replace(":", "") for slot in answer.json["slots"])
