"""The best meetings there are for a whole conference: exact pair selection, a timetable, a search by exact flows, and what
is proved about the result. Pure: arrays in, arrays out; knows no file, no clock and no service."""

from services.introductions.planner.engine.instance import BadInstance, model_of
from services.introductions.planner.engine.measures import Measures, measure
from services.introductions.planner.engine.model import Model
from services.introductions.planner.engine.validity import wrong_with
from services.introductions.planner.engine.whole import Planned, Progress, plan

__all__ = ["BadInstance", "Measures", "Model", "Planned", "Progress", "measure", "model_of", "plan", "wrong_with"]
