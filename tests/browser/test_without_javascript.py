"""With JavaScript off everything that people have to do still works, from the form to the last question."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.lead import become_device
from tests.browser.living import Living
from tests.browser.past import OWNER
from tests.servers.waiting import wait_until

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def page(window: Callable[..., Any]) -> Any:
    """A stranger's window."""
    return window(javascript=False)


@pytest.fixture
def organizer_page(window: Callable[..., Any]) -> Any:
    """An organizer's window."""
    return window(organizer=True, javascript=False)


def test_register_and_confirm_by_the_mailed_link(page: Any, living: Living) -> None:
    address = "maren.plain@harbour-conf.example.org"
    page.goto("/c/harbour-conf")
    page.get_by_label("Your name").fill("Maren Plain")
    page.get_by_label("Your mail address").fill(address)
    page.get_by_label("Mentee: I look for advice").check()
    page.get_by_role("group", name="I look for").get_by_label("Grant writing").check()
    page.get_by_label("Introduce me, and share").check()
    page.get_by_role("button", name="Register").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Check your mail"
    (letter,) = wait_until(lambda: [one for one in living.letters if one.to == address], 30, "the mail came")
    page.goto(letter.link("/c/confirm/"))
    page.get_by_role("button", name="Yes, I take part").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Hello Maren"


def test_what_was_typed_is_still_there_when_the_form_is_refused(page: Any) -> None:
    page.goto("/c/harbour-conf")
    page.get_by_label("Your name").fill("Maren Plain")
    page.get_by_label("Your mail address").fill("not an address")
    page.get_by_label("Mentor: I give advice").check()
    page.get_by_role("button", name="Register").click()
    assert page.title().startswith("Error:")
    assert page.get_by_label("Your name").input_value() == "Maren Plain"
    assert page.get_by_label("Your mail address").input_value() == "not an address"
    assert page.get_by_label("Mentor: I give advice").is_checked()


def test_report_a_concern_from_the_foot_of_a_page(page: Any, living: Living) -> None:
    page.goto(living.letter("evening").link("/r/"))
    page.get_by_role("link", name="Report a concern").click()
    page.get_by_label("Do not introduce the two of us again").check()
    page.get_by_label("How can we reach you").fill("0170 123 456")
    page.get_by_role("button", name="Send").click()
    assert page.title().startswith("Error:")
    assert page.get_by_label("How can we reach you").input_value() == "0170 123 456"
    page.get_by_role("group", name="About which meeting").get_by_role("radio").last.check()
    page.get_by_label("What happened").fill("It was rude.")
    page.get_by_role("button", name="Send").click()
    assert page.get_by_role("status").inner_text().startswith("It has arrived.")
    assert page.get_by_text("It was rude.").count() == 0


def _first_with(page: Any, links: list[str], button: str) -> str:
    """Open one after the other until a page has this button: who answered already, or too late, has none."""
    for link in links:
        page.goto(link)
        if page.get_by_role("button", name=button).count():
            return link
    raise AssertionError(f"no page with {button!r}")


def test_answer_an_introduction(page: Any, living: Living) -> None:
    links = [letter.link("/i/") for letter in living.all_letters("proposed")]
    link = _first_with(page, links, "Yes, I'll be there")
    page.get_by_role("button", name="Yes, I'll be there").click()
    page.goto(link)
    said = page.locator("main").inner_text()
    assert "you said yes, we wait" in said or "both said yes" in said  # the other one may have been faster


def test_say_that_one_wants_to_stay_in_touch(page: Any, living: Living) -> None:
    letters = living.all_letters("evening", holding="/continue/yes")
    _first_with(page, [letter.button("/continue/yes") for letter in letters], "Send this answer")
    page.get_by_role("button", name="Send this answer").click()
    said = page.locator("main").inner_text()
    assert "You said: Yes, please." in said or "You both said yes." in said  # the other one may have said it before


def test_answer_the_question_after_a_week(page: Any, living: Living) -> None:
    page.goto(living.letter("check_in", holding="/week/met").button("/week/met"))
    page.get_by_role("button", name="Send this answer").click()
    assert "You said: We met again." in page.locator("main").inner_text()


def _new_to_owner(living: Living, known: set[str]) -> list[Any]:
    return [one for one in living.letters if one.to == OWNER and one.message["Message-ID"] not in known]


def test_log_in_by_a_mailed_link(page: Any, living: Living) -> None:
    known = {one.message["Message-ID"] for one in living.letters}
    page.goto("/login")
    page.get_by_label("Your mail address").fill(OWNER)
    page.get_by_role("button", name="Send me the link").click()
    (letter,) = wait_until(lambda: _new_to_owner(living, known), 30, "the mail came")
    page.goto(letter.link("/login/"))
    page.get_by_role("button", name="Log in").click()
    page.goto("/organize")
    assert page.get_by_role("heading", level=1).inner_text() == "Your conferences"


def test_check_somebody_in_at_the_desk(organizer_page: Any, living: Living) -> None:
    page = organizer_page
    person = living.call("POST", "/api/v1/conferences/harbour-conf/attendees", _vouched("Zacharias Late"))
    page.goto("/desk/harbour-conf")
    page.get_by_role("searchbox").fill("zacharias")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("button", name="Check in").click()
    now = living.call("GET", f"/api/v1/conferences/harbour-conf/attendees/{person['id']}")
    assert now["status"] == "checked_in"
    assert page.get_by_role("button", name="Undo").first.is_visible()


def test_pair_a_device_and_check_somebody_in_on_it(page: Any, living: Living) -> None:
    person = living.call("POST", "/api/v1/conferences/harbour-conf/attendees", _vouched("Yolanda Door"))
    become_device(page, living.lead.pairing_link("harbour-conf", "kiosk", "Door 9"))
    page.get_by_role("searchbox").fill("yolanda")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("button", name="Check in").click()
    assert page.get_by_role("status").inner_text().startswith("Yolanda Door is checked in.")
    now = living.call("GET", f"/api/v1/conferences/harbour-conf/attendees/{person['id']}")
    assert now["status"] == "checked_in"


def test_create_a_conference_and_import_a_list(organizer_page: Any, living: Living) -> None:
    page = organizer_page
    page.goto("/organize/new")
    page.get_by_label("Name", exact=True).fill("Plain Days")
    page.get_by_label("Short name for its addresses").fill("plain-days")
    page.get_by_label("Topics", exact=True).fill("Grant writing\nTesting")
    page.get_by_role("button", name="Save").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Plain Days"
    page.goto("/organize/plain-days/import")
    rows = b"name,email,wants,languages\nAda Plain,ada@plain-days.example.org,Testing,en\nNobody,not-an-address,Testing,en\n"
    page.get_by_label("A CSV or XLSX file").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": rows}
    )
    page.get_by_label("being introduced").check()
    page.get_by_role("button", name="Read the list").click()
    assert page.get_by_role("heading", level=1).inner_text() == "What would happen"
    page.get_by_role("button", name="Import now: 1 person").click()
    assert "1 added, 0 known already, 1 to correct" in page.locator("main").inner_text()
    people = living.call("GET", "/api/v1/conferences/plain-days/attendees")["items"]
    assert [(person["name"], person["status"]) for person in people] == [("Ada Plain", "confirmed")]


def _vouched(name: str) -> dict[str, Any]:
    address = f"{name.split()[0].lower()}@harbour-conf.example.org"
    consents = {"introductions": True}
    return {
        "name": name,
        "email": address,
        "role": "mentee",
        "wants": ["Testing legacy code"],
        "consents": consents,
    } | {"confirmed": True}


def test_two_who_go_on_write_down_what_they_expect_choose_a_time_and_thank(page: Any, living: Living) -> None:
    pages = [one.link("/r/pair/") for one in living.all_letters("contact", "Harbour Conf")]
    mine = next(
        path for path in pages if _is_mentee(page, path) and path != pages[0]
    )  # that one is looked at elsewhere
    page.goto(mine)
    page.get_by_text("Write it down").click()
    page.get_by_label("every week").check()
    page.get_by_label("What not?").fill("x" * 201)
    page.locator("#agreement").get_by_role("button", name="Save").click()
    assert page.title().startswith("Error:")
    assert page.get_by_label("every week").is_checked()
    page.get_by_label("What not?").fill("No calls at weekends.")
    page.locator("#agreement").get_by_role("button", name="Save").click()
    assert "No calls at weekends." in page.locator("#agreement dl").inner_text()
    page.locator("#talks form button").first.click()
    assert "every week" in page.locator("#talks").inner_text()
    calendar = page.request.get(str(page.get_by_role("link", name="For your calendar").get_attribute("href")))
    assert "RRULE:FREQ=WEEKLY" in calendar.text()
    page.get_by_label("A note of thanks for").fill("Thank you for the question about the second page.")
    page.get_by_role("button", name="Send it to").click()
    assert "Your note is on its way" in page.locator("#thanks").inner_text()


def _is_mentee(page: Any, path: str) -> bool:
    page.goto(path)
    return bool(page.locator("#f-note").count())
