"""What the API of registration answers with, for its OpenAPI document."""

from __future__ import annotations

from marshmallow import fields

from services.registration.domain.outward import TYPES
from services.registration.forms.incoming import ConsentsForm, DayForm, MeetingPointForm, PolicyForm
from shared.contracts.attendee import HELP
from shared.forms import Choice, Id, Instant, Shown, SlotId, Slug


class SlotShown(Shown):
    """A slot."""

    id = SlotId()
    starts_at = Instant()
    ends_at = Instant()


class ConferenceShown(Shown):
    """A conference with its slots and its whole policy."""

    id = Id()
    slug = Slug()
    name = fields.String()
    timezone = fields.String()
    days = fields.List(fields.Nested(DayForm))
    slot_minutes = fields.Integer()
    change_minutes = fields.Integer()
    slots = fields.List(fields.Nested(SlotShown))
    meeting_points = fields.List(fields.Nested(MeetingPointForm))
    topics = fields.List(fields.String())
    policy = fields.Nested(PolicyForm)


class LinksShown(Shown):
    """Where she finds her own page; null once she withdrew."""

    page = fields.String(allow_none=True)


class AttendeeShown(Shown):
    """An attendee; a withdrawn one has no words left."""

    id = Id()
    conference = Slug()
    status = Choice("invited", "pending", "confirmed", "checked_in", "left", "withdrawn")
    name = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    role = Choice("mentor", "mentee", "both")
    offers = fields.List(fields.String())
    wants = fields.List(fields.String())
    helps = fields.List(Choice(*HELP))
    goals = fields.List(Choice(*HELP))
    first_timer = fields.Boolean()
    likes_newcomers = fields.Boolean()
    step_free = fields.Boolean()
    quiet = fields.Boolean()
    goal = fields.String(allow_none=True)
    languages = fields.List(fields.String())
    company = fields.String(allow_none=True)
    field = fields.String(allow_none=True)
    years = fields.Integer(allow_none=True)
    capacity = fields.Integer(allow_none=True)
    introductions = fields.Integer(allow_none=True)
    available = fields.List(SlotId(), allow_none=True)
    requests = fields.List(Id())
    blocks = fields.List(Id())
    referrals = fields.List(Id())
    locale = fields.String()
    consents = fields.Nested(ConsentsForm)
    approved = fields.Boolean()
    present_on = fields.List(fields.String(metadata={"format": "date"}))
    links = fields.Nested(LinksShown)


class ConferenceList(Shown):
    """Conferences of a key."""

    items = fields.List(fields.Nested(ConferenceShown))
    next = fields.String(allow_none=True)


class AttendeeList(Shown):
    """Attendees in the order they came."""

    items = fields.List(fields.Nested(AttendeeShown))
    next = fields.String(allow_none=True)


class PendingShown(Shown):
    """What waits; all zero = quiet."""

    relay = fields.Integer()
    registration = fields.Integer()
    introductions = fields.Integer()
    followup = fields.Integer()
    mail = fields.Integer()


class StatusShown(Shown):
    """The present instant, and what waits."""

    now = Instant()
    pending = fields.Nested(PendingShown)


class WebhookShown(Shown):
    """A program that hears of events, and how many of them it took, are on their way, or were given up."""

    id = Id()
    url = fields.String()
    types = fields.List(Choice(*TYPES))
    enabled = fields.Boolean()
    created_at = Instant()
    delivered = fields.Integer()
    waiting = fields.Integer()
    failed = fields.Integer()
    secret = fields.String(
        allow_none=True, metadata={"description": "Said when it is made or changed, null ever after."}
    )


class WebhookList(Shown):
    """Programs that hear of a conference."""

    items = fields.List(fields.Nested(WebhookShown))
    next = fields.String(allow_none=True)
