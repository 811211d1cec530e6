"""An owner's browser in a world: logged in by a printed link, its cookie kept from answer to answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.journeys.world import Answer, Visitor, World


class _WithCookie:
    """The same world, as a browser that keeps what it is given."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._cookie = ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world, name)

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One request with the cookie; a new one in the answer is kept."""
        sent = {**headers, **({"Cookie": self._cookie} if self._cookie else {})}
        answer = self._world.send(method, path, sent, body)
        if "set-cookie" in answer.headers:
            self._cookie = answer.headers["set-cookie"].split(";")[0]
        return answer


def an_owner(world: World) -> Visitor:
    """Somebody who is logged in for all conferences."""
    visitor = Visitor(_WithCookie(world))
    answer = visitor.post(world.login_link("owner@example.org"), [])
    assert answer.status == 303, answer.text
    return visitor
