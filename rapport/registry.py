"""The services that there are, by name. Importing this loads all of them."""

from __future__ import annotations

from services.followup.service import SERVICE as FOLLOWUP
from services.introductions.service import SERVICE as INTRODUCTIONS
from services.registration.service import SERVICE as REGISTRATION
from shared.service import Service

SERVICES: dict[str, Service] = {service.name: service for service in (REGISTRATION, INTRODUCTIONS, FOLLOWUP)}
