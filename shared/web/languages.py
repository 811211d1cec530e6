"""Which language a page speaks: the one asked for in its address, else that of the person whose link it is, else what the
browser would like best. Nothing is remembered here: who wants another language for good says so on her own page."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlencode

from flask import Flask, Response, g, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from shared.i18n import LOCALES, best_locale, current_locale, speak, speaking

ASKED = "lang"
READ_BY_PEOPLE = ("text/html", "text/calendar", "application/problem+json")


def set_up(app: Flask) -> None:
    """Bind the language around every request, before anything of it is looked at."""
    app.before_request(_begin)
    app.after_request(_labelled)
    app.teardown_request(_end)


def asked_for() -> str | None:
    """The language that the address asks for, where there is such a one."""
    wanted = request.args.get(ASKED, "")
    return wanted if wanted in LOCALES else None


def in_language(**more: str) -> str:
    """What keeps an own address in the language that this one asks for; with `more` behind the question mark."""
    wanted = asked_for()
    asked = urlencode({**more, **({ASKED: wanted} if wanted else {})})
    return f"?{asked}" if asked else ""


def speak_as(locale: str) -> None:
    """Speak somebody's language from now on, unless the address asks for another one."""
    if asked_for() is None:
        speak(locale)


def _begin() -> None:
    g.speaking = speaking(asked_for() or _liked_best(request.headers.get("Accept-Language", "")))
    g.speaking.__enter__()


@lru_cache(maxsize=1000)
def _liked_best(accepted: str) -> str:
    """Of a browser that says so; browsers say the same few things again and again."""
    return best_locale(parse_accept_header(accepted, LanguageAccept).best_match(LOCALES))


def _labelled(response: Response) -> Response:
    if response.mimetype in READ_BY_PEOPLE:
        response.content_language.add(current_locale())
        response.vary.add("Accept-Language")
    return response


def _end(_error: BaseException | None) -> None:
    bound = g.pop("speaking", None)
    if bound is not None:
        bound.__exit__(None, None, None)
