"""What commands from a file to a file share: reading with a limit, writing whole or not at all, and Ctrl-C that leaves the
best so far. It knows no format."""

from __future__ import annotations

import gzip
import json
import os
import signal
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import click


def refuse(sentence: str) -> NoReturn:
    """One sentence and exit status 2."""
    click.echo(sentence, err=True)
    sys.exit(2)


def text_of(file: Path, largest: int) -> str:
    """What is in the file, unpacked where it is packed."""
    try:
        with file.open("rb") as raw:
            packed = raw.peek(2)[:2] == b"\x1f\x8b"
            with gzip.GzipFile(fileobj=raw) if packed else raw as unpacked:
                content = unpacked.read(largest + 1)
        text = content.decode("utf-8-sig")
    except (OSError, EOFError, zlib.error) as why:
        refuse(f"{file} cannot be read: {getattr(why, 'strerror', None) or why}.")
    except UnicodeDecodeError:
        refuse(f"{file} is no text in UTF-8.")
    if len(content) > largest:
        refuse(f"{file} has more than {largest // 1_000_000} MB.")
    return text


def json_of(text: str) -> Any:
    """What the text says in JSON."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as why:
        refuse(f"line {why.lineno}, column {why.colno}: this is no JSON.")
    except RecursionError:
        refuse("This JSON is nested too deeply.")


def has_a_folder(out: Path) -> None:
    """Say at once, not after minutes of work, that a file cannot be written."""
    if not out.parent.is_dir():
        refuse(f"There is no folder {out.parent} to write to.")


def write_whole(out: Path, text: str | bytes) -> None:
    """The text (or bytes) as a whole or not at all; packed where the name ends in .gz, always with the same bytes."""
    content = text.encode() if isinstance(text, str) else text
    if out.name.endswith(".gz"):
        content = gzip.compress(content, mtime=0)
    try:
        number, name = tempfile.mkstemp(prefix=f".{out.name}.", dir=out.parent)
        try:
            with os.fdopen(number, "wb") as beside:
                beside.write(content)
                beside.flush()
                os.fsync(beside.fileno())
            Path(name).chmod(0o666 & ~_umask())
            Path(name).replace(out)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as why:
        refuse(f"{out} cannot be written: {why.strerror}.")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Whether somebody pressed Ctrl-C meanwhile; a second time ends the command at once."""
    asked: list[int] = []
    before = signal.getsignal(signal.SIGINT)

    def ask(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, ask)
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, before)
