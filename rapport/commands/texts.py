"""The command for what people read: finds every text in the sources and brings the catalogues up to date."""

from __future__ import annotations

import sys

import click

from rapport.texts import ROOT, generated, untranslated


@click.command("texts")
@click.option("--check", is_flag=True, help="Write nothing; end with 1 where a catalogue is not up to date.")
def texts_command(check: bool) -> None:
    """Find the texts of all pages and mails, and update their catalogues."""
    old = 0
    for name, content in generated().items():
        path = ROOT / name
        if path.exists() and path.read_bytes() == content:
            continue
        old += 1
        if check:
            click.echo(f"{name} is not up to date: run `rapport texts`.", err=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            click.echo(f"written: {name}")
    missing = untranslated()
    for locale, text in missing:
        click.echo(f"not translated ({locale}): {text}", err=True)
    if missing or (check and old):
        sys.exit(1)
    if not old:
        click.echo("All texts are up to date.")
