"""Server-made SVG: bars that print, need no script and have their numbers beside them. Pure; text is escaped.

Lengths are per cent and texts keep their size, so a chart is as readable on a phone as on a wide screen.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

ROW, BAR = 68, 20
LEGEND = 28
TOP, TALL = 26, 190
"""Of a curve: room above it for words, and its height."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a funnel: what stands for its count, its share of the first step (0..1; None = hidden or none), the
    95 % interval of that share, and a line below the bar."""

    label: str
    shown: str
    share: float | None
    interval: tuple[float, float] | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a whole, in the order of drawing: `share` of the whole (0..1), `kind` is yes, unknown, no or hidden."""

    label: str
    shown: str
    share: float
    kind: str


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A difference with its interval, both -1..1; `shown` stands for it in words, `note` below it. `kind` is more, less or
    open, by what may be said of it; None for both where there is nothing to draw."""

    label: str
    shown: str
    kind: str
    difference: float | None = None
    interval: tuple[float, float] | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Reached:
    """A point of a curve: where (0 is the beginning), what stands below it and above it, shares 0..1; `share` and `band` are
    None where they are open."""

    at: float
    label: str
    shown: str
    share: float | None
    band: tuple[float, float] | None
    at_least: float
    at_most: float


def funnel_svg(title: str, description: str, steps: Sequence[Step]) -> Markup:
    """A bar for every step, as long as its share of the first one, with the interval as a whisker."""
    rows = Markup("").join(_row(number * ROW, step) for number, step in enumerate(steps))
    return _frame("funnel", title, description, ROW * len(steps), rows)


def _row(top: int, step: Step) -> Markup:
    bar, middle = top + 24, top + 24 + BAR // 2
    drawn = Markup('<rect class="ground" x="0" y="{}" width="100%" height="{}" rx="5"/>').format(bar, BAR)
    if step.share:
        width = _percent(min(step.share, 1.0))
        drawn += Markup('<rect class="bar" x="0" y="{}" width="{}" height="{}" rx="5"/>').format(bar, width, BAR)
    if step.interval is not None:
        drawn += _whisker(step.interval, middle)
    return _words(top, step.label, step.shown, step.note, drawn)


def _words(top: int, label: str, shown: str, note: str, drawn: Markup) -> Markup:
    """A label, what stands for the number, what is drawn below both, and a note."""
    return Markup(
        '<text x="0" y="{}">{}</text><text class="count" x="100%" y="{}" text-anchor="end">{}</text>{}'
        '<text class="quiet" x="0" y="{}">{}</text>'
    ).format(top + 16, label, top + 16, shown, drawn, top + 24 + BAR + 15, note)


def _whisker(interval: tuple[float, float], middle: int) -> Markup:
    """A thin line with ends, light where it lies on the bar and dark beyond it, by an outline."""
    low, high = (_percent(edge) for edge in interval)
    lines = ((low, high, middle, middle), (low, low, middle - 5, middle + 5), (high, high, middle - 5, middle + 5))
    return Markup("").join(
        Markup('<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(kind, left, right, top, bottom)
        for kind in ("halo", "whisker")
        for left, right, top, bottom in lines
    )


def stacked_svg(title: str, description: str, parts: Sequence[Part]) -> Markup:
    """One bar made of parts, with a legend below it."""
    drawn, left = Markup(""), 0.0
    for part in parts:
        drawn += Markup('<rect class="bar {}" x="{}" y="4" width="{}" height="30"/>').format(
            part.kind, _percent(left), _percent(part.share)
        )
        left += part.share
    for number, part in enumerate(parts):
        top = 46 + number * LEGEND
        drawn += Markup(
            '<rect class="bar {}" x="1" y="{}" width="16" height="16" rx="3"/><text x="26" y="{}">{}</text>'
            '<text class="count" x="100%" y="{}" text-anchor="end">{}</text>'
        ).format(part.kind, top, top + 13, part.label, top + 13, part.shown)
    return _frame("stacked", title, description, 46 + LEGEND * len(parts), drawn)


def differences_svg(title: str, description: str, rows: Sequence[Difference]) -> Markup:
    """A point and its interval for every difference, on one scale with nothing in the middle."""
    edges = [abs(edge) for row in rows if row.interval is not None for edge in (*row.interval, row.difference or 0.0)]
    most = max(0.1, *edges) if edges else 0.1
    drawn = Markup("").join(_difference(number * ROW, row, most) for number, row in enumerate(rows))
    return _frame("differences", title, description, ROW * len(rows), drawn)


def _difference(top: int, row: Difference, most: float) -> Markup:
    bar, middle = top + 24, top + 24 + BAR // 2
    drawn = Markup('<rect class="ground" x="0" y="{}" width="100%" height="{}" rx="5"/>').format(bar, BAR)
    drawn += Markup('<line class="none" x1="50%" x2="50%" y1="{}" y2="{}"/>').format(bar - 3, bar + BAR + 3)
    if row.difference is not None and row.interval is not None:
        low, point, high = (0.5 + 0.48 * edge / most for edge in (row.interval[0], row.difference, row.interval[1]))
        drawn += _whisker((low, high), middle)
        drawn += Markup('<circle class="point {}" cx="{}" cy="{}" r="7"/>').format(row.kind, _percent(point), middle)
    return _words(top, row.label, row.shown, row.note, drawn)


def curve_svg(title: str, description: str, points: Sequence[Reached], legend: Sequence[tuple[str, str]]) -> Markup:
    """A line through points with a band around it, and dashed lines for what holds in any case. `legend` are (kind, words):
    line, band or edge."""
    last = max((point.at for point in points), default=1.0) or 1.0
    places = [(_across(point.at / last), point) for point in points]
    drawn = Markup('<rect class="ground" x="0" y="{}" width="100%" height="{}" rx="5"/>').format(TOP, TALL)
    drawn += _shapes(places)
    drawn += Markup("").join(_reached(place, point, last) for place, point in places)
    bottom = TOP + TALL + 44
    for number, (kind, words) in enumerate(legend):
        drawn += _explained(bottom + number * LEGEND, kind, words)
    return _frame("curve", title, description, bottom + LEGEND * len(legend), drawn)


def _across(share: float) -> float:
    """Where it is drawn, per cent of the width: early ones have more room than late ones, or their words would overlap."""
    return 2 + 96 * math.sqrt(share)


def _shapes(places: Sequence[tuple[float, Reached]]) -> Markup:
    """What joins the points, in a frame of its own whose corners are 0 and 100."""
    known = [(place, point) for place, point in places if point.share is not None and point.band is not None]

    def line(edges: Sequence[tuple[float, float]]) -> str:
        return " ".join(f"{place:.2f},{100 * (1 - share):.2f}" for place, share in edges)

    upper = [(place, point.band[1]) for place, point in known if point.band]
    lower = [(place, point.band[0]) for place, point in known if point.band]
    shapes = Markup('<polygon class="band" points="{}"/>').format(line([*upper, *reversed(lower)]))
    for edge in ("at_least", "at_most"):
        held = [(place, getattr(point, edge)) for place, point in places]
        shapes += Markup('<polyline class="edge" points="{}"/>').format(line(held))
    shapes += Markup('<polyline class="joined" points="{}"/>').format(
        line([(p, point.share or 0) for p, point in known])
    )
    return Markup(
        '<svg x="0" y="{}" width="100%" height="{}" viewBox="0 0 100 100" preserveAspectRatio="none" overflow="visible">'
        "{}</svg>"
    ).format(TOP, TALL, shapes)


def _reached(place: float, point: Reached, last: float) -> Markup:
    anchor = "start" if not point.at else "end" if point.at == last else "middle"
    left = {"start": 0.0, "end": 100.0}.get(anchor, place)
    drawn = Markup('<text class="quiet" x="{:.2f}%" y="{}" text-anchor="{}">{}</text>').format(
        left, TOP + TALL + 18, anchor, point.label
    )
    if point.share is None:
        return drawn
    height = TOP + TALL * (1 - point.share)
    above = height - 12 if height > TOP + 22 or not point.at else height + 26
    return drawn + Markup(
        '<circle class="point more" cx="{:.2f}%" cy="{:.1f}" r="6"/>'
        '<text class="count haloed" x="{:.2f}%" y="{:.1f}" text-anchor="{}">{}</text>'
    ).format(place, height, left, above, anchor, point.shown)


def _explained(top: int, kind: str, words: str) -> Markup:
    """A line of the legend."""
    sign = {
        "line": Markup('<line class="whisker joined" x1="1" x2="17" y1="{0}" y2="{0}"/>'),
        "edge": Markup('<line class="edge" x1="1" x2="17" y1="{0}" y2="{0}"/>'),
        "band": Markup('<rect class="band" x="1" y="{1}" width="16" height="16" rx="3"/>'),
    }[kind].format(top + 8, top)
    return sign + Markup('<text class="quiet" x="26" y="{}">{}</text>').format(top + 13, words)


def _percent(share: float) -> str:
    return f"{100 * share:.2f}%"


def _frame(name: str, title: str, description: str, height: int, content: Markup) -> Markup:
    identity = f"{name}-{zlib.crc32(f'{title}|{description}'.encode()):08x}"
    return Markup(
        '<svg class="bars" width="100%" height="{}" role="img" aria-labelledby="{}-t" aria-describedby="{}-d">'
        '<title id="{}-t">{}</title><desc id="{}-d">{}</desc>{}</svg>'
    ).format(height, identity, identity, identity, title, identity, description, content)
