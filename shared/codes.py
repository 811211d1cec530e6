"""Somebody's code for the door as people read it and type it; what it is made of stands in `shared/links.py`. Pure."""

from __future__ import annotations

import re

GROUP = 4
WHOLE = re.compile("[a-z2-7]{12}", re.ASCII)


def in_groups(code: str) -> str:
    """As it stands on paper, such as "ABCD EFGH IJKL": a person reads and says four signs at once."""
    return " ".join(code[at : at + GROUP] for at in range(0, len(code), GROUP)).upper()


def typed(text: str) -> str:
    """What somebody typed, as it is kept: neither case nor blanks nor dashes count, and no code has a zero or a one."""
    return "".join(text.replace("-", "").split()).lower().replace("0", "o").replace("1", "i")


def is_code(text: str) -> bool:
    """Whether somebody may have typed a code, as far as its form tells."""
    return WHOLE.fullmatch(typed(text)) is not None
