"""`manage.py try`: given leads judged by a playbook file."""

import contextlib
import importlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError

from handoff import embedded

pytestmark = [pytest.mark.django_db, pytest.mark.service]

PLAYBOOK = """
calendars:
  - {key: us, timezone: America/New_York, hours: {mon-fri: ["09:00-17:00"]}}
teams:
  - {key: sdr, name: SDR, kind: sdr, calendar: us, responsible: lena@example.com,
     members: [{email: sam@example.com, name: Sam Ortiz}]}
definition:
  fit:
    - {key: size, points: 60, when: [{field: employees, at_least: 100}]}
  signals:
    - {key: demo_request, points: 70, half_life_days: 30, cap: 1}
  decide:
    - {key: ready, status: sales_ready, tier: urgent, when: [{field: fit, at_least: 50}, {signal: demo_request, within_days: 14}]}
    - {key: rest, status: nurture}
  tiers:
    - {key: urgent, accept: 15}
  route:
    - {key: all, to: {team: sdr}}
"""  # noqa: E501
READY = {"employees": "1,200", "touchpoints": [{"signal": "demo_request", "days_ago": 0}]}
COMMAND = importlib.import_module("handoff.management.commands.try")


@pytest.fixture(autouse=True)
def _keep_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' own connection goes on after the command."""
    monkeypatch.setattr(COMMAND, "_let_go", lambda: None)


@pytest.fixture
def playbook(tmp_path: Path) -> Path:
    path = tmp_path / "p.yaml"
    path.write_text(PLAYBOOK)
    return path


def lines_of(*rows: Any) -> str:
    return "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)


def run(playbook: Path, text: str, *words: str) -> tuple[list[dict[str, Any]], str, str]:
    """What it printed, what it warned of, and what it said when it gave up."""
    leads = playbook.with_name("leads.jsonl")
    leads.write_text(text, encoding="utf-8")
    out, err, complaint = io.StringIO(), io.StringIO(), ""
    try:
        given = ("--playbook", str(playbook), "--leads", str(leads))
        call_command("try", *given, *words, stdout=out, stderr=err)
    except CommandError as error:
        complaint = str(error)
    return [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue(), complaint


def test_one_decision_a_line_in_the_same_order(playbook: Path) -> None:
    said, warned, complaint = run(playbook, lines_of(READY, {}, "", READY))
    assert said[0] == {
        "fit": 60.0,
        "fit_parts": {"size": 60.0},
        "intent": 70.0,
        "intent_parts": {"demo_request": 70.0},
        "motion": None,
        "missing": [],
        "status": "sales_ready",
        "rule": "ready",
        "tier": "urgent",
        "route": "all",
        "team": "sdr",
    }
    assert [line["rule"] for line in said] == ["ready", "rest", "ready"]
    keys = "fit fit_parts intent intent_parts motion missing status rule tier route team"
    assert " ".join(said[0]) == keys
    assert (warned, complaint) == ("", "")


def test_as_of_another_moment(playbook: Path) -> None:
    done = {"touchpoints": [{"signal": "demo_request", "occurred_at": "2026-01-01T00:00:00Z"}]}
    (then,), *_ = run(playbook, lines_of(done), "--as-of", "2026-01-31T00:00:00Z")
    (before,), *_ = run(playbook, lines_of(done), "--as-of", "2025-12-31T23:59:59+00:00")
    assert (then["intent"], before["intent"]) == (35.0, 0.0)
    assert "--as-of: “soon” is no ISO-8601 time" in run(playbook, "", "--as-of", "soon")[2]


def test_a_line_that_cannot_be_judged_is_named_and_nothing_else_lost(playbook: Path) -> None:
    deep = "[" * 100_000
    text = lines_of("\ufeff" + json.dumps(READY), "", "{bad", {"fit": 5}, 7, deep, READY)
    said, _, complaint = run(playbook, text)
    assert [line.get("line") for line in said] == [None, 3, 4, 5, 6, None]
    assert "no JSON" in said[1]["error"]
    assert "cannot carry fit" in said[2]["error"]
    assert "must be an object" in said[3]["error"]
    assert "4 of the leads could not be judged" in complaint


def test_bytes_that_are_no_text_spoil_one_line_only(playbook: Path) -> None:
    leads = playbook.with_name("odd.jsonl")
    leads.write_bytes(b'{"role": "caf\xe9"}\n{"role": "baker"}\n')
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 of the leads"):
        call_command("try", "--playbook", str(playbook), "--leads", str(leads), stdout=out)
    first, second = map(json.loads, out.getvalue().splitlines())
    assert "half a character" in first["error"]
    assert second["status"] == "nurture"


def test_many_lines_come_in_batches_and_from_standard_input(
    playbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(lines_of(*([{}] * 2500))))
    out = io.StringIO()
    call_command("try", "--playbook", str(playbook), "--leads", "-", stdout=out)
    assert len(out.getvalue().splitlines()) == 2500


def test_all_faults_of_the_playbook_are_told_at_once(playbook: Path) -> None:
    wrong = PLAYBOOK.replace("employees,", "emploees,").replace("team: sdr}", "team: x}")
    playbook.write_text(wrong)
    said, _, complaint = run(playbook, lines_of({}))
    assert said == []
    assert "definition.fit[0].when[0].field: unknown field “emploees”" in complaint
    assert "definition.route[0].to.team: there is no team “x”" in complaint


def test_a_playbook_needs_its_definition(playbook: Path) -> None:
    playbook.write_text(PLAYBOOK.split("definition:")[0])
    assert "definition" in run(playbook, "")[2]


def test_warnings_are_told_and_refuse_nothing(playbook: Path) -> None:
    playbook.write_text(PLAYBOOK.replace("status: nurture", "status: nurture, approve: true"))
    said, warned, complaint = run(playbook, lines_of({}))
    assert len(said) == 1
    assert "warning: " in warned
    assert "asks for approval" in warned
    assert complaint == ""


def test_files_that_are_not_there(playbook: Path, tmp_path: Path) -> None:
    nowhere = str(tmp_path / "nowhere")
    for words in (("--playbook", nowhere, "--leads", str(playbook)),
                  ("--playbook", str(playbook), "--leads", nowhere)):  # fmt: skip
        with pytest.raises(CommandError, match=r"nowhere cannot be (opened|read)"):
            call_command("try", *words)


@pytest.mark.parametrize("error", [OperationalError, embedded.DatabaseError])
def test_a_database_that_does_not_answer(
    playbook: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def gone(*args: object) -> int:
        raise error("gone")

    monkeypatch.setattr(COMMAND.Command, "_answer_all", gone)
    assert run(playbook, "")[2] == "The database does not answer: gone"


def test_it_lets_go_of_every_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    let_go: list[str] = []

    class Connection:
        settings_dict = {"OPTIONS": {"pool": {"min_size": 1}}}

        def close(self) -> None:
            let_go.append("connection")

        def close_pool(self) -> None:
            let_go.append("pool")

    monkeypatch.undo()
    monkeypatch.setattr(COMMAND, "connection", Connection())
    COMMAND._let_go()
    Connection.settings_dict = {"OPTIONS": {}}
    COMMAND._let_go()
    assert let_go == ["connection", "pool", "connection"]


@pytest.mark.slow
def test_it_works_before_any_migration_and_with_no_server_running(
    playbook: Path, tmp_path: Path
) -> None:
    leads = tmp_path / "leads.jsonl"
    leads.write_text(lines_of(READY))
    told = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "DATABASE_ROLE")}
    command = [sys.executable, "manage.py", "try", "--playbook", str(playbook), "--leads"]
    with contextlib.chdir(settings.BASE_DIR):
        done = subprocess.run(
            [*command, str(leads)],
            env={**told, "DATA_DIR": str(tmp_path / "data"), "DATABASE_POOL": "4"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["team"] == "sdr"
