"""What the API of follow-up answers with, for the OpenAPI document."""

from __future__ import annotations

from marshmallow import fields

from services.followup.policies import CHECK_INS
from shared.forms import Choice, Id, Instant, Shown

STATES = ("met", "continued", "in_touch", "ended", "lapsed")


class StateShown(Shown):
    """A state of a pair, and since when."""

    state = Choice(*STATES)
    at = Instant()


class RelationshipShown(Shown):
    """A pair that met, as an organizer may know it: before both said yes, that they met and no more."""

    id = Id()
    mentor = Id()
    mentee = Id()
    status = Choice(*STATES)
    history = fields.List(fields.Nested(StateShown))


class RelationshipList(Shown):
    """Pairs that met, in the order in which they became known."""

    items = fields.List(fields.Nested(RelationshipShown))
    next = fields.String(allow_none=True)


def _told() -> fields.Integer:
    """A count; null where the dashboard hides it, or has none yet."""
    return fields.Integer(allow_none=True)


class PeopleInTouchShown(Shown):
    """People in touch with somebody they met, as of each question."""

    week = _told()
    month = _told()
    quarter = _told()


class PeopleShown(Shown):
    """People who came that far."""

    registered = _told()
    checked_in = _told()
    introduced = _told()
    accepted = _told()
    met = _told()
    in_touch = fields.Nested(PeopleInTouchShown)


# From a dict: `unknown` in the body of a schema's class would be marshmallow's own setting.
InTouchShown = Shown.from_dict({name: _told() for name in ("yes", "no", "unknown")}, name="InTouchShown")
"""Pairs that are in touch, that are not, and of which nobody said so."""


class PairsInTouchShown(Shown):
    """Pairs by whether they are in touch, as of each question."""

    week = fields.Nested(InTouchShown)
    month = fields.Nested(InTouchShown)
    quarter = fields.Nested(InTouchShown)


class ApartShown(Shown):
    """Of the pairs that are not in touch: somebody wrote and had no reply yet; somebody said that it is complete."""

    wrote = _told()
    complete = _told()


class PairsApartShown(Shown):
    """What stands apart, as of each question."""

    week = fields.Nested(ApartShown)
    month = fields.Nested(ApartShown)
    quarter = fields.Nested(ApartShown)


class PairsShown(Shown):
    """Introductions that came that far."""

    introduced = _told()
    accepted = _told()
    met = _told()
    continued = _told()
    in_touch = fields.Nested(PairsInTouchShown)
    apart = fields.Nested(PairsApartShown)


class OutcomesShown(Shown):
    """What became of the introductions: two counts, people and pairs, never mixed. What the dashboard hides is null: small
    numbers, and whatever would give one away. So is what was not asked yet."""

    people = fields.Nested(PeopleShown)
    pairs = fields.Nested(PairsShown)


class PointShown(Shown):
    """The curve on one day after the pairs met; shares, null where the answers leave them open."""

    day = fields.Integer()
    share = fields.Float(allow_none=True)
    low = fields.Float(allow_none=True)
    high = fields.Float(allow_none=True)
    at_least = fields.Float()
    at_most = fields.Float()


class CurveShown(Shown):
    """The share of pairs with a later contact, rounded to `step`."""

    step = fields.Float()
    points = fields.List(fields.Nested(PointShown))


AnsweredShown = Shown.from_dict(
    {"after": Choice(*CHECK_INS)}
    | {name: fields.Integer(allow_none=True) for name in ("met", "yes", "no", "unknown")}
    | {name: fields.Float(allow_none=True) for name in ("reported", "low", "high")},
    name="AnsweredShown",
)
"""Pairs that met, by what is known of them as of one question, and the share reported in touch with its interval."""


class CohortShown(Shown):
    """One level of a way to split, or several that are told together; besides codes of the conference there are several, none and
    unknown."""

    by = fields.String()
    levels = fields.List(fields.String())
    met = fields.Integer()
    answers = fields.List(fields.Nested(AnsweredShown))


class LoadAnsweredShown(AnsweredShown):  # type: ignore[valid-type, misc]
    """The same with its bounds: between them lies the truth, whatever the silent pairs did."""

    at_least = fields.Float(allow_none=True)
    at_most = fields.Float(allow_none=True)


class LoadShown(Shown):
    """Pairs by how many pairs their mentor met (1, 2, 3, 4+): how many mentors that are, where it can be told, and the rates."""

    levels = fields.List(fields.String())
    mentors = fields.Integer(allow_none=True)
    met = fields.Integer()
    answers = fields.List(fields.Nested(LoadAnsweredShown))


class MatchedShown(Shown):
    """Pairs that points chose against pairs that chance had a part in: the difference of the shares in touch."""

    matched = fields.Nested(AnsweredShown)
    drawn = fields.Nested(AnsweredShown)
    difference = fields.Float(allow_none=True)
    low = fields.Float(allow_none=True)
    high = fields.Float(allow_none=True)
    verdict = Choice("more", "less", "too_few")


class DetailsShown(Shown):
    """What stands below the funnels on the dashboard: small numbers are null there as here."""

    curve = fields.Nested(CurveShown, allow_none=True)
    cohorts = fields.List(fields.Nested(CohortShown))
    mentors = fields.List(fields.Nested(LoadShown))
    matched = fields.Nested(MatchedShown, allow_none=True)
