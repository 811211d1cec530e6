"""Commands that serve: everything by one command, one service's web, or one service's background work."""

from __future__ import annotations

import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from rapport.__main__ import SERVICE, read_settings
from shared.settings import Settings

if TYPE_CHECKING:
    from rapport.gunicorn import App
    from shared.runtime import Runtime

KINDS = ("relay", "intake", "due", "mail")
PULSE_SECONDS = 10.0


@click.command("up")
def up_command() -> None:
    """Serve everything on this machine, with nothing else installed."""
    settings = read_settings()
    _writable(settings.data)

    def make() -> App:
        from rapport.world import World, migrated

        migrated(settings)
        return World(settings, beside=True)

    ready = f"Rapport is on {settings.base_url} (Ctrl-C ends it)"
    _serve(settings, make, workers=1, ready=ready)


@click.command("web")
@click.argument("service", type=SERVICE)
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes of gunicorn.")
def web_command(service: str, workers: int) -> None:
    """Serve the pages and the API of one service, or of all."""
    settings = read_settings()

    def make() -> App:
        from rapport.world import single

        return single(settings, service)

    _serve(settings, make, workers=workers, ready=f"The web of {service} is on {settings.host}:{settings.port}")


def _serve(settings: Settings, make: Callable[[], App], *, workers: int, ready: str) -> None:
    from rapport.gunicorn import CannotListen, serve

    try:
        serve(settings, make, workers=workers, ready=ready)
    except CannotListen as why:
        _end(str(why))


def _writable(folder: Path) -> None:
    """End with a sentence where nothing can be kept."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError:
        _end(f"RAPPORT_DATA: the folder {str(folder)!r} cannot be written to.")


def _end(sentence: str) -> None:
    click.echo(sentence, err=True)
    sys.exit(2)


@click.command("work")
@click.argument("service", type=SERVICE)
@click.option("--only", default=",".join(KINDS), show_default=True, help="Which kinds of work, by comma.")
@click.option("--beside", is_flag=True, hidden=True, help="As the second process of `rapport up`, heard by pipes.")
def work_command(service: str, only: str, beside: bool) -> None:
    """Relay, handle, do what is due and send mails, for one service or all."""
    kinds = tuple(part.strip() for part in only.split(",") if part.strip())
    if wrong := sorted(set(kinds) - set(KINDS)):
        raise click.BadParameter(f"{', '.join(wrong)} is none of {', '.join(KINDS)}.", param_hint="--only")
    settings = read_settings()
    _writable(settings.data)
    work(settings, service, kinds, beside=beside)


def work(settings: Settings, service: str, kinds: tuple[str, ...], *, beside: bool = False) -> None:
    """Run the loops until SIGTERM or SIGINT; `beside` the first process, until that one is gone or hangs up."""
    from rapport.beside import answer
    from rapport.interpreter import settle_in
    from rapport.loops import Loops
    from rapport.registry import SERVICES
    from shared.compute import Here
    from shared.logs import set_up
    from shared.parts import Parts
    from shared.runtime import build_all

    set_up(settings)
    chosen = list(SERVICES.values()) if service == "all" else [SERVICES[service]]
    # Nobody's page waits for a worker, so it computes itself: handing a plan to a child took as long as making it.
    runtimes = build_all(chosen, settings, Parts(compute=Here()))
    loops = Loops(runtimes, kinds)
    ended = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    for one in (signal.SIGTERM, signal.SIGINT):  # systemd and terminals send them to everybody; a pipe tells us
        signal.signal(one, signal.SIG_IGN if beside else end)
    beat = answer(runtimes, ended) if beside else lambda: None
    settle_in()
    loops.start()
    if not beside:
        click.echo(f"Working for {', '.join(runtime.service.name for runtime in runtimes)}: {', '.join(kinds)}")
    sign = settings.data / f"working-{service}"  # how whoever looks after containers sees that it goes on

    _go_on(runtimes, beat, sign)
    while not ended.wait(PULSE_SECONDS):
        if not loops.stuck():
            _go_on(runtimes, beat, sign)
    loops.stop()
    for runtime in runtimes:
        runtime.close()


def _go_on(runtimes: Sequence[Runtime], beat: Callable[[], None], sign: Path) -> None:
    """Say so to whoever looks after this process; and what was not said when Redis did not answer."""
    for runtime in runtimes:
        runtime.mend_marks()
    beat()
    sign.touch()
