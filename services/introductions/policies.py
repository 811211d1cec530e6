"""Who may be introduced to whom, and what speaks for it: rules and score terms as named functions, each list in one
tuple. Pure; never looks at time, place or load."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from shared.contracts.conference import Policy, Topic
from shared.contracts.introduction import Reason
from shared.i18n import gettext as _

ENGLISH = "en"
MOST_TOPICS = 3
NEAR = 30
"""Per cent of a topic for another one of its group."""
LEAST_FIT = 15
"""Per cent of what can be had for topics with which a pair fits that has none exactly in common."""
MOST_POINTS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """What the rules look at: coded attributes and ids of attendees, nothing personal."""

    id: str
    role: str
    approved: bool = True
    consented: bool = True
    offers: frozenset[str] = frozenset()
    near: frozenset[str] = frozenset()
    """Other topics of the groups of those she offers."""
    wants: frozenset[str] = frozenset()
    helps: frozenset[str] = frozenset()
    """Kinds of help a mentor gives."""
    goals: frozenset[str] = frozenset()
    """Kinds of help a mentee looks for."""
    languages: frozenset[str] = frozenset()
    company: str | None = None
    domain: str | None = None
    """A code for the mail domain of her employer."""
    years: int | None = None
    first_timer: bool = False
    likes_newcomers: bool = False
    requests: frozenset[str] = frozenset()
    blocks: frozenset[str] = frozenset()
    referrals: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    """Whom she was introduced to before at this conference, whatever became of it."""
    met_before: frozenset[str] = frozenset()
    """Whom she was introduced to at an earlier conference."""
    apart: frozenset[str] = frozenset()
    """Whom an organizer keeps her apart from."""
    step_free: bool = False
    quiet: bool = False
    """What she needs of the place; no rule looks at it, only who chooses a table."""


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Which topics are close to each other; compared by identity, so that what follows from it is quickly found again."""

    of_topics: tuple[tuple[str, str], ...] = ()
    """(topic, group)."""

    def near(self, offers: frozenset[str]) -> frozenset[str]:
        """Other topics of the groups of these."""
        groups = {group for topic, group in self.of_topics if topic in offers and group}
        return frozenset(topic for topic, group in self.of_topics if group in groups) - offers


@lru_cache(maxsize=100)
def groups_of(topics: tuple[Topic, ...]) -> Groups:
    """The groups of a conference's topics."""
    return Groups(tuple((topic.code, topic.group) for topic in topics))


Rule = Callable[[Somebody, Somebody], str | None]
Term = Callable[[Somebody, Somebody, int], tuple[int, tuple[Reason, ...]]]
"""(points up to the given weight, the facts behind them that both may read)."""
Weights = Mapping[str, int]
"""Points by the name of their term."""


def spoken(person: Somebody) -> frozenset[str]:
    """The languages she speaks, without their regions; who names none speaks English."""
    return frozenset(code.split("-")[0] for code in person.languages) or frozenset({ENGLISH})


def with_a_common_topic(mentor: Somebody, mentee: Somebody) -> str | None:
    """What one offers, or something close to it, the other wants; without that, both must have asked for each other."""
    fits = not mentee.wants.isdisjoint(mentor.offers) or topic_fit(mentor, mentee) >= LEAST_FIT * max(
        1, len(mentee.wants)
    )
    if not fits and not (mentor.id in mentee.requests and mentee.id in mentor.requests):
        return _("They have no topic in common.")
    return None


def topic_fit(mentor: Somebody, mentee: Somebody) -> int:
    """100 for each wanted topic that is offered, less for one of the same group."""
    exactly = len(mentee.wants & mentor.offers)
    return 100 * exactly + NEAR * len((mentee.wants & mentor.near) - mentor.offers)


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
    company = mentor.company is not None and mentor.company == mentee.company
    if company or (mentor.domain is not None and mentor.domain == mentee.domain):
        return _("They work for the same company.")
    return None


def without_a_block(mentor: Somebody, mentee: Somebody) -> str | None:
    """Nobody learns who blocked whom."""
    if mentor.id in mentee.blocks or mentee.id in mentor.blocks:
        return _("One of them does not want this introduction.")
    return None


def not_kept_apart(mentor: Somebody, mentee: Somebody) -> str | None:
    """Organizers know more than forms."""
    if mentor.id in mentee.apart or mentee.id in mentor.apart:
        return _("An organizer keeps them apart.")
    return None


def for_the_first_time(mentor: Somebody, mentee: Somebody) -> str | None:
    """Once at a conference, whatever became of it; at a later one only where one of them asks for the other."""
    if mentor.id in mentee.known or mentee.id in mentor.known:
        return _("They were introduced before.")
    before = mentor.id in mentee.met_before or mentee.id in mentor.met_before
    if before and mentor.id not in mentee.requests and mentee.id not in mentor.requests:
        return _("They were introduced at an earlier conference.")
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
    not_kept_apart,
    for_the_first_time,
)


PINNED: tuple[Rule, ...] = (
    different_people,
    in_fitting_roles,
    with_an_approved_mentor,
    with_both_consents,
    in_a_common_language,
    without_a_block,
    not_kept_apart,
)
"""What an organizer who wants two people to meet does not overrule."""


def why_not(mentor: Somebody, mentee: Somebody, rules: tuple[Rule, ...] = ALL) -> str | None:
    """The first rule's sentence that speaks against introducing the two; None when they may meet."""
    for rule in rules:
        sentence = rule(mentor, mentee)
        if sentence is not None:
            return sentence
    return None


def common_topics(mentor: Somebody, mentee: Somebody, weight: int) -> tuple[int, tuple[Reason, ...]]:
    """The share of what is wanted that is offered; another topic of the same group counts a little."""
    points = weight * topic_fit(mentor, mentee) // (100 * max(1, len(mentee.wants)))
    exactly = sorted(mentor.offers & mentee.wants)[:MOST_TOPICS]
    if exactly:
        return points, tuple(Reason(kind="topic", code=code) for code in exactly)
    near = sorted(mentor.near & mentee.wants)[:1]
    return points, tuple(Reason(kind="near", code=code) for code in near)


def goals_helped(mentor: Somebody, mentee: Somebody, weight: int) -> tuple[int, tuple[Reason, ...]]:
    """The share of the help that is looked for that is given."""
    common = sorted(mentor.helps & mentee.goals)
    return weight * len(common) // max(1, len(mentee.goals)), tuple(Reason(kind="help", code=code) for code in common)


def years_between(mentor: Somebody, mentee: Somebody, weight: int) -> tuple[int, tuple[Reason, ...]]:
    """All for a mentor who is ahead by 5 to 15 years, rising before, falling to a third after; unknown is neutral."""
    if mentor.years is None or mentee.years is None:
        return weight // 2, ()
    ahead = mentor.years - mentee.years
    facts = (Reason(kind="years"),) if ahead >= 2 else ()
    if ahead <= 4:
        return max(0, ahead) * weight // 5, facts
    return (weight if ahead <= 15 else max(weight // 3, weight - (8 * weight // 150) * (ahead - 15))), facts


def own_language(mentor: Somebody, mentee: Somebody, weight: int) -> tuple[int, tuple[Reason, ...]]:
    """A little for a language beside English that both speak."""
    common = sorted((spoken(mentor) & spoken(mentee)) - {ENGLISH})
    return (weight, (Reason(kind="language", code=common[0]),)) if common else (0, ())


def asked_for(mentor: Somebody, mentee: Somebody, weight: int) -> tuple[int, tuple[Reason, ...]]:
    """Once when one named the other, twice when both did."""
    named = (mentor.id in mentee.requests) + (mentee.id in mentor.requests)
    return weight * named, (Reason(kind="request"),) if named else ()


def referred(mentor: Somebody, mentee: Somebody, weight: int) -> tuple[int, tuple[Reason, ...]]:
    """When one of them brought the other along."""
    if mentor.id in mentee.referrals or mentee.id in mentor.referrals:
        return weight, (Reason(kind="referral"),)
    return 0, ()


def first_timer(_mentor: Somebody, mentee: Somebody, weight: int) -> tuple[int, tuple[Reason, ...]]:
    """Who is at such a conference for the first time comes before others of the same fit."""
    return weight * mentee.first_timer, ()


def likes_newcomers(mentor: Somebody, mentee: Somebody, weight: int) -> tuple[int, tuple[Reason, ...]]:
    """A mentor who wishes to teach newcomers, and one of them."""
    wished = mentor.likes_newcomers and mentee.first_timer
    return (weight, (Reason(kind="newcomer"),)) if wished else (0, ())


TERMS: tuple[Term, ...] = (
    common_topics,
    goals_helped,
    years_between,
    own_language,
    asked_for,
    referred,
    first_timer,
    likes_newcomers,
)


def weights_of(policy: Policy) -> Weights:
    """The points that a conference gives to each term."""
    return {term.__name__: getattr(policy, f"points_{term.__name__}") for term in TERMS}


WEIGHTS = weights_of(Policy())


def score(mentor: Somebody, mentee: Somebody, weights: Weights = WEIGHTS) -> int:
    """How much speaks for two who may meet, 1 to 1,000; a number to compare by, never to be shown."""
    total = sum(term(mentor, mentee, weights[term.__name__])[0] for term in TERMS)
    return max(1, min(MOST_POINTS, total))


def account_for(mentor: Somebody, mentee: Somebody) -> tuple[dict[str, float], tuple[Reason, ...]]:
    """(value of each term by name as a share of its weight, the facts behind them that both may read)."""
    values: dict[str, float] = {}
    reasons: list[Reason] = []
    for term in TERMS:
        value, facts = term(mentor, mentee, 100)
        values[term.__name__] = value / 100
        reasons.extend(facts)
    return values, tuple(reasons)
