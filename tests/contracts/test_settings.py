"""The settings in the code, in `.env.example` and in compose; compose's services and the commands."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from rapport.__main__ import COMMANDS
from shared.settings import SERVICE_NAMES, Settings, WrongSettings

ROOT = Path(__file__).parent.parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS = [item for item in fields(Settings) if item.metadata.get("ours")]


def as_written(default: Any) -> str:
    """A default as a line of the environment says it."""
    if isinstance(default, bool):
        return str(default).lower()
    return ",".join(default) if isinstance(default, tuple) else str(default)


def test_the_example_lists_every_setting_with_its_default_and_why() -> None:
    blocks = (ROOT / ".env.example").read_text().strip().split("\n\n")[1:]
    found = [tuple(block.split("\n")) for block in blocks]
    expected = [
        (f"# {item.metadata['why']}", f"RAPPORT_{item.name.upper()}={as_written(item.default)}")
        for item in fields(Settings)
        if item not in OURS
    ]
    assert found == expected


def test_the_example_is_the_default() -> None:
    lines = [line for line in (ROOT / ".env.example").read_text().splitlines() if line.startswith("RAPPORT_")]
    assert Settings.read(dict(line.split("=", 1) for line in lines)) == Settings()


def test_what_the_program_sets_itself_is_not_read_from_the_environment() -> None:
    assert [item.name for item in OURS] == ["demo", "root"]
    assert Settings.read({"RAPPORT_DEMO": "true", "RAPPORT_ROOT": "/demo"}) == Settings()


def test_all_mistakes_are_told_at_once() -> None:
    wrong = {"RAPPORT_BUS": "carrier pigeon", "RAPPORT_THREADS": "0", "RAPPORT_PUBLIC_URL": "ftp://x"}
    with pytest.raises(WrongSettings) as told:
        Settings.read(wrong)
    assert [text.split(":")[0] for text in told.value.mistakes] == [
        "RAPPORT_BUS",
        "RAPPORT_THREADS",
        "RAPPORT_PUBLIC_URL",
    ]
    with pytest.raises(WrongSettings) as told:
        Settings.read({**wrong, "RAPPORT_PORT": "eighty"})
    assert [text.split(":")[0] for text in told.value.mistakes] == [
        "RAPPORT_PORT",
        "RAPPORT_BUS",
        "RAPPORT_THREADS",
        "RAPPORT_PUBLIC_URL",
    ]


def test_production_refuses_what_is_unsafe() -> None:
    with pytest.raises(WrongSettings) as told:
        Settings.read({"RAPPORT_ENVIRONMENT": "production", "RAPPORT_CLOCK": "shared", "RAPPORT_DURABLE": "false"})
    assert [text.split(":")[0] for text in told.value.mistakes] == [
        "RAPPORT_PUBLIC_URL",
        "RAPPORT_SECRET_KEY",
        "RAPPORT_CLOCK",
        "RAPPORT_DURABLE",
        "RAPPORT_SMTP_URL",
    ]


def test_compose_has_one_web_and_one_worker_a_service_and_one_mailer() -> None:
    commands = {name: service["command"] for name, service in COMPOSE["services"].items() if "command" in service}
    commands.pop("redis")
    expected = {f"{name}-web": ["web", name] for name in SERVICE_NAMES}
    expected |= {f"{name}-worker": ["work", name, "--only", "relay,intake,due"] for name in SERVICE_NAMES}
    expected["mailer"] = ["work", "all", "--only", "mail"]
    assert commands == expected
    assert {command[0] for command in commands.values()} <= set(COMMANDS)


def test_what_prepares_the_stores_uses_commands_that_there_are() -> None:
    prepare = COMPOSE["services"]["prepare"]
    words = prepare["entrypoint"][-1].replace("&&", " ").split()
    assert words[::2] == ["rapport", "rapport"]
    assert words[1::2] == ["migrate", "topics"]
    assert set(words[1::2]) <= set(COMMANDS)
    assert prepare["build"] == "."


def test_every_process_of_ours_is_the_one_image_and_waits_for_the_stores() -> None:
    ours = {name: service for name, service in COMPOSE["services"].items() if service["image"] == "rapport"}
    assert set(ours) == {
        "prepare",
        "mailer",
        *(f"{name}-{kind}" for name in SERVICE_NAMES for kind in ("web", "worker")),
    }
    waits = {name: service["depends_on"] for name, service in ours.items() if name != "prepare"}
    assert all(wait == {"prepare": {"condition": "service_completed_successfully"}} for wait in waits.values())
    assert set(ours["prepare"]["depends_on"]) == {"postgres", "kafka", "redis"}


def test_compose_sets_only_settings_that_there_are() -> None:
    known = {f"RAPPORT_{item.name.upper()}" for item in fields(Settings)}
    given = {name for service in COMPOSE["services"].values() for name in service.get("environment", {})}
    assert {name for name in given if name.startswith("RAPPORT_")} <= known


def test_compose_runs_with_settings_that_are_accepted() -> None:
    given = COMPOSE["x-settings"]
    values = {name: str(text).split(":-", 1)[-1].rstrip("}") for name, text in given.items() if "${" in str(text)}
    settings = Settings.read({**{name: str(text) for name, text in given.items()}, **values})
    assert [settings.database(name) for name in SERVICE_NAMES] == [
        f"postgresql+psycopg://rapport:rapport@postgres/{name}" for name in SERVICE_NAMES
    ]


def test_every_server_of_compose_has_a_health_check_and_a_restart_policy() -> None:
    without = {name for name, service in COMPOSE["services"].items() if "healthcheck" not in service}
    assert without == {"prepare", "mail"}  # one ends, the other brings its own with its image
    assert {name for name, service in COMPOSE["services"].items() if "restart" not in service} == set()


def test_the_files_that_compose_mounts_are_there() -> None:
    mounts = [volume for service in COMPOSE["services"].values() for volume in service.get("volumes", ())]
    files = [volume.split(":")[0] for volume in mounts if volume.startswith("./")]
    assert [name for name in files if not (ROOT / name).is_file()] == []


def test_every_service_has_a_database_in_compose() -> None:
    made = (ROOT / "deploy" / "databases.sql").read_text()
    first = COMPOSE["services"]["postgres"]["environment"]["POSTGRES_DB"]
    assert {first, *(name for name in SERVICE_NAMES if f"CREATE DATABASE {name};" in made)} == set(SERVICE_NAMES)
