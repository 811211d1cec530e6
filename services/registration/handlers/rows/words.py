"""What a column's name and a cell's words mean, where that is plain: in English and German. It guesses nothing: what is not
plain stays as it is, for a person to say. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache

from services.registration.handlers.rows.sheet import plain
from shared.text import fold

LISTS = ("offers", "wants", "helps", "goals", "languages", "available")
OWN = (
    "name",
    "email",
    "role",
    "offers",
    "wants",
    "helps",
    "goals",
    "first_timer",
    "likes_newcomers",
    "step_free",
    "quiet",
    "goal",
    "languages",
    "company",
    "field",
    "years",
    "capacity",
    "introductions",
    "available",
)
"""What a row may say, as our own columns are called."""
YES_OR_NO = ("first_timer", "likes_newcomers", "step_free", "quiet")
FIELDS = (*OWN, "given", "family", "email_else", "topics")
"""What a column may be: also half a name, the address of whoever ordered, topics that are offers or wishes by the role."""
LEFT_OUT = ""
REASON = "rejected because"
"""The column that our own files of rejected rows have in addition: they can be corrected and imported again."""
MEANINGS: dict[str, tuple[str, ...]] = {
    "name": (
        r"(full |your |attendee |vollstandiger |ihr |dein )?name",
        r"name (des |der )?teilnehm\S*( person)?",
        r"vor- und nachname",
    ),
    "given": (r"(.*: ?)?(first|given)[ _-]?name", r"(.*: ?)?vornamen?"),
    "family": (r"(.*: ?)?(last|family)[ _-]?name", r"surname", r"(.*: ?)?(nach|familien)name"),
    "email": (
        r"(your |attendee |participant )?e-?mail([- ]?add?resse?)?",
        r"mail([- ]?add?resse?)?",
        r"e-?mail (des |der )?teilnehm\S*( person)?",
    ),
    "role": (
        r"(mentoring )?(role|rolle)",
        r".*\bmentor\S* (or|oder|/) (a |an |eine? )?mentee\b.*",
        r"mentor ?/ ?mentee",
    ),
    "offers": (
        r"(i |ich )?(offers?|biete)",
        r"(which |what )?topics?( that| which)?( do| can| could)? (i|you)( can| could)? offer",
        r"(welche )?themen,? (die )?(biete|bieten|bietest|anbieten)? ?(ich|sie|du)( biete| bieten| bietest| anbiete\S*)?( an)?",
    ),
    "wants": (
        r"(i |ich )?(wants?|look for|am looking for|suche)",
        r"(which |what )?topics?( that| which)?( do| are)? (i|you) (want|look(ing)? for|ask for)",
        r"(welche )?themen,? (die )?(suche|suchen|suchst)? ?(ich|sie|du) ?(suche|suchen|suchst)?",
    ),
    "topics": (r"(mentoring )?topics?", r"(mentoring-)?themen?"),
    "goal": (r"(my |your |mein |dein |ihr )?(goal|ziel)( in (one|a|einem) (sentence|satz))?",),
    "languages": (
        r"(which )?(spoken )?languages?( spoken| i speak| (do )?you speak)?",
        r"(welche |gesprochene )?sprachen?( sprechen sie| sprichst du)?",
    ),
    "company": (
        r"(attendee |your )?(company|organi[sz]ation|employer|affiliation|institution)( name)?",
        r"(firma|unternehmen)( (des |der )?teilnehm\S*( person)?)?",
        r"arbeitgeber",
    ),
    "field": (r"field( of work| of study)?", r"fachgebiet", r"fachbereich", r"branche"),
    "years": (
        r"(how many )?years( (of|in) .{0,40}experience.{0,20})?",
        r"(wie viele )?(berufsjahre|jahre (an )?(berufs)?erfahrung).{0,20}",
        r"berufserfahrung( in jahren| \(jahre\))",
    ),
    "first_timer": (
        r"first[- ]timer",
        r"(is (this|it) )?(your |my )?first time( here)?",
        r"is this your first .{1,40}",
        r"zum ersten mal( hier| dabei)?",
    ),
    "step_free": (
        r"(i need )?(step[- ]free access|(a way )?without steps|wheelchair access)",
        r"(ich brauche )?(einen )?(weg ohne stufen|stufenloser? (zugang|weg))",
    ),
    "quiet": (r"(i need )?a quiet place", r"(ich brauche )?(einen )?ruhigen (ort|platz)"),
    "capacity": (r"how many mentees( .{1,40})?", r"(anzahl|wie viele) mentees( .{1,40})?"),
}
"""Field -> how organizers call it, as `key` makes it: whole names, so that "special offers by mail" is nothing of ours."""
LONGEST_NAME = 160
MENTOR = re.compile(r"(as |als )?(an? |eine? )?mentor(in|\*in|:in|_in)?\b")
MENTEE = re.compile(r"(as |als )?(an? |eine? )?mentee\b")
BOTH = {
    "both",
    "beides",
    "mentor and mentee",
    "mentor & mentee",
    "mentor, mentee",
    "mentee, mentor",
    "mentor und mentee",
}
YES, NO = {"yes", "ja", "true", "wahr", "x", "1", "on", "y", "j"}, {"no", "nein", "false", "falsch", "0", "off", "n"}
YEARS = re.compile(r"([0-9]{1,2})\s*\+?\s*(years?|yrs?|jahre?)?\.?")
SPOKEN = ("en", "de")
"""In whose words languages are recognised by name."""


def key(name: str) -> str:
    """A column's name for comparing: no case, no accents, no signs around it, no mark of a question."""
    return " ".join(fold(name).split()).removeprefix("custom:").strip(" :*?.\u00bf\ufeff")


def meaning(name: str) -> str | None:
    """Our field for a column of this name, where that is plain."""
    wanted = key(name)
    if wanted in OWN:
        return wanted
    return None if len(wanted) > LONGEST_NAME else _by_pattern(wanted)


def _by_pattern(wanted: str) -> str | None:
    return next((field for field, ways in MEANINGS.items() if any(re.fullmatch(way, wanted) for way in ways)), None)


def value(field: str, cell: str, topics: Collection[str] | None) -> str | list[str]:
    """What a cell says about a field, as the form's schema reads it. `topics`: labels, which may have commas in them; None
    where several values are separated by | and nothing else."""
    text = plain(cell)
    if field in LISTS or field == "topics":
        return [_one(field, part) for part in listed(text, topics, field)]
    if field == "role":
        return _role(text)
    if field in YES_OR_NO:
        return "yes" if key(text) in YES else "no" if key(text) in NO else text
    if field == "years":
        found = YEARS.fullmatch(text.lower())
        return found[1] if found else text
    return text


def _one(field: str, part: str) -> str:
    if field in ("helps", "goals"):
        return "_".join(part.lower().split())
    return language(part) if field == "languages" else part


def _role(text: str) -> str:
    said = key(text)
    if said in BOTH:
        return "both"
    mentor, mentee = MENTOR.match(said), MENTEE.match(said)
    if mentor and "mentee" not in said:
        return "mentor"
    return "mentee" if mentee and "mentor" not in said else text


def listed(text: str, topics: Collection[str] | None, field: str = "") -> list[str]:
    """Several values in a cell: by |, else by semicolon or line, else by comma, but no known topic is cut in two."""
    if topics is None:
        return [part.strip() for part in text.split("|") if part.strip()]
    if text.casefold() in topics:
        return [text]
    if field == "languages":
        text = re.sub(r"\s(?:and|und|&)\s|/", ",", text)
    for separator in (r"\|", r"[;\r\n]+"):
        parts = re.split(separator, text)
        if len(parts) > 1:
            return [part.strip() for part in parts if part.strip()]
    return _joined([part.strip() for part in text.split(",")], topics)


def _joined(parts: Sequence[str], topics: Collection[str]) -> list[str]:
    found, place = [], 0
    while place < len(parts):
        ends = range(min(len(parts), place + 6), place, -1)
        end = next((end for end in ends if ", ".join(parts[place:end]).casefold() in topics), place + 1)
        found.append(", ".join(parts[place:end]))
        place = end
    return [part for part in found if part]


def language(text: str) -> str:
    """A language's code, for its code or its name; the text itself where it is neither."""
    return _languages().get(key(text), text.strip())


@cache
def _languages() -> dict[str, str]:
    """Name -> code: in English, in German, and as the language calls itself."""
    from babel import Locale  # noqa: PLC0415 - few lists say languages by name

    names: dict[str, str] = {}
    for locale in map(Locale, SPOKEN):
        for code, name in locale.languages.items():
            if len(code) == 2:
                names.setdefault(code, code)
                names.setdefault(key(name), code)
                own = Locale.parse(code, sep="-").get_language_name() if code in LOCALES else None
                names.setdefault(key(own or name), code)
    return names


LOCALES = ("en", "de", "fr", "es", "pt", "it", "nl", "pl", "tr", "ar", "zh", "ja")
