"""Commands about people: bring a list in, let an organizer log in, make a key for programs."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
from marshmallow import ValidationError

from rapport import SERVICES
from rapport.__main__ import read_settings
from services.registration.forms import EmailForm, read_row
from services.registration.handlers import importing, organizers
from services.registration.handlers.rows import FIELDS
from shared import conferences
from shared.access import DEFAULT_ACCOUNT, Access, Actor, Scope
from shared.contracts import ConferencePublished
from shared.errors import NotFound
from shared.runtime import Runtime, build

ROLES = {"mentors": "mentor", "mentees": "mentee"}
CONSENTS = ("introductions", "follow_up", "statistics", "next_year")
COMMAND_LINE = Actor("0" * 32, "0" * 32, "command", "owner", DEFAULT_ACCOUNT)
"""Whoever may start a command on this machine acts as its owner."""


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--conference", "slug", required=True, help="The conference's slug.")
@click.option("--as", "role", required=True, type=click.Choice(list(ROLES)), help="What people without a role are.")
@click.option("--consents", default="", help=f"What they agreed to, by comma: {','.join(CONSENTS)}. Then they are in.")
@click.option("--map", "columns", multiple=True, metavar="COLUMN=FIELD", help="What a column is; nothing behind = out.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")
def import_command(file: Path, slug: str, role: str, consents: str, columns: tuple[str, ...], dry_run: bool) -> None:
    """Bring a list of people in (CSV or XLSX). Exports of pretix, Eventbrite, Luma, hi.events, alf.io and Indico are
    recognised by their columns. Without --consents people are invited by mail. Again changes nothing."""
    agreed, mapping = _agreed(consents), _mapped(columns)
    content = file.read_bytes()
    runtime = _registration()
    conference = _conference(runtime, slug)
    result = importing.import_people(
        content,
        conference,
        ROLES[role],
        consents=agreed,
        dry_run=dry_run,
        actor=COMMAND_LINE,
        open_work=runtime.work,
        read_row=read_row,
        mapping=mapping,
        progress=_bar("people"),
    )
    runtime.close()
    if not _said(result, file):
        sys.exit(1)


def _agreed(text: str) -> dict[str, bool] | None:
    """The consents of `--consents`; None without it."""
    named = [part.strip() for part in text.split(",") if part.strip()]
    if wrong := sorted(set(named) - set(CONSENTS)):
        raise click.BadParameter(f"{', '.join(wrong)} is none of {', '.join(CONSENTS)}.", param_hint="--consents")
    return {name: name in named for name in CONSENTS} if named else None


def _mapped(columns: tuple[str, ...]) -> dict[str, str]:
    """Column -> field of `--map`; "" where it is left out."""
    found: dict[str, str] = {}
    for text in columns:
        name, separator, field = (part.strip() for part in text.rpartition("="))
        if not separator or not name or field not in ("", *FIELDS):
            raise click.BadParameter(f"COLUMN=FIELD, with one of {', '.join(FIELDS)}.", param_hint="--map")
        found[name] = field
    return found


def _said(result: importing.Result, file: Path) -> bool:
    """Say what became of a list; whether every row was taken."""
    if result.refused:
        click.echo(result.refused, err=True)
        return False
    for note in result.notes:
        click.echo(note, err=True)
    for line, why, _cells in result.rejected:
        click.echo(f"line {line}: {why}", err=True)
    for line, why in result.skipped:
        click.echo(f"line {line} left aside: {why}", err=True)
    topics = f", {len(result.new_topics)} new topics" if result.new_topics else ""
    aside = f", {len(result.skipped)} left aside" if result.skipped else ""
    asked = f" ({result.asked} not confirmed, invited)" if result.asked else ""
    would = "would be " if result.dry_run else ""
    click.echo(
        f"{result.added} {would}added, {result.known} known already{asked}{aside}, {len(result.rejected)} not taken{topics}."
        + (" Nothing was changed." if result.dry_run else "")
    )
    if result.rejected and not result.dry_run:
        click.echo(f"Rows to correct and import again: {_written(result, file)}", err=True)
    return not result.rejected


def _written(result: importing.Result, file: Path) -> Path:
    """The file of rejected rows, of the same kind as the list."""
    beside = file.with_name(f"{file.name}.rejected.{result.kind}")
    if result.kind == "xlsx":
        beside.write_bytes(result.rejected_xlsx())
    else:
        beside.write_text(result.rejected_csv(), encoding="utf-8", newline="")
    return beside


def _bar(what: str) -> Callable[[int, int], None]:
    """A progress bar on a terminal, nothing elsewhere."""
    started = time.monotonic()

    def progress(done: int, total: int) -> None:
        if sys.stderr.isatty() and total:
            left = (time.monotonic() - started) / max(1, done) * (total - done)
            bar = f"{'█' * (done * 30 // total):<30} {done * 100 // total:3d} %"
            click.echo(f"\r{bar}  {done} of {total} {what}, about {left:.0f} s left   ", nl=done >= total, err=True)

    return progress


@click.command("login-link")
@click.argument("text", metavar="ADDRESS")
def login_link_command(text: str) -> None:
    """Print a link that logs an organizer in as owner: once, within ten minutes."""
    email = _address(text)
    runtime = _registration()
    with runtime.work() as work:
        token = organizers.printed_link(email, work)
    click.echo(f"{runtime.settings.base_url}/login/{token}")
    runtime.close()


def _address(text: str) -> str:
    try:
        said: dict[str, str] = EmailForm().load({"email": text})
    except ValidationError as wrong:
        told: dict[str, list[str]] = wrong.normalized_messages()  # type: ignore[no-untyped-call]
        raise click.BadParameter(" ".join(told["email"]), param_hint="ADDRESS") from None
    return said["email"]


@click.command("api-key")
@click.option("--conference", "slugs", multiple=True, help="A conference's slug; may be given several times.")
@click.option("--all", "everywhere", is_flag=True, help="For all conferences.")
def api_key_command(slugs: tuple[str, ...], everywhere: bool) -> None:
    """Print an API key, alone on its line. It works at once on every service."""
    if bool(slugs) == everywhere:
        raise click.UsageError("For which conferences? Give --conference SLUG, or --all.")
    runtime = _registration()
    chosen = None if everywhere else frozenset(_conference(runtime, slug).slug for slug in slugs)
    with runtime.work() as work:
        key = organizers.make_key("command line", chosen, COMMAND_LINE, Access(runtime.settings.secret_key), work)
    click.echo(key)
    runtime.close()


def _registration() -> Runtime:
    runtime = build(SERVICES["registration"], read_settings())
    runtime.migrate()
    return runtime


def _conference(runtime: Runtime, slug: str) -> ConferencePublished:
    try:
        with runtime.reading() as connection:
            return conferences.by_slug(connection, Scope(DEFAULT_ACCOUNT), slug)
    except NotFound:
        raise click.ClickException(f"There is no conference {slug!r} here.") from None
