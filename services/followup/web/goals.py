"""How many pairs let the day on their goal card pass, in totals, and one word to all of them. Never a name, never what it was."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from services.followup.domain.goals import Passed, as_seen, totals
from services.followup.forms import WriteToAllForm
from services.followup.handlers import passing
from services.followup.handlers.rounds import in_words, moment_in_words
from services.followup.queries import passed
from services.followup.store import words
from services.followup.store.words import Word
from services.followup.web.report import number
from shared import conferences, dates
from shared.contracts import ConferencePublished
from shared.days import local_day
from shared.errors import Conflict
from shared.i18n import gettext as _
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.input import form_data
from shared.web.who import actor, may

pages = Blueprint("followup_goals", "services.followup", template_folder="templates")


@pages.get("/outcomes/<slug>/goals")
@may("owner")
def goals(slug: str) -> Any:
    """The totals, the mail, and its one button."""
    return _page(slug)


@pages.post("/outcomes/<slug>/goals")
@may("owner")
def write_to_all(slug: str) -> Any:
    """Send it to as many as the page said, in a few minutes; or take that back."""
    said, _errors, _typed = form_data(WriteToAllForm())
    back, people = (None, None) if said is None else (said.get("back"), said.get("people"))
    if back is None and people is None:
        return _page(slug, _("Please use the button on this page."), 422)
    try:
        with unit_of_work() as work:
            conference = conferences.by_slug(work.connection, actor().scope, slug)
            if back is not None:
                passing.take_back(conference, back, actor(), work)
            elif people is not None:
                passing.write_to_all(conference, people, actor(), work)
    except Conflict as others:
        return _page(slug, others.sentence(), 409)
    return see_other(f"/outcomes/{slug}/goals{'?taken_back=yes' if back else ''}")


def _page(slug: str, refusal: str = "", status: int = 200) -> Any:
    with reading(one_moment=True) as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
        today = local_day(conference, current_runtime().now())
        found = passed.passed(connection, conference, today)
        people = len(passed.to_write_to(connection, conference, found))
        waiting, last = (
            words.waiting(connection, conference.conference),
            words.newest_that_left(connection, conference.conference),
        )
    least = conference.policy.small_cells_under
    counted = totals(found, least)
    return render(
        "followup/goals.html",
        status,
        conference=conference,
        any=bool(found),
        lead=_lead(counted, least),
        rows=_rows(counted),
        people=people > 0,
        seen=as_seen(people, least),
        shown_people=_about(people, least),
        example=in_words(today),
        refusal=refusal,
        waiting=_told(waiting, conference),
        last=_told(last, conference),
        taken_back=waiting is None and request.args.get("taken_back") == "yes",
    )


def _told(word: Word | None, conference: ConferencePublished) -> dict[str, str] | None:
    """A word that waits or has left: when, and to how many."""
    if word is None:
        return None
    least = conference.policy.small_cells_under
    when = moment_in_words(conference, word.left_at or word.leaves_at)
    return {"id": word.id, "when": when, "people": _about(word.people, least)}


def _about(people: int, least: int) -> str:
    """So many people inside a sentence, or that they are fewer than one may say."""
    seen = as_seen(people, least)
    return dates.number(seen) if seen else _("fewer than {least}").replace("{least}", str(least))


def _rows(found: Passed) -> list[tuple[str, str]]:
    told, silent = (_("told of contact, or that it is complete"), found.told), (_("nothing is known"), found.silent)
    rows = [told, silent]
    if found.contact is not None:
        rows = [(_("told of contact"), found.contact), (_("said that it is complete"), found.complete), silent]
    return [(label, dates.number(count)) for label, count in rows if count is not None]


def _lead(found: Passed, least: int) -> str:
    if found.pairs is None:
        return _("Fewer than {least} pairs let their day pass: too few to say more.").replace("{least}", str(least))
    if found.silent is None:
        text = _("The day of {pairs} pairs is over. Too few have told what came of it to show that here.")
    else:
        text = _("The day of {pairs} pairs is over; of {silent} of them nobody has told of contact since.")
        text = text.replace("{silent}", number(found.silent, False, least))
    return text.replace("{pairs}", number(found.pairs, False, least))
