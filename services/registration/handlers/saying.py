"""What somebody says in a registration, in the codes of its conference, and all that is wrong with it at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.registration import policies
from shared.contracts import ConferencePublished
from shared.errors import Invalid
from shared.i18n import gettext as _

CODED = (
    "offers",
    "wants",
    "helps",
    "goals",
    "first_timer",
    "likes_newcomers",
    "step_free",
    "quiet",
    "languages",
    "years",
    "capacity",
    "introductions",
    "available",
)
EMPTY: dict[str, Any] = {
    **dict.fromkeys(("offers", "wants", "helps", "goals", "languages"), ()),
    **dict.fromkeys(("first_timer", "likes_newcomers", "step_free", "quiet"), False),
}
"""What null means where it is not "as the conference has it"."""
LANGUAGES = ("en",)
"""What nobody said is English, the language of most conferences."""


def in_codes(
    said: Mapping[str, Any], conference: ConferencePublished, *, whole: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """What was said, topics as codes, whether they came as codes or as labels. Raises Invalid with every complaint.

    `whole`: what is known already; rules look at both together.
    """
    result, wrong = _topics(said, conference)
    rules = tuple(rule for rule in policies.ALL if not wrong or rule not in policies.TOPICS)
    wrong |= policies.complaints({**(whole or {}), **result}, conference, rules)
    if wrong:
        raise Invalid(wrong)
    return result


def without_topics_too(said: Mapping[str, Any], conference: ConferencePublished) -> dict[str, Any]:
    """The same for somebody who is only invited: topics may be missing. Raises Invalid."""
    result, wrong = _topics(said, conference)
    rules = tuple(rule for rule in policies.ALL if rule not in policies.TOPICS)
    wrong |= policies.complaints(result, conference, rules)
    if wrong:
        raise Invalid(wrong)
    return result


def _topics(said: Mapping[str, Any], conference: ConferencePublished) -> tuple[dict[str, Any], dict[str, list[str]]]:
    known = {topic.code: topic.code for topic in conference.topics}
    known |= {topic.label.casefold(): topic.code for topic in conference.topics}
    result, wrong = dict(said), {}
    for name in ("offers", "wants"):
        if said.get(name):
            codes = [known.get(topic, known.get(topic.casefold())) for topic in said[name]]
            if None in codes:
                wrong[name] = [_("One of these is not a topic of this conference.")]
            result[name] = list(dict.fromkeys(codes))
    return result, wrong


def coded(said: Mapping[str, Any]) -> dict[str, Any]:
    """The coded attributes that were given, as an attendee holds them: lists as tuples, null as the default."""
    values: dict[str, Any] = {}
    for name in CODED:
        if name in said:
            value = said[name]
            values[name] = tuple(value) if isinstance(value, list) else value
            if value is None and name in EMPTY:
                values[name] = EMPTY[name]
    if not values.get("languages", LANGUAGES):
        values["languages"] = LANGUAGES
    return values
