"""What somebody says who reports a concern, and what whoever takes it notes."""

from __future__ import annotations

from services.registration.domain.concern import LONGEST
from shared.forms import CleanText, FormSchema, Id, LongText, TrueFalse


class ConcernForm(FormSchema):
    """A concern: every part may be missing, what must be there is said by the handler."""

    text = LongText(longest=LONGEST, allow_none=True)
    about = Id(allow_none=True)
    conference = Id(allow_none=True)
    apart = TrueFalse()
    reach = CleanText(longest=200, allow_none=True)


class NoteForm(FormSchema):
    """A note for those who take concerns."""

    note = LongText(longest=LONGEST, allow_none=True)
