"""Refusals: a reason that people may read, and whether trying again can help. Nothing else.

Refused                 the sentence is the class's docstring; `status` is the HTTP answer
├── NotFound            404, also for what the caller may not see
├── Forbidden           403
├── Conflict            409, carries the state as it now is
├── Invalid             422, carries sentences by field
└── TooMany             429, carries seconds to wait
Retryable               not anybody's fault; the same call may go through later
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from shared.i18n import gettext


class Refused(Exception):
    """That is not possible."""

    status = 409
    code = "refused"

    def __init__(self, **details: Any) -> None:
        super().__init__(type(self).__name__)
        self.details = details

    def sentence(self) -> str:
        """What people read: the docstring of the class, translated, with its {placeholders} filled from the details."""
        text = gettext(" ".join(inspect.cleandoc(self.__doc__ or "").split()))
        for name, value in self.details.items():
            text = text.replace("{" + name + "}", str(value))
        return text


class NotFound(Refused):
    """There is nothing here, or it is not for you."""

    status = 404
    code = "not-found"


class Forbidden(Refused):
    """You may not do this with the key or login you used."""

    status = 403
    code = "forbidden"


class Conflict(Refused):
    """Somebody was faster: here is how it stands now."""

    status = 409
    code = "conflict"

    def __init__(self, state: Mapping[str, Any] | None = None, **details: Any) -> None:
        super().__init__(**details)
        self.state = state


class Invalid(Refused):
    """Please check what you entered."""

    status = 422
    code = "invalid"

    def __init__(self, errors: Mapping[str, Sequence[str]], **details: Any) -> None:
        super().__init__(**details)
        self.errors = errors


class TooMany(Refused):
    """That was too much at once. Please wait a moment and try again."""

    status = 429
    code = "too-many"

    def __init__(self, retry_after: int, **details: Any) -> None:
        super().__init__(**details)
        self.retry_after = retry_after


class Retryable(Exception):
    """It did not work this time; trying again later may help."""


class LostRace(Retryable):
    """Another transaction changed the same thing in between."""
