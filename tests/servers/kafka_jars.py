"""Apache Kafka's own jars, brought once by Maven into a cache outside the repository; what to bring stands in pom.xml.

`python -m tests.servers.kafka_jars` prints the folder.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.servers import Unusable

POM = Path(__file__).parent / "kafka" / "pom.xml"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"


def cache_folder() -> Path:
    """Where test servers keep what they download: $XDG_CACHE_HOME/rapport-tests or ~/.cache/rapport-tests."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "rapport-tests"


def kafka_jars() -> Path:
    """The folder with Kafka's jars; downloads them once, and is `Unusable` where Maven or its repository does not answer."""
    name = "kafka-" + hashlib.sha256(POM.read_bytes()).hexdigest()[:12]
    folder = cache_folder() / name
    if folder.exists():
        return folder
    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
    except OSError as refused:
        raise Unusable(f"no place to keep Kafka's jars: {refused}") from None
    with (cache_folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _download(folder)
    return folder


def _download(folder: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise Unusable("Maven (mvn) is not installed, so Apache Kafka cannot be brought")
    # Copied beside its final place and renamed when complete, so that a broken download is never taken for a whole one.
    partial = Path(tempfile.mkdtemp(prefix="partial-", dir=folder.parent))
    try:
        command = [maven, "-q", "-B", "-f", str(POM), COPY, "-DincludeScope=runtime", f"-DoutputDirectory={partial}"]
        brought = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600, check=False
        )
        if brought.returncode or not list(partial.glob("kafka_*.jar")):
            raise Unusable(f"Maven did not bring Kafka: {(brought.stdout + brought.stderr).strip()[-800:]}")
        partial.chmod(0o755)
        partial.rename(folder)
    except subprocess.TimeoutExpired:
        raise Unusable("Maven did not bring Kafka within 10 minutes") from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)


if __name__ == "__main__":
    try:
        print(kafka_jars())
    except Unusable as why:
        raise SystemExit(str(why)) from None
