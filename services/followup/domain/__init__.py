"""What exists here: pairs, what they were asked and said, and what all of it adds up to. Pure: no I/O, no clock."""

from services.followup.domain.agenda import agenda
from services.followup.domain.relationship import Question, Relationship

__all__ = ["Question", "Relationship", "agenda"]
