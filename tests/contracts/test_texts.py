"""Every text that people read goes through gettext, and stands in the catalogue of every language."""

from __future__ import annotations

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from rapport import texts
from shared.i18n import LOCALES

ROOT = Path(__file__).parent.parent.parent
TEMPLATES = sorted(
    path for folder in ("rapport", "services", "shared") for path in (ROOT / folder).rglob("templates/**/*.*")
)
SOURCES = sorted(path for folder in ("rapport", "services", "shared") for path in (ROOT / folder).rglob("*.py"))
NOT_TRANSLATED = {"Rapport", "UTC"}
READ_ALOUD = ("title", "alt", "aria-label", "placeholder", "content")
MACHINE_WORDS = re.compile(r"^(width=device-width, initial-scale=1|light dark)?$")
TRANSLATED = re.compile(r"\{%-?\s*(trans|pluralize)\b.*?\{%-?\s*endtrans\s*-?%\}", re.DOTALL)
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
NAMES = {"_", "gettext", "ngettext", "N_"}
FILLED_IN = re.compile(r"\{[a-z_]+\}|%\([a-z_]+\)s|%%")
FORMAL = re.compile(r"(?<![.!?:„] )(?<!^)\b(?:Sie|Ihre?[mnrs]?|Ihnen)\b")
"""The German formal address, which is told from "they" and "her" only inside a sentence."""


def bare(template: str) -> str:
    """A template without what Jinja fills in."""
    return JINJA.sub("", TRANSLATED.sub("", template))


def words(text: str) -> str:
    """What of a text would need a translation: no single letters, no parts of addresses or of attributes."""
    text = " ".join(part for part in text.split() if not re.search(r"[/=]\S", part))
    return " ".join(word for word in re.findall(r"[^\W\d_][\w'’]+", text) if word not in NOT_TRANSLATED)


class _Texts(HTMLParser):
    """Collects what people see or hear of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("style", "script", "code")
        for name, value in attrs:
            if name in READ_ALOUD and value and not MACHINE_WORDS.match(value):
                self.found.append(value)

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("style", "script", "code")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(data)


def unwrapped(path: Path) -> list[str]:
    text = bare(path.read_text(encoding="utf-8"))
    if path.suffix != ".html":
        return [line for line in text.splitlines() if words(line)]
    parser = _Texts()
    parser.feed(text)
    return [found.strip() for found in parser.found if words(found)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: "/".join(path.parts[-2:]))
def test_every_text_of_a_template_is_translated(path: Path) -> None:
    assert unwrapped(path) == []


def test_the_check_sees_what_is_not_wrapped() -> None:
    page = '<p class="x">{{ _("Hello") }} and more</p><img alt="A plan">{% trans %}fine{% endtrans %}'
    parser = _Texts()
    parser.feed(bare(page))
    assert [text.strip() for text in parser.found if words(text)] == ["and more", "A plan"]


def test_no_text_is_put_together_before_it_is_translated() -> None:
    wrong = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in NAMES):
                continue
            for argument in node.args[:1]:
                formatted = isinstance(argument, ast.Call) and isinstance(argument.func, ast.Attribute)
                formatted = formatted and argument.func.attr == "format"  # type: ignore[union-attr]
                if isinstance(argument, ast.JoinedStr | ast.BinOp) or formatted:
                    wrong.append(f"{path.name}:{node.lineno}")
    assert wrong == []


def test_the_catalogues_hold_every_text_of_the_sources_and_are_compiled_as_they_are_written() -> None:
    kept = {path: (ROOT / path).read_bytes() for path in texts.generated()}
    assert kept == texts.generated(), "run `make texts`"


def test_every_text_is_translated_into_every_language_and_for_sure() -> None:
    assert texts.untranslated() == []


@pytest.mark.parametrize("locale", LOCALES[1:])
def test_a_translation_keeps_what_is_filled_in(locale: str) -> None:
    lost = []
    for message in texts.translated(locale):
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        said = [message.string] if isinstance(message.string, str) else list(message.string)
        for text, source in zip(said, ids, strict=True):
            if ids[0] and set(FILLED_IN.findall(text)) != set(FILLED_IN.findall(source)):
                lost.append(text)
    assert lost == []


def test_german_says_du_to_everybody_on_every_page() -> None:
    said = [text for message in texts.translated("de") for text in _forms(message.string)]
    assert (len(said) > 1000, [text for text in said if FORMAL.search(text)]) == (True, [])


def _forms(string: str | list[str] | tuple[str, ...]) -> list[str]:
    return [string] if isinstance(string, str) else list(string)


def test_a_refusal_is_found_by_its_sentence() -> None:
    found = {text for _place, text in texts.refusals()}
    assert {"The conference is over.", "You may not do this with the key or login you used."} < found


def test_what_was_done_is_said_in_every_language() -> None:
    called = [
        (path, call.lineno, call.args[0])
        for path in SOURCES
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and call.args and _name_of(call.func) in ("audit", "record", "_record", "_over")
    ]
    bare_words = [f"{path}:{line}" for path, line, said in called if isinstance(said, (ast.Constant, ast.JoinedStr))]
    assert called
    assert bare_words == []


def _name_of(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
