"""The one cleaner of people's text: what comes in is Unicode NFC without anything invisible that could mislead."""

from __future__ import annotations

import unicodedata

BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
LINE_BREAKS = "\u2028\u2029\u0085\x0b\x0c"
COMBINING_IN_A_ROW = 8


class Unclean(ValueError):
    """Text that cannot be taken; the message is for people (and is translated by whoever shows it)."""


def clean(text: str, *, longest: int, lines: bool = False) -> str:
    """The text in NFC, trimmed, with single spaces; several lines only where `lines`. Raises Unclean.

    `longest` counts characters; four times as many bytes are the limit for UTF-8.
    """
    if len(text) > 4 * longest + 100:
        raise Unclean("too long")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise Unclean("broken characters") from None
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    for sign in LINE_BREAKS:
        text = text.replace(sign, "\n" if lines else " ")
    text = "".join(_kept(sign, lines) for sign in text)
    text = _spaced(text, lines)
    if len(text) > longest or len(text.encode()) > 4 * longest:
        raise Unclean("too long")
    if text and not any(unicodedata.category(sign)[0] in "LN" for sign in text):
        raise Unclean("no letter or digit")
    if _stacked(text):
        raise Unclean("broken characters")
    return text


def _kept(sign: str, lines: bool) -> str:
    if sign in "\t ":
        return " "
    if sign == "\n":
        return "\n" if lines else " "
    category = unicodedata.category(sign)
    if category in ("Cc", "Cs", "Co", "Cn"):
        raise Unclean("broken characters")
    if sign in BIDI or 0xE0000 <= ord(sign) <= 0xE007F or sign in "\u200b\u2060\ufeff\u00ad":
        return ""
    return " " if category == "Zs" else sign


def _spaced(text: str, lines: bool) -> str:
    if not lines:
        return " ".join(text.split())
    rows = [" ".join(row.split()) for row in text.split("\n")]
    return "\n".join(rows).strip()


def _stacked(text: str) -> bool:
    row = 0
    for sign in text:
        row = row + 1 if unicodedata.category(sign) in ("Mn", "Me") else 0
        if row > COMBINING_IN_A_ROW:
            return True
    return False


def header_safe(text: str, longest: int) -> str:
    """Text for a mail header: one line, nothing a header could be broken with, not longer than that."""
    kept = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text)
    return " ".join(kept.replace("=?", "= ?").split())[:longest]


def mask_address(address: str) -> str:
    """An address as a desk may see it: `a…@example.org`."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"


def fold(text: str) -> str:
    """Text for searching: no case, no accents."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ı", "i").replace("ł", "l").replace("ø", "o"))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))
