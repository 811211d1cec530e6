"""Forms of a page, read as a browser without JavaScript would: fields with their values, and buttons by their text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any


@dataclass
class Button:
    """A button: what it says and what it sends."""

    text: str
    name: str
    value: str


@dataclass
class Form:
    """One form of a page."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    """(name, value) of what would be sent as it stands, hidden fields and ticked boxes included."""
    buttons: list[Button] = field(default_factory=list)
    choices: list[tuple[str, str]] = field(default_factory=list)
    """(name, value) of every box and radio button, ticked or not."""

    def has_button(self, text: str) -> bool:
        """Whether there is a button of that text."""
        return any(button.text == text for button in self.buttons)

    def pressed(self, text: str, typed: Mapping[str, Any]) -> list[tuple[str, str]]:
        """What is sent when the button of that text is pressed and `typed` stands in the fields."""
        button = next(button for button in self.buttons if button.text == text)
        kept = [(name, value) for name, value in self.fields if name not in typed]
        new = [(name, one) for name, value in typed.items() for one in (value if isinstance(value, list) else [value])]
        return [*kept, *new, *([(button.name, button.value)] if button.name else [])]


def forms(html: str) -> list[Form]:
    """The forms that are sent by POST."""
    reader = _Reader()
    reader.feed(html)
    return reader.found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._form: Form | None = None
        self._text: list[str] | None = None
        self._hidden = 0
        self._button: Button | None = None
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(given.get("action", ""))
            if given.get("method", "get").lower() == "post":
                self.found.append(self._form)
        elif self._form is not None:
            self._part(self._form, tag, given)

    def _part(self, form: Form, tag: str, given: dict[str, str]) -> None:
        if tag == "input" and "name" in given:
            self._input(form, given)
        elif tag in ("select", "textarea"):
            self._area, self._text = given.get("name", ""), [] if tag == "textarea" else None
        elif tag == "option" and "selected" in given:
            form.fields.append((self._area, given.get("value", "")))
        elif tag == "button":
            self._button, self._text = Button("", given.get("name", ""), given.get("value", "")), []
        elif tag == "span" and self._button is not None and "skip" in given.get("class", ""):
            self._hidden += 1

    def _input(self, form: Form, given: dict[str, str]) -> None:
        if given.get("type") in ("checkbox", "radio"):
            form.choices.append((given["name"], given.get("value", "on")))
            if "checked" not in given:
                return
        form.fields.append((given["name"], given.get("value", "on" if given.get("type") == "checkbox" else "")))

    def handle_data(self, data: str) -> None:
        if self._text is not None and not self._hidden:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "span" and self._hidden:
            self._hidden -= 1
        if self._form is None:
            return
        if tag == "button" and self._button is not None:
            self._button.text = " ".join("".join(self._text or []).split())
            self._form.buttons.append(self._button)
            self._button = self._text = None
        elif tag == "textarea" and self._text is not None:
            self._form.fields.append((self._area, "".join(self._text)))
            self._text = None
        elif tag == "form":
            self._form = None
