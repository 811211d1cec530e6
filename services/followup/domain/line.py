"""The line that somebody may add to an answer: what happened, what is next, what would help. Her own words, which nobody
reads but the other of the two, and she only where the writer says so."""

from __future__ import annotations

from dataclasses import dataclass

from services.followup import policies
from services.followup.domain.relationship import Relationship
from shared.errors import Conflict

LONGEST = 300
"""Characters of each part, as people count them."""


class AnswerFirst(Conflict):
    """Please answer the question first; a line can be added to an answer."""

    code = "not-answered"


@dataclass(frozen=True, kw_only=True)
class Line:
    """What somebody wrote with her answer to one question about one pair."""

    happened: str | None = None
    next: str | None = None
    help: str | None = None
    shared: bool = False
    """The other may read it. Never unless the writer ticked it."""

    @property
    def empty(self) -> bool:
        """Whether she wrote nothing."""
        return not (self.happened or self.next or self.help)


def may_write(pair: Relationship, attendee: str, question: str) -> None:
    """Raises AnswerFirst where there is no answer of hers that a line could go with."""
    if question not in policies.CHECK_INS or pair.said(attendee, question) is None:
        raise AnswerFirst
