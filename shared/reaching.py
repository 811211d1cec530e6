"""How to reach somebody, in words that an organizer wrote: what is a phone number or a mail address in them can be tapped.
Pure."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

BETWEEN = r" ()/.\u00a0\u2009\u202f\u2010\u2011-"
"""What people write between digits."""
TAPPED = re.compile(
    r"(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    rf"|(?<![\w@.+/-])(?P<phone>\+?\(?\d[\d{BETWEEN}]{{4,24}}\d)(?![\w@])"
)
A_DAY = re.compile(r"\d{4}-\d\d?-\d\d?|\d\d?[./-]\d\d?[./-]\d{2,4}", re.ASCII)
TRUNK = re.compile(r"\(0\)")
"""The zero that one leaves out behind the code of a country: +49 (0)30."""
DIGITS = range(6, 16)
"""So many digits has a phone number; rooms have fewer, and no number has more."""


def reachable(words: str | None) -> Markup:
    """The same words as HTML, with links of `tel:` and `mailto:`."""
    text, done, parts = words or "", 0, []
    for found in TAPPED.finditer(text):
        target = f"mailto:{found['mail']}" if found["mail"] else _dialled(found["phone"])
        if target:
            link = Markup('<a href="{}">{}</a>').format(target, found.group())
            parts += [escape(text[done : found.start()]), link]
            done = found.end()
    return Markup("").join([*parts, escape(text[done:])])


def _dialled(number: str) -> str:
    """What a phone dials; empty where these digits are no number."""
    country = number.lstrip("(").startswith("+")
    digits = "".join(sign for sign in TRUNK.sub("", number) if sign in "0123456789")
    if len(digits) not in DIGITS or A_DAY.fullmatch(number):
        return ""
    return f"tel:{'+' if country else ''}{digits}"
