"""Who may be introduced to whom, and what speaks for it: rules and score terms as named functions, each list in one
tuple. Pure; never looks at time, place or load."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shared.contracts.introduction import Reason
from shared.i18n import gettext as _

ENGLISH = "en"
MOST_TOPICS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """What the rules look at: coded attributes and ids of attendees, nothing personal."""

    id: str
    role: str
    approved: bool = True
    consented: bool = True
    offers: frozenset[str] = frozenset()
    wants: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    company: str | None = None
    years: int | None = None
    requests: frozenset[str] = frozenset()
    blocks: frozenset[str] = frozenset()
    referrals: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    """Whom she was introduced to before at this conference, whatever became of it."""


Rule = Callable[[Somebody, Somebody], str | None]
Term = Callable[[Somebody, Somebody], tuple[float, tuple[Reason, ...]]]


def spoken(person: Somebody) -> frozenset[str]:
    """The languages she speaks, without their regions; who names none speaks English."""
    return frozenset(code.split("-")[0] for code in person.languages) or frozenset({ENGLISH})


def with_a_common_topic(mentor: Somebody, mentee: Somebody) -> str | None:
    """What one offers the other wants; without that, both must have asked for each other."""
    if mentee.wants.isdisjoint(mentor.offers) and not (mentor.id in mentee.requests and mentee.id in mentor.requests):
        return _("They have no topic in common.")
    return None


def different_people(mentor: Somebody, mentee: Somebody) -> str | None:
    """Nobody meets herself."""
    return _("That is one and the same person.") if mentor.id == mentee.id else None


def in_fitting_roles(mentor: Somebody, mentee: Somebody) -> str | None:
    """One gives, the other asks."""
    if mentor.role in ("mentor", "both") and mentee.role in ("mentee", "both"):
        return None
    return _("Their roles do not fit.")


def with_an_approved_mentor(mentor: Somebody, _mentee: Somebody) -> str | None:
    """Organizers look at mentors first, where they want to."""
    return None if mentor.approved else _("An organizer has not approved the mentor yet.")


def with_both_consents(mentor: Somebody, mentee: Somebody) -> str | None:
    """Both allow that their first name and reasons are shared."""
    return None if mentor.consented and mentee.consented else _("One of them does not want to be introduced.")


def in_a_common_language(mentor: Somebody, mentee: Somebody) -> str | None:
    """They must be able to talk."""
    if mentor.languages == mentee.languages or not spoken(mentor).isdisjoint(spoken(mentee)):
        return None
    return _("They have no language in common.")


def from_different_companies(mentor: Somebody, mentee: Somebody) -> str | None:
    """Colleagues can meet at home."""
    if mentor.company is not None and mentor.company == mentee.company:
        return _("They work for the same company.")
    return None


def without_a_block(mentor: Somebody, mentee: Somebody) -> str | None:
    """Nobody learns who blocked whom."""
    if mentor.id in mentee.blocks or mentee.id in mentor.blocks:
        return _("One of them does not want this introduction.")
    return None


def for_the_first_time(mentor: Somebody, mentee: Somebody) -> str | None:
    """Once at a conference, whatever became of it."""
    if mentor.id in mentee.known or mentee.id in mentor.known:
        return _("They were introduced before.")
    return None


ALL: tuple[Rule, ...] = (
    different_people,
    in_fitting_roles,
    with_an_approved_mentor,
    with_both_consents,
    with_a_common_topic,
    in_a_common_language,
    from_different_companies,
    without_a_block,
    for_the_first_time,
)


def why_not(mentor: Somebody, mentee: Somebody) -> str | None:
    """The first rule's sentence that speaks against introducing the two; None when they may meet."""
    for rule in ALL:
        sentence = rule(mentor, mentee)
        if sentence is not None:
            return sentence
    return None


def common_topics(mentor: Somebody, mentee: Somebody) -> tuple[float, tuple[Reason, ...]]:
    """One for each topic that one offers and the other wants, up to three."""
    found = sorted(mentor.offers & mentee.wants)[:MOST_TOPICS]
    return float(len(found)), tuple(Reason(kind="topic", code=code) for code in found)


def asked_for(mentor: Somebody, mentee: Somebody) -> tuple[float, tuple[Reason, ...]]:
    """Two when one named the other, four when both did."""
    named = (mentor.id in mentee.requests) + (mentee.id in mentor.requests)
    return 2.0 * named, (Reason(kind="request"),) if named else ()


def referred(mentor: Somebody, mentee: Somebody) -> tuple[float, tuple[Reason, ...]]:
    """One when one of them brought the other along."""
    if mentor.id in mentee.referrals or mentee.id in mentor.referrals:
        return 1.0, (Reason(kind="referral"),)
    return 0.0, ()


def own_language(mentor: Somebody, mentee: Somebody) -> tuple[float, tuple[Reason, ...]]:
    """A little for a language beside English that both speak."""
    if not mentor.languages or not mentee.languages:
        return 0.0, ()
    common = sorted((spoken(mentor) & spoken(mentee)) - {ENGLISH})
    return (0.25, (Reason(kind="language", code=common[0]),)) if common else (0.0, ())


def years_between(mentor: Somebody, mentee: Somebody) -> tuple[float, tuple[Reason, ...]]:
    """Up to one for a mentor who is ahead by years, half a point against one who is behind; unknown is neutral."""
    if mentor.years is None or mentee.years is None:
        return 0.0, ()
    ahead = mentor.years - mentee.years
    if ahead >= 2:
        return min(1.0, ahead / 10), (Reason(kind="years"),)
    return (-0.5, ()) if ahead < 0 else (0.0, ())


TERMS: tuple[Term, ...] = (common_topics, asked_for, referred, own_language, years_between)


def score(mentor: Somebody, mentee: Somebody) -> float:
    """How much speaks for the two; a number to compare by, never to be shown."""
    return sum(term(mentor, mentee)[0] for term in TERMS)


def account_for(mentor: Somebody, mentee: Somebody) -> tuple[dict[str, float], tuple[Reason, ...]]:
    """(value of each term by name, the facts behind them that both may read)."""
    values: dict[str, float] = {}
    reasons: list[Reason] = []
    for term in TERMS:
        value, facts = term(mentor, mentee)
        values[term.__name__] = value
        reasons.extend(facts)
    return values, tuple(reasons)
