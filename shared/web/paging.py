"""Lists in pages: `{"items": [...], "next": cursor or null}`, by a key that never changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, jsonify, request
from itsdangerous import BadData, URLSafeSerializer

from shared.errors import Invalid
from shared.i18n import gettext as _
from shared.web import current_runtime, href

USUAL, MOST = 100, 500
LONGEST = 300


def cursor_after() -> str:
    """The key to go on behind, from ?cursor=; empty at the start. Raises Invalid."""
    text = request.args.get("cursor", "")
    if not text:
        return ""
    try:
        return str(_signer().loads(text[:LONGEST]))
    except BadData:
        raise Invalid({"cursor": [_("This cursor is not one of ours.")]}) from None


def _signer() -> URLSafeSerializer:
    """Cursors are signed for their list, so that a store only ever sees keys that it gave out itself."""
    rule = request.url_rule.rule if request.url_rule else ""
    return URLSafeSerializer(current_runtime().settings.secret_key, salt=f"rapport cursor {rule}")


def asked() -> tuple[str, int]:
    """(key to go on behind, how many) from ?cursor= and ?limit=. Raises Invalid."""
    limit = request.args.get("limit", str(USUAL))
    if not limit.isascii() or not limit.isdigit() or not 1 <= len(limit) <= 4 or not 1 <= int(limit) <= MOST:
        raise Invalid({"limit": [_("Please ask for 1 to 500 at once.")]})
    return cursor_after(), int(limit)


def page(rows: Sequence[Any], limit: int, key: Callable[[Any], str], item: Callable[[Any], Any]) -> Response:
    """The answer from up to `limit + 1` rows: the one too many says that there is more."""
    more = len(rows) > limit
    shown = rows[:limit]
    cursor = str(_signer().dumps(key(shown[-1]))) if more else None
    response = jsonify({"items": [item(row) for row in shown], "next": cursor})
    if cursor:
        response.headers["Link"] = f'<{href(request.path)}?cursor={cursor}&limit={limit}>; rel="next"'
    return response
