"""A command that takes results out: people, introductions or outcomes of a conference as a file, as owners get it on the
pages. Whoever may start a command on this machine acts as its owner, and leaves the same line."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import Connection

from rapport import SERVICES
from rapport.__main__ import read_settings
from rapport.commands.files import has_a_folder, refuse, write_whole
from rapport.commands.people import COMMAND_LINE
from services.followup.web import beside, files
from services.introductions.web.files import introductions
from services.registration.web.files import people
from shared import conferences
from shared.audit import EXPORTED
from shared.contracts import ConferencePublished
from shared.errors import NotFound
from shared.runtime import Runtime, build
from shared.sheets import FORMS, csv_text, xlsx

OWNERS = {"people": "registration", "introductions": "introductions", "outcomes": "followup"}
"""What can be taken -> the service that has it."""


@click.command("export")
@click.argument("what", type=click.Choice(list(OWNERS)))
@click.option("--conference", "slug", required=True, help="The conference's slug.")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write: .csv, .xlsx or .json (people and introductions).",
)
def export_command(what: str, slug: str, out: Path) -> None:
    """Write people, introductions or outcomes of a conference into a file."""
    form = out.suffix.removeprefix(".").lower()
    if form not in FORMS or (what == "outcomes" and form == "json"):
        refuse("The name of the file ends in .csv or .xlsx, or for people and introductions in .json.")
    has_a_folder(out)
    runtime = build(SERVICES[OWNERS[what]], read_settings())
    runtime.migrate()
    try:
        with runtime.reading(one_moment=True) as connection:
            conference = conferences.by_slug(connection, COMMAND_LINE.scope, slug)
            content, rows = _file(what, form, connection, conference, runtime)
    except NotFound:
        raise click.ClickException(f"There is no conference {slug!r} here.") from None
    with runtime.work() as work:
        work.audit(EXPORTED[what], COMMAND_LINE, conference=conference.conference, form=form, rows=rows)
    write_whole(out, content)
    runtime.close()
    click.echo(f"{rows} rows in {out}.")


def _file(
    what: str, form: str, connection: Connection, conference: ConferencePublished, runtime: Runtime
) -> tuple[bytes, int]:
    """(the file's bytes, how many rows)."""
    now = runtime.now()
    if what == "outcomes":
        rows = files.table(beside.told(connection, conference, COMMAND_LINE.scope), conference, now)
        return xlsx(rows, what) if form == "xlsx" else csv_text(rows).encode(), len(rows)
    sheet = people(connection, conference) if what == "people" else introductions(connection, conference, now)
    made_at = now.isoformat(timespec="seconds").replace("+00:00", "Z")
    return sheet.written(form, {"conference": conference.slug, "made_at": made_at}), len(sheet.rows)
