"""What organizers do on their pages: set up, see everybody, approve, vouch, withdraw, the desk, keys, the audit."""

from __future__ import annotations

import re
import time
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from services.registration.forms import read_row
from services.registration.handlers.importing import import_people
from shared import conferences
from shared.access import DEFAULT_ACCOUNT, Actor, Scope
from shared.contracts.conference import Policy
from tests.registration.stage import add, create, logged_in, paired, send
from tests.system import System

FORM = {
    "name": "PyConf",
    "slug": "pyconf",
    "timezone": "Europe/Berlin",
    "days": "2026-11-23 10:00-11:00 14:00–15:00\n2026-11-24 10:00-10:20",
    "slot_minutes": "15",
    "change_minutes": "5",
    "meeting_points": "Lobby | beside the fountain | 4\nGarden | 2\nGallery | up there | 3 | steps, Quiet, 4 min",
    "topics": "Grant writing\nPython",
    "policy.approve_mentors": "on",
    "policy.introductions_at_most": "4",
    "policy.concern_contact": "Kim, 0170",
}

PLAIN = {"step_free": True, "quiet": False, "walk_minutes": 0}


def people(system: System) -> list[dict[str, Any]]:
    """Everybody, over the API."""
    found: list[dict[str, Any]] = system.api("GET", "/api/v1/conferences/pyconf/attendees").json["items"]
    return found


def test_an_organizer_sets_a_conference_up_in_lines_of_text(system: System) -> None:
    browser = logged_in(system)
    assert "No conference yet" in browser.get("/organize").text
    made = send(browser, "/organize/new", **FORM)
    assert (made.status_code, made.headers["Location"]) == (303, "/organize/pyconf")
    shown = system.api("GET", "/api/v1/conferences/pyconf").json
    assert [day["date"] for day in shown["days"]] == ["2026-11-23", "2026-11-24"]
    assert len(shown["slots"]) == 7
    assert shown["meeting_points"] == [
        {"name": "Lobby", "landmark": "beside the fountain", "tables": 4, **PLAIN},
        {"name": "Garden", "landmark": "", "tables": 2, **PLAIN},
        {"name": "Gallery", "landmark": "up there", "tables": 3, "step_free": False, "quiet": True, "walk_minutes": 4},
    ]
    assert (shown["policy"]["introductions_at_most"], shown["policy"]["concern_contact"]) == (4, "Kim, 0170")
    assert "PyConf" in browser.get("/organize/pyconf").text


def test_what_there_is_to_know_of_the_way_to_a_point_is_written_behind_it_in_either_language(system: System) -> None:
    browser = logged_in(system)
    send(browser, "/organize/new", **FORM)
    line = "Gallery | up there | 3 | steps, quiet, 4 min"
    assert f"Garden |  | 2\n{line}</textarea>" in browser.get("/organize/pyconf/edit").text
    german = "Galerie | oben | 3 | Stufen, ruhig, 4 Minuten\nLobby | | 2 | quiet"
    send(browser, "/organize/pyconf/edit", **{**FORM, "meeting_points": german})
    shown = system.api("GET", "/api/v1/conferences/pyconf").json["meeting_points"]
    assert shown == [
        {"name": "Galerie", "landmark": "oben", "tables": 3, "step_free": False, "quiet": True, "walk_minutes": 4},
        {"name": "Lobby", "landmark": "", "tables": 2, "step_free": True, "quiet": True, "walk_minutes": 0},
    ]
    wrong = send(browser, "/organize/pyconf/edit", **{**FORM, "meeting_points": "Lobby | | 2 | upstairs <b>"})
    sentence = "Behind the number of tables may stand: steps, quiet, 4 min. “upstairs &lt;b&gt;” is none of these."
    assert (wrong.status_code, sentence in wrong.text, "Lobby | | 2 | upstairs &lt;b&gt;" in wrong.text) == (
        422,
        True,
        True,
    )
    far = send(browser, "/organize/pyconf/edit", **{**FORM, "meeting_points": "Lobby | | 2 | 61 min"})
    assert far.status_code == 422


def test_every_rule_stands_on_the_form_and_what_is_typed_holds(system: System) -> None:
    browser = logged_in(system)
    fresh = browser.get("/organize/new").text
    shown = re.findall(r'name="policy\.(\w+)"', fresh)
    assert sorted(shown) == sorted(rule.name for rule in fields(Policy))
    typed = {
        "mentor_slots_in_a_row": "4",
        "mentor_proposals_beyond_slots": "0",
        "propose_minutes_before_slot": "12",
        "hold_evening_before": "17:30",
        "hold_minutes_after_break": "6",
        "hold_ends_minutes_before_slot": "20",
        "mails_per_day": "5",
        "continue_hours": "48",
        "follow_up_days": "5, 20 80",
        "silences_end": "3",
        "small_cells_under": "",
    }
    assert send(browser, "/organize/new", **FORM, **{f"policy.{k}": v for k, v in typed.items()}).status_code == 303
    policy = system.api("GET", "/api/v1/conferences/pyconf").json["policy"]
    wanted = {name: int(text) if text.isdigit() else text for name, text in typed.items()}
    assert {name: policy[name] for name in typed} == {**wanted, "follow_up_days": [5, 20, 80], "small_cells_under": 5}
    page = browser.get("/organize/pyconf/edit").text
    assert 'value="5, 20, 80"' in page
    wrong = send(
        browser, "/organize/pyconf/edit", **{**FORM, "policy.follow_up_days": "7 7 7", "policy.mails_per_day": "x"}
    )
    assert (wrong.status_code, 'value="7 7 7"' in wrong.text) == (422, True)


def test_changing_it_keeps_the_rules_that_the_form_did_not_send(system: System) -> None:
    create(
        system,
        policy={"continue_hours": 48, "small_cells_under": 0, "follow_up_days": [5, 20, 80], "concern_contact": "Kim"},
    )
    browser = logged_in(system)
    page = browser.get("/organize/pyconf/edit").text
    assert "2026-11-23 10:00-11:00 14:00-15:00" in page
    sent = {**FORM, "name": "PyConf 26", "policy.concern_contact": "", "policy.approve_mentors": ""}
    assert send(browser, "/organize/pyconf/edit", **sent).status_code == 303
    policy = system.api("GET", "/api/v1/conferences/pyconf").json["policy"]
    assert (
        policy["continue_hours"],
        policy["small_cells_under"],
        policy["follow_up_days"],
        policy["concern_contact"],
        policy["approve_mentors"],
    ) == (
        48,
        0,
        [5, 20, 80],
        "",
        False,
    )


def test_mistakes_in_it_stand_on_top_and_at_their_fields(system: System) -> None:
    browser = logged_in(system)
    wrong = {
        **FORM,
        "slug": "new",
        "days": "2026-11-23 11:00-10:00x",
        "meeting_points": "Lobby | many",
        "timezone": "Berlin",
        "policy.evening_mail_at": "8 pm",
    }
    answer = send(browser, "/organize/new", **wrong)
    assert answer.status_code == 422
    assert "<title>Error: New conference" in answer.text
    for name, sentence in {
        "slug": "Please choose another short name: this one is taken by a page of ours.",
        "days": "Please write a time such as 09:30.",
        "meeting_points": "Please give a whole number from 1 to 200.",
        "timezone": "Please choose a time zone such as Europe/Berlin.",
        "policy": "Please write a time such as 09:30.",
    }.items():
        assert f'href="#f-{name}"' in answer.text, name
        assert answer.text.count(sentence) >= 2, name
    assert "2026-11-23 11:00-10:00x" in answer.text
    assert 'id="f-policy" open' in answer.text
    send(browser, "/organize/new", **FORM)
    taken = send(browser, "/organize/new", **FORM)
    assert (taken.status_code, taken.text.count("There is a conference with this short name already.")) == (422, 2)


def test_every_person_is_seen_and_mentors_are_approved_one_by_one_or_together(system: System) -> None:
    create(system)
    for number in range(3):
        add(system, email=f"m{number}@example.org", name=f"Mentor {number}", role="mentor", offers=["Python"], wants=[])
    add(system, company="Müller & Söhne")
    browser = logged_in(system)
    assert "3 mentors wait for your approval." in browser.get("/organize/pyconf").text
    everybody = browser.get("/organize/pyconf/people").text
    assert "4 people" in everybody
    assert "1 person" in browser.get("/organize/pyconf/people?q=muller").text
    first = people(system)[0]
    page = "/organize/pyconf/people?only=approve"
    done = send(browser, page, f"/organize/pyconf/people/{first['id']}", action="approve", only="approve")
    assert done.headers["Location"] == page
    assert [p["approved"] for p in people(system)] == [True, False, False, True]
    send(browser, page, "/organize/pyconf/approve-all")
    assert all(p["approved"] for p in people(system))
    assert "Nobody fits what you look for." in browser.get(page).text


def test_an_organizer_vouches_and_withdraws_after_being_asked_once(system: System) -> None:
    create(system)
    invited, silent = add(system, confirmed=False), add(system, email="b@example.org", confirmed=False, consents={})
    browser, page = logged_in(system), "/organize/pyconf/people"
    send(browser, page, f"{page}/{invited['id']}", action="confirm")
    refused = send(browser, page, f"{page}/{silent['id']}", action="confirm")
    assert (refused.status_code, "please allow us to share" in refused.text) == (422, True)
    assert [p["status"] for p in people(system)] == ["confirmed", "invited"]
    asked = send(browser, page, f"{page}/{invited['id']}", action="withdraw")
    assert (asked.status_code, "Withdraw Ana Bešić?" in asked.text) == (200, True)
    assert people(system)[0]["status"] == "confirmed"
    send(browser, page, f"{page}/{invited['id']}", action="withdraw", sure="yes")
    assert people(system)[0]["status"] == "withdrawn"
    early = send(browser, page, f"{page}/{silent['id']}", action="check-in")
    assert (early.status_code, "not confirmed yet" in early.text) == (409, True)
    assert send(browser, page, f"{page}/{silent['id']}", action="promote").status_code == 404


def test_the_desk_searches_without_accents_checks_in_and_undoes(system: System) -> None:
    create(system)
    ana = add(system, name="Ána Bešić", company="Acme")
    add(system, name="Ana Maric", email="other@example.org")
    add(system, name="Pending Ana", email="p@example.org", confirmed=False)
    browser = logged_in(system)
    rows = browser.get("/desk/pyconf?q=besic+ana", headers={"X-Part": "rows"}).text
    assert "<html" not in rows
    assert re.findall(r"<strong>(.*?)</strong> <span class=\"quiet\">(.*?)</span>", rows) == [("Ána Bešić", "Acme")]
    rows = browser.get("/desk/pyconf?q=ana", headers={"X-Part": "rows"}).text
    assert re.findall(r"<strong>(.*?)</strong> <span class=\"quiet\">(.*?)</span>", rows) == [
        ("Ána Bešić", "Acme"),
        ("Ana Maric", "o…@example.org"),
    ]
    for odd in ("%25", "_", "%00", "%ED%A0%80", "'", "x" * 500):
        assert browser.get(f"/desk/pyconf?q={odd}").status_code in (200, 400)
    assert "Nobody of that name" in browser.get("/desk/pyconf?q=%25").text
    done = send(browser, "/desk/pyconf?q=ána", f"/desk/pyconf/{ana['id']}", action="check-in", q="ána b")
    assert done.headers["Location"] == f"/desk/pyconf?done={ana['id']}&q=%C3%A1na+b"
    page = browser.get(done.headers["Location"]).text
    assert "Ána Bešić is checked in." in page
    assert "1 here today" in page
    send(browser, "/desk/pyconf", f"/desk/pyconf/{ana['id']}", action="undo")
    assert [p["present_on"] for p in people(system)] == [[], [], []]
    system.clock.set(datetime(2026, 11, 20, 12, tzinfo=UTC))
    browser = logged_in(system)
    early = send(browser, "/desk/pyconf", f"/desk/pyconf/{ana['id']}", action="check-in", q="ana")
    assert (early.status_code, "Check-in opens at midnight of the first day." in early.text) == (409, True)
    assert 'value="ana"' in early.text


def test_a_scanner_that_types_into_the_desks_field_finds_whose_code_it_is(system: System) -> None:
    create(system)
    create(system, slug="other", name="Other")
    add(system, company="Acme")
    add(system, slug="other", name="Elsewhere", email="else@example.org")
    system.run_until_quiet()
    found = [re.findall(r"http://localhost/q/\w+", mail.text) for mail in system.mails]
    here, elsewhere = (links[0] for links in found if links)
    owner = logged_in(system)
    kiosk, parts = paired(system, owner), {"X-Part": "rows"}
    rows = [who.get("/desk/pyconf", query_string={"q": here}, headers=parts).text for who in (owner, kiosk)]
    assert [re.findall(r"<strong>(.*?)</strong>", row) for row in rows] == [["Ana Bešić"]] * 2
    assert ["Acme" in row for row in rows] == [True, False]
    for code in (elsewhere, "http://localhost/q/", "/q/nothing"):
        none = kiosk.get("/desk/pyconf", query_string={"q": code}, headers=parts).text
        assert ("Nobody with this code" in none, "Elsewhere" in none) == (True, False)
    for typed, said in (
        ("ABC2-def3 gh4i", "No code of PyConf is that: it may be of another conference, or was withdrawn."),
        ("Johanna Weber", "Nobody of that name or with that code"),
        ("Johanna Weberin", "Nobody of that name"),
    ):
        assert said in owner.get("/desk/pyconf", query_string={"q": typed}, headers=parts).text


def test_the_desk_answers_in_a_blink_with_two_thousand_people(system: System) -> None:
    create(system)
    lines = ["name,email,wants"]
    lines += [f"Person{number:04d} Maric,p{number}@example.org,Python" for number in range(2000)]
    with system.registration.reading() as connection:
        conference = conferences.by_slug(connection, Scope(DEFAULT_ACCOUNT), "pyconf")
    result = import_people(
        "\n".join(lines).encode(),
        conference,
        "mentee",
        consents={"introductions": True},
        dry_run=False,
        actor=Actor("0" * 32, "0" * 32, "command", "owner", DEFAULT_ACCOUNT),
        open_work=system.registration.work,
        read_row=read_row,
    )
    assert (result.added, result.rejected) == (2000, [])
    browser = logged_in(system)
    browser.get("/desk/pyconf?q=x", headers={"X-Part": "rows"})
    took = []
    for wanted in ("p", "pe", "person1", "maric 1999", "nobody"):
        started = time.process_time()
        assert browser.get(f"/desk/pyconf?q={wanted}", headers={"X-Part": "rows"}).status_code == 200
        took.append(time.process_time() - started)
    assert sorted(took)[2] < 0.05


def test_the_code_on_a_phone_shows_the_desk_whose_it_is_and_others_nothing_personal(system: System) -> None:
    create(system)
    create(system, slug="other", name="Other")
    ana = add(system, company="Acme")
    system.run_until_quiet()
    path = re.findall(r"http://localhost(/q/\w+)", system.mails[0].text)[0]
    stranger = system.client("registration").get(path)
    assert stranger.status_code == 200
    assert "PyConf" in stranger.text
    for personal in ("Ana", "Acme", "ana@", ana["id"]):
        assert personal not in stranger.text
    owner = logged_in(system)
    assert "Ana Bešić" in owner.get(path).text
    send(owner, "/organize/other/team", email="desk@example.org", role="desk")
    elsewhere = logged_in(system, "desk@example.org").get(path).text
    assert "This code is not for Other, so it says nothing here." in elsewhere
    assert [word for word in ("Ana", "Acme", "PyConf", ana["id"]) if word in elsewhere] == []
    assert owner.get("/q/nothing").status_code == 404
    system.api("DELETE", f"/api/v1/conferences/pyconf/attendees/{ana['id']}")
    assert "Not registered any more" in owner.get(path).text


def test_a_door_that_scans_quickly_is_not_stopped_by_what_the_whole_room_opens(system: System) -> None:
    create(system)
    add(system)
    system.run_until_quiet()
    found = re.search(r"http://localhost(/q/\w+)", system.mails[0].text)
    assert found is not None
    stranger, desk = system.client("registration"), logged_in(system)
    assert [stranger.get(found[1]).status_code for _scan in range(201)][-1] == 429
    assert desk.get(found[1]).status_code == 200


def test_a_key_is_shown_once_works_everywhere_and_ends_at_once(system: System) -> None:
    create(system)
    create(system, slug="other")
    browser, page = logged_in(system), "/organize/pyconf/keys"
    assert send(browser, page, label="").status_code == 422
    shown = send(browser, page, label="badge printer")
    key = re.findall(r"<pre>(rk_\S+)</pre>", shown.text)[0]
    assert key not in browser.get(page).text
    paths = ("/api/v1/conferences/pyconf/attendees", "/api/v1/conferences/pyconf/introductions")
    assert [system.api("GET", path, key=key).status_code for path in paths] == [200, 200]
    assert system.api("GET", "/api/v1/conferences/other", key=key).status_code == 404
    key_id = re.findall(r'name="end" value="(\w+)"', browser.get(page).text)[0]
    assert send(browser, page, end="0" * 32).status_code == 404
    send(browser, page, end=key_id)
    assert system.api("GET", paths[0], key=key).status_code == 401
    system.run_until_quiet()
    assert system.api("GET", paths[1], key=key).status_code == 401


def test_every_action_leaves_a_line_in_the_audit(system: System) -> None:
    browser = logged_in(system)
    send(browser, "/organize/new", **FORM)
    send(browser, "/organize/pyconf/edit", **{**FORM, "name": "Other"})
    mentor = add(system, role="mentor", offers=["Python"], wants=[], confirmed=False)
    page = "/organize/pyconf/people"
    for said in (
        {"action": "approve"},
        {"action": "confirm"},
        {"action": "check-in"},
        {"action": "undo"},
        {"action": "check-in"},
        {"action": "leave"},
        {"action": "withdraw", "sure": "yes"},
    ):
        assert send(browser, page, f"{page}/{mentor['id']}", **said).status_code == 303
    send(browser, "/organize/pyconf/team", email="desk@example.org", role="desk")
    send(browser, "/organize/pyconf/keys", label="printer")
    shown = browser.get("/organize/pyconf/audit").text
    found = re.findall(r'data-label="Who">(.*?)</td><td class="whole" data-label="What">(.*?) <span', shown, re.S)
    assert [(who.strip(), what) for who, what in reversed(found)] == [
        ("a program with a key", "attendee added"),
        ("owner@example.org", "mentor approved"),
        ("owner@example.org", "attendee confirmed"),
        ("owner@example.org", "checked in"),
        ("owner@example.org", "check-in undone"),
        ("owner@example.org", "checked in"),
        ("owner@example.org", "left"),
        ("owner@example.org", "attendee withdrawn"),
        ("owner@example.org", "added to the team"),
        ("owner@example.org", "key made"),
    ]
    assert "conference created" in shown
    assert "Ana" not in shown


def test_a_long_list_goes_on_by_links_and_an_action_leads_back_to_its_page(system: System) -> None:
    create(system)
    people = [add(system, name=f"P{number:02}", email=f"p{number}@example.org")["id"] for number in range(51)]
    browser, page = logged_in(system), "/organize/pyconf/people"

    def names(path: str) -> list[str]:
        return re.findall(r"<th scope=\"row\"[^>]*><span>(P\d\d)", browser.get(path).text)

    first = browser.get(page).text
    assert ("51 people, 1 to 50" in first, "Page 1 of 2" in first) == (True, True)
    assert re.findall(r'<a href="([^"]+)" rel="(\w+)"', first) == [(f"{page}?page=2", "next")]
    second = names(f"{page}?page=2")
    assert sorted(names(page) + second) == [f"P{number:02}" for number in range(51)]
    assert len(second) == 1
    for odd in ("0", "-1", "x", "99999", "9" * 50):
        assert browser.get(page, query_string={"page": odd}).status_code == 200
    done = send(browser, page, f"{page}/{people[int(second[0][1:])]}?page=2", action="check-in")
    assert done.headers["Location"] == f"{page}?page=2"
    asked = send(browser, page, f"{page}/{people[0]}?q=p&page=2", action="withdraw").text
    assert f'{page}?q=p&amp;page=2">No, go back' in asked
    older = browser.get("/organize/pyconf/audit?page=2").text
    assert (older.count('data-label="When"'), 'href="/organize/pyconf/audit" rel="prev"' in older) == (50, True)


def test_what_comes_next_stands_first_among_the_conferences_and_what_is_over_last(system: System) -> None:
    block = [{"start": "10:00", "end": "11:00"}]
    create(system)
    for slug, day in (("zcamp", "2026-12-07"), ("ameet", "2026-12-14"), ("bclub", "2026-11-30")):
        create(system, slug=slug, days=[{"date": day, "blocks": block}])
    system.clock.set(datetime(2026, 12, 2, 9, tzinfo=UTC))
    page = logged_in(system).get("/organize").text
    assert re.findall(r'<h2><a href="/organize/(\w+)"', page) == ["zcamp", "ameet", "bclub", "pyconf"]
    assert re.findall(r'href="/c/(\w+)', system.client("registration").get("/").text) == ["zcamp", "ameet"]
