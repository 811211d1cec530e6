"""The commands, as somebody at a terminal meets them."""

from __future__ import annotations

import csv
import json
import re
import subprocess
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from rapport import CALLED_AGAIN, SERVICES
from rapport.__main__ import COMMANDS, Rapport, cli
from shared.access import DEFAULT_ACCOUNT, Access
from shared.bus.log import Record
from shared.bus.memory_log import MemoryLog
from shared.contracts import FollowUpAnswered
from shared.parts import TOPICS, Parts
from shared.runtime import Runtime, build, build_all
from shared.settings import Settings
from tests.registration.workbooks import workbook

ROOT = Path(__file__).parent.parent.parent
SECRET = "a secret that only tests know, long enough"
CONFERENCE = {
    "slug": "pycon",
    "name": "PyCon",
    "timezone": "Europe/Berlin",
    "days": [{"date": "2026-11-23", "blocks": [{"start": "14:00", "end": "16:00"}]}],
    "slot_minutes": 15,
    "change_minutes": 5,
    "meeting_points": [{"name": "Lobby", "landmark": "by the fountain", "tables": 4}],
    "topics": ["Data pipelines"],
}
Run = Callable[..., Result]


@pytest.fixture
def environment(template: Path, tmp_path: Path) -> dict[str, str]:
    """An installation with migrated databases below a folder of its own."""
    data = tmp_path / "data"
    data.mkdir()
    for path in template.glob("*.db"):
        (data / path.name).write_bytes(path.read_bytes())
    return {"RAPPORT_DATA": str(data), "RAPPORT_SECRET_KEY": SECRET, "PORT": "8099", "RAPPORT_DURABLE": "false"}


@pytest.fixture
def run(environment: dict[str, str]) -> Run:
    """Call `rapport` with some words."""

    def call(*words: str, **more: str) -> Result:
        return CliRunner().invoke(cli, words, env={**environment, **more}, prog_name="rapport")

    return call


def runtimes(environment: dict[str, str]) -> dict[str, Runtime]:
    """The services on the same stores."""
    settings = Settings(data=Path(environment["RAPPORT_DATA"]), secret_key=SECRET, bus="memory", durable=False)
    built = build_all(list(SERVICES.values()), settings, Parts(log=MemoryLog(TOPICS, now=lambda: datetime.now(UTC))))
    return {runtime.service.name: runtime for runtime in built}


def create_conference(environment: dict[str, str]) -> None:
    key = Access(SECRET).issue_key(key_id="e" * 32, account=DEFAULT_ACCOUNT, conferences=None)
    registration = runtimes(environment)["registration"]
    made = (
        registration.web_app()
        .test_client()
        .post("/api/v1/conferences", json=CONFERENCE, headers={"Authorization": f"Bearer {key}"})
    )
    assert made.status_code == 201, made.text
    registration.close()


def attendees(environment: dict[str, str]) -> list[tuple[str, str, str, dict[str, bool]]]:
    """(name, role, status, consents) of everybody."""
    key = Access(SECRET).issue_key(key_id="e" * 32, account=DEFAULT_ACCOUNT, conferences=None)
    registration = runtimes(environment)["registration"]
    answer = (
        registration.web_app()
        .test_client()
        .get("/api/v1/conferences/pycon/attendees", headers={"Authorization": f"Bearer {key}"})
    )
    registration.close()
    return [(item["name"], item["role"], item["status"], item["consents"]) for item in answer.json["items"]]


def write(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


PEOPLE = [
    ["name", "email", "offers"],
    ["Ana Silva", "ana@example.org", "Data pipelines"],
    ["Bea Kaya", "bea@example.org", "Data pipelines"],
    ["", "nobody", "Data pipelines"],
]


def test_help_lists_every_command_with_its_own_first_sentence() -> None:
    group = Rapport()
    context = cli.make_context("rapport", [], resilient_parsing=True)
    for name, (_module, line) in COMMANDS.items():
        command = group.get_command(context, name)
        assert command is not None
        said = " ".join((command.help or "").split())
        assert said.startswith(line.removesuffix(".")), name


def test_an_import_takes_good_rows_and_gives_the_others_back(
    run: Run, environment: dict[str, str], tmp_path: Path
) -> None:
    create_conference(environment)
    file = write(tmp_path / "mentors.csv", PEOPLE)
    done = run(
        "import", str(file), "--conference", "pycon", "--as", "mentors", "--consents", "introductions,statistics"
    )
    assert done.exit_code == 1
    assert done.stdout == "2 added, 0 known already, 1 not taken.\n"
    assert re.match(r"line 4: .*name: .*", done.stderr)
    consents = {"introductions": True, "follow_up": False, "statistics": True, "next_year": False}
    assert attendees(environment) == [
        ("Ana Silva", "mentor", "confirmed", consents),
        ("Bea Kaya", "mentor", "confirmed", consents),
    ]
    rejected = list(csv.reader((tmp_path / "mentors.csv.rejected.csv").read_text("utf-8-sig").splitlines()))
    assert rejected[0] == ["name", "email", "offers", "rejected because"]
    assert rejected[1][:3] == PEOPLE[3]
    assert len(rejected) == 2


def test_importing_again_changes_nothing(run: Run, environment: dict[str, str], tmp_path: Path) -> None:
    create_conference(environment)
    words = ("import", str(write(tmp_path / "m.csv", PEOPLE[:3])), "--conference", "pycon", "--as", "mentors")
    first, before = run(*words), attendees(environment)
    assert (first.exit_code, first.stdout) == (0, "2 added, 0 known already, 0 not taken.\n")
    assert [person[2] for person in before] == ["invited", "invited"]
    again = run(*words)
    assert (again.exit_code, again.stdout) == (0, "0 added, 2 known already, 0 not taken.\n")
    assert attendees(environment) == before
    assert not (tmp_path / "m.csv.rejected.csv").exists()


def test_a_list_of_nobodys_columns_is_taken_as_they_are_said(
    run: Run, environment: dict[str, str], tmp_path: Path
) -> None:
    create_conference(environment)
    rows = [["Wer", "Wohin", "Was sonst"], ["Ana Silva", "ana@example.org", "Tea"], ["Bea", "nobody", "Tea"]]
    (tmp_path / "m.xlsx").write_bytes(workbook(rows))
    words = ("import", str(tmp_path / "m.xlsx"), "--conference", "pycon", "--as", "mentors")
    refused = run(*words, "--map", "Wer=name", "--map", "Wohin=email")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == "The file cannot be imported: there is a column that we do not know: was sonst.\n"
    for wrong in ("Wer", "Wer=nonsense", "=name"):
        assert run(*words, "--map", wrong).exit_code == 2
    done = run(*words, "--map", "Wer=name", "--map", "Wohin=email", "--map", "Was sonst=")
    assert (done.exit_code, done.stdout) == (1, "1 added, 0 known already, 1 not taken.\n")
    (page,) = load_workbook(tmp_path / "m.xlsx.rejected.xlsx").worksheets
    assert [[cell.value for cell in row] for row in page] == [
        ["Wer", "Wohin", "Was sonst", "rejected because"],
        ["Bea", "nobody", "Tea", "Wohin: Please write a mail address such as name@example.org."],
    ]
    luma = [
        ["api_id", "name", "email", "approval_status", "Topics", "T-shirt"],
        ["1", "Cem", "cem@example.org", "approved", "", "M"],
        ["2", "Dee", "dee@example.org", "declined", "", "M"],
        ["3", "Eve", "eve@example.org", "approved", "Knitting", "M"],
    ]
    export = run("import", str(write(tmp_path / "luma.csv", luma)), "--conference", "pycon", "--as", "mentees")
    assert (export.exit_code, export.stdout) == (1, "1 added, 0 known already, 1 left aside, 1 not taken.\n")
    assert export.stderr.splitlines()[:-1] == [
        "Left out, because nobody said what they are: T-shirt.",
        "The conference does not have these topics of the list: Knitting (1).",
        "line 4: Topics: One of these is not a topic of this conference.",
        "line 3 left aside: “approval_status” is “declined”.",
    ]


def test_a_dry_run_says_what_would_happen(run: Run, environment: dict[str, str], tmp_path: Path) -> None:
    create_conference(environment)
    file = write(tmp_path / "m.csv", PEOPLE)
    done = run("import", str(file), "--conference", "pycon", "--as", "mentors", "--dry-run")
    assert (done.exit_code, done.stdout) == (
        1,
        "2 would be added, 0 known already, 1 not taken. Nothing was changed.\n",
    )
    assert attendees(environment) == []
    assert not (tmp_path / "m.csv.rejected.csv").exists()


def test_an_unreadable_file_imports_nothing(run: Run, environment: dict[str, str], tmp_path: Path) -> None:
    create_conference(environment)
    file = tmp_path / "m.csv"
    file.write_bytes(b"name,email\n\xff\xfe")
    done = run("import", str(file), "--conference", "pycon", "--as", "mentors")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("The file cannot be imported: ")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--conference", "nowhere", "--as", "mentors"), "There is no conference 'nowhere' here."),
        (
            ("--conference", "pycon", "--as", "mentors", "--consents", "everything"),
            "everything is none of introductions",
        ),
    ],
)
def test_an_import_that_cannot_be_meant_is_refused(run: Run, tmp_path: Path, words: list[str], sentence: str) -> None:
    done = run("import", str(write(tmp_path / "m.csv", PEOPLE)), *words)
    assert done.exit_code in (1, 2)
    assert sentence in done.stderr


def test_a_key_stands_alone_and_works_on_every_service(run: Run, environment: dict[str, str]) -> None:
    create_conference(environment)
    everywhere, here = run("api-key", "--all"), run("api-key", "--conference", "pycon")
    for done in (everywhere, here):
        assert (done.exit_code, done.stderr) == (0, "")
        assert re.fullmatch(r"rk_\S+\n", done.stdout)
    for name, runtime in runtimes(environment).items():
        path = {
            "registration": "/api/v1/conferences",
            "introductions": "/api/v1/conferences/pycon/introductions",
            "followup": "/api/v1/conferences/pycon/relationships",
        }[name]
        for done in (everywhere, here):
            headers = {"Authorization": f"Bearer {done.stdout.strip()}"}
            assert runtime.web_app().test_client().get(path, headers=headers).status_code == 200
        runtime.close()
    assert run("api-key").exit_code == 2
    assert run("api-key", "--conference", "nowhere").exit_code == 1


def test_a_login_link_logs_in_as_owner(run: Run, environment: dict[str, str]) -> None:
    done = run("login-link", "New.Owner@example.org")
    assert done.exit_code == 0
    path = done.stdout.strip().removeprefix("http://localhost:8099")
    assert re.fullmatch(r"/login/[a-z2-7]{26}", path)
    registration = runtimes(environment)["registration"]
    browser = registration.web_app().test_client()
    assert browser.post(path).status_code == 303
    assert browser.get("/organize/new").status_code == 200
    registration.close()
    assert run("login-link", "nobody").exit_code == 2


def test_wrong_settings_are_told_at_once_without_a_traceback(run: Run) -> None:
    done = run("migrate", RAPPORT_BUS="pigeon", RAPPORT_THREADS="many")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "RAPPORT_THREADS: a whole number.\nRAPPORT_BUS: embedded, kafka or memory.\n"


def test_the_doctor_says_everything_at_once(run: Run, tmp_path: Path) -> None:
    well = run("doctor")
    assert (well.exit_code, well.stdout) == (0, "Everything is fine.\n")
    ill = run(
        "doctor",
        RAPPORT_DATA=str(tmp_path / "empty"),
        RAPPORT_BUS="kafka",
        RAPPORT_KAFKA_BOOTSTRAP="127.0.0.1:1",
        RAPPORT_REDIS_URL="redis://127.0.0.1:1/0",
        RAPPORT_SMTP_URL="smtp://127.0.0.1:1",
    )
    assert ill.exit_code == 1
    assert ill.stdout.splitlines() == [
        *(f"The database of {name} is not up to date: run `rapport migrate`." for name in SERVICES),
        "Kafka does not answer: check RAPPORT_KAFKA_BOOTSTRAP.",
        "Redis does not answer: check RAPPORT_REDIS_URL.",
        "The mail server does not answer: check RAPPORT_SMTP_URL.",
    ]
    wrong = run("doctor", RAPPORT_BUS="pigeon", RAPPORT_CLOCK="sundial")
    assert (wrong.exit_code, wrong.stdout) == (
        1,
        "RAPPORT_BUS: embedded, kafka or memory.\nRAPPORT_CLOCK: system or shared.\n",
    )


def test_the_shared_clock_moves_for_every_service(run: Run, environment: dict[str, str]) -> None:
    refused = run("clock", "advance", "7d")
    assert refused.exit_code == 1
    assert "RAPPORT_CLOCK is shared" in refused.stderr
    moved = run("clock", "set", "2030-01-01T09:00:00Z", RAPPORT_CLOCK="shared")
    assert moved.stdout.startswith("2030-01-01T09:00:0")
    assert run("clock", "advance", "1d12h", RAPPORT_CLOCK="shared").stdout.startswith("2030-01-02T21:00:")
    settings = Settings.read({**environment, "RAPPORT_CLOCK": "shared"})
    for service in SERVICES.values():
        (runtime,) = build_all([service], settings)
        assert abs(runtime.now() - datetime(2030, 1, 2, 21, 0, tzinfo=UTC)) < timedelta(minutes=2)
        runtime.close()
    assert run("clock", "reset", RAPPORT_CLOCK="shared").exit_code == 0
    for wrong in (("advance", "soon"), ("set", "tomorrow"), ("set", "2030-01-01T09:00:00")):
        assert run("clock", *wrong, RAPPORT_CLOCK="shared").exit_code == 1
    production = {"RAPPORT_ENVIRONMENT": "production", "RAPPORT_PUBLIC_URL": "https://x.example.org"}
    assert run("clock", "advance", "1d", RAPPORT_CLOCK="shared", **production).exit_code == 2


def test_migrating_twice_changes_nothing(run: Run, tmp_path: Path) -> None:
    for _ in range(2):
        done = run("migrate", RAPPORT_DATA=str(tmp_path / "fresh"))
        assert (done.exit_code, done.stdout) == (0, "".join(f"{name}: up to date\n" for name in SERVICES))


def test_dead_letters_are_listed_shown_and_redriven(run: Run, environment: dict[str, str]) -> None:
    assert run("dead-letters", "list").stdout == "No dead letters.\n"
    followup = runtimes(environment)["followup"]
    from shared.bus import dead_letters

    record = Record(
        "rapport.attendees", 3, 41, "k" * 32, b"not json", (("ce_type", b"attendee.registered"),), followup.now()
    )
    with followup.work() as work:
        dead_letters.bury(work, record, reason="not-a-cloudevent", attempts=1)
    followup.close()
    listed = run("dead-letters", "list").stdout
    assert re.match(r"followup 1  rapport.attendees/3@41  not-a-cloudevent  tries 1  20", listed)
    shown = json.loads(run("dead-letters", "show", "followup", "1").stdout)
    assert (shown["value"], shown["reason"], shown["place"]["offset"]) == ("not json", "not-a-cloudevent", 41)
    again = run("dead-letters", "redrive", "followup", "1")
    assert again.stdout == "0 handled\n"
    assert "followup 1: still not handled" in again.stderr
    assert run("dead-letters", "redrive", "followup").exit_code == 2
    assert run("dead-letters", "show", "followup", "99").exit_code == 1


def test_a_rebuild_hears_what_is_in_the_log_and_counts_what_is_in_the_rows(
    run: Run, environment: dict[str, str]
) -> None:
    sample = json.loads((ROOT / "tests/contracts/samples/follow_up.answered.v1.json").read_text())
    settings = Settings(data=Path(environment["RAPPORT_DATA"]), secret_key=SECRET, durable=False)
    followup = build(SERVICES["followup"], settings)
    for version, question in enumerate(("week", "month"), 6):
        event = FollowUpAnswered(
            **{**sample, "at": followup.now(), "version": version, "question": question, "answer": "talked"}
        )
        with followup.work() as work:
            work.publish(event)
    followup.relay_turn()
    followup.close()
    for _ in range(2):
        done = run("rebuild", "introductions")
        assert (done.exit_code, done.stdout) == (0, "1 answers after a month heard again\n")
    done = run("rebuild", "followup")
    assert (done.exit_code, done.stdout) == (0, "counted\n")


def test_the_generated_documents_can_be_compared(run: Run) -> None:
    done = run("documents", "--check")
    assert (done.exit_code, done.stdout) == (0, "All documents are up to date.\n")
    assert run("events").stdout == (ROOT / "docs" / "events.md").read_text()
    assert run("proxy").stdout == (ROOT / "deploy" / "nginx.conf.template").read_text()


def test_topics_of_the_embedded_log_need_no_command(run: Run) -> None:
    assert run("topics").stdout == "The embedded log makes its topics by itself.\n"


def test_a_kind_of_work_that_there_is_not_is_refused(run: Run) -> None:
    done = run("work", "followup", "--only", "relay,sleep")
    assert done.exit_code == 2
    assert "sleep is none of relay, intake, due, mail." in done.stderr


def test_commands_work_from_any_folder_also_one_with_other_packages_of_our_names(
    environment: dict[str, str], tmp_path: Path
) -> None:
    for name in ("rapport", "services", "shared"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('not ours')\n")
    done = subprocess.run(
        [*CALLED_AGAIN, "doctor"],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "Everything is fine.\n")
