"""Journeys: one story a file, told over HTTP, on memory parts, on the embedded form and on the full stack.

`world.py` says what a story may do, `memory.py`, `embedded.py` and `full.py` are the three forms it is told on,
`conference.py` has the words in which the stories are written.
"""
