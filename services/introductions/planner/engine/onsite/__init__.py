"""The plan of a conference on site: repaired after each event in milliseconds, then improved as a whole. Pure, as the
engine is."""

from services.introductions.planner.engine.onsite.events import BadEvents, Event, events_of
from services.introductions.planner.engine.onsite.plans import BadPlan, plan_of
from services.introductions.planner.engine.onsite.session import Changes, OnSite

__all__ = ["BadEvents", "BadPlan", "Changes", "Event", "OnSite", "events_of", "plan_of"]
