"""When two people talk: three times that suit both, one tap that takes one, and a file for their calendars."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from services.followup.domain.agreement import Wishes
from services.followup.domain.talks import Hours, NothingAgreed, NotToCome, Talk, choose, suggest
from shared.mail.calendar import talks_ics
from tests.followup.pairs import Pair, a_pair
from tests.followup.story import Story
from tests.followup.test_pair_page import WRITTEN, everything_stored

NOW = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
BERLIN = Hours(zone="Europe/Berlin")
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo", "UTC")


def at(text: str, zone: str = "Europe/Berlin") -> datetime:
    """A local time as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def clocks(times: Sequence[datetime], zone: str) -> list[str]:
    """As people there read them."""
    return [f"{one.astimezone(ZoneInfo(zone)):%a %d %b %H:%M}" for one in times]


def test_three_times_lie_on_different_days_within_two_weeks_and_in_working_hours() -> None:
    times, outside = suggest((BERLIN, BERLIN), NOW)
    assert (clocks(times, "Europe/Berlin"), outside) == (
        ["Tue 24 Nov 11:00", "Tue 01 Dec 15:00", "Mon 07 Dec 13:00"],
        0,
    )


def test_times_suit_both_where_their_days_overlap_and_are_the_nearest_where_they_do_not() -> None:
    times, outside = suggest((BERLIN, Hours(zone="America/New_York")), NOW)
    assert clocks(times, "America/New_York") == ["Tue 24 Nov 09:00", "Tue 01 Dec 10:00", "Mon 07 Dec 10:00"]
    assert (clocks(times, "Europe/Berlin")[0], outside) == ("Tue 24 Nov 15:00", 0)
    times, outside = suggest((BERLIN, Hours(zone="Australia/Sydney")), NOW)
    assert (len(times), outside) == (3, 150)
    assert all(one.astimezone(ZoneInfo("Europe/Berlin")).hour in range(6, 10) for one in times)


@given(
    st.integers(0, 2 * 365 * 24 * 60),
    st.lists(
        st.builds(
            Hours,
            zone=st.sampled_from(ZONES),
            starts=st.sampled_from(("00:00", "07:30", "09:00", "22:00")),
            ends=st.sampled_from(("09:00", "17:00", "23:30", "23:59")),
        ),
        min_size=2,
        max_size=2,
    ),
)
def test_whatever_the_hours_there_are_times_to_come_and_none_is_worse_than_another(
    minutes: int, hours: list[Hours]
) -> None:
    now = NOW + timedelta(minutes=minutes)
    times, outside = suggest(hours, now)
    assert 1 <= len(times) <= 3
    assert len({one.astimezone(ZoneInfo(hours[0].zone)).date() for one in times}) == len(times)
    assert {sum(each.outside(one) for each in hours) for one in times} == {outside}
    assert all(now < one <= now + timedelta(days=15) for one in times)
    for one in times:
        assert choose(None, one, hours[0].zone, Wishes(often="weekly"), "a", now).starts_at == one


@pytest.mark.parametrize(
    ("often", "lasts", "number", "expected"),
    [
        ("weekly", "three_talks", 3, ["Tue 01 Dec 15:00", "Tue 08 Dec 15:00", "Tue 15 Dec 15:00"]),
        ("fortnightly", "three_months", 7, ["Tue 01 Dec 15:00", "Tue 15 Dec 15:00", "Tue 29 Dec 15:00"]),
        ("monthly", "half_year", 6, ["Tue 01 Dec 15:00", "Tue 05 Jan 15:00", "Tue 02 Feb 15:00"]),
        ("monthly", "open", None, ["Tue 01 Dec 15:00", "Tue 05 Jan 15:00", "Tue 02 Feb 15:00"]),
        ("weekly", None, None, ["Tue 01 Dec 15:00", "Tue 08 Dec 15:00", "Tue 15 Dec 15:00"]),
        ("as_needed", "three_months", 1, ["Tue 01 Dec 15:00"]),
    ],
)
def test_the_file_comes_again_as_often_and_as_long_as_they_agreed(
    story: Story, often: str, lasts: str | None, number: int | None, expected: list[str]
) -> None:
    two = a_pair(story)
    two.do("ana", "agreement", **{**WRITTEN, "often": often, "lasts": lasts or ""})
    assert two.do("ben", "time", starts_at="20261201T1400Z").status_code == 303
    entry = the_entry(two, "ana")
    times = expand(entry)
    assert clocks(times[:3], "Europe/Berlin") == expected[:3]
    assert (len(times) if len(times) < 20 else None) == number


def the_file(two: Pair, name: str) -> Any:
    """What the page hands out."""
    answer = two.story.get(f"{two.page(name)}/talks.ics")
    assert answer.status_code == 200
    return answer


def the_entry(two: Pair, name: str) -> Any:
    """The one entry of it."""
    (entry,) = Calendar.from_ical(the_file(two, name).data).walk("VEVENT")
    return entry


def expand(entry: Any) -> list[datetime]:
    """When it comes, at most twenty times."""
    start = entry["DTSTART"].dt
    if "RRULE" not in entry:
        return [start]
    rule = rrulestr(entry["RRULE"].to_ical().decode(), dtstart=start)
    return [when for when, _number in zip(rule, range(20), strict=False)]


def test_the_file_says_nothing_but_when(story: Story) -> None:
    two = a_pair(story, goal="Canary goal")
    two.do("ana", "agreement", **{**WRITTEN, "goal": "Canary words"})
    two.do("ben", "time", starts_at="20261201T1400Z")
    answer = the_file(two, "ben")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="talks.ics"'
    text = answer.text
    assert [word for word in ("Canary", "Ana", "Ben", "PyConf", "http", two.page("ben")[-26:]) if word in text] == []
    entry = the_entry(two, "ben")
    assert sorted(entry) == sorted(
        ("UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "RRULE", "SUMMARY", "CLASS", "STATUS", "TRANSP")
    )
    assert (entry["CLASS"], entry["SUMMARY"], entry["UID"]) == ("PRIVATE", "Talk", f"pair-{two.id}@rapport")
    assert entry["DTEND"].dt - entry["DTSTART"].dt == timedelta(minutes=30)


def test_another_time_has_the_same_uid_and_a_higher_sequence_and_the_same_time_changes_nothing(story: Story) -> None:
    two = a_pair(story)
    two.do("ana", "agreement", **WRITTEN)
    found = []
    for who, time in (("ben", "20261201T1400Z"), ("ana", "20261201T1400Z"), ("ana", "20261203T0900Z")):
        assert two.do(who, "time", starts_at=time).status_code == 303
        entry = the_entry(two, "ben")
        found.append((entry["UID"], entry["SEQUENCE"], the_file(two, "ana").data == the_file(two, "ben").data))
    uid = f"pair-{two.id}@rapport"
    assert found == [(uid, 0, True), (uid, 0, True), (uid, 1, True)]
    shown = two.look("ben")
    first = "Thursday 3 December, 10:00 (Europe/Berlin) 30 minutes, from then on every two weeks, three months"
    assert f"{first} · chosen by Ana" in shown
    two.do("ben", "agreement", **{**WRITTEN, "seen": "1", "often": "weekly"})
    assert "Since then you changed how often or how long you talk." in two.look("ana")
    two.do("ana", "time", starts_at="20261203T0900Z")
    assert (the_entry(two, "ana")["SEQUENCE"], "Since then" in two.look("ana")) == (2, False)


def test_the_page_names_the_talk_that_comes_next_and_says_when_the_last_one_is_over(story: Story) -> None:
    two = a_pair(story)
    two.do("ana", "agreement", **{**WRITTEN, "often": "weekly", "lasts": "three_talks"})
    two.do("ben", "time", starts_at="20261201T1400Z")
    story.at("2026-12-01T15:29")
    assert "Tuesday 1 December, 15:00 (Europe/Berlin) 30 minutes, from then on every week, three talks" in two.look(
        "ana"
    )
    story.at("2026-12-01T15:30")
    since = "30 minutes, every week, three talks, since Tuesday 1 December"
    assert f"Tuesday 8 December, 15:00 (Europe/Berlin) {since} · chosen by Ben" in two.look("ana")
    story.at("2026-12-15T15:30")
    shown = two.look("ana")
    assert "Your talks from Tuesday 1 December on are over. Three times within the next two weeks" in shown
    assert "For your calendar" not in shown


def test_a_talk_stays_at_its_hour_when_the_clocks_change(story: Story) -> None:
    two = a_pair(story)
    two.do("ana", "agreement", **{**WRITTEN, "often": "monthly", "lasts": "half_year"})
    two.do("ana", "time", starts_at="20261201T1400Z")
    assert {f"{when:%H:%M}" for when in expand(the_entry(two, "ana"))} == {"15:00"}
    text = the_file(two, "ana").text
    assert "BEGIN:VTIMEZONE" in text
    assert "DTSTART;TZID=Europe/Berlin:20261201T150000" in text


@pytest.mark.parametrize(
    ("often", "lasts", "days"),
    [
        ("as_needed", "half_year", []),
        ("weekly", None, ["10-20", "10-27", "11-03"]),
        ("weekly", "three_talks", ["10-20", "10-27"]),
        ("fortnightly", "open", ["10-27", "11-10", "11-24"]),
        ("monthly", None, ["11-10", "12-08", "01-12"]),
        ("monthly", "three_months", ["11-10", "12-08"]),
    ],
)
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
def test_talks_come_again_at_the_same_hour_and_weekday_through_winter(
    often: str, lasts: str | None, days: list[str], zone: str
) -> None:
    first = datetime(2026, 10, 13, 15, tzinfo=ZoneInfo(zone))
    talk = _talk(first.astimezone(UTC), zone, often, lasts)
    found, now = [], first
    while (begins := talk.next(now)) is not None and len(found) < 4:
        assert begins.tzinfo is UTC
        found.append(begins.astimezone(ZoneInfo(zone)).replace(tzinfo=None))
        now = begins + timedelta(minutes=30)
    after = [datetime.fromisoformat(f"{2027 if day < '10' else 2026}-{day}T15:00") for day in days]
    assert found == [first.replace(tzinfo=None), *after]


def test_a_talk_is_the_next_until_its_half_hour_is_over() -> None:
    talk = _talk(at("2026-12-01T14:00"), "Europe/Berlin", "weekly", None)
    moments = ("2026-11-01T10:00", "2026-12-01T14:00", "2026-12-01T14:29", "2026-12-01T14:30")
    found = [begins for moment in moments if (begins := talk.next(at(moment))) is not None]
    assert clocks(found, "Europe/Berlin") == ["Tue 01 Dec 14:00"] * 3 + ["Tue 08 Dec 14:00"]


@given(
    starts_at=st.integers(0, 730).map(lambda days: at("2026-01-01T13:00") + timedelta(days=days)),
    zone=st.sampled_from(ZONES),
    often=st.sampled_from(["weekly", "fortnightly", "monthly", "as_needed"]),
    lasts=st.sampled_from([None, "three_talks", "three_months", "half_year", "open"]),
    days=st.integers(0, 400),
)
def test_the_page_names_the_talk_that_calendars_show_next(
    starts_at: datetime, zone: str, often: str, lasts: str | None, days: int
) -> None:
    chosen = _talk(starts_at, zone, often, lasts)
    now = starts_at + timedelta(days=days)
    (entry,) = Calendar.from_ical(
        talks_ics(
            uid_object="p",
            sequence=0,
            starts_at=starts_at,
            ends_at=chosen.ends_at,
            timezone=zone,
            summary="Talk",
            rule=chosen.rule,
            now=starts_at,
        ).text
    ).walk("VEVENT")
    begins = [entry["DTSTART"].dt]
    if "RRULE" in entry:
        begins = list(islice(rrulestr(entry["RRULE"].to_ical().decode(), dtstart=begins[0]), 100))
    assert chosen.next(now) == next((one for one in begins if now < one + timedelta(minutes=30)), None)


def _talk(starts_at: datetime, zone: str, often: str, lasts: str | None) -> Talk:
    more = {"sequence": 0, "chosen_by": "ana", "chosen_at": starts_at}
    return Talk(starts_at=starts_at, zone=zone, often=often, lasts=lasts, **more)  # type: ignore[arg-type]


def test_the_fifth_weekday_of_a_month_is_its_last() -> None:
    chosen = choose(None, at("2026-11-30 10:00"), "Europe/Berlin", Wishes(often="monthly"), "a", NOW)
    assert chosen.rule == "FREQ=MONTHLY;BYDAY=-1MO"


def test_whoever_said_where_she_is_to_a_question_need_not_say_it_here(story: Story) -> None:
    two = a_pair(story)
    assert two.do("ana", "agreement", **WRITTEN).status_code == 303
    before = two.look("ben")
    page = story.page_of(story.mails_to("ben")[0])
    answer = story.system.client("followup").post(f"{page}/zone", data={"zone": "America/New_York"})
    assert (answer.status_code, "America/New York" in before) == (303, False)
    assert "(America/New York)" in two.look("ben")


def test_the_page_suggests_in_the_zones_of_both_once_they_said_how_often(story: Story) -> None:
    two = a_pair(story)
    assert "Say above how often you talk, and three times are suggested here." in two.look("ana")
    assert two.do("ana", "time", starts_at="20261201T1400Z").status_code == 409
    two.do("ana", "agreement", **WRITTEN)
    assert two.do("ben", "hours", zone="America/New_York", starts="09:00", ends="17:00").status_code == 303
    assert "Tuesday 24 November, 15:00 (Europe/Berlin), 09:00 (America/New York)" in two.look("ana")
    assert "Tuesday 24 November, 09:00 (America/New York), 15:00 (Europe/Berlin)" in two.look("ben")
    values = [re.findall(r'name="starts_at" value="(\w+)"', story.get(two.page(name)).text) for name in ("ana", "ben")]
    assert (len(values[0]), values[0] == values[1]) == (3, True)
    assert two.do("ben", "hours", zone="Australia/Sydney", starts="09:00", ends="17:00").status_code == 303
    assert "Your working hours do not overlap" in two.look("ana")


def test_what_is_chosen_is_not_suggested_as_another_time(story: Story) -> None:
    two = a_pair(story)
    two.do("ana", "agreement", **WRITTEN)
    suggested = re.compile(r'name="starts_at" value="(\w+)"')
    first, second, third = suggested.findall(story.get(two.page("ana")).text)
    two.do("ana", "time", starts_at=second)
    assert suggested.findall(story.get(two.page("ben")).text) == [first, third]


@pytest.mark.parametrize(
    ("what", "form", "status", "sentence"),
    [
        ("time", {"starts_at": "20261123T1400Z"}, 409, "This time is over by now"),
        ("time", {"starts_at": "20270601T1400Z"}, 409, "This time is over by now"),
        ("time", {"starts_at": "20269999T9999Z"}, 422, "Please choose one of the times that are suggested."),
        ("time", {"starts_at": "tomorrow"}, 422, "Please choose one of the times that are suggested."),
        ("time", {}, 422, "This is needed."),
        ("hours", {"zone": "Mars/Base", "starts": "09:00", "ends": "17:00"}, 422, "Please choose a time zone"),
        ("hours", {"zone": "UTC", "starts": "9", "ends": "17:00"}, 422, "Please write a time such as 09:30."),
        ("hours", {"zone": "UTC", "starts": "17:00", "ends": "17:30"}, 422, "at least an hour after the start"),
    ],
)
def test_what_makes_no_time_is_said_in_a_sentence(
    story: Story, what: str, form: dict[str, str], status: int, sentence: str
) -> None:
    two = a_pair(story)
    two.do("ana", "agreement", **WRITTEN)
    before = everything_stored(story)
    answer = two.do("ana", what, **form)
    assert (answer.status_code, sentence in answer.text) == (status, True)
    assert everything_stored(story) == before


def test_there_is_no_file_before_a_time_was_chosen_nor_after_one_of_them_is_gone(story: Story) -> None:
    two = a_pair(story)
    two.do("ana", "agreement", **WRITTEN)
    path = f"{two.page('ana')}/talks.ics"
    before = everything_stored(story)
    assert story.get(path).status_code == 404
    assert everything_stored(story) == before
    two.do("ana", "time", starts_at="20261201T1400Z")
    assert story.get(path).status_code == 200
    story.forget(two.ben)
    assert story.get(path).status_code == 404


def test_nobody_chooses_before_they_said_how_often_or_in_the_past() -> None:
    with pytest.raises(NothingAgreed):
        choose(None, at("2026-12-01 15:00"), "UTC", Wishes(), "a", NOW)
    with pytest.raises(NotToCome):
        choose(None, NOW, "UTC", Wishes(often="weekly"), "a", NOW)
    kept = Talk(
        starts_at=at("2026-12-01 15:00"),
        zone="UTC",
        often="weekly",
        lasts=None,
        sequence=4,
        chosen_by="b",
        chosen_at=NOW,
    )
    assert choose(kept, at("2026-12-01 15:00"), "UTC", Wishes(often="weekly"), "a", NOW) is kept
