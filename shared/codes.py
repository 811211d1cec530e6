"""Somebody's code for the door as people read it and type it; what it is made of stands in `shared/links.py`. Pure."""

from __future__ import annotations

import re

GROUP = 4
ADDRESS = "/q/"
"""What stands before a code in the address that is scanned."""
LONGEST = 40
"""Characters that are looked at of what may be one: with blanks and dashes."""
WHOLE = re.compile("[a-z2-7]{12}", re.ASCII)


def in_groups(code: str) -> str:
    """As it stands on paper, such as "ABCD EFGH IJKL": a person reads and says four signs at once."""
    return " ".join(code[at : at + GROUP] for at in range(0, len(code), GROUP)).upper()


def typed(text: str) -> str:
    """What somebody typed, as it is kept: neither case nor blanks nor dashes count, and no code has a zero or a one."""
    return "".join(text.replace("-", "").split()).lower().replace("0", "o").replace("1", "i")


def of_scan(text: str) -> str | None:
    """The code in what a scanner or somebody typed, bare or in the address behind it; None where it is none, as far as its
    form tells. Twelve letters may be a name all the same."""
    if ADDRESS in text:
        return typed(text.rpartition(ADDRESS)[2][:LONGEST])
    return typed(text) if is_code(text) else None


def is_no_name(text: str) -> bool:
    """Whether what was typed can only be a code: nobody's name has digits, or is an address."""
    return ADDRESS in text or (is_code(text) and any(sign.isdigit() for sign in text))


def is_code(text: str) -> bool:
    """Whether somebody may have typed a code, as far as its form tells."""
    return WHOLE.fullmatch(typed(text)) is not None


def sought(text: str) -> str:
    """What somebody typed to find a person, as far as its form tells: a "code", a "name", or "either"."""
    if is_no_name(text):
        return "code"
    return "either" if is_code(text) else "name"
