"""Importing a module opens nothing and reads no environment: seen by Python's own audit events, in a fresh process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
WATCH = """
import importlib, os, pkgutil, sys, warnings
warnings.simplefilter("ignore")
for loaded_before in ("rapport", "services", "shared", "flask", "sqlalchemy", "kafka", "redis", "click", "gunicorn.arbiter",
                      "apiflask", "flask_limiter", "flask_wtf", "css_inline", "segno", "icalendar", "marshmallow",
                      "email_validator"):
    importlib.import_module(loaded_before)  # what libraries do is theirs
found = []

def watch(event, arguments):
    if event.startswith(("socket.", "sqlite3.", "subprocess.", "os.fork", "os.mkdir", "os.remove", "os.rename", "smtplib.")):
        found.append((event, str(arguments)[:200]))
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        found.append((event, str(arguments)[:200]))

class Environment(dict):
    def __getitem__(self, name):
        if name.startswith("RAPPORT"):
            found.append(("environment", name))
        return super().__getitem__(name)

    def get(self, name, default=None):
        if name.startswith("RAPPORT"):
            found.append(("environment", name))
        return super().get(name, default)

os.environ = Environment(os.environ)
sys.addaudithook(watch)
names = []
for package in ("rapport", "services", "shared"):
    names.append(package)
    names += [module.name for module in pkgutil.walk_packages([package], package + ".") if ".migrations" not in module.name]
for name in names:
    importlib.import_module(name)
print(len(names))
for line in found:
    print(*line)
"""


def test_importing_every_module_opens_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-B", "-c", WATCH], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )
    count, *found = done.stdout.splitlines()
    assert int(count) > 80
    assert found == []


def test_help_loads_no_service_and_no_framework() -> None:
    look = (
        "import sys; from rapport.__main__ import cli; cli(['--help'], standalone_mode=False);"
        "print(sorted({'flask', 'sqlalchemy', 'services', 'marshmallow', 'gunicorn', 'kafka'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_what_serves_pages_starts_without_the_solvers() -> None:
    told = "import sys, rapport.wsgi, rapport.loops; print(sorted({'numpy', 'scipy', 'ortools'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == "[]\n"
