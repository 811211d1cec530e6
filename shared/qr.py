"""QR codes as pages and mails show them. Holds addresses of ours only; what an address may do, others decide."""

from __future__ import annotations

import io

import segno


def qr_png(url: str) -> bytes:
    """A QR code as PNG, for mails."""
    buffer = io.BytesIO()
    segno.make(url, error="m").save(buffer, kind="png", scale=6, border=4)
    return buffer.getvalue()


def qr_svg(url: str, *, one_of_many: bool = False) -> str:
    """A QR code as inline SVG, for pages. One of many keeps to one mask of the eight that readers know: to try them all for
    the prettiest takes five times as long."""
    mask = 2 if one_of_many else None
    return str(segno.make(url, error="m", micro=False, mask=mask).svg_inline(scale=6, border=2, omitsize=True))
