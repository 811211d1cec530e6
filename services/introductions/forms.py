"""What people and clients send: answers, words about a meeting. One schema serves form and JSON. And what the API
answers with, for its OpenAPI document."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates

from shared.forms import (
    Choice,
    CleanText,
    FormSchema,
    Id,
    Instant,
    ListOf,
    LocalDate,
    LongText,
    Schema,
    Shown,
    SlotId,
    TrueFalse,
    WholeNumber,
)
from shared.i18n import gettext as _

MOST_SLOTS = 400
LEAST_DELAY = 5


class IntroductionAnswerInput(Schema):
    """The API's answer of one of the two."""

    attendee = Id(required=True)
    answer = Choice("accept", "decline", "other_time", required=True)
    slots = ListOf(SlotId(), most=MOST_SLOTS)


class MetInput(Schema):
    """The API's word whether they met."""

    met = TrueFalse(required=True)


class AnswerForm(FormSchema):
    """The answer page: one button says what is meant, a chosen time goes with "another time"."""

    answer = Choice("accept", "decline", "other_time", required=True)
    slots = ListOf(SlotId(), most=MOST_SLOTS)


class MetForm(FormSchema):
    """We met, or we did not."""

    met = Choice("yes", "no", required=True)


class TableForm(FormSchema):
    """I'm here, or I waited long enough and go."""

    table = Choice("here", "go", required=True)


class GoalForm(FormSchema):
    """The goal card: one sentence and a date, or this talk was enough."""

    goal = Choice("next", "enough", required=True)
    sentence = CleanText(longest=200)
    by = LocalDate()


class ReadyForm(FormSchema):
    """I'm free now, or not any more; or I come in so many minutes (0: I am here already)."""

    free = Choice("yes", "no")
    late = WholeNumber(least=0, most=600)


class PreviewForm(FormSchema):
    """An announcement that is looked at before it is made; minutes below none take a delay back."""

    do = Choice("delay", "moved", "stop", load_default="delay")
    minutes = WholeNumber(least=-240, most=120)
    from_slot = SlotId()
    point = CleanText(longest=64)
    name = CleanText(longest=80)
    landmark = CleanText(longest=160)

    @validates("minutes")
    def _worth_it(self, minutes: int, **_options: Any) -> None:
        if 0 <= minutes < LEAST_DELAY:
            sentence = _("Please give a whole number from {least} to {most}.")
            raise ValidationError(sentence.replace("{least}", str(LEAST_DELAY)).replace("{most}", "120"))


class KeepFreeForm(FormSchema):
    """A time that she keeps free, or is there in again; `sure`, though both agreed to meet then."""

    slot = SlotId(required=True)
    keep = Choice("free", "open", required=True)
    sure = Choice("yes")


class PauseForm(FormSchema):
    """No introductions for now, or again."""

    pause = Choice("yes", "no", required=True)


class DraftForm(FormSchema):
    """What an owner does with a draft; `made` is the number of the one she looked at."""

    action = Choice("make", "cancel", "publish", required=True)
    made = WholeNumber(least=0, most=10**9, load_default=0)


class PairForm(FormSchema):
    """What an owner wants of two people."""

    mentor = Id(required=True)
    mentee = Id(required=True)
    kind = Choice("pin", "ban", "let", required=True)


class PairsForm(FormSchema):
    """Many pairs at once: mail addresses, mentor and mentee in a line."""

    lines = LongText(longest=200_000, required=True)


class PlanForm(FormSchema):
    """What the desk and owners do to a meeting."""

    action = Choice("met", "cancel", required=True)


class BoardForm(FormSchema):
    """What the desk does from the live board: somebody else is looked for at once."""

    action = Choice("hurry", required=True)


class ScreenForm(FormSchema):
    """A public screen: what it calls people, or which one is to end."""

    shows = Choice("names", "codes")
    end = Id()


class AnswersShown(Shown):
    """What the two said to the meeting as it now is; null while somebody is asked."""

    mentor = Choice("accept", "decline", allow_none=True)
    mentee = Choice("accept", "decline", allow_none=True)


class ReasonShown(Shown):
    """A fact that both may read; the label of a topic or the code of a language says what it is about."""

    kind = Choice("topic", "near", "help", "request", "referral", "language", "years", "newcomer", "organizer")
    code = fields.String()
    label = fields.String()


class IntroductionShown(Shown):
    """Who meets whom, when, where, and how it stands."""

    id = Id()
    mentor = Id()
    mentee = Id()
    slot = SlotId()
    starts_at = Instant()
    ends_at = Instant()
    place = fields.String()
    table = fields.Integer()
    status = Choice("proposed", "accepted", "declined", "expired", "cancelled", "met", "unreported")
    met = fields.Boolean(allow_none=True)
    answers = fields.Nested(AnswersShown)
    reasons = fields.List(fields.Nested(ReasonShown))
    hold_until = Instant()
    version = fields.Integer()


class IntroductionList(Shown):
    """Introductions in the order they were made."""

    items = fields.List(fields.Nested(IntroductionShown))
    next = fields.String(allow_none=True)
