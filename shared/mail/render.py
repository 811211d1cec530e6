"""Mails from templates: a text part and an HTML part with its styles inlined. No remote content, no script."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from shared.i18n import current_locale, gettext, ngettext
from shared.reaching import reachable

_HERE = Path(__file__).parent.parent
_FOLDERS = [_HERE / "templates", *sorted((_HERE.parent / "services").glob("*/templates"))]
_STYLES = css_inline.CSSInliner(keep_style_tags=True, keep_at_rules=True, load_remote_stylesheets=False)


@lru_cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader([str(folder) for folder in _FOLDERS]),
        autoescape=lambda name: bool(name and name.endswith(".html")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.filters["reachable"] = reachable
    return made


def render(template: str, context: dict[str, Any]) -> tuple[str, str]:
    """(text, HTML) of `template`.txt and `template`.html, with `context` and the current locale."""
    values = {"locale": current_locale(), **context}
    text = re.sub(r"\n{3,}", "\n\n", _environment().get_template(template + ".txt").render(values)).strip() + "\n"
    html = _environment().get_template(template + ".html").render(values)
    return text, _STYLES.inline(html)
