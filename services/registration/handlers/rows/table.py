"""A list whose columns have a meaning: what every row says about somebody, raw, for the schema. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.registration.handlers.rows.formats import Format, format_of
from services.registration.handlers.rows.sheet import Line, Sheet, Unreadable
from services.registration.handlers.rows.words import FIELDS, LEFT_OUT, key, value
from shared.errors import Refused
from shared.i18n import gettext as _

Columns = Sequence[str | None]
"""For each column a field of ours, left out, or None where nobody has said what it is."""


class Unmapped(Refused):
    """Please say what the columns are: {why}"""

    status = 422
    code = "unmapped"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row: its line in the file, its cells as they came, and what they say."""

    line: int
    cells: tuple[str, ...]
    said: dict[str, Any]
    wrong: str = ""
    """Why it cannot be taken, whatever it says."""
    skipped: str = ""
    """Why it does not count: a ticket that was cancelled, say."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A whole list."""

    header: tuple[str, ...]
    rows: list[Row]
    form: Format
    left_out: list[str]
    """Names of columns of which nobody has said what they are."""
    called: Mapping[str, str]
    """field -> how the file itself calls the column that says it, for whoever corrects the file."""


def suggested(sheet: Sheet) -> list[str | None]:
    """What the columns are as far as that is plain; a field is taken by the first column that is it."""
    form, found = format_of(sheet.header), list[str | None]()
    for name in sheet.header:
        target = form.target(name)
        twice = bool(target) and target in found
        found.append((LEFT_OUT if form.name else None) if twice else target)
    if "given" in found and "family" not in found:  # beside a first name, "Name" is the other half
        return ["family" if target == "name" else target for target in found]
    return found


def is_plain(sheet: Sheet, columns: Columns) -> bool:
    """Whether nobody has to be asked what the columns are."""
    return None not in columns and not _why_not(sheet.header, columns)


def chosen(sheet: Sheet, columns: Columns) -> None:
    """Raises Unmapped where these columns cannot be what somebody means."""
    if why := _why_not(sheet.header, columns):
        raise Unmapped(why=why)


def _why_not(header: Sequence[str], columns: Columns) -> str:
    if len(columns) != len(header) or not set(columns) <= {*FIELDS, LEFT_OUT, None}:
        return _("these are not the columns of this file.")
    named = [target for target in columns if target]
    twice = next((target for target in named if named.count(target) > 1), None)
    if twice:
        return _("{field} stands twice. Please leave one of them out.").replace("{field}", twice)
    if not {"email", "email_else"} & set(named) or not {"name", "given", "family"} & set(named):
        return _("the first row must name the columns, at least name and email.")
    return ""


def named(sheet: Sheet, wanted: Mapping[str, str]) -> list[str | None]:
    """The columns as suggested, but those that are wanted by name as wanted. Raises Unmapped."""
    places = {key(name): place for place, name in reversed(list(enumerate(sheet.header)))}
    for name in wanted:
        if key(name) not in places:
            raise Unmapped(why=_("there is no column {name} in the file.").replace("{name}", name[:40]))
    # A field that is wanted somewhere is what was suggested nowhere else.
    columns = [LEFT_OUT if target and target in wanted.values() else target for target in suggested(sheet)]
    for name, target in wanted.items():
        columns[places[key(name)]] = target
    return columns


def columns_of(sheet: Sheet, wanted: Mapping[str, str]) -> list[str | None]:
    """The columns where nobody can be asked. Columns that an export does not have by itself are left out; in a list of our
    own, or of nobody's, they are refused. Raises Unmapped, Unreadable."""
    columns, form = named(sheet, wanted), format_of(sheet.header)
    if why := _why_not(sheet.header, columns):
        raise Unreadable(why=why)
    if not form.name or form.is_exact:
        names = [key(name) for name in sheet.header]
        there = [name for name in names if name]
        if form.is_exact and not wanted and len(set(there)) != len(there):
            raise Unreadable(why=_("a column stands in it twice."))
        unknown = next((name for name, target in zip(names, columns, strict=True) if target is None), None)
        if unknown is not None:
            raise Unreadable(why=_("there is a column that we do not know: {name}.").replace("{name}", unknown[:40]))
    return columns


def table(sheet: Sheet, columns: Columns, role: str, topics: Collection[str] = ()) -> Table:
    """What the rows of a list say. `role` is for rows that do not say it; `topics` are the labels of the conference."""
    form = format_of(sheet.header)
    state = next((place for place, name in enumerate(sheet.header) if key(name) in form.state), None)
    known = None if form.is_exact else frozenset(topic.casefold() for topic in topics)
    places = {target: place for place, target in enumerate(columns) if target}
    reader = _Reader(
        header=sheet.header,
        places=places,
        state=state,
        form=form,
        role=role,
        topics=known,
    )
    return Table(
        header=sheet.header,
        called=_called(sheet.header, places),
        rows=[reader.row(line) for line in sheet.lines],
        form=form,
        left_out=[name for name, target in zip(sheet.header, columns, strict=True) if target is None and name.strip()],
    )


def _called(header: Sequence[str], places: Mapping[str, int]) -> dict[str, str]:
    """What several columns or a part of one say is called by them, too."""
    names = {target: header[place].strip() for target, place in places.items() if header[place].strip()}
    halves = " + ".join(names[half] for half in ("given", "family") if half in names)
    shared = {"name": halves, "email": names.get("email_else", "")}
    shared |= dict.fromkeys(("offers", "wants"), names.get("topics", ""))
    return {field: name for field, name in {**shared, **names}.items() if name}


@dataclass(frozen=True, kw_only=True)
class _Reader:
    """Reads the rows of one list."""

    header: tuple[str, ...]
    places: Mapping[str, int]
    state: int | None
    form: Format
    role: str
    topics: Collection[str] | None

    def row(self, line: Line) -> Row:
        wrong = line.wrong or self._formula(line)
        skipped = "" if line.wrong else self._no_person(line)
        if skipped or wrong:
            return Row(line=line.number, cells=line.cells, said={}, wrong="" if skipped else wrong, skipped=skipped)
        return Row(line=line.number, cells=line.cells, said=_whole(self._said(line), self.form, self.role))

    def _formula(self, line: Line) -> str:
        place = next((place for place in line.formulas if place in self.places.values()), None)
        if place is None:
            return ""
        sentence = _("A formula stands in column {name}: please replace it by its value.")
        return sentence.replace("{name}", self.header[place][:40])

    def _no_person(self, line: Line) -> str:
        if line.cells[0].strip() == self.header[0].strip() and line.cells == self.header:
            return _("The names of the columns stand here again.")
        return "" if self.state is None else self.form.leaves_out(self.header[self.state], line.cells[self.state])

    def _said(self, line: Line) -> dict[str, Any]:
        said: dict[str, Any] = {}
        for target, place in self.places.items():
            cell = line.cells[place]
            if not cell.strip():
                continue
            translated = self.form.translate.get(target)
            found = translated(cell.strip()) if translated else value(target, cell, self.topics)
            if found is not None and found != "":
                said[target] = found
        return said


def _whole(said: dict[str, Any], form: Format, role: str) -> dict[str, Any]:
    """Halves put together: a name of two columns, the address of whoever ordered, topics by the role."""
    given, family, other = (said.pop(name, "") for name in ("given", "family", "email_else"))
    if both := f"{given} {family}".strip():
        said.setdefault("name", both)
    if other:
        said.setdefault("email", other)
    said.setdefault("role", role)
    topics = said.pop("topics", [])
    for name, roles in (("offers", ("mentor", "both")), ("wants", ("mentee", "both"))):
        if topics and said["role"] in roles:
            said.setdefault(name, topics)
    return {**form.adds(said["role"]), **said}
