"""A finding in words: what it says first, how sure it is, and what to do next. Numbers of pairs are said in tens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared import dates
from shared.contracts import ConferencePublished
from shared.days import local_day
from shared.i18n import gettext as _

TEN = 10
MINUS = "\u2212"


def labels() -> dict[str, str]:
    """Term -> what it is called where its points are set."""
    return {
        "common_topics": _("Topics in common"),
        "goals_helped": _("Kind of help"),
        "years_between": _("Years between"),
        "own_language": _("Language"),
        "asked_for": _("Asked for"),
        "referred": _("Brought along"),
        "first_timer": _("First-timer"),
        "likes_newcomers": _("Newcomers wished"),
    }


def hints() -> dict[str, str]:
    """Term -> when there is all of it, in the words of the page where its points are set."""
    return {
        "common_topics": _("All that she wants is offered."),
        "goals_helped": _("All she hopes for is given."),
        "years_between": _("5 to 15 ahead; unknown is half."),
        "own_language": _("One beside English in common."),
        "asked_for": _("By one of them; by both, twice."),
        "referred": _("One brought the other."),
        "first_timer": _("A mentee who is new."),
        "likes_newcomers": _("And a mentor who likes that."),
    }


def verdicts() -> dict[str, str]:
    """What may be said of a term."""
    return {
        "helps": _("more of it, more contact"),
        "hurts": _("more of it, less contact"),
        "neither": _("hardly matters"),
        "unknown": _("too few to tell"),
        "same": _("nearly all pairs were alike"),
    }


def about(count: int) -> str:
    """A number of pairs, in tens, never more than there are."""
    return _("fewer than 10") if 0 < count < TEN else dates.number(count // TEN * TEN)


def day_of(conference: ConferencePublished, moment: datetime) -> str:
    """The day of a moment at the conference."""
    return dates.whole_day(local_day(conference, moment))


def counts(finding: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What it was learned from."""
    return [
        (_("Pairs who met, about"), about(finding["pairs"])),
        (_("Of them answered, about"), about(finding["known"])),
        (_("Of these in touch, about"), about(finding["in_touch"])),
        (_("Drawn at random, about"), about(finding["drawn"])),
    ]


def missing(finding: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(what, there is about, at least needed) of what it takes to tell."""
    needed, known, yes = finding["needed"], finding["known"], finding["in_touch"]
    return [
        (_("Pairs that answered, by their weight"), about(finding["alike"]), dates.number(needed["pairs"])),
        (_("of them in touch"), about(yes), dates.number(needed["rarer"])),
        (_("of them not in touch"), about(known - yes), dates.number(needed["rarer"])),
        (_("Different mentors"), about(finding["mentors"]), dates.number(needed["mentors"])),
    ]


def lead(finding: Mapping[str, Any], changed: Mapping[str, int]) -> str:
    """What there is to say first, and what follows from it."""
    if not finding["enough"]:
        return _("Too few to tell. It takes {needed} pairs that answered; below stands what is missing.").format(
            needed=dates.number(finding["needed"]["pairs"])
        )
    told = [effect for effect in finding["effects"] if effect["verdict"] in ("helps", "hurts")]
    if not told:
        return _(
            "Nothing that we count shows a difference that chance could not have made. Keep the points as they are."
        )
    verdict = finding["compared"]["verdict"]
    if changed and verdict == "yes":
        return _("Other points tell better who stays in touch, also among people they were not made from.")
    if changed and verdict == "unknown":
        return _("Some of it matters. Whether other points would be better, these pairs are too few to tell.")
    return _("Some of it matters, and other points would be no better than those you have. Keep them.")


def told(finding: Mapping[str, Any]) -> str:
    """What matters, by name."""
    names = {
        verdict: ", ".join(labels()[one["term"]] for one in finding["effects"] if one["verdict"] == verdict)
        for verdict in ("helps", "hurts")
    }
    parts = [
        (_("More contact goes along with: {names}."), names["helps"]),
        (_("Less contact goes along with: {names}."), names["hurts"]),
    ]
    return " ".join(text.format(names=known) for text, known in parts if known)


def row(effect: Mapping[str, Any]) -> dict[str, Any]:
    """A term as a line of the table."""
    nothing = effect["verdict"] == "same"
    return {
        "term": effect["term"],
        "label": labels()[effect["term"]],
        "hint": hints()[effect["term"]],
        "verdict": verdicts()[effect["verdict"]],
        "difference": "–" if nothing else of_100(effect["difference"]),
        "interval": "" if nothing else span(effect["interval"]),
        "silent": "–" if nothing else span((effect["if_all_no"], effect["if_all_yes"])),
        "holds": effect["holds"] or effect["verdict"] not in ("helps", "hurts"),
        "points": dates.number(effect["points"]),
        "suggested": dates.number(effect["suggested"]),
        "changes": effect["points"] != effect["suggested"],
    }


def of_100(difference: float) -> str:
    """So many more (or fewer) of 100 pairs."""
    whole = round(100 * difference)
    return f"+{whole}" if whole > 0 else f"{MINUS}{-whole}" if whole < 0 else "0"


def span(interval: Any) -> str:
    """From the smaller to the larger; one number where both are the same in whole pairs."""
    low, high = map(of_100, sorted(interval))
    return low if low == high else _("{low} to {high}").format(low=low, high=high)


def comparison(compared: Mapping[str, Any]) -> dict[str, str]:
    """Points that count now against the suggested ones, on people whom the suggestion did not know."""
    answers = {"yes": _("yes"), "no": _("no"), "unknown": _("too few to tell")}
    return {
        "better": answers[compared["verdict"]],
        "order_now": dates.number(100 * compared["order"][0], 1),
        "order_new": dates.number(100 * compared["order"][1], 1),
        "loss_now": dates.number(compared["loss"][0], 4),
        "loss_new": dates.number(compared["loss"][1], 4),
        "gain": _signed(compared["gain"]),
        "low": _signed(compared["interval"][0]),
        "high": _signed(compared["interval"][1]),
    }


def _signed(value: float) -> str:
    text = dates.number(abs(value), 4)
    return f"{MINUS}{text}" if value < -0.00005 else text
