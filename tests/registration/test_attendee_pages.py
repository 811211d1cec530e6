"""The pages of an attendee: form, thanks, confirmation, her own page, withdrawal. Nothing typed is lost, nothing tells
whether an address is known, and nothing happens by looking."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.registration.tables import consents
from tests.registration.stage import a_conference, a_form, add, create, link_in
from tests.system import System

CONSENT = "To be introduced, please allow us to share your first name and what you have in common."


def register(system: System, **changes: Any) -> Any:
    """Send the form, then whatever mail it makes."""
    answer = system.client("registration").post("/c/pyconf", data=a_form(**changes))
    assert answer.status_code == 303, answer.text
    system.run_until_quiet()
    return answer


def people(system: System) -> list[dict[str, Any]]:
    """Everybody, over the API."""
    found: list[dict[str, Any]] = system.api("GET", "/api/v1/conferences/pyconf/attendees").json["items"]
    return found


def test_a_stranger_registers_confirms_by_mail_and_gets_her_own_page(system: System) -> None:
    create(system)
    browser = system.client("registration")
    assert "Be introduced at PyConf" in browser.get("/c/pyconf").text
    assert browser.get("/c/pyconf/").text == browser.get("/c/pyconf").text  # people type a slash behind addresses
    answer = register(
        system, goal="A first grant", available="20261123-1400,20261123-1420,20261123-1440", company="Acme"
    )
    assert answer.headers["Location"] == "/c/pyconf/thanks"
    assert "Check your mail" in browser.get("/c/pyconf/thanks").text
    (mail,) = system.mails
    assert (mail.to_name, mail.to_address, mail.subject) == (
        "",
        "ana@example.org",
        "Please confirm: introductions at PyConf",
    )
    assert "Ana" not in mail.text + mail.html  # nothing a stranger wrote is mailed
    assert [kind for kind, _event in system.events()] == ["conference.published"]
    assert "Somebody registered this address as a mentee" in browser.get(link_in(mail)).text
    assert people(system)[0]["status"] == "pending"
    done = browser.post(link_in(mail), data={"answer": "confirm", "consents.introductions": "on"})
    system.run_until_quiet()
    assert (done.status_code, people(system)[0]["status"]) == (303, "confirmed")
    assert (system.mails[1].subject, system.mails[1].to_name) == ("You are in: PyConf", "Ana Bešić")
    page = browser.get(done.headers["Location"])
    assert "Hello Ana" in page.text
    assert people(system)[0]["links"]["page"] == "http://localhost" + done.headers["Location"].removesuffix("?new=1")
    assert people(system)[0]["available"] == ["20261123-1400", "20261123-1420", "20261123-1440"]
    assert "You have confirmed already" in browser.get(link_in(mail)).text
    assert {"attendee.registered", "person.described"} <= {kind for kind, _event in system.events()}


def test_mistakes_stand_on_top_and_at_their_fields_and_nothing_typed_is_lost(system: System) -> None:
    create(system)
    typed = {
        "name": "Ana \x00",
        "email": "ana@",
        "role": "mentee",
        "wants": ["Knitting"],
        "goal": "g" * 301,
        "years": "three",
        "meet_addresses": "ben@example.org\nnobody",
        "available": "20261123-1400,20261123-1420,20261123-1440",
        "languages": ["de", "fr"],
        "consents.follow_up": "on",
    }
    answer = system.client("registration").post("/c/pyconf", data=typed)
    page = answer.text
    assert answer.status_code == 422
    assert "<title>Error: PyConf" in page
    for name, sentence in {
        "name": "There are characters in this that cannot be read. Please type it again.",
        "email": "Please write a mail address such as name@example.org.",
        "goal": "Please use at most 300 characters.",
        "years": "Please give a whole number from 0 to 70.",
        "meet_addresses": "Please write a mail address such as name@example.org.",
        "consents": CONSENT,
    }.items():
        assert f'href="#f-{name}"' in page, name
        assert page.count(sentence) >= 2, name
        assert f'id="e-{name}"' in page, name
        assert f'id="f-{name}"' in page, name
    for kept in ("ana@", "g" * 301, ">ben@example.org\nnobody<", 'value="three"'):
        assert kept in page, kept
    for value in ("20261123-1400,20261123-1420,20261123-1440", "de", "fr"):
        assert f'value="{value}" checked' in page
    assert 'name="consents.follow_up" value="on" checked' in page
    assert 'name="consents.introductions" value="on" checked' not in page
    assert people(system) == []


def test_a_known_and_an_unknown_address_get_the_same_answer_and_only_she_gets_a_mail(system: System) -> None:
    create(system)
    add(system)
    system.run_until_quiet()
    before = len(system.mails)
    known = system.client("registration").post("/c/pyconf", data=a_form(name="Somebody Else", email="ANA@example.org"))
    unknown = system.client("registration").post("/c/pyconf", data=a_form(email="new@example.org"))
    without = [
        system.client("registration").post("/c/pyconf", data=a_form(email=email, wants=[])).status_code
        for email in ("ana@example.org", "newer@example.org")
    ]
    system.run_until_quiet()
    assert (known.status_code, known.headers["Location"], known.text) == (
        unknown.status_code,
        unknown.headers["Location"],
        unknown.text,
    )
    assert without == [422, 422]
    assert sorted((mail.to_address, mail.subject) for mail in system.mails[before:]) == [
        ("ana@example.org", "You are in: PyConf"),
        ("new@example.org", "Please confirm: introductions at PyConf"),
    ]
    assert people(system)[0]["name"] == "Ana Bešić"
    system.client("registration").post("/c/pyconf", data=a_form())
    system.run_until_quiet()
    assert len(system.mails) == before + 2  # at most one such mail an hour


def test_a_stranger_cannot_rename_somebody_who_confirmed_elsewhere(system: System) -> None:
    create(system)
    create(system, slug="other", name="Other")
    add(system)
    system.client("registration").post("/c/other", data=a_form(name="Buy Pills"))
    assert people(system)[0]["name"] == "Ana Bešić"


def test_sending_the_form_again_before_confirming_counts_as_a_correction(system: System) -> None:
    create(system)
    register(system)
    register(system, wants=["Python"], name="Ana B.")
    assert [(p["name"], p["wants"], p["status"]) for p in people(system)] == [("Ana B.", ["Python"], "pending")]
    assert len(system.mails) == 1
    system.clock.advance(timedelta(hours=1))
    register(system)
    assert len(system.mails) == 2
    assert link_in(system.mails[0]) != link_in(system.mails[1])


def test_a_confirmation_needs_a_choice_and_lives_two_days(system: System) -> None:
    create(system)
    register(system)
    path, browser = link_in(system.mails[0]), system.client("registration")
    silent = browser.post(path)
    assert (silent.status_code, people(system)[0]["status"]) == (422, "pending")
    assert "Please choose one of the two." in silent.text
    refused = browser.post(path, data={"answer": "confirm"})
    assert (refused.status_code, refused.text.count(CONSENT)) == (422, 2)
    system.clock.advance(timedelta(hours=48))
    assert browser.get(path).status_code == 404
    assert browser.post(path, data={"answer": "confirm", "consents.introductions": "on"}).status_code == 404
    assert people(system)[0]["status"] == "pending"


def test_this_was_not_me_deletes_all_and_the_address_may_register_again(system: System) -> None:
    create(system)
    register(system)
    browser = system.client("registration")
    answer = browser.post(link_in(system.mails[0]), data={"answer": "forget"})
    assert "You take no part any more" in answer.text
    assert (people(system)[0]["status"], people(system)[0]["name"]) == ("withdrawn", None)
    assert browser.get(link_in(system.mails[0])).status_code == 404
    assert [kind for kind, _event in system.events()] == ["conference.published"]
    register(system)
    assert [p["status"] for p in people(system)] == ["withdrawn", "pending"]


def test_invited_people_choose_their_consents_and_the_topics_that_are_missing(system: System) -> None:
    create(system, policy={"adults_only": True})
    add(system, confirmed=False, consents={})
    system.run_until_quiet()
    path, browser = link_in(system.mails[0]), system.client("registration")
    page = browser.get(path).text
    assert "The organizers invite you as a mentee" in page
    for purpose in ("introductions", "follow_up", "statistics", "next_year"):
        assert f'name="consents.{purpose}" value="on"><' in page
    assert 'name="wants"' not in page
    minor = browser.post(path, data={"answer": "confirm", "consents.introductions": "on"})
    assert (minor.status_code, minor.text.count("Please say that you are 18 or older.")) == (422, 2)
    chosen = {"consents.introductions": "on", "consents.statistics": "on", "adult": "on"}
    assert browser.post(path, data={"answer": "confirm", **chosen}).status_code == 303
    assert people(system)[0]["consents"] == {
        "introductions": True,
        "follow_up": False,
        "statistics": True,
        "next_year": False,
    }


def test_nothing_is_ticked_for_somebody_invited_whatever_a_program_says_of_her_and_one_tap_joins(
    system: System,
) -> None:
    create(system)
    add(
        system, confirmed=False, consents=dict.fromkeys(("introductions", "follow_up", "statistics", "next_year"), True)
    )
    system.run_until_quiet()
    path, browser = link_in(system.mails[0]), system.client("registration")
    page = browser.get(path).text
    assert re.findall(r'name="consents.(\w+)" value="on"( checked)?>', page) == [
        ("introductions", ""),
        ("follow_up", ""),
        ("statistics", ""),
        ("next_year", ""),
    ]
    assert "With “Yes, I take part” you allow us to introduce you" in page
    hidden = re.findall(r'type="hidden" name="([\w.]+)" value="(\w+)"', page)
    assert browser.post(path, data={"answer": "confirm", **dict(hidden)}).status_code == 303
    assert [(one["status"], one["consents"]) for one in people(system)] == [
        ("confirmed", {"introductions": True, "follow_up": False, "statistics": False, "next_year": False})
    ]


def test_what_she_allows_is_written_down_as_hers_also_where_a_program_had_said_it(system: System) -> None:
    create(system)
    add(system, confirmed=False, consents={"introductions": True, "statistics": True})
    system.run_until_quiet()
    path, browser = link_in(system.mails[0]), system.client("registration")
    browser.post(path, data={"answer": "confirm", "consents.introductions": "on", "consents.statistics": "on"})
    query = select(consents.c.purpose, consents.c.given, consents.c.channel).order_by(consents.c.number)
    with system.registration.reading() as connection:
        rows = [tuple(row) for row in connection.execute(query)]
    said = {"introductions": True, "follow_up": False, "statistics": True, "next_year": False}
    assert rows == [(purpose, given, channel) for channel in ("api", "page") for purpose, given in said.items()]


def test_what_somebody_invited_ticked_on_the_form_is_ticked_when_she_confirms(system: System) -> None:
    create(system)
    add(system, confirmed=False, email="ana@example.org", consents={"introductions": True, "next_year": True})
    system.run_until_quiet()
    path, browser = link_in(system.mails[0]), system.client("registration")
    ticked = {"consents.introductions": "on", "consents.follow_up": "on"}
    assert browser.post("/c/pyconf", data=a_form(email="ana@example.org", **ticked)).status_code == 303
    assert re.findall(r'name="consents.(\w+)" value="on"( checked)?>', browser.get(path).text) == [
        ("introductions", ""),
        ("follow_up", " checked"),
        ("statistics", ""),
        ("next_year", ""),
    ]


def test_where_it_is_asked_for_only_adults_register(system: System) -> None:
    create(system, policy={"adults_only": True})
    browser = system.client("registration")
    assert "I am 18 or older" in browser.get("/c/pyconf").text
    assert "Please say that you are 18 or older." in browser.post("/c/pyconf", data=a_form()).text
    register(system, adult="on")


def test_the_form_shows_what_the_other_will_see(system: System) -> None:
    create(system)
    said = a_form(goal="<script>alert(1)</script>", preview="on", offers=["Python"], role="both", email="")
    answer = system.client("registration").post("/c/pyconf", data=said)
    assert answer.status_code == 200
    assert "There is a problem" not in answer.text
    assert '<details class="preview" id="preview" open>' in answer.text
    assert "<em data-preview-wants>Grant writing</em>" in answer.text
    assert "<em data-preview-offers>Python</em>" in answer.text
    assert "<q data-preview-goal>&lt;script&gt;alert(1)&lt;/script&gt;</q>" in answer.text
    assert people(system) == []


def own_page(system: System, **changes: Any) -> str:
    """The path of a confirmed attendee's page."""
    return str(add(system, **changes)["links"]["page"]).removeprefix("http://localhost")


def test_she_changes_what_she_said_and_an_unticked_box_is_a_no(system: System) -> None:
    create(system)
    path = own_page(system, goal="A first grant", company="Acme", years=3, available=["20261123-1400", "20261123-1420"])
    browser = system.client("registration")
    page = browser.get(path).text
    assert 'value="20261123-1400,20261123-1420,20261123-1440" checked' in page
    sent = {
        "name": "Ana Maria Bešić",
        "role": "mentee",
        "wants": ["Python"],
        "goal": "",
        "available": "20261123-1400,20261123-1420,20261123-1440",
        "languages": ["de"],
        "consents.introductions": "on",
    }
    answer = browser.post(path, data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{path}?saved=1")
    assert "Saved." in browser.get(answer.headers["Location"]).text
    (ana,) = people(system)
    assert (ana["name"], ana["wants"], ana["goal"], ana["company"], ana["years"], ana["languages"]) == (
        "Ana Maria Bešić",
        ["Python"],
        None,
        None,
        None,
        ["de"],
    )
    assert ana["available"] == ["20261123-1400", "20261123-1420"]  # the same box: nothing changed
    assert ana["consents"] == {"introductions": True, "follow_up": False, "statistics": False, "next_year": False}
    browser.post(path, data={**sent, "available": ""})
    assert people(system)[0]["available"] is None
    wrong = browser.post(path, data={**sent, "name": "", "wants": []})
    assert (wrong.status_code, wrong.text.count("This is needed.")) == (422, 2)


def test_what_she_needs_of_a_place_is_hers_to_say_and_to_take_back_and_goes_with_her(system: System) -> None:
    create(system)
    register(system, **{"step_free": "on", "consents.follow_up": "on"})
    browser, (mail,) = system.client("registration"), system.mails
    done = browser.post(link_in(mail), data={"answer": "confirm", "consents.introductions": "on"})
    page = done.headers["Location"].removesuffix("?new=1")
    ticked = '<input type="checkbox" id="f-step_free" name="step_free" value="on" checked'
    assert (ticked in browser.get(page).text, people(system)[0]["step_free"], people(system)[0]["quiet"]) == (
        True,
        True,
        False,
    )
    browser.post(page, data=a_form(quiet="on"))
    assert [people(system)[0][name] for name in ("step_free", "quiet")] == [False, True]
    browser.post(page + "/withdraw", data={"sure": "yes"})
    system.run_until_quiet()
    told = [(kind, event.step_free, event.quiet) for kind, event in system.events() if kind.startswith("attendee.")]
    assert told == [
        ("attendee.registered", True, False),
        ("attendee.changed", False, True),
        ("attendee.withdrawn", False, False),
    ]
    assert people(system)[0]["quiet"] is False


def test_people_whom_she_names_by_address_are_kept_as_wishes_and_shown_to_her_alone(system: System) -> None:
    create(system)
    ben = add(system, email="ben@example.org", name="Ben")
    path, browser = own_page(system), system.client("registration")
    said = a_form(meet_addresses="ben@example.org\r\ncora@example.org", never_addresses="dora@example.org")
    assert browser.post(path, data=said).status_code == 303
    cora, dora = (add(system, email=f"{name}@example.org", name=name) for name in ("cora", "dora"))
    ana = next(p for p in people(system) if p["email"] == "ana@example.org")
    assert (ana["requests"], ana["blocks"]) == ([ben["id"], cora["id"]], [dora["id"]])
    assert ">ben@example.org\ncora@example.org<" in browser.get(path).text
    browser.post(path, data=a_form(meet_addresses="cora@example.org"))
    ana = next(p for p in people(system) if p["email"] == "ana@example.org")
    assert (ana["requests"], ana["blocks"]) == ([cora["id"]], [])


def test_she_withdraws_after_being_asked_once(system: System) -> None:
    create(system)
    path, browser = own_page(system), system.client("registration")
    system.run_until_quiet()
    asked = browser.post(f"{path}/withdraw")
    assert browser.get(f"{path}/withdraw").text == asked.text, "loaded again"
    assert (asked.status_code, people(system)[0]["status"]) == (200, "confirmed")
    assert "Withdraw from PyConf?" in asked.text
    gone = browser.post(f"{path}/withdraw", data={"sure": "yes"})
    assert "You take no part any more" in gone.text
    assert people(system)[0]["status"] == "withdrawn"
    over = browser.get(path)
    assert (over.status_code, "This link is not valid, or not valid any more" in over.text) == (404, True)


def test_one_neutral_page_for_wrong_links_and_a_limit_for_who_tries_many(system: System) -> None:
    create(system)
    browser = system.client("registration")
    pages = [browser.get(path) for path in ("/a/nonsense", "/c/confirm/nonsense", "/a/" + "a" * 26)]
    assert {page.status_code for page in pages} == {404}
    assert len({page.text for page in pages}) == 1
    assert [browser.get(f"/a/{number}").status_code for number in range(18)][-1] == 429


@pytest.mark.parametrize("purpose", ["c/confirm", "i", "d"])
def test_a_link_for_one_thing_opens_nothing_else(system: System, purpose: str) -> None:
    create(system)
    token = own_page(system).removeprefix("/a/")
    assert system.client("registration").get(f"/{purpose}/{token}").status_code == 404


def test_stored_markup_never_runs(system: System) -> None:
    create(system, name="<i>Conf</i>", topics=["<b>Topic</b>", "Grant writing"])
    path = own_page(system, name="<script>x</script>", goal="<img src=x onerror=y>", company="<svg/onload=z>")
    browser = system.client("registration")
    for page in (browser.get(path), browser.get("/c/pyconf"), browser.get("/")):
        for tag in ("<script>x", "<img src=x", "<svg/onload", "<b>Topic", "<i>Conf"):
            assert tag not in page.text
        assert "'unsafe-inline'" not in page.headers["Content-Security-Policy"]


def test_the_first_page_offers_a_conference_until_its_last_day_is_over(system: System) -> None:
    create(system)
    browser = system.client("registration")
    offered = 'href="/c/pyconf"'
    assert offered in browser.get("/").text
    system.clock.advance(timedelta(days=3))
    assert offered not in browser.get("/").text


def test_a_quiet_place_is_offered_where_there_is_one(system: System) -> None:
    create(system)
    browser = system.client("registration")
    words = "I need a way without steps", "I need a quiet place"
    assert [word in browser.get("/c/pyconf").text for word in words] == [True, False]
    points = [{"name": "Library", "tables": 2, "quiet": True}]
    system.api("PUT", "/api/v1/conferences/pyconf", json=a_conference(meeting_points=points))
    assert [word in browser.get("/c/pyconf").text for word in words] == [True, True]


def test_single_times_are_kept_free_within_the_blocks_that_are_ticked(system: System) -> None:
    create(system)
    browser = system.client("registration")
    page = browser.get("/c/pyconf").text
    every = re.findall(r'name="times" value="([0-9-]+)" checked', page)
    assert (len(every), f'name="times_shown" value="{",".join(every)}"' in page) == (7, True)
    shown = {"times_shown": ",".join(every)}
    register(system, **shown, times=[slot for slot in every if slot != "20261123-1020"])
    assert people(system)[0]["available"] == [slot for slot in every if slot != "20261123-1020"]
    morning = "20261123-1000,20261123-1020,20261123-1040"
    register(system, email="ben@example.org", **shown, available=morning, times=[every[0], every[2], every[6]])
    register(system, email="cleo@example.org", **shown, times=every)
    assert [one["available"] for one in people(system)[1:]] == [[every[0], every[2]], None]
    nothing = browser.post("/c/pyconf", data=a_form(**shown))
    assert (nothing.status_code, "Please leave at least one time ticked" in nothing.text) == (422, True)
    strange = browser.post("/c/pyconf", data=a_form(times_shown="<b>,20261123-1000", times="<b>"))
    assert (strange.status_code, "One of these times is not a slot of this conference." in strange.text) == (422, True)


def test_her_page_shows_the_times_she_keeps_free_and_a_tap_on_her_day_changes_one(system: System) -> None:
    create(system)
    path = own_page(system)
    browser = system.client("registration")

    def tapped(slot: str, keep: str) -> Any:
        return browser.post(path + "/times", data={"slot": slot, "keep": keep})

    back = tapped("20261123-1020", "free")
    assert (back.status_code, back.headers["Location"].endswith("?free=20261123-1020")) == (303, True)
    page = browser.get(path).text
    kept = re.findall(r'name="times" value="([0-9-]+)">', page)
    assert (kept, "(1 kept free)" in page) == (["20261123-1020"], True)
    tapped("20261124-1000", "free")
    assert people(system)[0]["available"] == [f"20261123-{time}" for time in ("1000", "1040", "1400", "1420", "1440")]
    saved = {"times_shown": ",".join(re.findall(r'name="times" value="([0-9-]+)"', page))}
    browser.post(path, data={**a_form(), **saved, "times": ["20261123-1000", "20261123-1400"]})
    assert people(system)[0]["available"] == ["20261123-1000", "20261123-1400"]
    for slot in ("20261123-1020", "20261123-1040", "20261123-1420", "20261123-1440", "20261124-1000"):
        tapped(slot, "open")
    assert people(system)[0]["available"] is None
    assert [tapped("20261123-1111", "free").status_code, tapped("x", "free").status_code] == [404, 422]
