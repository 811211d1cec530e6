"""Where mentors are missing, for owners: per topic as bars with numbers, and a text to find mentors with, in each language."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from services.registration import queries
from services.registration.domain.shortage import Shortage
from shared import conferences, dates
from shared.contracts import ConferencePublished
from shared.i18n import LOCALES, OWN_NAMES, speaking
from shared.i18n import gettext as _
from shared.web import current_runtime, reading, render
from shared.web.who import actor, may

pages = Blueprint("registration_shortage", "services.registration", template_folder="templates")


@pages.get("/shortage/<slug>")
@may("owner")
def shortage(slug: str) -> Any:
    """Counted anew whenever it is looked at."""
    with reading() as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
        found, counts = queries.shortage_of(connection, conference), queries.counts(connection, conference)
    labels = {topic.code: topic.label for topic in conference.topics}
    return render(
        "registration/shortage.html",
        conference=conference,
        found=found,
        topics=[(labels[item.topic], item) for item in found.topics],
        counts=counts,
        texts=[(code, OWN_NAMES[code], _text(code, conference, found)) for code in LOCALES] if found.without else [],
    )


def _text(locale: str, conference: ConferencePublished, found: Shortage) -> str:
    """What an organizer may send or post to find mentors; no names, and the address of the form."""
    labels = {topic.code: topic.label for topic in conference.topics}
    with speaking(locale):
        topic = _("{topic}: wanted by {n}, offered by {m}")
        lines = [
            topic.replace("{topic}", labels[item.topic]).replace("{n}", str(item.want)).replace("{m}", str(item.offer))
            for item in found.scarce
        ]
        parts = [
            _("Mentors wanted: {conference}, {day}"),
            _("On these topics people look for a conversation, and so far there is not one for everybody:"),
            "\n".join(f"- {line}" for line in lines),
            _(
                "A conversation takes {minutes} minutes at a reserved table and needs no preparation. "
                "You say when you are there and how many you take; nobody asks you for more."
            ),
            _("Will you be there, or do you know somebody who will? It takes two minutes:"),
        ]
        values = {
            "conference": conference.name,
            "day": dates.days(conference.days[0].date, conference.days[-1].date),
            "minutes": str(conference.slot_minutes),
        }
        text = "\n\n".join(parts)
        for name, value in values.items():
            text = text.replace("{" + name + "}", value)
        return f"{text}\n{current_runtime().settings.base_url}/c/{conference.slug}?lang={locale}"
