"""`python -m bench.dashboard [--quick]`: the figure of the dashboard alone."""

from __future__ import annotations

import sys

from bench.__main__ import main

if __name__ == "__main__":
    main(["dashboard", *sys.argv[1:]])
