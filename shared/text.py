"""The one cleaner of people's text: what comes in is Unicode NFC without anything invisible that could mislead.

It never guesses what somebody meant: text is tidied where nothing is lost by it, and refused where something would be.
"""

from __future__ import annotations

import unicodedata

OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They turn the reading direction of what follows, also of our own words around it."""
DROPPED = frozenset("\u200b\u2060\ufeff\u00ad\u200e\u200f\u061c")
"""Invisible, and nothing is lost without them."""
JOINERS = frozenset("\u200c\u200d")
"""Needed within Persian words and composed emoji; at the edges they only hide."""
LINE_BREAKS = "\u2028\u2029\u0085\x0b\x0c"
REPLACEMENT = "\ufffd"
MARKS_IN_A_ROW = 8
BYTES_A_CHARACTER = 4


class Unclean(ValueError):
    """Text that cannot be taken; the message is one of the codes in `shared.forms.SENTENCES`."""


def clean(text: str, *, longest: int, lines: bool = False) -> str:
    """The text in NFC, trimmed, with single spaces; several lines only where `lines`. Raises Unclean.

    `longest` counts characters as people count them; four times as many bytes of UTF-8 are the limit beside it.
    """
    if len(text) > BYTES_A_CHARACTER * longest + 100:
        raise Unclean("too long")
    if text.isascii() and text.isprintable():  # most of it: nothing to look for in every single character
        text = " ".join(text.split())
    else:
        text = _tidied(text, lines)
    if length(text) > longest or len(text.encode()) > BYTES_A_CHARACTER * longest:
        raise Unclean("too long")
    if text and not any(unicodedata.category(sign)[0] in "LN" for sign in text):
        raise Unclean("no letter or digit")
    if _stacked(text):
        raise Unclean("broken characters")
    return text


def _tidied(text: str, lines: bool) -> str:
    """Text with characters of any kind. Raises Unclean."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for sign in LINE_BREAKS:
        text = text.replace(sign, "\n" if lines else " ")
    text = unicodedata.normalize("NFC", "".join(_kept(sign) for sign in text))
    return _spaced(text, lines)


def length(text: str) -> int:
    """How many characters a person would count: marks, joiners and skin tones belong to what they stand on."""
    if text.isascii():
        return len(text)
    count, joined = 0, False
    for sign in text:
        if sign in JOINERS or "\ufe00" <= sign <= "\ufe0f" or "\U0001f3fb" <= sign <= "\U0001f3ff":
            joined = sign == "\u200d"
        elif unicodedata.category(sign) in ("Mn", "Me"):
            continue
        else:
            count += 0 if joined else 1
            joined = False
    return count


def _kept(sign: str) -> str:
    """The character, or what stands for it. Raises Unclean for what nobody can mean."""
    if sign in "\t\n ":
        return "\n" if sign == "\n" else " "
    if sign in DROPPED:
        return ""
    if sign in OVERRIDES or sign == REPLACEMENT or 0xE0000 <= ord(sign) <= 0xE007F:
        raise Unclean("broken characters")
    category = unicodedata.category(sign)
    if category in ("Cc", "Cs", "Co") or (category == "Cn" and _never_a_character(sign)):
        raise Unclean("broken characters")
    return " " if category == "Zs" else sign


def _never_a_character(sign: str) -> bool:
    """Code points that stay unassigned for ever; others may be an emoji that is newer than our tables."""
    return 0xFDD0 <= ord(sign) <= 0xFDEF or ord(sign) & 0xFFFE == 0xFFFE


def _spaced(text: str, lines: bool) -> str:
    rows = text.split("\n") if lines else [text]
    tidy = [" ".join(word for word in map(_without_edges, row.split()) if word) for row in rows]
    return "\n".join(tidy).strip("\n")


def _without_edges(word: str) -> str:
    return word.strip("\u200c\u200d")


def _stacked(text: str) -> bool:
    if text.isascii():
        return False
    row = 0
    for sign in text:
        row = row + 1 if unicodedata.category(sign) in ("Mn", "Me") else 0
        if row > MARKS_IN_A_ROW:
            return True
    return False


def header_safe(text: str, longest: int) -> str:
    """Text for a mail header: one line, nothing a header could be broken with, not longer than that."""
    kept = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text)
    while "=?" in kept:
        kept = kept.replace("=?", "= ?")
    return " ".join(kept.split())[:longest].strip()


def mask_address(address: str) -> str:
    """An address as a desk may see it: `a…@example.org`."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"


def fold(text: str) -> str:
    """Text for searching: no case, no accents."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ı", "i").replace("ł", "l").replace("ø", "o"))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))
