"""What all pairs of a conference add up to. `count` says what each number means, in one pass over all pairs and answers;
`added_up` says the same from totals that are kept up to date, so that nobody has to read all pairs. Plain arithmetic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from services.followup.domain.definitions import NO, UNKNOWN, YES, standing
from services.followup.domain.tallying import SAID, Totals
from services.followup.policies import CHECK_INS

LOSING = ("accepted", "met")
"""The steps on the way to which a pair is lost for a reason that may be told. Why two who met did not go on is theirs."""


@dataclass(frozen=True, kw_only=True)
class Met:
    """A pair as far as outcomes go: who, and how far it came."""

    id: str
    mentor: str
    mentee: str
    introduced: bool
    accepted: bool
    met: bool
    continued: bool
    lost: str = ""
    """Why the two have not met (tallying.LOST); empty once they did."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Pairs that met, by what is known of them as of one question; yes + no + unknown = all that met."""

    yes: int = 0
    no: int = 0
    unknown: int = 0
    wrote: int = 0
    """Of the no: somebody wrote and had no reply yet."""
    complete: int = 0
    """Of the no: somebody said that it is complete."""


@dataclass(frozen=True, kw_only=True)
class People:
    """Distinct people who came that far."""

    registered: int = 0
    checked_in: int = 0
    introduced: int = 0
    accepted: int = 0
    met: int = 0
    in_touch: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(CHECK_INS, 0))


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Introductions that came that far."""

    introduced: int = 0
    accepted: int = 0
    met: int = 0
    continued: int = 0
    in_touch: Mapping[str, Parts] = field(default_factory=lambda: {question: Parts() for question in CHECK_INS})
    lost: Mapping[str, Mapping[str, int]] = field(default_factory=lambda: {step: {} for step in LOSING})
    """Of those who never met, by the step that they did not come to: how many for which reason."""


@dataclass(frozen=True, kw_only=True)
class Outcomes:
    """The two counts; people and pairs are never mixed."""

    people: People = People()
    pairs: Pairs = Pairs()


Said = Iterable[tuple[str, str, str, str]]
"""(relationship, attendee, question, answer), the latest answer of each."""


def count(pairs: Collection[Met], said: Said, counted: Collection[str], registered: int, checked_in: int) -> Outcomes:
    """Add up. `counted` are the attendees who consent to statistics; what others answered counts as no answer."""
    answers: dict[tuple[str, str], set[str]] = {}
    for relationship, attendee, question, answer in said:
        if attendee in counted:
            answers.setdefault((relationship, question), set()).add(answer)
    met = [pair for pair in pairs if pair.met]
    in_touch = {
        question: [pair for pair in met if standing(answers.get((pair.id, question), ())) == YES]
        for question in CHECK_INS
    }
    return Outcomes(
        people=People(
            registered=registered,
            checked_in=checked_in,
            introduced=_people(pair for pair in pairs if pair.introduced),
            accepted=_people(pair for pair in pairs if pair.accepted),
            met=_people(met),
            in_touch={question: _people(found) for question, found in in_touch.items()},
        ),
        pairs=Pairs(
            introduced=sum(pair.introduced for pair in pairs),
            accepted=sum(pair.accepted for pair in pairs),
            met=len(met),
            continued=sum(pair.continued for pair in pairs),
            in_touch={question: _parts(met, answers, question) for question in CHECK_INS},
            lost=_lost((_lost_on_the_way_to(pair.accepted, pair.lost), 1) for pair in pairs),
        ),
    )


def added_up(totals: Totals) -> Outcomes:
    """The same numbers from the totals."""
    people, pairs = totals.people(), totals.pairs()
    met = {found: n for found, n in pairs.items() if found.met}

    def came(step: str) -> int:
        return sum(n for steps, n in people.items() if step in steps)

    def parts(place: int) -> Parts:
        said = {word: sum(n for found, n in met.items() if found.said[place] == word) for word in SAID}
        no = sum(said[word] for word in ("no", "wrote", "complete", "both"))
        wrote, complete = said["wrote"] + said["both"], said["complete"] + said["both"]
        return Parts(yes=said["yes"], no=no, unknown=said["unknown"], wrote=wrote, complete=complete)

    steps = ("registered", "checked_in", "introduced", "accepted", "met")
    return Outcomes(
        people=People(
            **{step: came(step) for step in steps}, in_touch={question: came(question) for question in CHECK_INS}
        ),
        pairs=Pairs(
            **{
                step: sum(n for found, n in pairs.items() if getattr(found, step))
                for step in ("introduced", "accepted", "met", "continued")
            },
            in_touch={question: parts(place) for place, question in enumerate(CHECK_INS)},
            lost=_lost((_lost_on_the_way_to(found.accepted, found.lost), n) for found, n in pairs.items()),
        ),
    )


def _lost_on_the_way_to(accepted: bool, why: str) -> tuple[str, str]:
    """(step, reason)"""
    return LOSING[accepted], why


def _lost(found: Iterable[tuple[tuple[str, str], int]]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {step: {} for step in LOSING}
    for (step, why), n in found:
        if why:
            counts[step][why] = counts[step].get(why, 0) + n
    return counts


def _people(pairs: Iterable[Met]) -> int:
    return len({attendee for pair in pairs for attendee in (pair.mentor, pair.mentee)})


def _parts(met: Collection[Met], answers: Mapping[tuple[str, str], set[str]], question: str) -> Parts:
    said = [answers.get((pair.id, question), set()) for pair in met]
    stands = Counter(map(standing, said))
    others = [words for words in said if standing(words) == NO]
    return Parts(
        yes=stands[YES],
        no=stands[NO],
        unknown=stands[UNKNOWN],
        wrote=sum("wrote" in words for words in others),
        complete=sum("complete" in words for words in others),
    )
