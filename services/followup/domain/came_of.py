"""What came of a pair, asked once, a year after the conference, of who chose to be kept so long: codes that are counted, and a
sentence that the organizers may quote without a name where she allowed it, for as long as she does. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from shared.contracts import ConferencePublished
from shared.days import at_local
from shared.errors import Conflict, Invalid
from shared.i18n import gettext as _

CAME = ("job", "project", "publication", "friendship", "in_touch", "other", "nothing")
ASKED_AT = "10:00"
LATEST = timedelta(days=14)
"""How late it may still be asked."""


class NothingToQuote(Conflict):
    """There is no sentence that could be quoted. Please write and save it first."""

    code = "nothing-to-quote"


@dataclass(frozen=True, kw_only=True)
class CameOf:
    """What one of the two said about their pair. `quote`: the organizers may use this very sentence."""

    relationship: str
    attendee: str
    codes: tuple[str, ...] = ()
    sentence: str | None = None
    quote: bool = False
    answered_at: datetime | None = None

    def answer(self, codes: Sequence[str], sentence: str | None, now: datetime) -> CameOf:
        """Her newest answer. Another sentence ends the permission that she gave for this one. Raises Invalid."""
        wrong = _wrong(codes, sentence)
        if wrong:
            raise Invalid(wrong)
        kept = tuple(code for code in CAME if code in codes)
        if (kept, sentence) == (self.codes, self.sentence):
            return self
        quote = self.quote and sentence == self.sentence
        return replace(self, codes=kept, sentence=sentence, quote=quote, answered_at=now)

    def allow(self, quote: bool) -> CameOf:
        """She allows that this sentence is quoted, or no longer. Raises NothingToQuote."""
        if quote and self.sentence is None:
            raise NothingToQuote
        return replace(self, quote=quote)


def _wrong(codes: Sequence[str], sentence: str | None) -> dict[str, list[str]]:
    if not codes and sentence is None:
        return {"came": [_("Please tick what came of it, or that nothing did.")]}
    if "nothing" in codes and len(codes) > 1:
        return {"came": [_("Please tick either what came of it, or that nothing did.")]}
    if "other" in codes and sentence is None:
        return {"sentence": [_("Please say in a sentence what else came of it.")]}
    return {}


@dataclass(frozen=True, kw_only=True)
class Counted:
    """How many people were asked, answered, and said what; None: not shown, since too few did, or too few did not."""

    asked: int
    answered: int | None
    few: bool
    """Too few answered for any number."""
    counts: Mapping[str, int | None]


def quotes(cards: Sequence[CameOf]) -> list[str]:
    """The sentences that may be quoted, the shortest first."""
    return sorted((card.sentence for card in cards if card.quote and card.sentence), key=lambda text: (len(text), text))


def count(cards: Sequence[CameOf], agreed: Collection[str], least: int) -> Counted:
    """What may be shown of these, of people (not pairs) who agree to be counted. Whatever is smaller than `least` is hidden,
    and whatever leaves so few others that they could be told from it."""
    asked = {card.attendee for card in cards}
    said = {card.attendee for card in cards if card.codes and card.attendee in agreed}
    by_code = {code: {card.attendee for card in cards if code in card.codes} & said for code in CAME}
    few = len(said) < least
    return Counted(
        asked=len(asked),
        answered=_shown(said, asked, least),
        few=few,
        counts={code: None if few else _shown(who, said, least) for code, who in by_code.items()},
    )


def _shown(part: set[str], whole: set[str], least: int) -> int | None:
    small = [number for number in (len(part), len(whole - part)) if 0 < number < least]
    return None if small else len(part)


def asked_at(conference: ConferencePublished) -> datetime:
    """A year after the last day, at the conference."""
    last = max(day.date for day in conference.days)
    return at_local(conference, _a_year_after(last), ASKED_AT)


def _a_year_after(day: date) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 1, day=28 if leap else day.day)
