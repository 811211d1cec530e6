"""The cleaner of people's text."""

from __future__ import annotations

import unicodedata
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text import Unclean, clean, fold, header_safe, length, mask_address

ANYTHING = st.text(st.characters(), max_size=60)
"""Every code point, surrogates too."""


def cleaned(text: str, *, lines: bool = False) -> str | None:
    try:
        return clean(text, longest=60, lines=lines)
    except Unclean:
        return None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ana \t  Lima ", "Ana Lima"),
        ("Zoe\u0308", "Zoë"),
        ("A\u2028B\u2029C\u0085D\u00a0E\nF", "A B C D E F"),
        ("An\u200ba\ufeff", "Ana"),
        ("نام\u200cها", "نام\u200cها"),
        ("Ana 👩\u200d💻", "Ana 👩\u200d💻"),
        ('O\'Neil, "Jo" <x>', 'O\'Neil, "Jo" <x>'),
        ("", ""),
        (" \u200d ", ""),
    ],
)
def test_text_is_tidied_where_nothing_is_lost(typed: str, kept: str) -> None:
    assert clean(typed, longest=60) == kept


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("Ana\x00", "broken characters"),
        ("Ana\x1b[2J", "broken characters"),
        ("Ana\ud800", "broken characters"),
        ("Ana\u202egnp.exe", "broken characters"),
        ("Ana\u2066x", "broken characters"),
        ("Ana\U000e0041", "broken characters"),
        ("Ana \ufffd", "broken characters"),
        ("Ana\uffff", "broken characters"),
        ("Z" + "\u0317" * 9, "broken characters"),
        ("...", "no letter or digit"),
        ("x" * 61, "too long"),
        ("x" * 100_000, "too long"),
        ("👩\u200d👩\u200d👧\u200d👦a" * 30, "too long"),
    ],
)
def test_text_that_hides_something_is_refused(typed: str, why: str) -> None:
    with pytest.raises(Unclean) as refused:
        clean(typed, longest=60)
    assert str(refused.value) == why


def test_lines_stay_lines_only_where_there_may_be_some() -> None:
    typed = "\r\n one\r\n\r\n  two \rthree\u2028four\n"
    assert clean(typed, longest=60, lines=True) == "one\n\ntwo\nthree\nfour"
    assert clean(typed, longest=60) == "one two three four"


def test_characters_are_counted_as_people_count_them() -> None:
    assert [length(text) for text in ("Zoë", "Zoe\u0308", "👩\u200d💻", "👋🏽", "한국")] == [3, 3, 1, 1, 2]


@given(ANYTHING, st.booleans())
def test_clean_text_is_clean_and_stays_as_it_is(text: str, lines: bool) -> None:
    found = cleaned(text, lines=lines)
    if found is None:
        return
    assert cleaned(found, lines=lines) == found
    assert unicodedata.is_normalized("NFC", found)
    assert found == found.strip()
    assert lines or "\n" not in found
    assert not {unicodedata.category(sign) for sign in found.replace("\n", "")} & {"Cc", "Cs", "Co", "Zl", "Zp"}
    assert len(found.encode()) <= 240


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)), st.booleans())
def test_plain_text_becomes_what_it_becomes_beside_other_signs(text: str, lines: bool) -> None:
    plain = clean(f"a {text}", longest=500, lines=lines)
    assert clean(f"é {text}", longest=500, lines=lines) == "é" + plain[1:]


@given(ANYTHING)
def test_no_name_breaks_a_mail_header(text: str) -> None:
    message = EmailMessage(policy=SMTP)
    shown = header_safe(cleaned(text) or "", 60)
    message["To"] = Address(shown, addr_spec="ana@example.org")
    message["Subject"] = shown
    raw = message.as_bytes()
    assert raw.count(b"\r\nSubject:") == 1
    assert [line.split(b":")[0] for line in raw.split(b"\r\n") if line and not line.startswith(b" ")] == [
        b"To",
        b"Subject",
    ]


def test_an_address_is_masked_for_the_desk() -> None:
    assert [mask_address(text) for text in ("ana@example.org", "@example.org")] == ["a…@example.org", "…@example.org"]


def test_searching_ignores_case_and_accents() -> None:
    assert [fold(text) for text in ("Zoë ŁUKASZ", "Straße", "İpek Ağaoğlu", "Ørsted")] == [
        "zoe lukasz",
        "strasse",
        "ipek agaoglu",
        "orsted",
    ]
