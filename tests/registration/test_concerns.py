"""A concern is reported to a named person, behind a link that outlives all others; the other person hears of nothing, and what
was written stands in no mail, no log line and no event."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.registration.tables import concerns, erased, reported
from shared import tables
from shared.links import Links
from tests.registration.stage import PASSWORDLESS, add, create, logged_in, printed_link, send
from tests.system import NOON, SECRET, System

MENTOR = {"role": "mentor", "wants": [], "offers": ["Grant writing"], "approved": True}
PATH = "/api/v1/conferences/pyconf/attendees/{}"
CONTACT = "Kim Lee, counter 3, Kim@example.org."
TEXT = "He kept asking for my room number, zebra-quartz."
LIST = "/organize/pyconf/concerns"


class Stage:
    """A conference, Ana and Ben who were introduced to each other, Cleo who was introduced to nobody."""

    def __init__(self, system: System, contact: str = CONTACT) -> None:
        self.system = system
        for owner in (PASSWORDLESS, "kim@example.org"):
            printed_link(system, owner)
        create(system, policy={"concern_contact": contact})
        self.ana = add(system, locale="en")["id"]
        self.cleo = add(system, email="cleo@example.org", name="Cleo Marsh", consents={"introductions": True})["id"]
        change(system, self.cleo, wants=["Python"])
        self.ben = add(system, email="ben@example.org", name="Ben Moss", **MENTOR)["id"]
        for one in (self.ana, self.ben):
            assert system.api("POST", PATH.format(one) + "/check-in", json={}).status_code == 201
        system.run_until_quiet()
        (self.introduction,) = introductions(system)
        self.browser = system.client("registration")
        self.path = concern_path(system, self.ana)

    def report(self, **said: Any) -> Any:
        return self.browser.post(self.path, data={"text": TEXT, **said})

    def rows(self) -> list[Any]:
        with self.system.registration.reading() as connection:
            return list(connection.execute(select(concerns).order_by(concerns.c.id)).all())

    def page(self) -> str:
        """Where an owner reads the only concern."""
        (row,) = self.rows()
        return f"{LIST}/{row.id}"


def change(system: System, attendee: str, **said: Any) -> None:
    assert system.api("PATCH", PATH.format(attendee), json=said).status_code == 200


def leave(system: System, attendee: str) -> None:
    assert system.api("DELETE", PATH.format(attendee)).status_code == 200


def introductions(system: System) -> list[dict[str, Any]]:
    system.run_until_quiet()
    found: list[dict[str, Any]] = system.api("GET", "/api/v1/conferences/pyconf/introductions").json["items"]
    return found


def concern_path(system: System, attendee: str) -> str:
    """The link at the foot of her pages and mails."""
    with system.registration.reading() as connection:
        known = connection.execute(select(tables.links.c.person).where(tables.links.c.object == attendee)).scalars()
        return f"/concern/{Links(SECRET).concern(known.first())}"


@pytest.fixture
def stage(system: System) -> Stage:
    return Stage(system)


def test_every_page_of_hers_and_every_mail_leads_to_it_and_looking_changes_nothing(stage: Stage) -> None:
    links = {path for mail in stage.system.mails for path in re.findall(r"http://localhost(/concern/\w+)", mail.text)}
    assert stage.path in links
    pages = {"registration": ("/a/", "/c/"), "introductions": ("/i/", "/d/")}
    for mail in stage.system.mails:
        hers = re.search(r"http://localhost(/concern/\w+)", mail.text)
        assert hers is not None
        for service, starts in pages.items():
            for path in re.findall(r"http://localhost(/[a-z]/\S+)", mail.text):
                if path.startswith(starts) and "/q/" not in path:
                    found = stage.system.client(service).get(path).text
                    assert f'href="{hers.group(1)}">Report a concern' in found, path
    looked = stage.browser.get(stage.path)
    assert (looked.status_code, stage.rows()) == (200, [])
    assert "Kim Lee, counter 3" in looked.text
    assert "Ben, Mon" in looked.text
    assert "Moss" not in looked.text
    assert "Cleo" not in looked.text
    for slug in ("/c/pyconf", "/c/pyconf/thanks"):
        assert 'href="/c/pyconf/concern">Report a concern' in stage.browser.get(slug).text
    assert "<form" not in stage.browser.get("/c/pyconf/concern").text


def test_the_named_person_gets_a_mail_without_a_word_of_it_and_an_owner_reads_it_behind_the_login(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    before = len(stage.system.mails)
    with caplog.at_level(logging.DEBUG):
        sent = stage.report(about=stage.introduction["id"], reach="0170 123")
        stage.system.run_until_quiet()
    assert (sent.status_code, sent.headers["Location"]) == (303, f"{stage.path}/sent")
    told = stage.system.mails[before:]
    assert [mail.to_address for mail in told] == ["kim@example.org"]
    (mail,) = told
    assert stage.page() in mail.text
    said = (TEXT, "0170", "Ana", "Ben", "zebra")
    assert [word for word in said if word in mail.text + mail.html + mail.subject + caplog.text] == []
    assert "zebra" not in repr(stage.system.events())
    assert "zebra" not in stage.browser.get(sent.headers["Location"]).text
    owner = logged_in(stage.system)
    assert [TEXT in owner.get(LIST).text, "1 concern waits" in owner.get("/organize/pyconf").text] == [False, True]
    shown = owner.get(stage.page()).text
    assert [word in shown for word in (TEXT, "0170 123", "Ana Bešić", "Ben Moss", "Monday")] == [True] * 5
    assert [line.action for line in audit(stage.system)] == ["concern read"]


def audit(system: System) -> list[Any]:
    with system.registration.reading() as connection:
        lines = connection.execute(select(tables.audit).order_by(tables.audit.c.id)).all()
    return [line for line in lines if "concern" in line.action]


@pytest.mark.parametrize(
    ("contact", "besides"),
    [
        ("", []),
        ("Kim Lee, counter 3", []),
        ("Write to @kim or kim@home", []),
        ("Care team <care@example.net>; or +49 30 123", ["care@example.net"]),
    ],
)
def test_where_no_owner_is_named_by_her_address_every_owner_gets_the_mail(
    system: System, contact: str, besides: list[str]
) -> None:
    stage = Stage(system, contact)
    before = len(system.mails)
    assert stage.report().status_code == 303
    system.run_until_quiet()
    told = sorted(mail.to_address for mail in system.mails[before:])
    assert told == sorted([PASSWORDLESS, "kim@example.org", *besides])
    assert "does not name the mail address of an owner" in logged_in(system).get(LIST).text


def test_only_an_owner_reads_concerns_of_her_own_conferences(stage: Stage) -> None:
    stage.report()
    owner = logged_in(stage.system)
    send(owner, "/organize/pyconf/team", email="desk@example.org", role="desk")
    desk = logged_in(stage.system, "desk@example.org")
    create(stage.system, slug="other")
    found = [
        owner.get(stage.page()).status_code,
        desk.get(stage.page()).status_code,
        desk.get(LIST).status_code,
        stage.browser.get(stage.page()).status_code,
        stage.system.api("GET", stage.page()).status_code,
        owner.get(stage.page().replace("pyconf", "other")).status_code,
    ]
    assert found == [200, 403, 403, 303, 303, 404]  # a key is nobody here: please log in


def test_she_asks_not_to_meet_again_and_it_holds_at_once_without_a_word_to_the_other(stage: Stage) -> None:
    before = len(stage.system.mails)
    assert stage.report(text="", about=stage.introduction["id"], apart="on").status_code == 303
    (after,) = introductions(stage.system)
    assert after["status"] == "cancelled"
    told = [mail for mail in stage.system.mails[before:] if mail.to_address == "ben@example.org"]
    assert ["won't take place" in mail.subject for mail in told] == [True]
    assert "concern was" not in told[0].text
    with stage.system.introductions.reading() as connection:
        state = connection.execute(select(tables.known_attendees)).all()
    assert {row.attendee: row.state["blocks"] for row in state if row.state["blocks"]} == {stage.ana: [stage.ben]}
    change(stage.system, stage.ana, blocks=[])
    assert stage.system.api("GET", PATH.format(stage.ana)).json["blocks"] == [stage.ben]


def test_who_withdrew_still_reports_and_who_was_reported_and_is_gone_is_kept_apart_when_he_comes_back(
    stage: Stage,
) -> None:
    leave(stage.system, stage.ben)
    leave(stage.system, stage.ana)
    stage.system.run_until_quiet()
    assert stage.browser.get(f"/a/{Links(SECRET).token('page', stage.ana, 'x', 1)}").status_code == 404
    assert "somebody, Mon" in stage.browser.get(stage.path).text
    assert stage.report(about=stage.introduction["id"], apart="on").status_code == 303
    ana = add(stage.system)["id"]
    ben = add(stage.system, email="ben@example.org", name="Ben Moss", **MENTOR)["id"]
    stage.system.run_until_quiet()
    assert stage.system.api("GET", PATH.format(ben)).json["blocks"] == [ana]


def test_concerns_about_one_address_are_counted_by_its_hash_once_they_were_closed_as_serious(stage: Stage) -> None:
    owner = logged_in(stage.system)
    stage.report(about=stage.introduction["id"])
    first = stage.page()
    for state in ("handling", "serious", "serious", "handling", "serious"):
        assert send(owner, first, action=state).status_code == 303
    assert "closed as serious</dd>" not in owner.get(first).text
    leave(stage.system, stage.ben)
    stage.report(text="Again.", about=stage.introduction["id"])
    second = f"{LIST}/{stage.rows()[-1].id}"
    assert "1 concern about this address was closed as serious" in owner.get(second).text
    send(owner, second, action="closed")
    with stage.system.registration.reading() as connection:
        rows = connection.execute(select(reported)).all()
    assert [(row.mark, row.times) for row in rows] == [(Links(SECRET).mark("0" * 32, "ben@example.org"), 1)]


def test_an_owner_keeps_two_apart_takes_one_out_and_writes_a_note_each_with_a_line(stage: Stage) -> None:
    owner = logged_in(stage.system)
    stage.report(about=stage.introduction["id"])
    page = stage.page()
    send(owner, page, action="note", note="Talked to Ana.")
    send(owner, page, action="apart")
    asked = send(owner, page, action="out")
    assert (asked.status_code, "Take Ben Moss out of the introductions?" in asked.text) == (200, True)
    assert stage.system.api("GET", PATH.format(stage.ben)).json["status"] == "checked_in"
    assert send(owner, page, action="out", sure="yes").status_code == 303
    assert stage.system.api("GET", PATH.format(stage.ben)).json["status"] == "withdrawn"
    assert "Talked to Ana." in owner.get(page).text
    done = [line.action for line in audit(stage.system) if line.action != "concern read"]
    assert done == ["note about a concern written", "two of a concern kept apart", "person of a concern taken out"]


def test_a_concern_about_nobody_in_particular_keeps_nobody_apart(stage: Stage) -> None:
    owner = logged_in(stage.system)
    stage.report()
    answers = [send(owner, stage.page(), action=one, sure="yes").status_code for one in ("apart", "out", "nonsense")]
    assert answers == [409, 409, 404]


def test_words_are_deleted_when_asked_for_when_closed_after_an_erasure_and_after_180_days(stage: Stage) -> None:
    owner = logged_in(stage.system)
    stage.report(reach="0170")
    send(owner, stage.page(), action="empty", sure="yes")
    assert [(row.text, row.reach) for row in stage.rows()] == [("", "")]
    stage.report(text="Second")
    leave(stage.system, stage.ana)
    assert [row.text for row in stage.rows()] == ["", "Second"]
    send(owner, f"{LIST}/{stage.rows()[-1].id}", action="closed")
    assert [row.text for row in stage.rows()] == ["", ""]
    leave(stage.system, stage.ben)
    stage.system.clock.advance(timedelta(days=180))
    stage.system.run_until_quiet()
    assert [row.ends_at - NOON for row in stage.rows()] == [timedelta(days=180, hours=12)] * 2
    stage.system.advance(hours=13)
    assert stage.rows() == []
    with stage.system.registration.reading() as connection:
        assert connection.execute(select(erased)).all() == []
    assert stage.browser.get(stage.path).status_code == 404


def test_what_was_closed_before_she_is_erased_keeps_no_word(stage: Stage) -> None:
    stage.report(reach="0170")
    send(logged_in(stage.system), stage.page(), action="closed")
    leave(stage.system, stage.ana)
    assert [(row.text, row.reach, row.note) for row in stage.rows()] == [("", "", "")]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "  \n "}, "text"),
        ({"text": "x" * 2001}, "text"),
        ({"text": "\u202etxt"}, "text"),
        ({"about": "f" * 32}, "about"),
        ({"about": "nobody"}, "about"),
        ({"apart": "on"}, "about"),
        ({"reach": "x" * 201}, "reach"),
    ],
)
def test_what_is_missing_or_wrong_gets_a_sentence_and_loses_nothing(
    stage: Stage, said: dict[str, str], field: str
) -> None:
    answer = stage.report(**{"reach": "0170 777", **said})
    assert (answer.status_code, f'href="#f-{field}"' in answer.text, stage.rows()) == (422, True, [])
    kept = said.get("reach", "0170 777") in answer.text and said.get("text", TEXT).strip() in answer.text
    assert kept


def test_a_meeting_of_others_is_none_of_hers(stage: Stage) -> None:
    path = concern_path(stage.system, stage.cleo)
    answer = stage.browser.post(path, data={"text": TEXT, "about": stage.introduction["id"]})
    assert (answer.status_code, stage.rows(), "Ben" in answer.text) == (422, [], False)


def test_who_taps_twice_reports_once_and_who_reports_all_the_time_waits_without_losing_a_word(stage: Stage) -> None:
    assert [stage.report().status_code, stage.report().status_code, len(stage.rows())] == [303, 303, 1]
    found = [stage.report(text=f"Number {number}") for number in range(9)]
    assert [answer.status_code for answer in found] == [303] * 8 + [429]
    assert "Number 8</textarea>" in found[-1].text


@pytest.mark.parametrize("token", ["nothing", "a" * 26, "%00", "é" * 30])
def test_a_wrong_link_leads_nowhere(stage: Stage, token: str) -> None:
    for path in (f"/concern/{token}", f"/concern/{token}/sent"):
        assert stage.browser.get(path).status_code in (400, 404)
    assert stage.browser.post(f"/concern/{token}", data={"text": TEXT}).status_code in (400, 404)


def test_a_link_for_something_else_is_none_for_this(stage: Stage) -> None:
    page = re.search(r"http://localhost/a/(\w+)", stage.system.mails[0].text)
    assert page is not None
    assert stage.browser.get(f"/concern/{page.group(1)}").status_code == 404


def test_who_takes_part_twice_says_which_conference_she_means(stage: Stage) -> None:
    later = {"days": [{"date": "2027-01-12", "blocks": [{"start": "10:00", "end": "11:00"}]}]}
    create(stage.system, slug="winter", name="Winter School", policy={"concern_contact": "Lou"}, **later)
    add(stage.system, "winter")
    winter = stage.system.api("GET", "/api/v1/conferences/winter").json["id"]
    shown = stage.browser.get(stage.path).text
    assert ["Kim Lee" in shown, "Lou" in shown, 'name="conference"' in shown] == [True, True, True]
    said = (
        {},
        {"conference": winter},
        {"conference": winter, "about": stage.introduction["id"]},
        {"conference": "f" * 32},
    )
    for number, one in enumerate(said):
        assert stage.report(text=f"Number {number}", **one).status_code == 303
    here = stage.rows()[0].conference
    assert [row.conference for row in stage.rows()] == [here, winter, here, here]


def test_looking_by_a_link_that_is_over_leads_nowhere_and_a_login_or_a_device_gets_no_such_link(stage: Stage) -> None:
    leave(stage.system, stage.ana)
    path = next(path for mail in stage.system.mails for path in re.findall(r"http://localhost(/a/\w+)", mail.text))
    pages = [stage.browser.get(path), stage.browser.get("/login"), logged_in(stage.system).get("/organize/pyconf")]
    assert ["Report a concern" in page.text for page in pages] == [False] * 3


def test_markup_in_a_concern_is_shown_as_it_was_typed(stage: Stage) -> None:
    stage.report(text="<script>alert(1)</script>", reach="<b>0170</b>")
    shown = logged_in(stage.system).get(stage.page()).text
    assert ["<script>alert" in shown, "&lt;script&gt;alert(1)" in shown, "<b>0170" in shown] == [False, True, False]


@pytest.mark.parametrize("note", ["x" * 2001, "\u202etxt"])
def test_a_note_that_is_wrong_gets_a_sentence_and_loses_nothing(stage: Stage, note: str) -> None:
    stage.report()
    answer = send(logged_in(stage.system), stage.page(), action="note", note=note)
    assert (answer.status_code, 'href="#f-note"' in answer.text, note in answer.text) == (422, True, True)
