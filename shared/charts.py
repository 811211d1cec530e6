"""Server-made SVG: bars that print, need no script and have their numbers beside them. Pure; text is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH, ROW, LEFT, RIGHT = 720, 54, 8, 712


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a funnel: how many (None = hidden), their share of the first step (0..1), its 95 % interval."""

    label: str
    count: int | None
    share: float | None
    interval: tuple[float, float] | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a whole, in the order of drawing: `kind` is yes, unknown or no."""

    label: str
    count: int | None
    kind: str


def funnel_svg(title: str, description: str, steps: Sequence[Step]) -> Markup:
    """A bar for every step, as long as its share of the first one, with the interval as a whisker."""
    rows = Markup("").join(_row(number, step) for number, step in enumerate(steps))
    return _frame("funnel", title, description, ROW * len(steps) + 6, rows)


def _row(number: int, step: Step) -> Markup:
    top = number * ROW
    count = "< 5" if step.count is None else f"{step.count:,}"
    length = (RIGHT - LEFT) * (step.share or 0.0)
    whisker = Markup("")
    if step.interval is not None:
        low, high = (LEFT + (RIGHT - LEFT) * edge for edge in step.interval)
        middle = top + 35
        whisker = Markup('<path class="whisker" d="M{:.1f} {}v8M{:.1f} {}H{:.1f}M{:.1f} {}v8"/>').format(
            low, middle - 4, low, middle, high, high, middle - 4
        )
    return Markup(
        '<text x="{}" y="{}">{}</text><text x="{}" y="{}" text-anchor="end">{} <tspan class="quiet">{}</tspan></text>'
        '<rect class="ground" x="{}" y="{}" width="{}" height="18" rx="4"/>'
        '<rect class="bar" x="{}" y="{}" width="{:.1f}" height="18" rx="4"/>{}'
    ).format(
        LEFT,
        top + 18,
        step.label,
        RIGHT,
        top + 18,
        count,
        step.note,
        LEFT,
        top + 26,
        RIGHT - LEFT,
        LEFT,
        top + 26,
        length,
        whisker,
    )


def stacked_svg(title: str, description: str, parts: Sequence[Part]) -> Markup:
    """One bar made of parts; hidden counts are drawn as unknown."""
    total = sum(part.count or 0 for part in parts) or 1
    drawn, x = Markup(""), float(LEFT)
    for part in parts:
        width = (RIGHT - LEFT) * (part.count or 0) / total
        drawn += Markup('<rect class="bar {}" x="{:.1f}" y="6" width="{:.1f}" height="26"/>').format(
            part.kind, x, width
        )
        x += width
    legend = Markup("").join(
        Markup(
            '<rect class="bar {}" x="{}" y="44" width="14" height="14" rx="3"/><text x="{}" y="56">{} {}</text>'
        ).format(
            part.kind,
            LEFT + number * 230,
            LEFT + 20 + number * 230,
            part.label,
            "< 5" if part.count is None else part.count,
        )
        for number, part in enumerate(parts)
    )
    return _frame("stacked", title, description, 68, drawn + legend)


def _frame(name: str, title: str, description: str, height: int, content: Markup) -> Markup:
    identity = f"{name}-{abs(hash((title, description))) % 10**8}"
    return Markup(
        '<svg class="funnel" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-t {}-d"><title id="{}-t">{}</title>'
        '<desc id="{}-d">{}</desc>{}</svg>'
    ).format(WIDTH, height, identity, identity, identity, escape(title), identity, escape(description), content)
