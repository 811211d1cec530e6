"""What people and clients send to registration, one schema for form and JSON, and what the API answers with."""

from services.registration.forms.incoming import (
    LANGUAGES,
    AttendeeChange,
    AttendeeForm,
    AttendeeInput,
    CheckInInput,
    ConferenceForm,
    ConfirmForm,
    EmailForm,
    KeyForm,
    ShopForm,
    TeamForm,
    read_row,
)
from services.registration.forms.shown import AttendeeList, AttendeeShown, ConferenceList, ConferenceShown, StatusShown
from services.registration.forms.walk_in import WalkInForm

__all__ = [
    "LANGUAGES",
    "AttendeeChange",
    "AttendeeForm",
    "AttendeeInput",
    "AttendeeList",
    "AttendeeShown",
    "CheckInInput",
    "ConferenceForm",
    "ConfirmForm",
    "ConferenceList",
    "ConferenceShown",
    "EmailForm",
    "KeyForm",
    "ShopForm",
    "StatusShown",
    "TeamForm",
    "WalkInForm",
    "read_row",
]
