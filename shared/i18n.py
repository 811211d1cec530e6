"""Texts in the reader's language, by gettext. It never guesses a language from an address or a name.

The locale is bound per request, per mail and per event with `speaking`; without one it is English, the source language.
Catalogues lie in `shared/locale`; `make texts` brings them up to date.
"""

from __future__ import annotations

import gettext as _gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

LOCALES = ("en", "de")
"""Languages with a catalogue; English is the source and needs none."""
OWN_NAMES = {"en": "English", "de": "Deutsch"}
"""What each calls itself, for whoever chooses."""

_locale: ContextVar[str] = ContextVar("locale", default="en")
_folder = __file__.rpartition("/")[0] + "/locale"  # pure modules refuse with sentences, so no pathlib here


@lru_cache
def _catalogue(locale: str) -> _gettext.NullTranslations:
    return _gettext.translation("rapport", _folder, languages=[locale], fallback=True)


def gettext(text: str) -> str:
    """`text` in the current locale."""
    return _catalogue(_locale.get()).gettext(text) if text else ""


def ngettext(one: str, many: str, count: int) -> str:
    """The form of the text that fits `count` in the current locale."""
    return _catalogue(_locale.get()).ngettext(one, many, count)


def noted(text: str) -> str:
    """`text` as it is: a sentence that is translated later, where the reader is known. Imported as `N_`, so that it is
    found for the catalogue."""
    return text


def current_locale() -> str:
    """The locale that texts are made in at the moment."""
    return _locale.get()


def best_locale(wanted: str | None) -> str:
    """The supported locale for a language tag such as `de-AT`; English when there is none."""
    language = (wanted or "").replace("_", "-").split("-")[0].lower()
    return language if language in LOCALES else "en"


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Make texts in `locale` within the block."""
    token = _locale.set(best_locale(locale))
    try:
        yield
    finally:
        _locale.reset(token)


def speak(locale: str) -> None:
    """Make texts in `locale` from now on, until the end of the block of `speaking` that one is in."""
    _locale.set(best_locale(locale))
