"""Kills and pauses the processes of an embedded installation under load, and judges by what its clients and the mail server
saw. `python -m tests.chaos --kills 100 --seed 1` is `make chaos`; nothing here reads a database of the product."""
