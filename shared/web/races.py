"""When two requests meet: whoever lost starts again and sees what the other one did, so that it can say so.

Views may run twice by this; they do nothing outside their transaction, which was rolled back.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy.exc import DBAPIError, IntegrityError

from shared.errors import LostRace

TRIES = 3
TAKEN = ("23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY")
ENTANGLED = ("40001", "40P01")
SAFE = {"GET", "HEAD", "OPTIONS"}


def lost(error: BaseException) -> bool:
    """Whether somebody else was faster, and the same request has a meaning again."""
    if isinstance(error, LostRace):
        return True
    if not isinstance(error, DBAPIError):
        return False
    why = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None)
    return why in ENTANGLED or (isinstance(error, IntegrityError) and why in TAKEN)


def set_up(app: Flask) -> None:
    """Let every view that changes something start again after a lost race."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if (rule.methods or set()) - SAFE and not hasattr(view, "__rapport_again__"):
            app.view_functions[rule.endpoint] = _again(view)


def _again(view: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(view)
    def call(*args: Any, **kwargs: Any) -> Any:
        for _attempt in range(TRIES - 1):
            try:
                return view(*args, **kwargs)
            except (LostRace, DBAPIError) as error:
                if not lost(error):
                    raise
        return view(*args, **kwargs)

    call.__rapport_again__ = True  # type: ignore[attr-defined]
    return call
