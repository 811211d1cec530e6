"""Commands that serve: everything in one process, one service's web, or one service's background work."""

from __future__ import annotations

import signal
import threading
from types import FrameType

import click

from rapport.__main__ import SERVICE, read_settings
from rapport.gunicorn import serve
from shared.settings import Settings


@click.command("up")
def up_command() -> None:
    """Serve everything on this machine, with nothing else installed."""
    settings = read_settings()
    click.echo(f"Rapport is starting on {settings.base_url}")
    serve(settings, "rapport.world", workers=1)


@click.command("web")
@click.argument("service", type=SERVICE)
@click.option("--workers", default=1, show_default=True, help="Processes of gunicorn.")
def web_command(service: str, workers: int) -> None:
    """Serve the pages and the API of one service, or of all."""
    serve(read_settings(), service, workers=workers)


@click.command("work")
@click.argument("service", type=SERVICE)
@click.option("--only", default="relay,intake,due,mail", show_default=True, help="Which kinds of work.")
def work_command(service: str, only: str) -> None:
    """Relay events, handle events, do what is due and send mails, for one service or all."""
    kinds = tuple(part.strip() for part in only.split(",") if part.strip())
    work(read_settings(), service, kinds)


def work(settings: Settings, service: str, kinds: tuple[str, ...]) -> None:
    """Run the loops until SIGTERM or SIGINT."""
    from rapport import SERVICES
    from rapport.loops import KINDS, Loops
    from shared.logs import set_up
    from shared.runtime import build_all

    if wrong := set(kinds) - set(KINDS):
        raise click.BadParameter(f"{', '.join(sorted(wrong))} is none of {', '.join(KINDS)}.", param_hint="--only")
    set_up(settings)
    chosen = list(SERVICES.values()) if service == "all" else [SERVICES[service]]
    runtimes = build_all(chosen, settings)
    loops = Loops(runtimes, kinds)
    ended = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    loops.start()
    click.echo(f"Working for {', '.join(runtime.service.name for runtime in runtimes)}: {', '.join(kinds)}")
    ended.wait()
    loops.stop()
    for runtime in runtimes:
        runtime.close()
