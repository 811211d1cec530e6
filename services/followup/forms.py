"""What people and clients send to follow-up, and what its API answers with, for the OpenAPI document."""

from __future__ import annotations

from marshmallow import fields

from services.followup.domain.agreement import LASTS, OFTEN, SENTENCE
from services.followup.domain.came_of import CAME
from services.followup.domain.line import LONGEST
from services.followup.domain.notes import NOTE
from services.followup.policies import ANSWERS, CHECK_INS, HOW_IT_GOES, PAUSES, YES_OR_NO
from shared.forms import (
    Choice,
    CleanText,
    FormSchema,
    Id,
    Instant,
    ListOf,
    LocalTime,
    LongText,
    Pattern,
    Schema,
    Shown,
    TrueFalse,
    WholeNumber,
    Zone,
)
from shared.i18n import noted as N_

QUESTIONS = ("continue", *CHECK_INS)
WORDS = (*YES_OR_NO, *HOW_IT_GOES)


class RelationshipAnswerInput(Schema):
    """An answer that a program gives for somebody; which word fits which question, the domain knows."""

    attendee = Id(required=True)
    question = Choice(*QUESTIONS, required=True)
    answer = Choice(*WORDS, required=True)


class AnswerForm(FormSchema):
    """An answer from somebody's own page."""

    relationship = Id(required=True)
    question = Choice(*ANSWERS, required=True)
    answer = Choice(*WORDS, required=True)


class PauseForm(FormSchema):
    """For how many months nothing is asked; 0 = asked again."""

    months = Choice("0", *map(str, PAUSES), required=True)


class SnoozeForm(FormSchema):
    """A question that is to come again in a week, or (`again` no) not."""

    relationship = Id(required=True)
    question = Choice(*CHECK_INS, required=True)
    again = Choice(*YES_OR_NO, load_default="yes")


class LeaveForm(FormSchema):
    """A pair that is to be left alone, or (`again` yes) not."""

    relationship = Id(required=True)
    again = Choice(*YES_OR_NO, load_default="no")


class ZoneForm(FormSchema):
    """Where somebody is by day; nothing = as far as we know."""

    zone = Zone(load_default=None)


class LineForm(FormSchema):
    """What somebody adds to an answer."""

    happened = LongText(longest=LONGEST, load_default=None)
    next = LongText(longest=LONGEST, load_default=None)
    help = LongText(longest=LONGEST, load_default=None)
    shared = TrueFalse(load_default=False)


class AgreementForm(FormSchema):
    """What the two of a pair expect of each other; `seen` is the version that the form showed."""

    seen = WholeNumber(least=0, most=1_000_000, required=True)
    often = Choice(*OFTEN)
    lasts = Choice(*LASTS)
    goal = CleanText(longest=SENTENCE)
    second_goal = CleanText(longest=SENTENCE)
    not_for = CleanText(longest=SENTENCE)


class FineForm(FormSchema):
    """The version that somebody is fine with."""

    seen = WholeNumber(least=0, most=1_000_000, required=True)


class FeedbackForm(FormSchema):
    """Two sentences for the other one; both empty takes back what was said."""

    helped = CleanText(longest=SENTENCE)
    wish = CleanText(longest=SENTENCE)


class ThanksForm(FormSchema):
    """A note of thanks, for the mentor."""

    note = LongText(longest=NOTE, required=True)


class HoursForm(FormSchema):
    """When somebody works, in her zone."""

    zone = Zone(required=True)
    starts = LocalTime(required=True)
    ends = LocalTime(required=True)


class TalkForm(FormSchema):
    """A time that was suggested, such as 20261201T1500Z."""

    starts_at = Pattern("20[0-9]{6}T[0-9]{4}Z", N_("Please choose one of the times that are suggested."), required=True)


class CameOfForm(FormSchema):
    """What came of a pair: some codes, and a sentence."""

    relationship = Id(required=True)
    came = ListOf(Choice(*CAME), most=len(CAME), load_default=[])
    sentence = CleanText(longest=SENTENCE)


class QuoteForm(FormSchema):
    """Whether the sentence about a pair may be quoted, without a name."""

    relationship = Id(required=True)
    quote = Choice(*YES_OR_NO, required=True)


class ShareForm(FormSchema):
    """An owner makes a link to the numbers, or ends one."""

    make = Choice("yes")
    end = Id()


class WriteToAllForm(FormSchema):
    """An owner writes to all whose day passed, as many as she saw, or takes that back."""

    people = WholeNumber(least=0, most=1_000_000)
    back = Id()


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
