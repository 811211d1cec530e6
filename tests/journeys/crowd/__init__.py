"""A scripted crowd lives through a conference day in compressed time, on every form, only by what a person has: mails, the
links in them, My day, the meeting's page; an organizer checks people in at the desk.

`characters.py` says how somebody is, `attendee.py` what she knows and does, `people.py` who comes, `day.py` plays the day,
`checks.py` and `pairs.py` look whether everything is as it was promised. `python -m tests.journeys.crowd --seeds 20`.
"""
