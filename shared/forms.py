"""Marshmallow fields for what people and clients send: each refuses with a sentence, none lets anything odd through.

One schema serves a form (strings, empty = absent), a row of a table and JSON; where JSON came in, types count too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from datetime import date
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from apiflask import Schema as APISchema
from email_validator import EmailNotValidError, validate_email
from marshmallow import EXCLUDE, RAISE, ValidationError, fields, pre_load

from shared.i18n import gettext as _
from shared.i18n import noted as N_
from shared.text import Unclean, clean

strict: ContextVar[bool] = ContextVar("strict", default=False)
"""True while a JSON body is read: "5" is no number there, and one thing is no list."""

TOO_LONG = N_("Please use at most {longest} characters.")
SENTENCES = {
    "too long": TOO_LONG,
    "broken characters": N_("There are characters in this that cannot be read. Please type it again."),
    "no letter or digit": N_("Please write at least one letter or digit."),
}
MISSING: dict[str, Any] = {
    "required": N_("This is needed."),
    "null": N_("This is needed."),
    "invalid": N_("This does not have the right form."),
}


class Schema(APISchema):
    """The base of all input: unknown fields are named and refused."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": N_("There is no such field."), "type": N_("Please send an object.")}


class FormSchema(Schema):
    """A schema that a browser's form may fill: empty text counts as not given."""

    class Meta:
        unknown = EXCLUDE

    @property
    def unknown(self) -> Any:
        """What happens to fields that nobody asked for: a browser may send some, a program may not."""
        return RAISE if strict.get() else self._unknown

    @unknown.setter
    def unknown(self, value: Any) -> None:
        self._unknown = value

    @pre_load
    def _drop_empty(self, data: Any, **_options: Any) -> Any:
        if isinstance(data, Mapping) and not strict.get():
            return {name: value for name, value in data.items() if value != "" and name != "csrf_token"}
        return data


class Shown(Schema):
    """The base of what the API answers with: every field of it is always there."""

    class Meta:
        unknown = EXCLUDE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """The document says so, too."""
        field_obj.required = True


def Instant(**options: Any) -> fields.String:
    """An instant that we say: RFC 3339 with Z."""
    return fields.String(metadata={"format": "date-time"}, **options)


class CleanText(fields.String):
    """One line of text."""

    lines = False

    def __init__(self, *, longest: int = 200, **options: Any) -> None:
        self.longest = longest
        options.setdefault("metadata", {}).setdefault("maxLength", longest)
        super().__init__(error_messages=MISSING, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        if not isinstance(value, str):
            raise ValidationError(_("Please send text."))
        try:
            text = clean(value, longest=self.longest, lines=self.lines)
        except Unclean as problem:
            raise ValidationError(_(SENTENCES[str(problem)]).replace("{longest}", str(self.longest))) from None
        if not text:
            if self.required:
                raise ValidationError(_("This is needed."))
            return None
        return text


class LongText(CleanText):
    """Several lines of text."""

    lines = True


class Address(fields.String):
    """A mail address, as email-validator understands it, without asking anybody."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("metadata", {}).update({"format": "email", "maxLength": 254})
        super().__init__(error_messages=MISSING, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        if not isinstance(value, str) or len(value) > 300:
            raise ValidationError(_("Please write a mail address such as name@example.org."))
        try:
            found = validate_email(
                clean(value, longest=254), check_deliverability=False, allow_smtputf8=False, strict=True
            )
        except (EmailNotValidError, Unclean):
            raise ValidationError(_("Please write a mail address such as name@example.org.")) from None
        return found.ascii_email or found.normalized


class WholeNumber(fields.Integer):
    """A whole number in a range; from a form as digits, from JSON as a number."""

    def __init__(self, *, least: int, most: int, **options: Any) -> None:
        self.least, self.most = least, most
        options.setdefault("metadata", {}).update({"minimum": least, "maximum": most})
        super().__init__(error_messages=MISSING, **options)

    def _validated(self, value: Any) -> Any:
        sentence = _("Please give a whole number from {least} to {most}.")
        sentence = sentence.replace("{least}", str(self.least)).replace("{most}", str(self.most))
        if isinstance(value, str) and not strict.get() and re.fullmatch(r"-?[0-9]{1,9}", value.strip(), re.ASCII):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value or abs(value) > 2**53:
            raise ValidationError(sentence)
        if value != int(value) or not self.least <= value <= self.most:
            raise ValidationError(sentence)
        return int(value)


class TrueFalse(fields.Boolean):
    """Yes or no: JSON true/false, or a ticked box."""

    def __init__(self, **options: Any) -> None:
        super().__init__(error_messages=MISSING, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        word = value if isinstance(value, str) and not strict.get() else None
        if value is True or word in ("on", "true", "yes", "1"):
            return True
        if value is False or word in ("off", "false", "no", "0"):
            return False
        raise ValidationError(_("Please send true or false."))


class ListOf(fields.List[Any]):
    """A list of at most `most` things, without doubles; a single form value counts as a list of one."""

    def __init__(self, inner: fields.Field[Any], *, most: int = 50, least: int = 0, **options: Any) -> None:
        self.most, self.least = most, least
        options.setdefault("metadata", {}).update(
            {"maxItems": most, "minItems": least} if least else {"maxItems": most}
        )
        super().__init__(inner, error_messages=MISSING, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        items = [value] if isinstance(value, str) and not strict.get() else value
        if not isinstance(items, Sequence) or isinstance(items, str):
            raise ValidationError(_("Please send a list."))
        if len(items) > self.most:
            raise ValidationError(_("Please give at most {most}.").replace("{most}", str(self.most)))
        found: list[Any] = super()._deserialize(list(items), attr, data, **options)
        seen: list[Any] = []
        for item in found:
            if item not in seen:
                seen.append(item)
        if len(seen) < self.least:
            raise ValidationError(_("Please give at least {least}.").replace("{least}", str(self.least)))
        return seen


class Pattern(fields.String):
    """Text of a fixed form, such as an id or a slug."""

    def __init__(self, pattern: str, sentence: str, **options: Any) -> None:
        self.pattern, self.sentence = pattern, sentence
        options.setdefault("metadata", {})["pattern"] = f"^{pattern}$"
        super().__init__(error_messages=MISSING, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        if not isinstance(value, str) or not re.fullmatch(self.pattern, value, re.ASCII):
            raise ValidationError(_(self.sentence))
        return value


def Id(**options: Any) -> Pattern:
    """An id of ours."""
    return Pattern("[0-9a-f]{32}", N_("Please send an id of 32 hexadecimal digits."), **options)


def IdList(*, most: int = 50, **options: Any) -> ListOf:
    """Ids of ours, without doubles."""
    return ListOf(Id(), most=most, **options)


def TopicList(*, most: int = 20, **options: Any) -> ListOf:
    """Topics by label or code; whether there are such topics, the conference knows."""
    return ListOf(CleanText(longest=80, required=True), most=most, **options)


def SlotId(**options: Any) -> Pattern:
    """A slot's id, such as 20261123-1420."""
    return Pattern("[0-9]{8}-[0-9]{4}", N_("Please send a slot id such as 20261123-1420."), **options)


def Slug(**options: Any) -> Pattern:
    """A short name for addresses of pages."""
    return Pattern(
        "[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", N_("Please use 1 to 40 small letters, digits and hyphens."), **options
    )


def Language(**options: Any) -> Pattern:
    """A language code such as en, de or pt-BR."""
    return Pattern("[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?", N_("Please send a language code such as en or de."), **options)


def LocalTime(**options: Any) -> Pattern:
    """A local time HH:MM."""
    return Pattern("(?:[01][0-9]|2[0-3]):[0-5][0-9]", N_("Please write a time such as 09:30."), **options)


class LocalDate(fields.Date):
    """A date YYYY-MM-DD within this century."""

    def __init__(self, **options: Any) -> None:
        super().__init__(error_messages=MISSING, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value, re.ASCII):
            raise ValidationError(_("Please write a date such as 2026-11-23."))
        try:
            found = date.fromisoformat(value)
        except ValueError:
            raise ValidationError(_("There is no such day.")) from None
        if not 2000 <= found.year <= 2100:
            raise ValidationError(_("Please choose a date between 2000 and 2100."))
        return found


@cache
def zones() -> frozenset[str]:
    """Names of time zones that people may choose."""
    return frozenset(name for name in available_timezones() if "/" in name or name == "UTC")


class Zone(fields.String):
    """A time zone by its IANA name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(error_messages=MISSING, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        if not isinstance(value, str) or value not in zones():
            raise ValidationError(_("Please choose a time zone such as Europe/Berlin."))
        return value


class Choice(fields.String):
    """One of some words."""

    def __init__(self, *words: str, **options: Any) -> None:
        self.words = words
        options.setdefault("metadata", {})["enum"] = [*words, None] if options.get("allow_none") else list(words)
        super().__init__(error_messages=MISSING, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        if not isinstance(value, str) or value not in self.words:
            raise ValidationError(_("Please choose one of: {words}.").replace("{words}", ", ".join(self.words)))
        return value
