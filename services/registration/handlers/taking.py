"""Takes rows of a list: which are right, which bring nobody and why, and a group of them in one transaction, each row whole
or not at all. It knows no file and no page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.exc import IntegrityError

from services.registration import store
from services.registration.domain import topic_line, topics_of
from services.registration.handlers import attending
from services.registration.handlers.attending import KnownAddress
from services.registration.handlers.conferences import add_topics, record
from services.registration.handlers.rows import Row, Table
from services.registration.handlers.saying import in_codes, without_topics_too
from shared.access import Actor
from shared.contracts import ConferencePublished
from shared.errors import Invalid, Refused
from shared.i18n import gettext as _
from shared.i18n import noted as N_
from shared.text import fold
from shared.work import Work

GROUP = 100
MOST_TOPICS = 100
MOST_TOLD = 20
Errors = Mapping[str, Any]
OpenWork = Callable[[], AbstractContextManager[Work]]
ReadRow = Callable[[Mapping[str, Any]], tuple[dict[str, Any], dict[str, list[str]]]]
"""What a row says, through the schema of the form: (the values that are right, sentences by field)."""


class NotIntroduced(Refused):
    """Whoever is registered by a list must have agreed to being introduced: tick that too, or nothing at all."""

    status = 422
    code = "not-introduced"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A row that brought nobody: rejected (to be corrected) or skipped (it does not count, or says it again)."""

    line: int
    kind: str
    why: str


@dataclass(kw_only=True)
class Outcome:
    """What became of some rows."""

    added: int = 0
    known: int = 0
    asked: int = 0
    """Who registered and did not confirm: they are known, too, and get an invitation."""
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Task:
    """One import under way: into which conference, for whom, and what was seen so far."""

    conference: ConferencePublished
    consents: Mapping[str, bool] | None
    read_row: ReadRow
    seen: dict[str, tuple[int, str]] = field(default_factory=dict)
    """address -> (the line it stood in first, the name there)"""
    called: Mapping[str, str] = field(default_factory=dict)
    """field -> how the file calls it"""
    dry_run: bool = False
    most_introductions: bool = False
    """The format itself says how many introductions: never more than the conference gives."""


Checked = list[tuple[Row, dict[str, Any]]]


def check_consents(consents: Mapping[str, bool] | None) -> None:
    """Raises NotIntroduced where an organizer vouches for everything but that."""
    if consents and not consents.get("introductions"):
        raise NotIntroduced


def task_of(
    whole: Table,
    conference: ConferencePublished,
    consents: Mapping[str, bool] | None,
    read_row: ReadRow,
    *,
    dry_run: bool,
) -> Task:
    """The import of a list."""
    return Task(
        conference=conference,
        consents=consents or None,
        read_row=read_row,
        called=whole.called,
        dry_run=dry_run,
        most_introductions=whole.form.brings_topics,
    )


def record_import(added: int, rejected: int, conference: ConferencePublished, actor: Actor, work: Work) -> None:
    """One line in the audit for the whole list."""
    record(N_("list imported"), actor, conference, None, work, added=added, rejected=rejected)


def with_topics(
    whole: Table, conference: ConferencePublished, actor: Actor, open_work: OpenWork | None
) -> tuple[ConferencePublished, list[str]]:
    """(the conference with the topics that the list brings, those that are new); without `open_work` only for looking."""
    if not whole.form.brings_topics:
        return conference, []
    known = {topic.label.casefold() for topic in conference.topics}
    named = {topic for row in whole.rows for name in ("offers", "wants") for topic in row.said.get(name, ())}
    new = sorted(topic for topic in named if topic.casefold() not in known and len(topic) <= 80)
    new = new[: max(0, MOST_TOPICS - len(known))]
    if not new:
        return conference, []
    if open_work is None:
        labels = [*map(topic_line, conference.topics), *new]
        return replace(conference, topics=topics_of(labels, conference.topics)), new
    with open_work() as work:
        return add_topics(conference, new, actor, work), new


def unknown_topics(whole: Table, conference: ConferencePublished) -> list[tuple[str, int]]:
    """(topic, in how many rows) of those that the list says and the conference does not have, the most frequent first."""
    known = {name.casefold() for topic in conference.topics for name in (topic.label, topic.code)}
    said = Counter(
        topic
        for row in whole.rows
        for topic in dict.fromkeys([*row.said.get("offers", ()), *row.said.get("wants", ())])
        if topic.casefold() not in known
    )
    return [(topic[:80], count) for topic, count in said.most_common(MOST_TOLD)]


def check(rows: Sequence[Row], task: Task) -> tuple[Checked, list[Finding]]:
    """(the rows that are right, with what they say; everything that is wrong with the others). Asks nobody."""
    right: Checked = []
    findings: list[Finding] = []
    for row in rows:
        if row.wrong or row.skipped:
            kind = "rejected" if row.wrong else "skipped"
            findings.append(Finding(line=row.line, kind=kind, why=row.wrong or row.skipped))
            continue
        said, found = _checked(row, task)
        if found is None:
            right.append((row, said))
        else:
            findings.append(found)
    return right, findings


def _checked(row: Row, task: Task) -> tuple[dict[str, Any], Finding | None]:
    raw = dict(row.said)
    if task.most_introductions and "introductions" in raw:
        raw["introductions"] = min(raw["introductions"], task.conference.policy.introductions_at_most)
    said, errors = task.read_row(raw)
    try:
        (in_codes if task.consents else without_topics_too)(said, task.conference)
    except Invalid as wrong:
        errors |= {name: list(texts) for name, texts in wrong.errors.items() if name not in errors}
    address, name = fold(said.get("email") or ""), fold(said.get("name") or "")
    first, first_name = task.seen.get(address, (0, ""))
    if first:
        again = _("This address stands in line {line} already.").replace("{line}", str(first))
        if name == first_name or not raw.get("name"):  # shops list a workshop of hers as a row without a name
            return said, Finding(line=row.line, kind="skipped", why=_("The same person again.") + " " + again)
        errors["email"] = [again]
    elif not errors:
        task.seen[address] = row.line, name
    return said, _rejected(row, errors, task) if errors else None


def _rejected(row: Row, errors: Errors, task: Task) -> Finding:
    sentences = [f"{task.called.get(name, name)}: {' '.join(map(str, texts))}" for name, texts in errors.items()]
    return Finding(line=row.line, kind="rejected", why=" ".join(sentences))


def take(
    checked: tuple[Checked, list[Finding]],
    task: Task,
    open_work: OpenWork,
    also: Callable[[Outcome, Work], None] = lambda outcome, work: None,
) -> Outcome:
    """Take the rows that are right, all in one transaction, together with what is to happen `also`. Should one of them be
    refused after all, it is done again, row by row."""
    right, findings = checked
    try:
        with open_work() as work:
            outcome = _taken(right, findings, task, work, careful=False)
            also(outcome, work)
            return outcome
    except (Invalid, KnownAddress, IntegrityError):
        with open_work() as work:
            outcome = _taken(right, findings, task, work, careful=True)
            also(outcome, work)
            return outcome


def _taken(right: Checked, findings: Sequence[Finding], task: Task, work: Work, *, careful: bool) -> Outcome:
    outcome = Outcome(findings=[*findings])
    addresses = [said["email"] for _row, said in right]
    here = store.who_is_known(task.conference, addresses, work)
    unconfirmed = store.unconfirmed_among(task.conference, addresses, work, locked=not task.dry_run)
    outcome.asked = len(unconfirmed)
    for attendee in [] if task.dry_run else unconfirmed:
        attending.invite(attendee, work)
    vouched: dict[str, Any] = {"consents": dict(task.consents), "confirmed": True} if task.consents else {}
    for row, said in right:
        if fold(said["email"]) in here:
            outcome.known += 1
        elif task.dry_run:
            outcome.added += 1
        elif careful:
            _carefully(row, {**said, "approved": True, **vouched}, task, outcome, work)
        else:
            _register({**said, "approved": True, **vouched}, task, work)
            outcome.added += 1
    return outcome


def _register(said: dict[str, Any], task: Task, work: Work) -> None:
    attending.register(said, task.conference, "import", work, status="invited", topics_needed=bool(task.consents))


def _carefully(row: Row, said: dict[str, Any], task: Task, outcome: Outcome, work: Work) -> None:
    try:
        with work.attempt():
            _register(said, task, work)
    except Invalid as wrong:
        outcome.findings.append(_rejected(row, wrong.errors, task))
    except (KnownAddress, IntegrityError):  # somebody was faster
        outcome.known += 1
    else:
        outcome.added += 1
