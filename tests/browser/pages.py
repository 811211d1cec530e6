"""Every page of the product, each with an address of the living installation. `test_pages.py` compares this list with the
URL maps, so a new page without an entry fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from rapport.demo.mount import DemoMount
from rapport.outbox_pages import outbox_app
from shared.runtime import build_all
from shared.settings import Settings
from tests.browser.living import Living
from tests.system import services


@dataclass(frozen=True)
class Page:
    """One page in one state: what its picture is called, its address there, and who looks."""

    name: str
    path: Callable[[Living], str]
    organizer: bool = False
    device: str = ""
    """What kind of device at the door looks: desk, kiosk or locked."""


def _at(path: str) -> Callable[[Living], str]:
    return lambda living: path.replace("<slug>", living.slug)


def _mailed(kind: str, prefix: str, **which: Any) -> Callable[[Living], str]:
    return lambda living: living.letter(kind, **which).link(prefix)


def _asking_for_another_time(living: Living) -> str:
    """A proposal as the mail's button for another time opens it."""
    return living.letter("proposed", holding="Harbour Conf").link("/i/") + "?another=yes"


def _door(living: Living) -> str:
    return living.letter("ticket").link("/q/")


def _answered(living: Living) -> str:
    """The link behind a button of a check-in mail."""
    return next(link for link in living.letter("check_in").links if link.count("/") >= 5)


def _asked(living: Living, number: int = -1) -> tuple[str, str, str]:
    """(the whole page behind a check-in mail, relationship, question) of the first thing that the mail asks."""
    links = living.letter("check_in", holding="Winter School", number=number).links
    _nothing, _r, token, relationship, question, _answer = next(link for link in links if link.count("/") >= 5).split(
        "/"
    )
    return f"/r/{token}", relationship, question


def _all_questions(living: Living) -> str:
    return _asked(living)[0]


def _resting(living: Living) -> str:
    """The same of somebody who paused, wants one question again later and is asked about no other any more."""
    path, relationship, question = _asked(living, 0)
    living.send(f"{path}/pause", months="1")
    living.send(f"{path}/snooze", relationship=relationship, question=question)
    return path


def _line(living: Living) -> str:
    """Where somebody adds a line to her answer."""
    path, relationship, question = _asked(living)
    living.send(path, relationship=relationship, question=question, answer="talked")
    kept = f"{path}/line/{relationship}/{question}"
    living.send(kept, happened="She read my draft.\nTwice!", next="Send her the next one", shared="on")
    return kept


def _with_a_line(living: Living) -> str:
    """The page behind a check-in mail once it was answered, and what the other wrote stands there, too."""
    return "/".join(_line(living).split("/")[:3])


def _cancel(living: Living) -> str:
    """Where one asks before cancelling a meeting that is to come."""
    known = living.call("GET", f"/api/v1/conferences/{living.slug}/introductions")["items"]
    return f"/plan/{living.slug}/{next(one['id'] for one in known if one['status'] == 'proposed')}/cancel"


def _delay(living: Living) -> str:
    """A delay that is looked at before it is announced."""
    return f"/plan/{living.slug}/announce?do=delay&minutes=25&from_slot={living.to_come()}"


def _poster(living: Living) -> str:
    """The address on today's poster at the breakfast."""
    code = living.venue_code("breakfast-club")
    return f"/c/breakfast-club/here/{code}"


def _slip(living: Living) -> str:
    """The slip of somebody at the breakfast."""
    known = living.call("GET", "/api/v1/conferences/breakfast-club/attendees")["items"]
    return f"/desk/breakfast-club/slip/{known[0]['id']}"


def _devices(living: Living) -> str:
    """The page of devices with the code of one to pair."""
    living.lead.pairing_link(living.slug, "kiosk", "Door 3")
    return f"/desk/{living.slug}/devices?code={living.lead.newest_device(living.slug)}"


def _screens(living: Living) -> str:
    """The page of public screens with two of them."""
    for shows in ("names", "codes"):
        living.lead.screen("breakfast-club", shows)
    return "/board/breakfast-club/screens"


PAGES: dict[str, tuple[Page, ...]] = {
    "/": (Page("first", _at("/")),),
    "/c/<slug>": (Page("form", _at("/c/<slug>")),),
    "/c/<slug>/thanks": (Page("thanks", _at("/c/<slug>/thanks")),),
    "/c/<slug>/concern": (Page("concern-where", _at("/c/<slug>/concern")),),
    "/concern/<token>": (Page("concern", _mailed("proposed", "/concern/", holding="Harbour Conf")),),
    "/concern/<token>/sent": (
        Page("concern-sent", lambda living: f"{living.letter('proposed').link('/concern/')}/sent"),
    ),
    "/organize/<slug>/concerns": (Page("concerns", _at("/organize/<slug>/concerns"), organizer=True),),
    "/organize/<slug>/concerns/<concern_id>": (Page("concern-read", _mailed("concern", "/organize/"), organizer=True),),
    "/c/<slug>/here/<code>": (Page("walk-in", _poster),),
    "/c/<slug>/link": (Page("link-again", _at("/c/<slug>/link")),),
    "/t/<slug>/<point>/<number>": (Page("table", _at("/t/<slug>/winter-garden/2")),),
    "/a/<token>/welcome": (Page("welcome", lambda living: f"{living.letter('ticket').link('/a/')}/welcome"),),
    "/desk/<slug>/new": (Page("desk-new", _at("/desk/breakfast-club/new"), organizer=True),),
    "/desk/<slug>/slip/<attendee_id>": (Page("slip", _slip, organizer=True),),
    "/desk/<slug>/poster": (Page("poster", _at("/desk/breakfast-club/poster"), organizer=True),),
    "/c/confirm/<token>": (
        Page("confirm", _mailed("confirm", "/c/confirm/")),
        Page("invited", _mailed("invite", "/c/confirm/")),
    ),
    "/a/<token>": (
        Page("own", _mailed("ticket", "/a/")),
        Page("own-not-here-yet", _mailed("ticket", "/a/", holding="Harbour Conf")),
    ),
    "/a/<token>/withdraw": (Page("withdraw", lambda living: f"{living.letter('ticket').link('/a/')}/withdraw"),),
    "/q/<code>": (
        Page("door-stranger", _door),
        Page("door-desk", _door, organizer=True),
        Page("door-kiosk", _door, device="kiosk"),
    ),
    "/login": (Page("login", _at("/login")),),
    "/login/<token>": (Page("login-confirm", lambda living: living.login_link()),),
    "/desk/<slug>": (
        Page("desk", _at("/desk/<slug>"), organizer=True),
        Page("desk-kiosk", _at("/desk/<slug>?q=an"), device="kiosk"),
        Page("desk-device", _at("/desk/<slug>"), device="desk"),
    ),
    "/desk/<slug>/devices": (
        Page("devices", _at("/desk/<slug>/devices"), organizer=True),
        Page("devices-to-pair", _devices, organizer=True),
    ),
    "/desk/<slug>/offline": (Page("desk-without-network", _at("/desk/<slug>/offline"), device="kiosk"),),
    "/desk/<slug>/unlock": (Page("locked", _at("/desk/<slug>/unlock"), device="locked"),),
    "/pair/<token>": (Page("pair", lambda living: living.lead.pairing_link(living.slug, "kiosk", "Door 1")),),
    "/desk/<slug>/many": (Page("desk-many", _at("/desk/<slug>/many"), organizer=True),),
    "/organize": (Page("organize", _at("/organize"), organizer=True),),
    "/organize/new": (Page("conference-new", _at("/organize/new"), organizer=True),),
    "/organize/<slug>": (Page("conference", _at("/organize/<slug>"), organizer=True),),
    "/organize/<slug>/announce": (
        Page("announce", _at("/organize/<slug>/announce"), organizer=True),
        Page("announce-mails-stopped", _at("/organize/winter-school/announce"), organizer=True),
    ),
    "/shortage/<slug>": (
        Page("shortage", _at("/shortage/autumn-forum"), organizer=True),
        Page("shortage-none", _at("/shortage/<slug>"), organizer=True),
    ),
    "/organize/<slug>/audit": (Page("audit", _at("/organize/<slug>/audit"), organizer=True),),
    "/organize/<slug>/edit": (Page("conference-edit", _at("/organize/<slug>/edit"), organizer=True),),
    "/organize/<slug>/import": (Page("import", _at("/organize/<slug>/import"), organizer=True),),
    "/organize/<slug>/import/<list_id>": (
        Page("list-columns", lambda living: living.a_list("asked"), organizer=True),
        Page("list-busy", lambda living: living.a_list("trying"), organizer=True),
        Page("list-tried", lambda living: living.a_list("tried"), organizer=True),
        Page("list-done", lambda living: living.a_list("done"), organizer=True),
    ),
    "/organize/<slug>/hooks": (Page("hooks", _at("/organize/<slug>/hooks"), organizer=True),),
    "/organize/<slug>/keys": (Page("keys", _at("/organize/<slug>/keys"), organizer=True),),
    "/organize/<slug>/people": (
        Page("people", _at("/organize/<slug>/people"), organizer=True),
        Page("people-to-approve", _at("/organize/<slug>/people?only=approve"), organizer=True),
    ),
    "/organize/<slug>/team": (Page("team", _at("/organize/<slug>/team"), organizer=True),),
    "/i/<token>": (
        Page("introduction-proposed", _mailed("proposed", "/i/", holding="Harbour Conf")),
        Page("introduction-other-times", _asking_for_another_time),
        Page("introduction-met", _mailed("reminder", "/i/")),
        Page("introduction-over", lambda living: living.over()),
        Page("table-alone", lambda living: living.at_the_table("right place")),
        Page("table-other-is-there", lambda living: living.at_the_table("is there already")),
        Page("goal-agreed", lambda living: living.at_the_table("You agreed")),
    ),
    "/i/stop/<token>": (
        Page("introductions-stop", _mailed("proposed", "/i/stop/")),
        Page("reminders-stop", _mailed("reminder", "/i/stop/")),
    ),
    "/d/<token>": (
        Page("day", _mailed("proposed", "/d/", holding="Harbour Conf")),
        Page("day-now", _mailed("proposed", "/d/", holding="Breakfast Club")),
    ),
    "/board/<slug>": (
        Page("board", _at("/board/breakfast-club"), organizer=True),
        Page("board-found", _at("/board/breakfast-club?q=a"), organizer=True),
        Page("board-of-another-day", _at("/board/autumn-forum"), organizer=True),
        Page("board-desk", _at("/board/<slug>"), device="desk"),
    ),
    "/board/<slug>/wall": (
        Page("wall", _at("/board/breakfast-club/wall"), organizer=True),
        Page("wall-with-names", _at("/board/breakfast-club/wall?names=yes"), organizer=True),
        Page("wall-of-another-day", _at("/board/autumn-forum/wall"), organizer=True),
    ),
    "/board/<slug>/screens": (
        Page("screens-none", _at("/board/<slug>/screens"), organizer=True),
        Page("screens", _screens, organizer=True),
    ),
    "/screen/<token>": (
        Page("screen", lambda living: living.lead.screen("breakfast-club", "names")),
        Page("screen-codes", lambda living: living.lead.screen("breakfast-club", "codes")),
        Page("screen-empty", lambda living: living.lead.screen("autumn-forum", "names")),
    ),
    "/d/<token>/keep-free": (Page("keep-free", lambda living: living.agreed()),),
    "/plan/<slug>/<introduction_id>/cancel": (Page("cancel", _cancel, organizer=True),),
    "/plan/<slug>/audit": (Page("audit-introductions", _at("/plan/<slug>/audit"), organizer=True),),
    "/outcomes/<slug>/audit": (Page("audit-follow-up", _at("/outcomes/<slug>/audit"), organizer=True),),
    "/plan/<slug>/draft": (
        Page("draft", _at("/plan/autumn-forum/draft"), organizer=True),
        Page("draft-none", _at("/plan/<slug>/draft"), organizer=True),
    ),
    "/plan/<slug>/pairs": (Page("pairs", _at("/plan/<slug>/pairs"), organizer=True),),
    "/plan/<slug>/what-if": (
        Page("what-if", _at("/plan/<slug>/what-if"), organizer=True),
        Page("what-if-asked", _at("/plan/<slug>/what-if?person=a"), organizer=True),
    ),
    "/plan/<slug>/announce": (
        Page("announce-delay", _delay, organizer=True),
        Page("announce-moved", _at("/plan/<slug>/announce?do=moved"), organizer=True),
        Page(
            "announce-moved-to",
            _at("/plan/<slug>/announce?do=moved&point=winter-garden&name=Hall+B&landmark=under+the+clock"),
            organizer=True,
        ),
        Page("announce-stop", _at("/plan/<slug>/announce?do=stop"), organizer=True),
    ),
    "/learning/<slug>": (
        Page("learning", _at("/learning/autumn-forum"), organizer=True),
        Page("learning-too-few", _at("/learning/spring-meetup"), organizer=True),
        Page("learning-not-asked", _at("/learning/<slug>"), organizer=True),
    ),
    "/print/<slug>": (Page("print", _at("/print/<slug>"), organizer=True),),
    "/print/<slug>/slips": (
        Page("print-slips", _at("/print/<slug>/slips"), organizer=True),
        Page("print-nothing", _at("/print/autumn-forum/slips"), organizer=True),
    ),
    **{
        f"/print/<slug>/{kind}": (Page(f"print-{kind}", _at(f"/print/<slug>/{kind}"), organizer=True),)
        for kind in ("tables", "signs", "slots", "people")
    },
    "/plan/<slug>": (Page("plan", _at("/plan/<slug>"), organizer=True),),
    "/r/<token>": (
        Page("evening", _mailed("evening", "/r/")),
        Page("check-in", _mailed("check_in", "/r/", holding="Winter School")),
        Page("check-in-all", _all_questions),
        Page("check-in-resting", _resting),
        Page("check-in-with-a-line", _with_a_line),
    ),
    "/r/<token>/line/<relationship>/<question>": (Page("line", _line),),
    "/r/pair/<token>": (
        Page("pair-page", _mailed("contact", "/r/pair/", holding="Harbour Conf")),
        Page("pair-page-agreed", _mailed("contact", "/r/pair/", holding="Spring Meetup")),
    ),
    "/r/year/<token>": (
        Page("year", _mailed("came_of", "/r/year/", number=0)),
        Page("year-answered", _mailed("came_of", "/r/year/")),
    ),
    "/r/<token>/zone": (Page("zone", lambda living: f"{_all_questions(living)}/zone"),),
    "/r/stop/<token>": (Page("follow-up-stop", _mailed("check_in", "/r/stop/")),),
    "/r/<token>/<relationship>/<question>/<answer>": (Page("follow-up-answer", _answered),),
    "/outcomes/<slug>/year": (
        Page("year-counts", _at("/outcomes/spring-meetup/year"), organizer=True),
        Page("year-counts-none", _at("/outcomes/<slug>/year"), organizer=True),
    ),
    "/outcomes/<slug>": (
        Page("outcomes", _at("/outcomes/spring-meetup"), organizer=True),
        Page("outcomes-early", _at("/outcomes/<slug>"), organizer=True),
    ),
    "/outcomes/<slug>/share": (
        Page("share-none", _at("/outcomes/<slug>/share"), organizer=True),
        Page("share", lambda living: living.lead.numbers("spring-meetup", "page"), organizer=True),
    ),
    "/outcomes/<slug>/report": (
        Page("report", _at("/outcomes/spring-meetup/report"), organizer=True),
        Page("report-beside", _at("/outcomes/spring-meetup/report?beside=winter-school"), organizer=True),
    ),
    "/outcomes/<slug>/goals": (
        Page("goals", _at("/outcomes/spring-meetup/goals"), organizer=True),
        Page("goals-waiting", _at("/outcomes/winter-school/goals"), organizer=True),
        Page("goals-none", _at("/outcomes/<slug>/goals"), organizer=True),
    ),
    "/numbers/<token>": (Page("numbers", lambda living: living.lead.numbers("spring-meetup", "link")),),
    "/outbox": (Page("outbox", _at("/outbox")),),
    "/outbox/<name>": (Page("outbox-mail", lambda living: f"/outbox/{living.newest_mail()}"),),
    "/demo": (Page("demo-offer", _at("/demo")),),
}
"""URL rule -> the states in which it is looked at."""

NO_PAGES = {
    "/healthz",
    "/readyz",
    "/metrics",
    "/internal/status",
    "/openapi.json",
    "/asyncapi.json",
    "/static/<path:name>",
    "/organize/<slug>/import/<list_id>/<kind>",
    "/desk/<slug>/now",
    "/desk/<slug>/list",
    "/desk/sw.js",
    "/outcomes/<slug>.csv",
    "/outcomes/<slug>.xlsx",
    "/numbers/<token>.csv",
    "/numbers/<token>.xlsx",
    *(f"/organize/<slug>/people.{form}" for form in ("csv", "xlsx", "json")),
    *(f"/plan/<slug>/introductions.{form}" for form in ("csv", "xlsx", "json")),
    "/d/<token>/calendar.ics",
    "/i/<token>/calendar.ics",
    "/r/pair/<token>/talks.ics",
    "/d/<token>/live",
    "/board/<slug>/live",
    "/board/<slug>/wall/live",
    "/screen/<token>/live",
    "/outbox/<name>/html",
    "/outbox/<name>/files/<int:number>",
    "/demo/<path:_rest>",
}
"""Answered by GET, but no page: files, and what machines ask for."""


def all_pages() -> list[Page]:
    """All of them, in the order of the list."""
    return [page for pages in PAGES.values() for page in pages]


def in_language(path: str, locale: str) -> str:
    """The address of a page that asks for a language."""
    return f"{path}{'&' if '?' in path else '?'}lang={locale}"


def rules(settings: Settings) -> set[str]:
    """The URL rules that answer GET, of every app, the API aside."""
    apps: list[Any] = [runtime.web_app() for runtime in build_all(services(), settings)]
    apps += [outbox_app(settings, settings.data / "outbox"), DemoMount(settings)._lobby]
    return {rule for app in apps for rule in _of(app) if not rule.startswith("/api/")}


def _of(app: Any) -> Iterable[str]:
    return (rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()))
