"""What the form about a person offers and shows: topics, times, languages, what she said before, what others will see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from babel import Locale, UnknownLocaleError
from werkzeug.datastructures import MultiDict

from services.registration.domain import Attendee
from services.registration.forms import LANGUAGES
from shared import dates
from shared.contracts import ConferencePublished
from shared.contracts.attendee import HELP
from shared.days import local_time
from shared.errors import Invalid
from shared.i18n import OWN_NAMES
from shared.i18n import gettext as _
from shared.text import Unclean, clean

CONSENTS = ("introductions", "follow_up", "statistics", "next_year")
BY_ADDRESS = {"meet_addresses": "requests", "never_addresses": "blocks", "referred_by": "referrals"}
CODES = ("helps", "goals")
NEEDS = ("step_free", "quiet")
BOXES = ("first_timer", "likes_newcomers", *NEEDS)
NOT_AT_THE_VENUE = ("goal", "company", "field", *BY_ADDRESS)
"""What nobody types behind the poster."""
EMPTY = (*CODES, *BOXES, "goal", "company", "field", "years", "capacity", "introductions", "available", "languages")


def choices(conference: ConferencePublished) -> dict[str, Any]:
    """What the form offers."""
    return {
        "topics": [(topic.label, topic.label) for topic in conference.topics],
        "times": blocks_of(conference),
        "slots": of_blocks(conference),
        "languages": [(code, language_name(code)) for code in LANGUAGES],
        "zone": conference.timezone.replace("_", " "),
        "helps": helps(),
        "quiet_there": any(point.quiet for point in conference.meeting_points),
    }


def helps() -> list[tuple[str, str]]:
    """What a mentor can be for somebody: (code, words)."""
    words = {
        "advice": _("Advice on a decision"),
        "perspective": _("A view from outside on what I do"),
        "network": _("People to know"),
        "safe_place": _("A safe place to ask anything"),
    }
    return [(code, words[code]) for code in HELP]


def names() -> dict[str, str]:
    """What fields are called in the summary of errors, in the order in which they stand on the page."""
    return {
        "name": _("Your name"),
        "email": _("Your mail address"),
        "role": _("I take part as"),
        "wants": _("I look for"),
        "offers": _("I offer"),
        "topics": _("About"),
        "goal": _("A good outcome"),
        "available": _("When I am there"),
        "languages": _("Languages"),
        "goals": _("What would help you"),
        "helps": _("How you can help"),
        "first_timer": _("First conference"),
        "likes_newcomers": _("Newcomers"),
        "company": _("Company"),
        "field": _("Your field"),
        "years": _("Years of experience"),
        "capacity": _("How many talks"),
        "introductions": _("How many introductions"),
        "step_free": _("A way without steps"),
        "quiet": _("A quiet place"),
        "meet_addresses": _("People I would like to meet"),
        "never_addresses": _("Never introduce me to"),
        "referred_by": _("Who sent you here?"),
        "locale": _("Language of pages and mails"),
        "consents": _("What you allow"),
        "adult": _("18 or older"),
    }


def spoken(current: str) -> list[tuple[str, str]]:
    """The languages of pages and mails, with one that a program gave her and that we do not speak."""
    known = list(OWN_NAMES.items())
    return known if current in OWN_NAMES else [*known, (current, language_name(current))]


def language_name(code: str) -> str:
    """A language in its own words."""
    try:
        name = str(Locale.parse(code, sep="-").get_display_name())
        return name[:1].upper() + name[1:]
    except (UnknownLocaleError, ValueError):
        return code


def blocks_of(conference: ConferencePublished) -> list[tuple[str, str]]:
    """(slot ids joined by commas, words) for every block of every day."""
    found = []
    for day in conference.days:
        for block in day.blocks:
            first, last = (f"{day.date:%Y%m%d}-{text.replace(':', '')}" for text in (block.start, block.end))
            ids = [slot.id for slot in conference.slots if first <= slot.id < last]
            if ids:
                found.append((",".join(ids), f"{dates.short_day(day.date)}, {block.start}–{block.end}"))
    return found


def as_typed(
    row: Any, attendee: Attendee, conference: ConferencePublished, addresses: Mapping[str, Sequence[str]]
) -> MultiDict[str, str]:
    """What a form shows of an attendee."""
    labels = {topic.code: topic.label for topic in conference.topics}
    shown: MultiDict[str, str] = MultiDict()
    words = {"name": row.name, "goal": row.goal, "company": row.employer, "field": row.field, "role": attendee.role}
    words["locale"] = attendee.locale
    numbers = {name: getattr(attendee, name) for name in ("years", "capacity", "introductions")}
    for name, value in (words | numbers).items():
        shown[name] = "" if value is None else str(value)
    for name in ("offers", "wants"):
        shown.setlist(name, [labels.get(code, code) for code in getattr(attendee, name)])
    for name in (*CODES, "languages"):
        shown.setlist(name, list(getattr(attendee, name)))
    shown.setlist("available", blocks_ticked(attendee, conference))
    shown.setlist("times", ticked(attendee, conference))
    shown["times_shown"] = "yes"
    for name, kind in BY_ADDRESS.items():
        shown[name] = "\n".join(addresses.get(kind, ()))
    boxes = {name: getattr(attendee, name) for name in BOXES}
    boxes |= {f"consents.{name}": given for name, given in vars(attendee.consents).items()}
    shown.update({name: "on" for name, given in boxes.items() if given})
    return shown


def hide(shown: MultiDict[str, str]) -> None:
    """Whoever walked in by an address that is not shown to be hers reads nothing that was written under it before."""
    for name in NOT_AT_THE_VENUE:
        shown[name] = ""


def added_to(addresses: Mapping[str, Sequence[str]], whole: Mapping[str, Any]) -> dict[str, Any]:
    """What she did not see she does not clear by sending it empty; whom she names is named besides those of before."""
    named = {name: [*addresses.get(kind, ()), *whole[name]] for name, kind in BY_ADDRESS.items() if whole.get(name)}
    return {name: value for name, value in {**whole, **named}.items() if value or name not in NOT_AT_THE_VENUE}


def blocks_ticked(attendee: Attendee, conference: ConferencePublished) -> list[str]:
    """The blocks in which she is there at least for a part."""
    if attendee.available is None:
        return []
    return [value for value, _label in blocks_of(conference) if set(value.split(",")) & set(attendee.available)]


def whole_form(
    said: Mapping[str, Any], typed: MultiDict[str, str], attendee: Attendee, conference: ConferencePublished
) -> dict[str, Any]:
    """What a sent form says about everything it shows: a box that is not ticked and an empty line are not sent."""
    whole: dict[str, Any] = dict.fromkeys(EMPTY)
    whole |= {"offers": [], "wants": [], **{name: [] for name in BY_ADDRESS}, **said}
    whole["consents"] = {name: bool(typed.get(f"consents.{name}")) for name in CONSENTS}
    if "times_shown" not in typed and typed.getlist("available") == blocks_ticked(attendee, conference):
        del whole["available"]  # she may have said single slots elsewhere, which blocks cannot show
    return whole


def of_blocks(conference: ConferencePublished) -> list[tuple[str, list[tuple[str, str]]]]:
    """(block in words, its slots as (id, time)) of every block."""
    starts = {slot.id: local_time(conference, slot.starts_at) for slot in conference.slots}
    return [(words, [(slot, starts[slot]) for slot in ids.split(",")]) for ids, words in blocks_of(conference)]


def ticked(attendee: Attendee, conference: ConferencePublished) -> list[str]:
    """The slots that a form shows ticked: those she is there in, and all of blocks in which she is not."""
    if attendee.available == ():
        return []
    hers = None if attendee.available is None else set(attendee.available)
    blocks = [ids.split(",") for ids, _words in blocks_of(conference)]
    return [slot for ids in blocks for slot in ids if hers is None or slot in hers or not hers & set(ids)]


def with_own_times(said: dict[str, Any], typed: MultiDict[str, str]) -> dict[str, Any]:
    """What a form said, single times considered: of the blocks that are ticked (else of all) without what is not. Raises
    Invalid where nothing is left."""
    shown = [slot for slot in typed.get("times_shown", "").split(",") if slot]
    chosen = set(typed.getlist("times"))
    if chosen >= set(shown):
        return said
    left = [slot for slot in said.get("available") or shown if slot in chosen]
    if not left:
        raise Invalid({"available": [_("Please leave at least one time ticked, or pause introductions on your day.")]})
    return {**said, "available": left}


def preview(typed: MultiDict[str, str]) -> dict[str, Any]:
    """What the other will read, of what is typed at the moment."""
    return {
        "first_name": (_shown(typed.get("name", "")).split() or [_("A participant")])[0],
        "goal": _shown(typed.get("goal", "")),
        "wants": [] if typed.get("role") == "mentor" else [_shown(text) for text in typed.getlist("wants")[:20]],
        "offers": [] if typed.get("role") == "mentee" else [_shown(text) for text in typed.getlist("offers")[:20]],
    }


def _shown(text: str) -> str:
    try:
        return clean(text, longest=300)
    except Unclean:
        return ""
