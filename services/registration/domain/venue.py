"""The code of the day: it hangs in the venue, and whoever has it is there. Pure; it opens nothing but the door."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from shared.contracts import ConferencePublished
from shared.errors import Conflict, NotFound

LENGTH = 6
"""Characters of base32, 30 bits: enough for a day on which misses are limited."""


class WrongCode(Conflict):
    """That is not the code of today. It hangs at the entrance, and the desk knows it."""

    code = "wrong-code"


class NotTodaysPoster(NotFound):
    """This is not the poster of today. The one of today hangs at the entrance, and the desk helps, too."""

    code = "not-todays-poster"


class Tokens(Protocol):
    """Who can make keyed texts."""

    def token(self, purpose: str, object_id: str, person: str, version: int) -> str:
        """The same text whenever it is asked for again."""


def code_of(tokens: Tokens, conference: ConferencePublished, day: date) -> str:
    """The code of a day, capital letters and digits 2 to 7."""
    return tokens.token("venue", conference.conference, day.isoformat(), 1)[:LENGTH].upper()


def tidy(code: str) -> str:
    """What somebody typed, as it stands on the poster: neither case nor spaces count, and a zero is an O."""
    return "".join(code.split()).upper().replace("0", "O").replace("1", "I")[: LENGTH + 1]
