"""Days, numbers and languages are written as each language writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from shared import dates
from shared.i18n import LOCALES, OWN_NAMES, speaking

DAY = date(2026, 11, 3)
WRITTEN = {
    "en": (
        "Tuesday 3 November",
        "Tue 3 Nov",
        "3 November 2026",
        "Tuesday, 3 November 2026",
        "12,345",
        "0.50",
        "Ukrainian",
        "zz",
    ),
    "de": (
        "Dienstag, 3.\u00a0November",
        "Di., 3.\u00a0Nov.",
        "3.\u00a0November 2026",
        "Dienstag, 3.\u00a0November 2026",
        "12.345",
        "0,50",
        "Ukrainisch",
        "zz",
    ),
}


@pytest.mark.parametrize("locale", LOCALES)
def test_days_and_numbers_are_written_in_the_language_of_the_reader(locale: str) -> None:
    with speaking(locale):
        assert WRITTEN[locale] == (
            dates.weekday_and_day(DAY),
            dates.short_day(DAY),
            dates.whole_day(DAY),
            dates.weekday_and_whole_day(DAY),
            dates.number(12345),
            dates.number(0.5, 2),
            dates.language("uk"),
            dates.language("zz"),
        )


def test_every_language_has_its_forms_and_a_name_of_its_own() -> None:
    assert set(dates.WITHOUT_YEAR) == set(OWN_NAMES) == set(LOCALES)


def test_the_days_of_a_conference_say_month_and_year_once_where_they_are_the_same() -> None:
    def said(first: date, last: date) -> list[str]:
        found = []
        for locale in ("en", "de"):
            with speaking(locale):
                found.append(dates.days(first, last))
        return found

    assert said(DAY, DAY) == ["3 November 2026", "3.\u00a0November 2026"]
    assert said(DAY, date(2026, 11, 5)) == ["3–5 November 2026", "3.–5.\u00a0November 2026"]
    assert said(DAY, date(2026, 12, 1)) == [
        "3 November\u2009–\u20091 December 2026",
        "3.\u00a0November\u2009–\u20091.\u00a0Dezember 2026",
    ]


@pytest.mark.parametrize(("locale", "said"), [("en", "3 Nov 2026, 00:30"), ("de", "03.11.2026, 00:30")])
def test_a_moment_is_said_in_a_zone(locale: str, said: str) -> None:
    at = datetime(2026, 11, 2, 23, 30, 5, tzinfo=UTC)
    with speaking(locale):
        assert dates.moment(at, "Europe/Berlin") == said
        assert dates.moment(at, "Europe/Berlin", seconds=True) == f"{said}:05"
