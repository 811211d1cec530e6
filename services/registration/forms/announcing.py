"""What somebody sends who announces something on the day."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validates_schema

from shared.forms import Choice, CleanText, FormSchema, SlotId, WholeNumber
from shared.i18n import gettext as _

LEAST, MOST = 5, 120
"""Minutes of one delay."""


class AnnounceForm(FormSchema):
    """One announcement, as the page that showed what it does sends it. `seen`: the version of the conference that was
    looked at; fewer `minutes` than none take a delay back."""

    do = Choice("delay", "moved", "stop", "start", "drop", "say", required=True)
    seen = WholeNumber(least=1, most=10**9)
    minutes = WholeNumber(least=-240, most=MOST)
    from_slot = SlotId()
    point = CleanText(longest=64)
    name = CleanText(longest=80)
    landmark = CleanText(longest=160)
    text = CleanText(longest=200)

    @validates_schema
    def _whole(self, data: dict[str, Any], **_options: Any) -> None:
        needed = {"delay": ("seen", "minutes", "from_slot"), "moved": ("seen", "point", "name")}
        missing = [name for name in needed.get(data.get("do", ""), ()) if not data.get(name)]
        if missing:
            raise ValidationError({name: [_("This is needed.")] for name in missing})
        if data.get("do") == "delay" and 0 < data["minutes"] < LEAST:
            sentence = _("Please give a whole number from {least} to {most}.")
            sentence = sentence.replace("{least}", str(LEAST)).replace("{most}", str(MOST))
            raise ValidationError({"minutes": [sentence]})
