"""What may stand in a JSON body before anybody looks at its fields, and how a schema's refusals become sentences.

Deciding is pure: bytes in, an object or a refusal out. Nothing that was sent is echoed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from shared.errors import Invalid, Refused
from shared.i18n import gettext as _

DEPTH = 20
LARGEST = 2**53
KEY_LENGTH = 200
MOST_ERRORS = 20


class NotJson(Refused):
    """The body is not JSON that we can read: {why}."""

    status = 400
    code = "not-json"


class WrongType(Refused):
    """Please send the body as application/json."""

    status = 415
    code = "wrong-type"


class _Wrong(ValueError):
    """Why it cannot be read; the text is a sentence's end."""


def read_object(body: bytes) -> dict[str, Any]:
    """The object that the bytes say, where every JSON reader would agree on it. Raises NotJson."""
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_pairs,
            parse_constant=_no_constant,
            parse_int=_integer,
            parse_float=_number,
        )
        if not isinstance(value, dict):
            raise _Wrong(_("an object is expected"))
        if _deeper(value, DEPTH):
            raise RecursionError
    except UnicodeDecodeError:
        raise NotJson(why=_("it is not UTF-8")) from None
    except RecursionError:
        raise NotJson(why=_("it is nested too deeply")) from None
    except _Wrong as wrong:
        raise NotJson(why=str(wrong)) from None
    except ValueError:
        raise NotJson(why=_("it has a mistake in it")) from None
    return value


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Wrong(_("a key stands in it twice"))
    if not all(len(name) <= KEY_LENGTH and name.isprintable() for name in found):
        raise _Wrong(_("a key has characters that cannot be read"))
    return found


def _no_constant(_name: str) -> Any:
    raise _Wrong(_("NaN and Infinity are no numbers"))


def _integer(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > LARGEST:
        raise _Wrong(_("a number is too large"))
    return int(text)


def _number(text: str) -> float:
    if abs(float(text)) > LARGEST:
        raise _Wrong(_("a number is too large"))
    return float(text)


def _deeper(value: Any, levels: int) -> bool:
    """Whether it is nested more than so many levels deep."""
    if not isinstance(value, dict | list):
        return False
    if levels == 0:
        return True
    return any(_deeper(item, levels - 1) for item in (value.values() if isinstance(value, dict) else value))


def invalid_body(errors: Mapping[Any, Any]) -> Invalid:
    """A schema's messages as sentences by field: dotted names, at most 20."""
    flat: dict[str, list[str]] = {}
    _flatten("", errors, flat)
    return Invalid(dict(list(flat.items())[:MOST_ERRORS]))


def _flatten(name: str, value: Any, into: dict[str, list[str]]) -> None:
    if isinstance(value, Mapping):
        for part, inner in value.items():
            step = "" if part == "_schema" else str(part)[:60]
            _flatten(".".join(piece for piece in (name, step) if piece), inner, into)
    elif isinstance(value, list):
        into.setdefault(name, []).extend(_(str(item)) for item in value)
    else:
        into.setdefault(name, []).append(_(str(value)))
