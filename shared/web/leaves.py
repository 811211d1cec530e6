"""Long lists on pages, leaf by leaf: `?page=2`, by links that need no JavaScript. Lists of the API are in `paging.py`."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request

from shared.web import href

ROWS = 50
"""On a leaf: a phone shows each as about a seventh of its screen."""
DIGITS = 6
KEPT = ("q", "only")
"""What else of the address a list goes by."""


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """Which rows of a list are shown, and the ways to those before and behind; empty where there are none."""

    start: int
    stop: int
    total: int
    page: int
    pages: int
    before: str
    after: str
    again: str
    """What brings one back to this leaf, for the end of an address: empty, or from "?" on."""


def leaf(total: int, path: str) -> Leaf:
    """The leaf that ?page= asks for; of a list that became shorter, the last one. The list is at `path`."""
    pages = max(1, -(-total // ROWS))
    page = min(_asked(), pages)
    start = (page - 1) * ROWS
    return Leaf(
        start=start,
        stop=min(start + ROWS, total),
        total=total,
        page=page,
        pages=pages,
        before=href(path) + kept(page - 1) if page > 1 else "",
        after=href(path) + kept(page + 1) if page < pages else "",
        again=kept(page),
    )


def kept(page: int | None = None, **more: str) -> str:
    """The end of an address that shows the same list again, at a page or at the one that was asked for."""
    wanted = {name: request.values.get(name, "")[:80] for name in KEPT}
    number = _asked() if page is None else page
    said = {**wanted, "page": str(number) if number > 1 else "", **more}
    query = urlencode({name: value for name, value in said.items() if value})
    return f"?{query}" if query else ""


def _asked() -> int:
    text = request.values.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) <= DIGITS else 1
