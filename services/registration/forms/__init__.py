"""What people and clients send to registration, one schema for form and JSON, and what the API answers with."""

from services.registration.forms.announcing import AnnounceForm
from services.registration.forms.concern import ConcernForm, NoteForm
from services.registration.forms.door import DeviceForm, MergeInput
from services.registration.forms.incoming import (
    LANGUAGES,
    AttendeeChange,
    AttendeeForm,
    AttendeeInput,
    ConferenceForm,
    ConfirmForm,
    EmailForm,
    PointsForm,
    TeamForm,
    read_row,
)
from services.registration.forms.programs import KeyForm, Nothing, ShopForm, WebhookChange, WebhookInput
from services.registration.forms.shown import (
    AttendeeList,
    AttendeeShown,
    ConferenceList,
    ConferenceShown,
    StatusShown,
    WebhookList,
    WebhookShown,
)
from services.registration.forms.walk_in import TimeForm, WalkInForm

__all__ = [
    "LANGUAGES",
    "AnnounceForm",
    "AttendeeChange",
    "AttendeeForm",
    "AttendeeInput",
    "AttendeeList",
    "AttendeeShown",
    "ConferenceForm",
    "ConcernForm",
    "ConfirmForm",
    "ConferenceList",
    "ConferenceShown",
    "DeviceForm",
    "EmailForm",
    "KeyForm",
    "NoteForm",
    "Nothing",
    "WebhookChange",
    "WebhookInput",
    "WebhookList",
    "WebhookShown",
    "ShopForm",
    "MergeInput",
    "PointsForm",
    "StatusShown",
    "TeamForm",
    "TimeForm",
    "WalkInForm",
    "read_row",
]
