"""The page that two people have to themselves once both said yes: what they expect of each other, what they say to each other,
a note of thanks. Behind a link of its own
for each of them; looking changes nothing, and everything on it is optional."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, request

from services.followup.domain.agreement import Wishes
from services.followup.domain.talks import MINUTES, Hours
from services.followup.forms import AgreementForm, FeedbackForm, FineForm, HoursForm, TalkForm, ThanksForm
from services.followup.handlers import agreeing, pair_page, talking
from services.followup.handlers.agreeing import PAGE
from shared import links
from shared.errors import Conflict, Invalid
from shared.forms import FormSchema, zones
from shared.i18n import gettext as _
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.input import form_data
from shared.web.rates import limit
from shared.web.who import may
from shared.work import Work

pages = Blueprint("followup_pair", "services.followup", template_folder="templates")
OFTEN_ENOUGH = "60/hour"
"""Changes of one kind by one link: more than two people who talk to each other need."""
DONE = ("agreement", "fine", "feedback", "thanks", "hours", "time")


@pages.get("/r/pair/<token>")
@may("link")
def pair(token: str) -> Any:
    """Everything that the two wrote."""
    return _page(token)


@pages.post("/r/pair/<token>/agreement")
@may("link")
def agree(token: str) -> Any:
    """Write what one expects, in place of what stood there."""

    def change(said: Mapping[str, Any], work: Work) -> None:
        goals = tuple(goal for goal in (said.get("goal"), said.get("second_goal")) if goal)
        wishes = Wishes(often=said.get("often"), lasts=said.get("lasts"), goals=goals, not_for=said.get("not_for"))
        agreeing.change(token, wishes, said["seen"], work)

    return _do(token, "agreement", AgreementForm(), change)


@pages.post("/r/pair/<token>/fine")
@may("link")
def fine(token: str) -> Any:
    """What the other one wrote is fine."""
    return _do(token, "fine", FineForm(), lambda said, work: agreeing.fine(token, said["seen"], work), part="agreement")


@pages.post("/r/pair/<token>/feedback")
@may("link")
def feedback(token: str) -> Any:
    """Tell the other one what helped, and what one would wish for."""

    def say(said: Mapping[str, Any], work: Work) -> None:
        agreeing.say(token, said.get("helped"), said.get("wish"), work)

    return _do(token, "feedback", FeedbackForm(), say)


@pages.post("/r/pair/<token>/thanks")
@may("link")
def thanks(token: str) -> Any:
    """Send the mentor a note of thanks."""
    return _do(token, "thanks", ThanksForm(), lambda said, work: agreeing.send_thanks(token, said["note"], work))


@pages.post("/r/pair/<token>/hours")
@may("link")
def hours(token: str) -> Any:
    """Say when one works, and in which zone."""
    return _do(
        token, "hours", HoursForm(), lambda said, work: talking.say_hours(token, Hours(**said), work), part="talks"
    )


@pages.post("/r/pair/<token>/time")
@may("link")
def take_time(token: str) -> Any:
    """Take one of the times that are suggested, for both."""

    def take(said: Mapping[str, Any], work: Work) -> None:
        talking.take_time(token, talking.parsed(said["starts_at"]), work)

    return _do(token, "time", TalkForm(), take, part="talks")


def _do(
    token: str, what: str, form: FormSchema, command: Callable[[Mapping[str, Any], Work], object], *, part: str = ""
) -> Any:
    """Do what a form of the page asks for; `part` of the page is where it stands, where that has another name. What was
    typed is lost in no answer."""
    limit(OFTEN_ENOUGH, str(request.endpoint), links.hash_of(token))
    said, errors, typed = form_data(form)
    if said is None:
        return _page(token, errors, 422, typed)
    try:
        with unit_of_work() as work:
            command(said, work)
    except Invalid as wrong:
        return _page(token, {name: list(texts) for name, texts in wrong.errors.items()}, 422, typed)
    except Conflict as late:
        return _page(token, {part or what: [late.sentence()]}, 409, typed)
    return see_other(f"/r/pair/{token}?done={what}#{part or what}")


@pages.get("/r/pair/<token>/talks.ics")
@may("link")
def calendar(token: str) -> Response:
    """What they chose, for a calendar."""
    with reading() as connection:
        link = links.resolve(connection, token, PAGE, current_runtime().now())
        entry = talking.calendar(connection, agreeing.side(connection, link))
    kind = f"text/calendar; charset=utf-8; method={entry.method}"
    return Response(
        entry.text, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{entry.name}"'}
    )


def _page(
    token: str,
    errors: dict[str, list[str]] | None = None,
    status: int = 200,
    typed: Mapping[str, str] | None = None,
) -> Any:
    now = current_runtime().now()
    with reading() as connection:
        here = agreeing.side(connection, links.resolve(connection, token, PAGE, now))
        expected = pair_page.expected(connection, here, typed)
        said = pair_page.said(connection, here, now, typed)
        talks = pair_page.talks(connection, here, expected.agreement.wishes, now, typed)
    done = request.args.get("done", "")
    return render(
        "followup/pair.html",
        status,
        conference=here.conference,
        here=here,
        partner=here.partner.first_name if here.partner else _("a participant"),
        expected=expected,
        said=said,
        talks=talks,
        story=[(came_along_words()[state], since) for state, since in pair_page.came_along(here)],
        minutes=MINUTES,
        zones=sorted(zones()),
        often=often_words(),
        lasts=lasts_words(),
        token=token,
        errors=errors or {},
        done=done if done in DONE else "",
    )


def came_along_words() -> dict[str, str]:
    """What happened, in words that are true for both."""
    return {
        "met": _("You met."),
        "both_want": _("You both said that you want to stay in touch."),
        "in_touch": _("You were in touch again: one of you told us."),
        "regular": _("And once more: you keep talking."),
        "over": _("By now nothing more is asked about it. This page stays yours."),
    }


def often_words() -> dict[str, str]:
    """How often, in words."""
    return {
        "weekly": _("every week"),
        "fortnightly": _("every two weeks"),
        "monthly": _("once a month"),
        "as_needed": _("when needed"),
    }


def lasts_words() -> dict[str, str]:
    """For how long, in words."""
    return {
        "three_talks": _("three talks"),
        "three_months": _("three months"),
        "half_year": _("half a year"),
        "open": _("open-ended"),
    }
