"""What is sealed opens with the same key for the same thing only, and looks like nothing."""

from __future__ import annotations

import base64

import pytest

from shared.vault import NotOurs, Vault

VAULT = Vault("a secret that only tests know, long enough")
TEXTS = ["", "a", "token-1234567890", "ü" * 100]


@pytest.mark.parametrize("text", TEXTS)
def test_what_was_sealed_opens_again(text: str) -> None:
    sealed = VAULT.seal(text, "shop", "01" * 16)
    assert (VAULT.open(sealed, "shop"), bool(text) and text in sealed) == (text, False)


def test_another_key_another_thing_or_another_byte_opens_nothing() -> None:
    sealed = VAULT.seal("token-1234567890", "shop", "01" * 16)
    whole = bytearray(base64.urlsafe_b64decode(sealed.removeprefix("v1.")))
    changed = []
    for place in range(len(whole)):
        other = bytearray(whole)
        other[place] ^= 1
        changed.append("v1." + base64.urlsafe_b64encode(bytes(other)).decode())
    for wrong in (*changed, "", "v1.", "v2." + sealed[3:], sealed[:-4], "v1.é"):
        with pytest.raises(NotOurs):
            VAULT.open(wrong, "shop")
    for vault, about in ((VAULT, "other"), (Vault("another secret"), "shop")):
        with pytest.raises(NotOurs):
            vault.open(sealed, about)


def test_the_same_text_sealed_twice_looks_different() -> None:
    first, second = (VAULT.seal("token", "shop", f"{number:032x}") for number in (1, 2))
    assert first != second


def test_a_made_secret_is_the_same_again_and_another_one_for_everything_else() -> None:
    made = {VAULT.made("a", "b", 1), VAULT.made("a", "b", 2), VAULT.made("a", "c", 1), VAULT.made("d", "b", 1)}
    assert (len(made), VAULT.made("a", "b", 1) in made) == (4, True)
