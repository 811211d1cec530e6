"""What strangers send: texts that mislead, and bodies that JSON readers stumble over."""

from __future__ import annotations

import json

ODD = [
    "\x00",
    "\ud800",
    "Ana\r\nBcc: all@example.org",
    "Ana\nBcc: all@example.org",
    '"Ana" <evil@example.org>',
    "=?utf-8?q?=0D=0ABcc:?=",
    "\u202eANA",
    "‌‍​",
    "   ",
    "a" * 81,
    "é" * 200,
    "A" + "\u0301" * 50,
    "😀" * 20,
    "'; DROP TABLE people; --",
    "{{ 7 * 7 }}",
    "%s%n%x",
    "../../etc/passwd",
    "<script>alert(1)</script>",
]

BODIES = [
    b"",
    b"null",
    b"[]",
    b"1",
    b'"text"',
    b"{",
    b'{"name": "a", "name": "b"}',
    b'{"name": NaN}',
    b'{"name": 1e999}',
    b'{"years": 9223372036854775808}',
    b'{"years": ' + b"9" * 5000 + b"}",
    b'{"a": ' * 500 + b"1" + b"}" * 500,
    b"[" * 100_000 + b"]" * 100_000,
    b'{"name": "\\ud800"}',
    b'{"name": "\\u0000"}',
    b'{"\\u0000": 1}',
    b'{"\xff": 1}',
    '{"name": "ä"}'.encode("latin-1"),
    '{"name": "ä"}'.encode("utf-16"),
    json.dumps({"name": {"$ne": 1}, "email": ["x"], "role": 3, "consents": "yes", "wants": {"a": 1}}).encode(),
    json.dumps({f"f{number}": 1 for number in range(3000)}).encode(),
    json.dumps({"wants": ["x"] * 3000}).encode(),
    json.dumps({"locale": "x" * 5000, "available": [None, 1, [], {}]}).encode(),
]
