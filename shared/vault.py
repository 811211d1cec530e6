"""Secrets of others that we must be able to say again (a shop's token): sealed at rest with a key made of the secret key.

The same on every process of an installation; another secret key opens nothing. Encrypted with HMAC-SHA256 in counter mode
and authenticated with HMAC-SHA256 under another key (encrypt, then authenticate), since no library for ciphers is among
those that we run with; `v1` before it leaves room for one. It never logs and never sees a request.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

VERSION = "v1."
BLOCK = 32
NONCE = 16


class NotOurs(Exception):
    """It was sealed with another key or for something else, or somebody changed it."""


class Vault:
    """Seals and opens with one secret key."""

    def __init__(self, secret_key: str) -> None:
        key = hashlib.sha256(b"rapport vault|" + secret_key.encode()).digest()
        self._hides, self._proves, self._makes = (
            hmac.digest(key, purpose, "sha256") for purpose in (b"hide", b"prove", b"make")
        )

    def seal(self, text: str, about: str, nonce: str) -> str:
        """The text as nobody can read it. `about` says whose it is and opens it again; `nonce` is a new id, used once."""
        once = bytes.fromhex(nonce)[:NONCE].rjust(NONCE, b"\0")
        hidden = self._hidden(text.encode(), once)
        return VERSION + base64.urlsafe_b64encode(once + hidden + self._proof(once + hidden, about)).decode()

    def open(self, sealed: str, about: str) -> str:
        """The text. Raises NotOurs."""
        try:
            if not sealed.startswith(VERSION):
                raise NotOurs
            whole = base64.urlsafe_b64decode(sealed.removeprefix(VERSION))
            body, proof = whole[:-BLOCK], whole[-BLOCK:]
            if not hmac.compare_digest(self._proof(body, about), proof):
                raise NotOurs
            return self._hidden(body[NONCE:], body[:NONCE]).decode()
        except ValueError:
            raise NotOurs from None

    def made(self, purpose: str, object_id: str, version: int) -> bytes:
        """A secret of 32 bytes that we give away and need not keep: the same whenever it is asked for again."""
        return hmac.digest(self._makes, f"{purpose}|{object_id}|{version}".encode(), "sha256")

    def _hidden(self, text: bytes, once: bytes) -> bytes:
        """The text under a stream of its own length; the same again gives the text."""
        blocks = range((len(text) + BLOCK - 1) // BLOCK)
        stream = b"".join(hmac.digest(self._hides, once + number.to_bytes(8, "big"), "sha256") for number in blocks)
        return bytes(left ^ right for left, right in zip(text, stream, strict=False))

    def _proof(self, body: bytes, about: str) -> bytes:
        whose = about.encode()
        return hmac.digest(self._proves, len(whose).to_bytes(8, "big") + whose + body, "sha256")
