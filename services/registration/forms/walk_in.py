"""What somebody says who stands in the venue without a registration."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load, pre_load

from services.registration.forms.incoming import AttendeeForm, ConsentsForm
from shared.forms import Address, Choice, CleanText, FormSchema, Language, ListOf, SlotId, TrueFalse


class TimeForm(FormSchema):
    """One time that somebody keeps free, or is there in again."""

    slot = SlotId(required=True)
    keep = Choice("free", "open", required=True)


class WalkInForm(FormSchema):
    """Four fields for who stands in the venue: one list of topics, for her role."""

    name = CleanText(longest=80, required=True)
    email = Address(required=True)
    role = Choice("mentor", "mentee", required=True)
    topics = ListOf(CleanText(longest=80, required=True), most=20)
    step_free = TrueFalse()
    quiet = TrueFalse()
    locale = Language(allow_none=True)
    consents = fields.Nested(ConsentsForm, allow_none=True)
    adult = TrueFalse(load_only=True)

    @pre_load
    def _from_a_form(self, data: Any, **_options: Any) -> Any:
        return AttendeeForm.nested(data)

    @post_load
    def _by_role(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        topics = data.pop("topics", [])
        return {**data, "offers" if data["role"] == "mentor" else "wants": topics}
