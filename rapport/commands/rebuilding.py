"""The command that makes what a service has counted anew, from the rows that it was counted from. It sends no mail and
publishes nothing."""

from __future__ import annotations

import click

from rapport import SERVICES
from rapport.__main__ import read_settings
from services.followup.handlers import tallying
from services.followup.queries import tallies
from shared.runtime import build


@click.command("rebuild")
@click.argument("service", type=click.Choice(["followup"]))
def rebuild_command(service: str) -> None:
    """Count everything anew, conference by conference. (`rebuild followup`)"""
    runtime = build(SERVICES[service], read_settings())
    runtime.migrate()
    with runtime.reading() as connection:
        conferences = tallies.conference_ids(connection)
    for conference in conferences:
        with runtime.work() as work:
            pairs, people = tallying.rebuild(conference, work)
        click.echo(f"{conference}: {pairs} pairs, {people} people")
    runtime.close()
    click.echo("counted")
