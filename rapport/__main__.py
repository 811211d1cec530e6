"""The command line: every command reads the settings, does one thing and says what it did in a sentence."""

from __future__ import annotations

import os
import sys

import click

from shared.settings import SERVICE_NAMES, Settings, WrongSettings

COMMANDS = {
    "up": ("serve", "Serve everything on this machine, with nothing else installed."),
    "demo": ("play", "Play an invented conference and the three months after it."),
    "login-link": ("people", "Print a link that logs an organizer in as owner."),
    "api-key": ("people", "Print an API key, alone on its line."),
    "import": ("people", "Bring a list of people in (CSV or XLSX)."),
    "export": ("taking", "Write people, introductions or outcomes of a conference into a file."),
    "web": ("serve", "Serve the pages and the API of one service, or of all."),
    "work": ("serve", "Relay, handle, do what is due and send mails."),
    "migrate": ("operate", "Bring the databases to the newest version."),
    "topics": ("operate", "Create the topics that are missing in Kafka."),
    "doctor": ("operate", "Say everything that is wrong with the configuration."),
    "clock": ("operate", "Show or move the shared clock of a test installation."),
    "dead-letters": ("letters", "What could not be handled, why, and trying again."),
    "events": ("documents", "Print who publishes and who handles which event."),
    "proxy": ("documents", "Print the reverse proxy's configuration."),
    "plan": ("planning", "Plan who meets whom, when and where (a JSON instance)."),
    "replan": ("replanning", "Repair a plan after what happened on site, event by event."),
    "schedule": ("scheduling", "Hold all agreed meetings with the fewest idle slots (a MiniZinc file)."),
    "rebuild": ("rebuilding", "Count everything anew, or hear again what came of pairs."),
    "documents": ("documents", "Write the generated documents, or compare them."),
    "texts": ("texts", "Find the texts of all pages and mails, and update their catalogues."),
}
"""Command -> (the module in `rapport.commands` that has it, a line for `--help`). Loaded when it is called, so that
`--help` stays fast; a test compares the lines with what the commands say themselves."""


class Rapport(click.Group):
    """Loads a command's module only when that command is called."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        from importlib import import_module

        module = import_module(f"rapport.commands.{COMMANDS[name][0]}")
        command: click.Command = getattr(module, name.replace("-", "_") + "_command")
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_module, line) in COMMANDS.items()])


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
