"""Commands for whoever runs an installation: databases, topics, the shared clock, what is wrong, who says what."""

from __future__ import annotations

import math
import os
import re
import sys
from datetime import UTC, datetime, timedelta

import click
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from rapport import SERVICES
from rapport.__main__ import SERVICE, read_settings
from shared import tables
from shared.database import Database
from shared.parts import TOPICS
from shared.runtime import build_all
from shared.service import Service
from shared.settings import Settings, WrongSettings

SPANS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@click.command("migrate")
@click.argument("service", type=SERVICE, default="all")
def migrate_command(service: str) -> None:
    """Bring the databases to the newest version."""
    settings = read_settings()
    for runtime in build_all(_chosen(service), settings):
        runtime.migrate()
        click.echo(f"{runtime.service.name}: up to date")


@click.command("topics")
def topics_command() -> None:
    """Create the topics that are missing in Kafka."""
    settings = read_settings()
    if settings.bus != "kafka":
        click.echo("The embedded log makes its topics by itself.")
        return
    from shared.bus.kafka_log import create_topics

    for name in create_topics(settings.kafka_bootstrap, TOPICS):
        click.echo(f"created {name}")
    click.echo("all topics are there")


@click.command("clock")
@click.argument("action", type=click.Choice(["show", "advance", "set", "reset"]), default="show")
@click.argument("value", default="")
def clock_command(action: str, value: str) -> None:
    """Show or move the shared clock of a test installation. (`clock advance 7d`, `clock set 2026-11-23T09:00:00Z`)"""
    settings = read_settings()
    databases = [Database(settings.database(name)) for name in SERVICES]
    with databases[0].reading() as connection:
        offset = timedelta(seconds=connection.execute(select(tables.clock.c.offset_seconds)).scalar() or 0)
    if action != "show":
        if settings.clock != "shared":
            raise click.ClickException("The clock can be moved where RAPPORT_CLOCK is shared, never in production.")
        offset = _moved(action, value, offset)
        for database in databases:
            with database.writing() as connection:
                connection.execute(delete(tables.clock))
                connection.execute(insert(tables.clock).values(id=1, offset_seconds=math.ceil(offset.total_seconds())))
    now = datetime.now(UTC) + (offset if settings.clock == "shared" else timedelta())
    click.echo(now.isoformat(timespec="seconds").replace("+00:00", "Z"))


def _moved(action: str, value: str, offset: timedelta) -> timedelta:
    if action == "reset":
        return timedelta()
    if action == "set":
        try:
            target = datetime.fromisoformat(value)
        except ValueError:
            raise click.ClickException("An instant looks like 2026-11-23T09:00:00Z.") from None
        if target.tzinfo is None or not 2000 <= target.year <= 2100:
            raise click.ClickException(
                "An instant has a zone and a year from 2000 to 2100, such as 2026-11-23T09:00:00Z."
            )
        return target - datetime.now(UTC)
    spans = re.findall(r"(\d{1,6})([smhdw])", value)
    if not spans or "".join(number + unit for number, unit in spans) != value:
        raise click.ClickException("A span looks like 7d, 90m or 1d12h.")
    return offset + sum((timedelta(**{SPANS[unit]: int(number)}) for number, unit in spans), timedelta())


@click.command("doctor")
def doctor_command() -> None:
    """Say everything that is wrong with the configuration, all at once."""
    try:
        settings = Settings.read(os.environ)
    except WrongSettings as wrong:
        for mistake in wrong.mistakes:
            click.echo(mistake)
        sys.exit(1)
    mistakes = [*_wrong_databases(settings), *_wrong_places(settings)]
    for mistake in mistakes:
        click.echo(mistake)
    if mistakes:
        sys.exit(1)
    click.echo("Everything is fine.")


def _wrong_databases(settings: Settings) -> list[str]:
    from shared.migrate import is_current

    mistakes = []
    for name, service in SERVICES.items():
        try:
            if not is_current(service, Database(settings.database(name))):
                mistakes.append(f"The database of {name} is not up to date: run `rapport migrate`.")
        except (SQLAlchemyError, OSError):
            mistakes.append(f"The database of {name} does not answer: check RAPPORT_DATABASE_URL and RAPPORT_DATA.")
    return mistakes


def _wrong_places(settings: Settings) -> list[str]:
    from rapport.probes import probes

    return [sentence for works, sentence in probes(settings) if not works()]


def _chosen(service: str) -> list[Service]:
    return list(SERVICES.values()) if service == "all" else [SERVICES[service]]
