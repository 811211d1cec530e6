"""Tests of the planner for whole conferences, on instances small enough to try every plan and on invented conferences."""
