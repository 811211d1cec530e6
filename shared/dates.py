"""Days, numbers and names of languages as the reader's language writes them, by Babel. Never asks what time it is."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from shared.i18n import current_locale

FORMS = {"en": "en_GB"}
"""Whose forms are used where a language has several: a day before its month, and 24 hours."""
WITHOUT_YEAR = {"en": ("EEEE d MMMM", "EEE d MMM"), "de": ("EEEE, d. MMMM", "EEE, d. MMM")}
"""A weekday with its day, long and short; Babel guesses these wrong where a language has no such form of its own."""

TOGETHER = re.compile(r"(\d\.) ")
"""The day of "23. November" at the end of a line would look like the end of a sentence: it stays beside its month."""


def weekday_and_day(day: date) -> str:
    """Such as "Monday 23 November"."""
    return _written(day, WITHOUT_YEAR[current_locale()][0])


def short_day(day: date) -> str:
    """Such as "Mon 23 Nov"."""
    return _written(day, WITHOUT_YEAR[current_locale()][1])


def whole_day(day: date) -> str:
    """Such as "23 November 2026"."""
    return _written(day, "long")


def days(first: date, last: date) -> str:
    """Such as "23–24 November 2026"; one day where both are the same."""
    from babel import Locale  # noqa: PLC0415 - takes a moment to load

    if first == last:
        return whole_day(first)
    differs = "y" if first.year != last.year else "M" if first.month != last.month else "d"
    begin, end = Locale.parse(_form()).interval_formats["yMMMd"][differs]
    return _written(first, begin.replace("MMM", "MMMM")) + _written(last, end.replace("MMM", "MMMM"))


def weekday_and_whole_day(day: date) -> str:
    """Such as "Monday, 23 November 2026"."""
    return _written(day, "full")


def moment(at: datetime, zone: str, *, seconds: bool = False) -> str:
    """Such as "23 Nov 2026, 10:30", in a time zone that stands beside it."""
    there = at.astimezone(ZoneInfo(zone))
    return (
        f"{_written(there, 'medium')}, {there:%H:%M:%S}" if seconds else f"{_written(there, 'medium')}, {there:%H:%M}"
    )


def number(value: float, digits: int = 0) -> str:
    """With the separators of the language, such as 1,234.5."""
    from babel.numbers import format_decimal  # noqa: PLC0415 - takes a moment to load

    return str(format_decimal(value, "#,##0" + ("." + "0" * digits if digits else ""), locale=_form()))


def language(code: str) -> str:
    """What a language is called, such as German for de; its code where nobody knows."""
    from babel import Locale  # noqa: PLC0415 - takes a moment to load

    return str(Locale.parse(_form()).languages.get(code) or code)


def zone_of(locale: str, now: datetime) -> str | None:
    """The time zone of whoever speaks a language of a country, such as de-AT, where it is one time in all of it; None where
    no country stands there, or several times are kept in it."""
    _language, _dash, country = locale.replace("_", "-").rpartition("-")
    zones = _zones(country.upper()) if _language else ()
    times = {now.astimezone(ZoneInfo(zone)).utcoffset() for zone in zones}
    return zones[0] if len(times) == 1 else None


@cache
def _zones(country: str) -> tuple[str, ...]:
    from babel.core import get_global  # noqa: PLC0415 - takes a moment to load

    known = available_timezones()
    return tuple(str(zone) for zone in get_global("territory_zones").get(country, ()) if zone in known)


def _written(day: date, form: str) -> str:
    from babel.dates import format_date  # noqa: PLC0415 - takes a moment to load

    return TOGETHER.sub("\\1\u00a0", str(format_date(day, form, locale=_form())))


def _form() -> str:
    return FORMS.get(current_locale(), current_locale())
