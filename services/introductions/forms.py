"""What people and clients send: answers, words about a meeting, searches. One schema serves form and JSON."""

from __future__ import annotations

from shared.forms import Choice, FormSchema, Id, ListOf, Schema, SlotId, TrueFalse

MOST_SLOTS = 400


class AnswerInput(Schema):
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


class PauseForm(FormSchema):
    """No introductions for now, or again."""

    pause = Choice("yes", "no", required=True)


class PlanForm(FormSchema):
    """What the desk and owners do to a meeting."""

    action = Choice("met", "cancel", required=True)
