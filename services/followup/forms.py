"""What people and clients send to follow-up."""

from __future__ import annotations

from services.followup.policies import ANSWERS, CHECK_INS, HOW_IT_GOES, YES_OR_NO
from shared.forms import Choice, FormSchema, Id, Schema

QUESTIONS = ("continue", *CHECK_INS)
WORDS = (*YES_OR_NO, *HOW_IT_GOES)


class AnswerInput(Schema):
    """An answer that a program gives for somebody; which word fits which question, the domain knows."""

    attendee = Id(required=True)
    question = Choice(*QUESTIONS, required=True)
    answer = Choice(*WORDS, required=True)


class AnswerForm(FormSchema):
    """An answer from somebody's own page."""

    relationship = Id(required=True)
    question = Choice(*ANSWERS, required=True)
    answer = Choice(*WORDS, required=True)
