"""Why somebody has no introduction yet, in words: what is so, and what would help. Never a judgement, never a promise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from services.introductions.emails import help_in_words
from services.introductions.planner import Why
from shared import dates
from shared.contracts import ConferencePublished
from shared.contracts.introduction import Reason
from shared.days import local_time, slot_day
from shared.i18n import gettext as _


def why_in_words(kind: str, conference: ConferencePublished, why: Why | None = None) -> dict[str, str]:
    """`why`: what is so; `help`: what would change it; `title`: what stands above both."""
    topics = {topic.code: topic.label for topic in conference.topics}
    slots = {slot.id: local_time(conference, slot.starts_at) for slot in conference.slots}
    sentences = _sentences().get(kind, _sentences()["soon"])
    if why and why.other:
        sentences = sentences[0], _("Asking about {other}, too, lets us ask {more} more; we can't promise.")
    values = {
        "topic": topics.get(why.topic, why.topic) if why else "",
        "slot": slots.get(why.slot, "") if why else "",
        "other": topics.get(why.other, why.other) if why else "",
        "more": str(why.more) if why else "",
    }
    title = {"late": _("Nothing more today"), "last": _("Nothing more"), "over": _("Nothing more")}
    said = {name: _filled(text, values) for name, text in zip(("why", "help"), sentences, strict=True)}
    return {"title": title.get(kind, _("No meeting yet")), **said}


def _filled(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace("{" + name + "}", value or _("your topics"))
    return text


def _sentences() -> dict[str, tuple[str, str]]:
    again = _("We look again whenever somebody arrives or a time becomes free.")
    return {
        "consent": (
            _("We only introduce people who allow that we share their first name and their reasons."),
            _("You can allow it on your page."),
        ),
        "approval": (_("An organizer still looks at your offer to be a mentor."), _("There is nothing for you to do.")),
        "over": (_("The conference is over."), _("Thank you for having been there.")),
        "absent": (
            _("You are not checked in today."),
            _("Check in at the desk; your first introduction comes soon after."),
        ),
        "late": (
            _("There is no time left for another meeting today."),
            _("On the next day of the conference we look again, once you are checked in."),
        ),
        "last": (_("There is no time left for another meeting."), _("Thank you for having been there.")),
        "near": (
            _("What is left today begins very soon."),
            _("Tap “I'm free now” below, and we ask at once whoever is free, too."),
        ),
        "mails": (
            _("You got as many mails from us today as we write to one person on a day, so we propose nothing new."),
            _("Tap “I'm free now” below, look at this page, and we propose again."),
        ),
        "mentor": (_("Nobody who fits what you offer is waiting at the moment."), again),
        "nobody": (_("Nobody you could meet about {topic} is here yet."), again),
        "language": (
            _("Mentors for {topic} are here, but none speaks a language of yours."),
            _("If you speak another language, add it on your page."),
        ),
        "company": (
            _("The mentors for {topic} who are here work where you work."),
            again,
        ),
        "full": (
            _("More people asked for {topic} than mentors could offer."),
            _("A second topic on your page lets us ask other mentors. {again}").replace("{again}", again),
        ),
        "tables": (_("All tables are taken at the times that are left."), again),
        "step_free": (_("No step-free table is free at your times."), again),
        "quiet": (_("No quiet table is free at your times."), again),
        "time": (
            _("Mentors for {topic} are free at times when you are not."),
            _("Adding {slot} lets us ask {more} more; we can't promise."),
        ),
        "soon": (_("We are looking for somebody for you."), _("It usually takes a minute.")),
    }


def why_for_the_crew(why: Why, conference: ConferencePublished, *, topics: bool) -> dict[str, str]:
    """The same, said of several people to those who run the day; without `topics` nothing tells what anybody asks about, nor
    what a place must be like for them."""
    plain, about, help_ = _for_the_crew().get(why.kind, _for_the_crew()["soon"])
    told = about if topics and (why.topic or "{" not in about) else plain
    values = _values(why, conference, local_time(conference, _starts(why.slot, conference)) if why.slot else "")
    if topics and why.other:
        help_ = _too()
    return {"why": _filled(told, values), "help": _filled(help_, values) if topics or "{" not in help_ else ""}


def why_in_a_draft(why: Why, conference: ConferencePublished) -> dict[str, str]:
    """The same, said to owners before the day: of who is registered, whether here or not."""
    said, help_ = _in_a_draft().get(why.kind, _in_a_draft()["soon"])
    values = _values(why, conference, time_in_words(why.slot, conference) if why.slot else "")
    return {"why": _filled(said, values), "help": _filled(_too() if why.other else help_, values)}


def _values(why: Why, conference: ConferencePublished, slot: str) -> dict[str, str]:
    labels = {topic.code: topic.label for topic in conference.topics}
    return {
        "topic": labels.get(why.topic, why.topic) or _("their topics"),
        "slot": slot,
        "other": labels.get(why.other, why.other),
        "more": str(why.more),
    }


def _too() -> str:
    return _("Asking about {other}, too, lets us ask {more} more; we can't promise.")


def _in_a_draft() -> dict[str, tuple[str, str]]:
    """Kind -> (what is so, what would help), with everybody who is registered."""
    mentor = _("One more mentor for {topic} would help.")
    return {
        "nobody": (_("Nobody to meet about {topic} is registered yet."), mentor),
        "language": (
            _("Mentors for {topic} are registered, but none speaks a language of theirs."),
            _("Another language on their page helps, if they speak one."),
        ),
        "company": (_("The mentors for {topic} work where they work."), mentor),
        "full": (
            _("More people asked for {topic} than mentors could offer."),
            _("A mentor for {topic} who offers one more talk would help."),
        ),
        "tables": (
            _("All tables are taken at the times that suit them."),
            _("One more table in the settings helps at once."),
        ),
        "step_free": (
            _("No step-free table is free at their times."),
            _("One more table without steps on the way would help."),
        ),
        "quiet": (_("No quiet table is free at their times."), _("One more table in a quiet place would help.")),
        "time": (
            _("Mentors for {topic} are free at times when they are not."),
            _("Adding {slot} on their page lets us ask {more} more; we can't promise."),
        ),
        "soon": (
            _("There are mentors for {topic}, and in this draft others meet them."),
            _("On the day we look again whenever somebody arrives or a time becomes free."),
        ),
    }


def _starts(slot: str, conference: ConferencePublished) -> datetime:
    return next(one.starts_at for one in conference.slots if one.id == slot)


def _for_the_crew() -> dict[str, tuple[str, str, str]]:
    """Kind -> (without a topic, with it, what would help)."""
    again = _("We look again whenever somebody arrives or a time becomes free.")
    take = _("A mentor who takes one more would help: ask one who is here.")
    soon = _("We are looking for somebody."), _("It usually takes a minute.")
    late = _("There is no time left for another meeting today."), ""
    near = _("What is left today begins very soon."), _("Who taps “I'm free now” on their phone is asked at once.")
    tables = (
        _("All tables are taken at the times that are left."),
        _("One more table in the settings helps at once."),
    )
    return {
        **{kind: (said, said, help_) for kind, (said, help_) in {"soon": soon, "late": late, "near": near}.items()},
        "tables": (tables[0], *tables),
        "step_free": (soon[0], _("No step-free table is free at their times."), again),
        "quiet": (soon[0], _("No quiet table is free at their times."), again),
        "nobody": (_("Nobody they could meet is here yet."), _("Nobody to meet about {topic} is here yet."), again),
        "language": (
            _("Mentors are here, but none speaks a language of theirs."),
            _("Mentors for {topic} are here, but none speaks a language of theirs."),
            _("Another language on their page helps, if they speak one."),
        ),
        "company": (
            _("The mentors who are here work where they work."),
            _("The mentors for {topic} who are here work where they work."),
            again,
        ),
        "full": (
            _("More people asked than mentors could offer."),
            _("More people asked for {topic} than mentors could offer."),
            take,
        ),
        "time": (
            _("Mentors are free at times when they are not."),
            _("Mentors for {topic} are free at times when they are not."),
            _("Adding {slot} on their page lets us ask {more} more; we can't promise."),
        ),
    }


def time_in_words(slot: str, conference: ConferencePublished) -> str:
    """Day and time of a slot, short; of one that is gone its id."""
    starts = next((one.starts_at for one in conference.slots if one.id == slot), None)
    return f"{dates.short_day(slot_day(slot))}, {local_time(conference, starts)}" if starts else slot


def place_in_words(point: str, table: int, conference: ConferencePublished) -> str:
    """Meeting point and table."""
    name = next((one.name for one in conference.meeting_points if one.code == point), point)
    return _("{place}, table {table}").replace("{place}", name).replace("{table}", str(table))


def table_in_words(point: str, table: int, conference: ConferencePublished) -> str:
    """The table; with its meeting point where there are several."""
    if len(conference.meeting_points) > 1:
        return place_in_words(point, table, conference)
    return _("table {n}").replace("{n}", str(table))


def reason_words(reasons: Sequence[Reason], conference: ConferencePublished) -> str:
    """What speaks for a pair, short, for organizers: the same facts that both read."""
    topics = {topic.code: topic.label for topic in conference.topics}
    plain = {
        "request": _("asked for"),
        "referral": _("brought along"),
        "language": _("a language beside English"),
        "years": _("years ahead"),
        "newcomer": _("newcomer, wished"),
        "organizer": _("must meet"),
    }
    found = []
    for reason in reasons:
        if reason.kind == "topic":
            found.append(topics.get(reason.code, reason.code))
        elif reason.kind == "near":
            found.append(_("close to {topic}").replace("{topic}", topics.get(reason.code, reason.code)))
        elif reason.kind == "help":
            found.append(help_in_words(reason.code))
        else:
            found.append(plain.get(reason.kind, reason.kind))
    return ", ".join(found)
