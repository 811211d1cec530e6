"""The command line: every command reads the settings, does one thing and says what it did in a sentence."""

from __future__ import annotations

import os
import sys

import click

from shared.settings import SERVICE_NAMES, Settings, WrongSettings

COMMANDS = {
    "up": "serve",
    "web": "serve",
    "work": "serve",
    "migrate": "operate",
    "topics": "operate",
    "clock": "operate",
    "doctor": "operate",
    "events": "operate",
    "proxy": "operate",
    "dead-letters": "letters",
    "import": "people",
    "login-link": "people",
    "api-key": "people",
    "demo": "play",
}
"""Command -> the module in `rapport.commands` that has it; loaded when it is called, so that `--help` stays fast."""


class Rapport(click.Group):
    """Loads a command's module only when that command is called."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        from importlib import import_module

        module = import_module(f"rapport.commands.{COMMANDS[name]}")
        command: click.Command = getattr(module, name.replace("-", "_") + "_command")
        return command


@click.group(cls=Rapport, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="rapport")
def cli() -> None:
    """Introduces mentors and mentees at conferences and follows every pair until it is known whether they kept talking."""


def read_settings() -> Settings:
    """The settings of this process; ends it with every mistake in the environment."""
    try:
        return Settings.read(os.environ)
    except WrongSettings as wrong:
        for mistake in wrong.mistakes:
            click.echo(mistake, err=True)
        sys.exit(2)


SERVICE = click.Choice([*SERVICE_NAMES, "all"])


def main() -> None:
    """The console script."""
    cli(prog_name="rapport")


if __name__ == "__main__":
    main()
