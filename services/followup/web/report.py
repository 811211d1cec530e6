"""The outcomes in words, bars and rows: what the dashboard and its file say, from what may be shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from markupsafe import Markup

from services.followup import policies
from services.followup.domain.cells import Answered, Interval, Row, Shown
from services.followup.handlers.rounds import in_words
from shared import dates
from shared.charts import Part, Step, funnel_svg, stacked_svg
from shared.contracts import ConferencePublished
from shared.i18n import gettext as _
from shared.sheets import Cell, Figure

HIDDEN = "–"
NOT_SHOWN = "not shown"
"""In files, which speak one language."""


def step_names() -> dict[str, str]:
    """Step -> words."""
    return {
        "registered": _("registered"),
        "checked_in": _("checked in"),
        "introduced": _("introduced"),
        "accepted": _("both said yes"),
        "met": _("met"),
        "continued": _("exchanged contacts"),
        "week": _("in touch after a week"),
        "month": _("in touch after a month"),
        "quarter": _("in touch after three months"),
    }


def why_lost() -> dict[str, str]:
    """Reason -> words. Whether somebody said no or said nothing is one and the same, and whose it was is nobody's business."""
    return {
        "open": _("not answered yet"),
        "not_agreed": _("not both said yes"),
        "cancelled": _("cancelled"),
        "missed": _("did not find each other"),
        "unreported": _("nobody has said whether they met"),
    }


def losses(shown: Shown) -> list[tuple[str, str, str]] | None:
    """(after which step, why, how many) of the pairs that did not come further; None where no reason may be told."""
    if all(lost.reasons is None for lost in shown.lost):
        return None
    steps, words = {"accepted": _("introduced"), "met": _("both said yes")}, why_lost()
    rows = []
    for lost in shown.lost:
        if lost.reasons is None:
            rows.append((steps[lost.step], _("too few to tell the reasons apart"), HIDDEN))
        else:
            ordered = [why for why in words if why in lost.reasons]
            rows += [(steps[lost.step], words[why], dates.number(lost.reasons[why])) for why in ordered]
    return rows


def after(question: str) -> str:
    """ "after a week" and so on."""
    return {"week": _("after a week"), "month": _("after a month"), "quarter": _("after three months")}[question]


def filled(text: str, **values: str) -> str:
    """A sentence with its values; a sign of per cent stays beside its number."""
    text = text.replace(" %", "\u00a0%")
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


def in_touch(question: str) -> str:
    """ "in touch after a week" and so on."""
    return step_names()[question]


def percent(share: float | None) -> str:
    """A share as people read it, on one line."""
    return HIDDEN if share is None else f"{round(100 * share)}\u00a0%"


def span(interval: Interval | None) -> str:
    """An interval as people read it, on one line: a narrow screen would else end one after the dash."""
    return HIDDEN if interval is None else f"{round(100 * interval[0])}–\u2060{round(100 * interval[1])}\u00a0%"


def number(count: int | None, small: bool, least: int) -> str:
    """A count, or what stands for a hidden one."""
    if count is not None:
        return dates.number(count)
    return f"< {least}" if small else _("not shown")


def lead(shown: Shown, least: int) -> str:
    """What there is to say first, and never more than is known."""
    introduced, met = (next(row for row in shown.pairs if row.name == name) for name in ("introduced", "met"))
    if introduced.count == 0:
        return _("Nobody was introduced yet.")
    if met.count == 0:
        return _("No meeting is reported yet. In the evening of each day both are asked whether they met.")
    if met.count is None:
        return _("Fewer than {least} pairs met so far: too few to say more without telling who they are.").replace(
            "{least}", str(least)
        )
    if not shown.answers:
        return _("{met} pairs met. Whether they kept talking is asked first a week later.").replace(
            "{met}", dates.number(met.count)
        )
    return _lead(shown.answers[-1])


def _lead(found: Answered) -> str:
    words = {"met": dates.number(found.met or 0), "when": after(found.question), "share": percent(found.reported)}
    if found.bounds is None:
        text = _("Of {met} pairs who met, some answered {when}: too few to say more without telling who they are.")
    elif found.unknown == found.met:
        text = _("Of {met} pairs who met, none has answered {when} yet.")
    elif found.unknown == 0:
        text = _("Of {met} pairs who met, {yes} ({share}) were in touch {when}. All of them answered.")
    else:
        text = _(
            "Of {met} pairs who met, between {low} and {most} were in touch {when}: {yes} pairs told us that they were, {no} "
            "that they were not, and {unknown} told us nothing."
        )
        words |= {"low": percent(found.bounds[0]), "most": percent(found.bounds[1])}
    counts = {"yes": found.yes, "no": found.no, "unknown": found.unknown}
    return filled(text, **words, **{name: dates.number(count or 0) for name, count in counts.items()})


def how_sure(shown: Shown) -> str:
    """How much stands behind what is said first; nothing where that says it already."""
    found = shown.answers[-1] if shown.answers else None
    if found is None or found.interval is None or found.answered is None or not found.answered:
        return ""
    met = found.met or 1
    heard = _(
        "We heard from {answered} of {met} pairs ({share}). If all the others lost touch it is {low}, if none did {most}."
    )
    everybody = _("We heard from all {met} pairs.")
    chance = _(
        "Chance comes on top: other pairs like these might have told us of contact in {interval} instead of {low} "
        "(95 % interval)."
    )
    return filled(
        f"{everybody if found.answered == found.met else heard} {chance}",
        answered=dates.number(found.answered),
        met=dates.number(met),
        share=percent(found.answered / met),
        interval=span(found.interval),
        low=percent(found.reported),
        most=percent(found.bounds and found.bounds[1]),
    )


def funnel(title: str, rows: Sequence[Row], least: int) -> Markup:
    """A bar a step."""
    names = step_names()
    steps = [
        Step(
            label=names[row.name],
            shown=number(row.count, row.small, least),
            share=row.of_first,
            interval=row.interval,
            note=_note(row, place),
        )
        for place, row in enumerate(rows)
    ]
    said = "; ".join(f"{step.label}: {step.shown}" for step in steps)
    return funnel_svg(title, said, steps)


def _note(row: Row, place: int) -> str:
    if not place or row.of_first is None:
        return "" if not place else _("too few to show a share") if row.count is None else ""
    text = _("{share} of the first step, 95 % interval {span}")
    return filled(text, share=percent(row.of_first), span=span(row.interval))


def stack(found: Answered, least: int) -> Markup:
    """One bar for all pairs that met: in touch, unknown, not in touch; what is hidden is one dashed part."""
    labels = {"yes": _("in touch"), "unknown": _("no answer"), "no": _("not in touch")}
    total = found.met or 0
    counts = {name: getattr(found, name) for name in labels}
    hidden = [name for name, count in counts.items() if count is None]
    rest = 1.0 if hidden else 0.0
    parts = []
    for name, label in labels.items():
        count = counts[name]
        part = count / total if count and total else 0.0
        rest -= part
        small = name in found.small
        parts.append(Part(label=label, shown=number(count, small, least), share=part, kind=name))
    if hidden:
        parts.append(Part(label=_("not shown"), shown="", share=max(0.0, rest), kind="hidden"))
    title = _("Pairs who met, {when}").replace("{when}", after(found.question))
    return stacked_svg(title, "; ".join(f"{part.label}: {part.shown}" for part in parts), parts)


def asking_days(conference: ConferencePublished) -> list[tuple[str, str]]:
    """(what, when) for everything that is asked, from the first to the last day."""
    first, last = conference.days[0].date, conference.days[-1].date
    rows = [(_("Did you meet, would you like to stay in touch?"), _days(first, last))]
    for question in policies.check_ins_of(conference):
        asked = (policies.check_in_day(conference, day, question) for day in (first, last))
        rows.append((_("Have you been in touch, {when}?").replace("{when}", after(question)), _days(*asked)))
    return rows


def _days(first: object, last: object) -> str:
    words = [in_words(day) for day in dict.fromkeys((first, last))]  # type: ignore[arg-type]
    return " – ".join(words)


def table(
    shown: Shown, below: Sequence[list[Cell]], conference: ConferencePublished, least: int, now: datetime
) -> list[list[Cell]]:
    """The same numbers as rows of a file, with what stands `below` them."""
    rows: list[list[Cell]] = [["what", "step", "count", "of first", "low", "high", "of step before"]]
    for what, funnel_rows in (("people", shown.people), ("pairs", shown.pairs)):
        rows += [[what, row.name, _count(row.count, row.small, least), *_shares(row)] for row in funnel_rows]
    rows += [[], ["lost before", "why", "count"]]
    for lost in shown.lost:
        if lost.reasons is None:
            rows.append([lost.step, "every reason", number(None, False, least)])
        else:
            rows += [[lost.step, why, Figure(n, number(n, False, least))] for why, n in sorted(lost.reasons.items())]
    rows += [[], ["after", "measure", "value", "low", "high"]]
    for found in shown.answers:
        for name in ("met", "yes", "no", "unknown", "wrote", "complete"):
            small = name in found.small or name == "met"
            rows.append([found.question, name, _count(getattr(found, name), small, least)])
        rows.append([found.question, "reported", decimal(found.reported), *edges(found.interval)])
        rows.append([found.question, "among those who answered", decimal(found.among_answered)])
        rows.append([found.question, "bounds", "", *edges(found.bounds)])
    rows += [
        *below,
        [],
        ["conference", conference.name],
        ["counted at", now.astimezone(UTC).isoformat().replace("+00:00", "Z")],
    ]
    return rows


def _count(count: int | None, small: bool, least: int) -> Cell:
    shown = number(count, small, least)
    return shown if count is None else Figure(count, shown)


def _shares(row: Row) -> list[Cell]:
    return [decimal(row.of_first), *edges(row.interval), decimal(row.of_before)]


def edges(interval: Interval | None) -> list[Cell]:
    """The two ends of an interval for a file."""
    return ["", ""] if interval is None else [decimal(interval[0]), decimal(interval[1])]


def decimal(share: float | None) -> Cell:
    """A share for a file."""
    return "" if share is None else Figure(round(share, 4), f"{share:.4f}")


def cell(count: int | None) -> Cell:
    """A count for a file, where it may be shown."""
    return NOT_SHOWN if count is None else Figure(count, str(count))
