"""Questions reach nobody at night, where she is; and nothing that shows on a lock screen tells what it is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.followup import policies
from shared.dates import zone_of
from tests.followup.story import Story, a_conference, local

EVENING, CLOSE, WEEK, MONTH = "2026-11-23 20:00", "2026-11-26 20:00", "2026-11-30 10:00", "2026-12-23 10:00"


def only_due(story: Story, moment: str) -> None:
    """What is due is done, and the mailer sleeps."""
    story.system.clock.set(local(moment))
    while story.system.followup.due_turn():
        pass


def arrivals(story: Story, name: str, *moments: str) -> list[int]:
    """How many mails somebody has at each of these moments."""
    found = []
    for moment in moments:
        story.at(moment)
        found.append(len(story.mails_to(name)))
    return found


@given(
    minutes=st.integers(0, 2 * 366 * 24 * 60),
    zone=st.sampled_from(("Europe/Berlin", "America/Lima", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia")),
)
def test_quiet_hours_end_at_nine_of_the_same_or_the_next_morning(minutes: int, zone: str) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ends = policies.quiet_until(now, zone)
    here = now.astimezone(ZoneInfo(zone))
    if ends is None:
        assert policies.QUIET_UNTIL <= here.time() <= policies.QUIET_FROM
    else:
        then = ends.astimezone(ZoneInfo(zone))
        assert (then.time(), now < ends <= now + timedelta(hours=14)) == (policies.QUIET_UNTIL, True)
        assert policies.quiet_until(ends, zone) is None


@pytest.mark.parametrize(
    ("locale", "zone"),
    [
        ("en", None),
        ("de", None),
        ("es-PE", "America/Lima"),
        ("de-DE", "Europe/Berlin"),
        ("pt-BR", None),
        ("zh-Hant", None),
        ("en-ZZ", None),
        ("", None),
        ("-DE", None),
    ],
)
def test_a_zone_is_known_where_a_country_keeps_one_time(locale: str, zone: str | None) -> None:
    assert zone_of(locale, local(WEEK)) == zone


def test_a_question_waits_for_the_morning_where_she_is(story: Story) -> None:
    ana, ben = story.person("Ana", locale="es-PE"), story.person("Ben")
    story.met(ana, ben)
    assert arrivals(story, "ana", EVENING) == [1], "that evening she was at the conference"
    story.at(CLOSE)
    before = len(story.mails_to("ana")), len(story.mails_to("ben"))
    story.at(WEEK)
    assert (len(story.mails_to("ana")) - before[0], len(story.mails_to("ben")) - before[1]) == (0, 1)
    assert arrivals(story, "ana", "2026-11-30 14:59", "2026-11-30 15:00", "2026-11-30 16:00") == [2, 3, 3]


def test_she_says_where_she_is_and_takes_it_back(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    story.met(ana, ben)
    for moment in (EVENING, CLOSE, WEEK):
        story.at(moment)
    page = story.page_of(story.mails_to("ana")[-1])
    client = story.system.client("followup")
    assert "Questions come between 09:00 and 20:00 (Europe/Berlin)." in story.get(page).text
    story.post(page, next(iter(story.read("relationships")["items"]))["id"], "week", "not_yet")
    for wrong in ("Berlin", "../../etc/passwd", "\x00", "x" * 5000):
        refused = client.post(f"{page}/zone", data={"zone": wrong})
        assert (refused.status_code, "Please choose a time zone such as Europe/Berlin." in refused.text) == (422, True)
    assert client.post(f"{page}/zone", data={"zone": "America/Lima"}).status_code == 303
    assert "(America/Lima)" in story.get(page).text
    assert "selected>America/Lima" in story.get(f"{page}/zone").text
    assert arrivals(story, "ana", MONTH, "2026-12-23 14:59", "2026-12-23 15:00") == [3, 3, 4]
    newest = story.page_of(story.mails_to("ana")[-1])
    assert client.post(f"{newest}/zone", data={"zone": ""}).status_code == 303
    assert "(Europe/Berlin)" in story.get(newest).text


def test_after_a_night_without_a_mailer_questions_leave_in_the_morning(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    story.met(ana, ben)
    only_due(story, WEEK)
    assert arrivals(story, "ana", "2026-11-30 22:59", "2026-12-01 08:59", "2026-12-01 09:00") == [0, 0, 1]


def test_the_evening_leaves_at_the_hour_that_organizers_set_and_an_hour_later_it_waits(story: Story) -> None:
    changed = a_conference(evening_mail_at="22:30")
    story.tell(type(changed)(**{**vars(changed), "version": 2}))
    ana, ben, cleo = story.people("Ana", "Ben", "Cleo")
    story.met(ana, ben)
    assert arrivals(story, "ana", "2026-11-23 22:29", "2026-11-23 22:30") == [0, 1]
    story.met(ana, cleo, "20261124-1420")
    only_due(story, "2026-11-24 22:30")
    assert arrivals(story, "cleo", "2026-11-24 23:31", "2026-11-25 08:59", "2026-11-25 09:00") == [0, 0, 1]


def test_the_close_at_night_waits_and_closes_at_the_same_instant_all_the_same(story: Story) -> None:
    changed = a_conference(evening_mail_at="22:30")
    story.tell(type(changed)(**{**vars(changed), "version": 2}))
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    story.at("2026-11-23 22:30")
    page = story.page_of(story.mails_to("ana")[0])
    assert arrivals(story, "ana", "2026-11-26 22:30", "2026-11-27 09:00") == [1, 2]
    assert story.post(page, pair, "continue", "yes").status_code == 409


def test_three_days_late_is_too_late_also_when_a_night_is_in_between(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    story.met(ana, ben)
    only_due(story, WEEK)
    assert arrivals(story, "ana", "2026-12-02 21:00", "2026-12-03 09:00") == [0, 1]
    only_due(story, MONTH)
    assert arrivals(story, "ana", "2026-12-26 10:01", "2027-03-23 12:00") == [1, 1], (
        "a queue of three months asks nobody"
    )


def test_no_goal_no_topic_no_line_and_no_name_shows_before_a_mail_is_opened(story: Story) -> None:
    ana, ben = story.person("Ana Ruiz", goal="Zebras at work"), story.person("Ben Okri", goal="Zebras at home")
    cleo = story.person("Cleo", goal="Zebras everywhere")
    pair = story.met(ana, ben)
    story.met(ana, cleo, "20261123-1500")
    story.at(EVENING)
    for name in ("ana", "ben"):
        story.post(story.page_of(story.mails_to(name)[0]), pair, "continue", "yes")
    for moment in (CLOSE, WEEK):
        story.at(moment)
    page = story.page_of(story.mails_to("ana")[-1])
    story.post(page, pair, "week", "talked")
    form = {"happened": "Zebras again", "shared": "on"}
    assert story.system.client("followup").post(f"{page}/line/{pair}/week", data=form).status_code == 303
    story.at(MONTH)
    kinds = {"How was it": 3, "After your meeting": 2, "You both said yes": 2, "How is it going": 5}
    found = {start: sum(mail.text.startswith(start) for mail in story.mails) for start in kinds}
    assert (found, len(story.mails)) == (kinds, sum(kinds.values())), "every kind of mail is among them"
    for mail in story.mails:
        own = mail.to_name.split()[0]
        shown = f"{mail.subject} {mail.list_id} {mail.text[:160]}"
        assert "Zebra" not in shown
        assert [name for name in ("Ana", "Ben", "Cleo", "Grant") if name in mail.subject and name != own] == []
        assert ("Zebra" in mail.text) == mail.text.startswith("You both said yes")
