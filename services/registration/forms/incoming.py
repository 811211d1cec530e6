"""What people and clients send to registration: one schema serves form and JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, post_load, pre_load, validates

from services.registration.domain import Draft
from shared.contracts.attendee import HELP
from shared.contracts.conference import Block, Day, Policy
from shared.forms import (
    Address,
    Choice,
    CleanText,
    FormSchema,
    Id,
    Language,
    ListOf,
    LocalDate,
    LocalTime,
    Schema,
    SlotId,
    Slug,
    TrueFalse,
    WholeNumber,
    Zone,
    strict,
)
from shared.i18n import gettext as _
from shared.web.input import sentences

RESERVED = ("new", "confirm")
MOST_POINTS = 1000
LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "nl", "pl", "tr", "ar", "zh", "ja")


class ConsentsForm(FormSchema):
    """The four consents; nothing is assumed."""

    introductions = TrueFalse(load_default=False, allow_none=True)
    follow_up = TrueFalse(load_default=False, allow_none=True)
    statistics = TrueFalse(load_default=False, allow_none=True)
    next_year = TrueFalse(load_default=False, allow_none=True)

    @post_load
    def _null_is_no(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        return {name: bool(given) for name, given in data.items()}


class AddressList(ListOf):
    """Mail addresses: a list of them, or in a form one a line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Address(), most=20, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        if not strict.get():
            texts = [value] if isinstance(value, str) else value or []
            parts = [
                part for text in texts for part in (re.split(r"[\r\n,;]+", text) if isinstance(text, str) else [text])
            ]
            value = [part for part in parts if not isinstance(part, str) or part.strip()]
        return super()._deserialize(value, attr, data, **options)


class AttendeeForm(FormSchema):
    """A registration, or a change of one (partial). Unknown fields are refused in JSON and ignored in a form."""

    name = CleanText(longest=80, required=True)
    email = Address(required=True)
    role = Choice("mentor", "mentee", "both", required=True)
    offers = ListOf(CleanText(longest=80, required=True), most=20, allow_none=True)
    wants = ListOf(CleanText(longest=80, required=True), most=20, allow_none=True)
    helps = ListOf(Choice(*HELP), most=len(HELP), allow_none=True)
    goals = ListOf(Choice(*HELP), most=len(HELP), allow_none=True)
    first_timer = TrueFalse(allow_none=True)
    likes_newcomers = TrueFalse(allow_none=True)
    step_free = TrueFalse(allow_none=True)
    quiet = TrueFalse(allow_none=True)
    goal = CleanText(longest=300, allow_none=True)
    languages = ListOf(Language(), most=10, allow_none=True)
    company = CleanText(longest=120, allow_none=True)
    field = CleanText(longest=120, allow_none=True)
    years = WholeNumber(least=0, most=70, allow_none=True)
    capacity = WholeNumber(least=1, most=50, allow_none=True)
    introductions = WholeNumber(least=1, most=10, allow_none=True)
    available = ListOf(SlotId(), most=400, allow_none=True)
    requests = ListOf(Id(), most=50, allow_none=True)
    blocks = ListOf(Id(), most=50, allow_none=True)
    referrals = ListOf(Id(), most=50, allow_none=True)
    meet_addresses = AddressList(allow_none=True, load_only=True)
    never_addresses = AddressList(allow_none=True, load_only=True)
    referred_by = AddressList(allow_none=True, load_only=True)
    locale = Language(allow_none=True)
    consents = fields.Nested(ConsentsForm, allow_none=True)
    adult = TrueFalse(load_only=True)

    @pre_load
    def _from_a_form(self, data: Any, **_options: Any) -> Any:
        """In a form dotted names are nested, and the slots of a block come as one value."""
        whole = AttendeeForm.nested(data)
        if isinstance(whole, dict) and not strict.get() and isinstance(whole.get("available"), list):
            whole["available"] = [slot for item in whole["available"] for slot in str(item).split(",")]
        return whole

    @staticmethod
    def nested(data: Any) -> Any:
        """A form's values with those of dotted names in a mapping of their own."""
        if not isinstance(data, Mapping) or strict.get():
            return data
        dotted = {str(name): value for name, value in data.items() if str(name).startswith("consents.")}
        whole = {name: value for name, value in data.items() if str(name) not in dotted}
        if dotted:
            whole["consents"] = {name.split(".", 1)[1]: value for name, value in dotted.items()}
        return whole


class ConfirmForm(AttendeeForm):
    """What somebody adds when she confirms: consents, and topics where there were none."""

    class Meta(AttendeeForm.Meta):
        fields = ("offers", "wants", "consents", "adult")


class AttendeeInput(AttendeeForm):
    """A registration by an organizer's program, which may vouch."""

    confirmed = TrueFalse()
    approved = TrueFalse()


class AttendeeChange(AttendeeInput):
    """What a program changes about an attendee; the address stays."""

    class Meta(AttendeeInput.Meta):
        exclude = ("email",)


ROW = AttendeeInput()
"""Made once: making one takes longer than reading a row with it."""


def read_row(said: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """What a row of a list says: (the values that are right, sentences by field)."""
    try:
        return ROW.load(said), {}
    except ValidationError as error:
        right: dict[str, Any] = error.valid_data if isinstance(error.valid_data, dict) else {}
        return right, sentences(error)


class BlockForm(Schema):
    """A stretch of a day."""

    start = LocalTime(required=True)
    end = LocalTime(required=True)


class DayForm(Schema):
    """A day with its blocks."""

    date = LocalDate(required=True)
    blocks = ListOf(fields.Nested(BlockForm), most=12, least=1, required=True)


class MeetingPointForm(Schema):
    """A place with tables."""

    name = CleanText(longest=80, required=True)
    landmark = CleanText(longest=160, allow_none=True)
    tables = WholeNumber(least=1, most=200, required=True)
    step_free = TrueFalse()
    quiet = TrueFalse()
    walk_minutes = WholeNumber(least=0, most=60)


class PolicyForm(Schema):
    """The rules; what is not given has its default."""

    approve_mentors = TrueFalse()
    introductions_per_mentee = WholeNumber(least=1, most=10)
    introductions_at_most = WholeNumber(least=1, most=10)
    mentor_meetings_per_half_day = WholeNumber(least=1, most=20)
    mentor_slots_in_a_row = WholeNumber(least=1, most=20)
    mentor_proposals_beyond_slots = WholeNumber(least=0, most=20)
    hold_evening_before = LocalTime()
    hold_minutes_after_break = WholeNumber(least=0, most=120)
    hold_ends_minutes_before_slot = WholeNumber(least=0, most=240)
    propose_minutes_before_slot = WholeNumber(least=0, most=240)
    points_common_topics = WholeNumber(least=0, most=MOST_POINTS)
    points_goals_helped = WholeNumber(least=0, most=MOST_POINTS)
    points_years_between = WholeNumber(least=0, most=MOST_POINTS)
    points_own_language = WholeNumber(least=0, most=MOST_POINTS)
    points_asked_for = WholeNumber(least=0, most=MOST_POINTS)
    points_referred = WholeNumber(least=0, most=MOST_POINTS)
    points_first_timer = WholeNumber(least=0, most=MOST_POINTS)
    points_likes_newcomers = WholeNumber(least=0, most=MOST_POINTS)
    points_for_another = WholeNumber(least=0, most=MOST_POINTS)
    exploration_percent = WholeNumber(least=0, most=50)
    mails_per_day = WholeNumber(least=1, most=50)
    evening_mail_at = LocalTime()
    continue_hours = WholeNumber(least=1, most=720)
    follow_up_days = ListOf(WholeNumber(least=1, most=400), most=3, least=3)
    silences_end = WholeNumber(least=1, most=10)
    small_cells_under = WholeNumber(least=0, most=50)
    adults_only = TrueFalse()
    concern_contact = CleanText(longest=160, allow_none=True)


class PointsForm(FormSchema):
    """What counts for a pair, as the page that compared it with what came of pairs sends it. `seen`: the version of the
    conference that was looked at."""

    seen = WholeNumber(least=1, most=10**9, required=True)
    points_common_topics = WholeNumber(least=0, most=MOST_POINTS, required=True)
    points_goals_helped = WholeNumber(least=0, most=MOST_POINTS, required=True)
    points_years_between = WholeNumber(least=0, most=MOST_POINTS, required=True)
    points_own_language = WholeNumber(least=0, most=MOST_POINTS, required=True)
    points_asked_for = WholeNumber(least=0, most=MOST_POINTS, required=True)
    points_referred = WholeNumber(least=0, most=MOST_POINTS, required=True)
    points_first_timer = WholeNumber(least=0, most=MOST_POINTS, required=True)
    points_likes_newcomers = WholeNumber(least=0, most=MOST_POINTS, required=True)


class ConferenceForm(Schema):
    """A conference as an organizer drafts it."""

    slug = Slug(required=True)
    name = CleanText(longest=120, required=True)
    timezone = Zone(required=True)
    days = ListOf(fields.Nested(DayForm), most=14, least=1, required=True)
    slot_minutes = WholeNumber(least=5, most=240, required=True)
    change_minutes = WholeNumber(least=0, most=120, required=True)
    meeting_points = ListOf(fields.Nested(MeetingPointForm), most=50, least=1, required=True)
    topics = ListOf(CleanText(longest=160, required=True), most=100, least=1, required=True)
    policy = fields.Nested(PolicyForm, load_default=dict, allow_none=True)

    @validates("slug")
    def _not_ours(self, slug: str, **_options: Any) -> None:
        if slug in RESERVED:
            raise ValidationError(_("Please choose another short name: this one is taken by a page of ours."))

    @post_load
    def _draft(self, data: dict[str, Any], **_options: Any) -> Draft:
        days = [Day(date=day["date"], blocks=tuple(Block(**block) for block in day["blocks"])) for day in data["days"]]
        given = {name: value for name, value in (data["policy"] or {}).items() if value is not None}
        if "follow_up_days" in given:
            given["follow_up_days"] = tuple(sorted(given["follow_up_days"]))
        return Draft(**{**data, "days": days, "policy": Policy(**given)})


class EmailForm(FormSchema):
    """One address."""

    email = Address(required=True)


class TeamForm(EmailForm):
    """Somebody for the team."""

    role = Choice("owner", "desk", required=True)
