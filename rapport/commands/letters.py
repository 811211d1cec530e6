"""Commands for dead letters: events that could not be handled. Redriving one redrives its key's others, in order."""

from __future__ import annotations

import json
from typing import Any

import click

from rapport import SERVICES
from rapport.__main__ import SERVICE, read_settings
from shared.bus import dead_letters
from shared.runtime import Runtime, build_all


@click.group("dead-letters")
def dead_letters_command() -> None:
    """What could not be handled, why, and trying again."""


@dead_letters_command.command("list")
@click.argument("service", type=SERVICE, default="all")
def list_command(service: str) -> None:
    """List what waits."""
    found = 0
    for runtime in _runtimes(service):
        with runtime.reading() as connection:
            for row in dead_letters.waiting(connection):
                found += 1
                place = f"{row.topic}/{row.partition}@{row.position}"
                at = f"{row.created_at:%Y-%m-%d %H:%M}Z"
                click.echo(f"{runtime.service.name} {row.id}  {place}  {row.reason}  tries {row.attempts}  {at}")
    if not found:
        click.echo("No dead letters.")


@dead_letters_command.command("show")
@click.argument("service", type=click.Choice(list(SERVICES)))
@click.argument("number", type=int)
def show_command(service: str, number: int) -> None:
    """Show one: its place, its headers, its original bytes."""
    runtime = _runtimes(service)[0]
    with runtime.reading() as connection:
        row = dead_letters.one(connection, number)
    if row is None:
        raise click.ClickException("There is no dead letter of that number.")
    click.echo(json.dumps(_shown(row), indent=2, ensure_ascii=False))


def _shown(row: Any) -> dict[str, Any]:
    value = None if row.value is None else bytes(row.value).decode("utf-8", "backslashreplace")
    return {
        "place": {"topic": row.topic, "partition": row.partition, "offset": row.position, "key": row.key},
        "reason": row.reason,
        "attempts": row.attempts,
        "headers": row.headers,
        "value": value,
        "redriven": row.redriven_at is not None,
    }


@dead_letters_command.command("redrive")
@click.argument("service", type=SERVICE)
@click.argument("number", type=int, required=False)
@click.option("--all", "everything", is_flag=True, help="All that wait.")
def redrive_command(service: str, number: int | None, everything: bool) -> None:
    """Handle one again (with what waits behind it), or all."""
    if number is None and not everything:
        raise click.UsageError("Which one? Give its number, or --all.")
    done = sum(redrive(runtime, number) for runtime in _runtimes(service))
    click.echo(f"{done} handled")


def redrive(runtime: Runtime, number: int | None) -> int:
    """Handle a dead letter and those of its key again, or all; returns how many were handled."""
    with runtime.reading() as connection:
        first = dead_letters.waiting(connection) if number is None else [dead_letters.one(connection, number)]
        rows = {row.id: row for start in first if start is not None for row in dead_letters.same_key(connection, start)}
    stuck: set[tuple[str, str]] = set()
    done = 0
    for row in sorted(rows.values(), key=lambda row: (row.topic, row.partition, row.position)):
        if (row.topic, row.key) in stuck:
            continue
        if _again(runtime, row):
            done += 1
        else:
            stuck.add((row.topic, row.key))
    return done


def _again(runtime: Runtime, row: Any) -> bool:
    try:
        runtime.redrive(row)
    except Exception as error:  # noqa: BLE001 - it failed before and may fail again, in any way
        click.echo(f"{runtime.service.name} {row.id}: still not handled ({type(error).__name__})", err=True)
        return False
    return True


def _runtimes(service: str) -> list[Runtime]:
    chosen = list(SERVICES.values()) if service == "all" else [SERVICES[service]]
    return build_all(chosen, read_settings())
