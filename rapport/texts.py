"""The catalogue of everything that people read: found in the sources, kept in `shared/locale`, translated by people.

`rapport texts` brings it up to date; a test compares. Refusals are found as the docstrings that they are.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from shared.errors import Refused
from shared.i18n import LOCALES

ROOT = Path(__file__).parent.parent
FOLDER = Path("shared/locale")
TEMPLATE = FOLDER / "rapport.pot"
FLOORS = ("rapport", "services", "shared")
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/templates/**.txt", "jinja2")]
OPTIONS = {"jinja2": {"extensions": "jinja2.ext.i18n", "trim_blocks": "true", "lstrip_blocks": "true"}}
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}
MADE = datetime(2026, 11, 27, tzinfo=UTC)
"""Stands in the files instead of the time they were made, so that they change with the texts only."""


def generated() -> dict[Path, bytes]:
    """Path in the repository -> content: the template, each catalogue with what is new in it, and it compiled."""
    template = found()
    made = {TEMPLATE: _as_po(template)}
    for locale in LOCALES[1:]:
        path = FOLDER / locale / "LC_MESSAGES/rapport.po"
        catalogue = translated(locale)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        made[path] = _as_po(catalogue)
        made[path.with_suffix(".mo")] = _as_mo(catalogue)
    return made


def found() -> Catalog:
    """All texts of the sources, by file."""
    catalogue = _empty(None)
    for floor in FLOORS:
        options = {pattern: OPTIONS.get(method, {}) for pattern, method in METHODS}
        for name, _line, text, _comments, _context in extract_from_dir(
            ROOT / floor, METHODS, options_map=options, keywords=KEYWORDS, comment_tags=()
        ):
            if isinstance(text, tuple) or text.strip():
                catalogue.add(text, locations=[(f"{floor}/{name}", 0)])
    for place, text in refusals():
        catalogue.add(text, locations=[(place, 0)])
    return catalogue


def refusals() -> Iterator[tuple[str, str]]:
    """(file, sentence) of every refusal that people may read."""
    for floor in FLOORS:
        package = importlib.import_module(floor)
        for module in pkgutil.walk_packages(package.__path__, floor + "."):
            if "migrations" not in module.name and not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    known = sorted(_below(Refused), key=lambda kind: (kind.__module__, kind.__qualname__))
    for kind in known:
        yield kind.__module__.replace(".", "/") + ".py", " ".join(inspect.cleandoc(kind.__doc__ or "").split())


def _below(kind: type[Refused]) -> set[type[Refused]]:
    own = {kind} if kind.__module__.split(".")[0] in FLOORS else set()
    return own.union(*(_below(one) for one in kind.__subclasses__()))


def translated(locale: str) -> Catalog:
    """What is translated into a language so far."""
    path = ROOT / FOLDER / locale / "LC_MESSAGES/rapport.po"
    return read_po(BytesIO(path.read_bytes()), locale=locale) if path.exists() else _empty(locale)


def untranslated() -> list[tuple[str, str]]:
    """(language, text) of what the catalogues as they are kept do not say, or say for sure."""
    return [
        (locale, message.id if isinstance(message.id, str) else message.id[0])
        for locale in LOCALES[1:]
        for message in translated(locale)
        if message.id and (message.fuzzy or not _is_said(message.string))
    ]


def _is_said(string: str | Sequence[str] | None) -> bool:
    return bool(string) if isinstance(string, str) else bool(string and all(string))


def _empty(locale: str | None) -> Catalog:
    return Catalog(
        locale=locale,
        header_comment="# Texts of Rapport. `make texts` brings this file up to date.",
        project="Rapport",
        msgid_bugs_address="Rapport",
        version="1",
        creation_date=MADE,
        revision_date=MADE,
        last_translator="Rapport",
        language_team="Rapport",
        fuzzy=False,
    )


def _as_po(catalogue: Catalog) -> bytes:
    catalogue.creation_date = catalogue.revision_date = MADE
    buffer = BytesIO()
    write_po(buffer, catalogue, width=120, sort_by_file=True, include_lineno=False)
    return buffer.getvalue()


def _as_mo(catalogue: Catalog) -> bytes:
    buffer = BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()
