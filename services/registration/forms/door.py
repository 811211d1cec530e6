"""What comes from devices at the door, and what somebody says who adds one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from marshmallow import ValidationError, fields, post_load, validates

from services.registration.domain.device import ROLES as DEVICE_ROLES
from services.registration.domain.tap import LATEST, Tap, tapped_at
from shared.forms import Choice, CleanText, FormSchema, Id, Pattern, Schema, WholeNumber
from shared.i18n import gettext as _

DIGITS = "01234567890"
MOST_TAPS = 500


class DeviceForm(FormSchema):
    """A new device at the door."""

    label = CleanText(longest=40, required=True)
    role = Choice(*DEVICE_ROLES, required=True)
    pin = Pattern("[0-9]{4,8}", "Please choose 4 to 8 digits.", required=True)

    @validates("pin")
    def _not_the_first_guess(self, pin: str, **_options: Any) -> None:
        if len(set(pin)) == 1 or pin in DIGITS or pin in DIGITS[::-1]:
            raise ValidationError(_("Please choose a PIN that nobody guesses at once."))


class TapInput(Schema):
    """What was tapped on a device without network; loads as a function of the present, which its time is measured by."""

    id = Id(required=True)
    attendee = Id(required=True)
    action = Choice("check-in", "undo", required=True)
    tapped = WholeNumber(least=0, most=LATEST, required=True)
    difference = WholeNumber(least=-LATEST, most=LATEST, required=True)

    @post_load
    def _tap(self, data: dict[str, Any], **_options: Any) -> Callable[[datetime], Tap]:
        tapped, difference = data.pop("tapped"), data.pop("difference")
        return lambda now: Tap(**data, at=tapped_at(tapped, difference, now))


class MergeInput(Schema):
    """What a device has to send, in order."""

    taps = fields.List(fields.Nested(TapInput), required=True)

    @validates("taps")
    def _not_too_many(self, taps: list[Any], **_options: Any) -> None:
        if len(taps) > MOST_TAPS:
            raise ValidationError(_("Please give at most {most}.").replace("{most}", str(MOST_TAPS)))
