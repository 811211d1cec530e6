"""What an event is: plain data in the past tense with a written name, a version and a key. Never does I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened. Subclasses say in their docstring what happened to whom.

    TYPE is the name on the wire, VERSION the version of the data's shape, TOPIC where it is published, SUBJECT the name
    of the field that holds the id of what it is about (the record's key).
    """

    TYPE: ClassVar[str]
    VERSION: ClassVar[int] = 1
    TOPIC: ClassVar[str]
    SUBJECT: ClassVar[str]

    @property
    def key(self) -> str:
        """The id by which records of one subject stay in order."""
        key: str = getattr(self, self.SUBJECT)
        return key

    @classmethod
    def upcast(cls, data: dict[str, Any], version: int) -> dict[str, Any]:
        """The data of an older version in the shape of this one. Overridden from version 2 on."""
        return data
