"""What organizers say of programs: keys, ticket shops, webhooks."""

from __future__ import annotations

from services.registration.domain.outward import TYPES
from shared.forms import Choice, CleanText, FormSchema, ListOf, Pattern, Schema, TrueFalse


class Nothing(Schema):
    """Nothing to say, such as with a check-in."""


class KeyForm(FormSchema):
    """A new API key."""

    label = CleanText(longest=80, required=True)


class ShopForm(FormSchema):
    """A ticket shop: where it is, which event, and a token for its API."""

    url = CleanText(longest=200, required=True)
    organizer = Pattern(
        "[A-Za-z0-9][A-Za-z0-9_.-]{0,99}",
        "Please write the short name as it stands in the shop's address.",
        required=True,
    )
    event = Pattern(
        "[A-Za-z0-9][A-Za-z0-9_.-]{0,99}",
        "Please write the short name as it stands in the shop's address.",
        required=True,
    )
    token = Pattern(
        "[!-~]{8,200}", "Please paste the token as the shop shows it: 8 to 200 characters, no spaces.", required=True
    )
    role = Choice("mentee", "mentor", "both", required=True)


class WebhookInput(FormSchema):
    """A program that is to hear of events."""

    url = CleanText(longest=500, required=True)
    types = ListOf(Choice(*TYPES), most=len(TYPES), least=1, required=True)


class WebhookChange(Schema):
    """Whether it hears of anything."""

    enabled = TrueFalse()
