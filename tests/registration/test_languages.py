"""Pages and mails speak the reader's language: the one asked for, her own, or what her browser likes best."""

from __future__ import annotations

from typing import Any

import pytest

from tests.registration.stage import a_form, add, create, link_in, printed_link
from tests.system import System

GERMAN, ENGLISH = "Lern bei PyConf jemanden kennen", "Be introduced at PyConf"
HEADINGS = {"de": GERMAN, "en": ENGLISH}


def spoken(answer: Any) -> tuple[str, str, list[str]]:
    """(Content-Language, lang of the page, which headings stand in it)."""
    page = answer.text
    locale = page.partition('<html lang="')[2].partition('"')[0]
    return answer.headers["Content-Language"], locale, [name for name, words in HEADINGS.items() if words in page]


@pytest.mark.parametrize(
    ("liked", "asked", "expected"),
    [
        ("", "", "en"),
        ("de-AT,de;q=0.9,en;q=0.8", "", "de"),
        ("fr,de;q=0.5", "", "de"),
        ("fr", "", "en"),
        ("de", "?lang=en", "en"),
        ("en", "?lang=de", "de"),
        ("de", "?lang=xx", "de"),
        ("en", "?lang=", "en"),
    ],
)
def test_a_stranger_reads_what_she_asks_for_or_what_her_browser_likes(
    system: System, liked: str, asked: str, expected: str
) -> None:
    create(system)
    answer = system.client("registration").get(f"/c/pyconf{asked}", headers={"Accept-Language": liked})
    assert spoken(answer) == (expected, expected, [expected])
    assert "Accept-Language" in answer.headers["Vary"]


def test_the_form_offers_both_languages_and_keeps_the_choice_through_errors_and_preview(system: System) -> None:
    create(system)
    browser = system.client("registration")
    assert '<a href="?lang=de" hreflang="de" lang="de">Deutsch</a>' in browser.get("/c/pyconf").text
    wrong = browser.post("/c/pyconf?lang=de", data=a_form(email="nobody", goal="Ein Satz"))
    assert (wrong.status_code, spoken(wrong)) == (422, ("de", "de", ["de"]))
    assert "<title>Fehler: PyConf" in wrong.text
    assert wrong.text.count("Bitte schreib eine Mailadresse wie name@example.org.") == 2
    assert 'formaction="?lang=en"' in wrong.text  # a link would lose what was typed
    other = browser.post("/c/pyconf?lang=en", data={**a_form(email="nobody", goal="Ein Satz"), "preview": "on"})
    assert (spoken(other), ">Ein Satz</textarea>" in other.text) == (("en", "en", ["en"]), True)
    thanks = browser.post("/c/pyconf?lang=de", data=a_form())
    assert thanks.headers["Location"] == "/c/pyconf/thanks?lang=de"


def test_she_is_written_to_in_the_language_of_the_form_and_changes_it_on_her_page(system: System) -> None:
    create(system)
    browser = system.client("registration")
    browser.post("/c/pyconf?lang=de", data=a_form())
    system.run_until_quiet()
    page = browser.post(link_in(system.mails[0]), data={"answer": "confirm", "consents.introductions": "on"})
    system.run_until_quiet()
    assert [mail.subject for mail in system.mails] == [
        "PyConf: Bitte bestätige deine Anmeldung",
        "PyConf: Du bist dabei",
    ]
    path = page.headers["Location"].partition("?")[0]
    assert "Hallo Ana" in browser.get(path, headers={"Accept-Language": "en"}).text
    assert "Hello Ana" in browser.get(path + "?lang=en").text
    refused = browser.post(path, data={**a_form(), "wants": [], "locale": "de"}, headers={"Accept-Language": "en"})
    assert "Bitte wähle mindestens ein Thema, das du suchst." in refused.text
    changed = browser.post(path, data={**a_form(), "locale": "en"})
    assert "Hello Ana" in browser.get(changed.headers["Location"]).text
    system.run_until_quiet()
    state = next(event for kind, event in reversed(system.events()) if kind == "person.described")
    assert state is not None
    assert vars(state)["locale"] == "en"


def test_whoever_is_invited_in_one_language_may_take_part_in_another(system: System) -> None:
    create(system)
    add(system, confirmed=False, consents={}, locale="en")
    system.run_until_quiet()
    browser, path = system.client("registration"), link_in(system.mails[0])
    page = browser.get(path, headers={"Accept-Language": "de"})
    assert "Take part in PyConf?" in page.text
    assert 'href="?lang=de"' in page.text
    done = browser.post(path + "?lang=de", data={"answer": "confirm", "consents.introductions": "on"})
    system.run_until_quiet()
    assert (done.status_code, system.mails[1].subject) == (303, "PyConf: Du bist dabei")


def test_a_language_that_a_program_gave_her_stays_although_we_do_not_speak_it(system: System) -> None:
    create(system)
    person = add(system, locale="fr")
    system.run_until_quiet()
    page = system.client("registration").get(person["links"]["page"].removeprefix("http://localhost"))
    assert (spoken(page)[:2], '<option value="fr" selected>Français</option>' in page.text) == (("en", "en"), True)


def test_an_organizer_gets_her_link_in_the_language_that_she_asked_in(system: System) -> None:
    printed_link(system)
    browser = system.client("registration")
    browser.get("/login")
    browser.post("/login", data={"email": "owner@example.org"}, headers={"Accept-Language": "de"})
    system.run_until_quiet()
    assert system.mails[-1].subject == "Dein Link zum Einloggen bei Rapport"


def test_programs_read_refusals_in_the_language_they_like(system: System) -> None:
    answer = system.api("GET", "/api/v1/conferences/nothing", headers={"Accept-Language": "de"})
    assert (answer.status_code, answer.json["detail"], answer.headers["Content-Language"]) == (
        404,
        "Hier ist nichts, oder es ist nicht für dich.",
        "de",
    )
