"""What people and clients send to follow-up."""

from __future__ import annotations

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
    ListOf,
    LocalTime,
    LongText,
    Pattern,
    Schema,
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
