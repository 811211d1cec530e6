"""Commands for what is generated from the code and kept in the repository: documents of events, API and URLs."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from rapport import SERVICES
from rapport.documents import ASYNCAPI, generated
from rapport.proxy import nginx
from rapport.schema_gate import incompatible
from rapport.tables_of_events import table_of_events

ROOT = Path(__file__).parent.parent.parent


@click.command("events")
def events_command() -> None:
    """Print who publishes and who handles which event. (docs/events.md)"""
    click.echo(table_of_events(SERVICES.values()), nl=False)


@click.command("proxy")
def proxy_command() -> None:
    """Print the reverse proxy's configuration. (deploy/nginx.conf.template, from the URL patterns of the services)"""
    click.echo(nginx(SERVICES.values()), nl=False)


@click.command("documents")
@click.option("--check", is_flag=True, help="Write nothing; end with 1 where a document is not up to date.")
def documents_command(check: bool) -> None:
    """Write the generated documents, or compare them."""
    texts, old = generated(SERVICES.values()), 0
    _gate(texts[ASYNCAPI])
    for name, text in texts.items():
        path = ROOT / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        old += 1
        if check:
            click.echo(f"{name} is not up to date: run `rapport documents`.", err=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            click.echo(f"written: {name}")
    if check and old:
        sys.exit(1)
    if not old:
        click.echo("All documents are up to date.")


def _gate(text: str) -> None:
    """End where an event changed so that somebody can no longer read it, and its version did not."""
    committed = ROOT / ASYNCAPI
    if committed.exists():
        broken = incompatible(json.loads(committed.read_text(encoding="utf-8")), json.loads(text))
        for sentence in broken:
            click.echo(f"{sentence} Raise the event's VERSION and add an upcast, or leave it as it was.", err=True)
        if broken:
            sys.exit(1)
