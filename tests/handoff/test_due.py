"""`manage.py due`: one case, or one a line of a file."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

PLAYBOOK = """
calendars:
  - key: us-east
    timezone: America/New_York
    hours: {mon-fri: ["09:00-12:30", "13:30-17:30"]}
    holidays: US
  - {key: oslo, timezone: Europe/Oslo, hours: {mon-fri: ["08:00-16:00"]}, holidays: NO}
"""
CASE = {"calendar": "us-east", "start": "2026-10-15T12:20:00-04:00", "minutes": 30}


@pytest.fixture
def playbook(tmp_path: Path) -> str:
    path = tmp_path / "p.yaml"
    path.write_text(PLAYBOOK)
    return str(path)


def run(playbook: str, *words: str) -> list[dict[str, Any]]:
    out = io.StringIO()
    call_command("due", "--playbook", playbook, *words, stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def run_cases(playbook: str, *lines: object) -> tuple[list[dict[str, Any]], str]:
    """The answers, and what the command said when it gave up."""
    path, out = Path(playbook).with_name("cases.jsonl"), io.StringIO()
    said = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(said))
    complaint = ""
    try:
        call_command("due", "--playbook", playbook, "--cases", str(path), stdout=out)
    except CommandError as error:
        complaint = str(error)
    return [json.loads(line) for line in out.getvalue().splitlines()], complaint


def test_one_case(playbook: str) -> None:
    words = ("--calendar", "us-east", "--start", "2026-10-15T12:20:00-04:00")
    (answer,) = run(playbook, *words, "--minutes", "30")
    assert list(answer) == ["due", "receipt"]
    assert answer["due"] == "2026-10-15T17:50:00Z"
    assert [row["minutes"] for row in answer["receipt"]] == [10, 0, 20]
    (answer,) = run(playbook, *words, "--same-business-day")
    assert answer["due"] == "2026-10-15T21:30:00Z"
    (answer,) = run(playbook, *words, "--minutes", "30", "--hours", "always")
    assert answer["due"] == "2026-10-15T16:50:00Z"
    pauses = (
        "--pause",
        "2026-10-15T17:30Z/2026-10-15T18:00Z",
        "--pause",
        "2026-10-15T18:00Z/2026-10-15T18:10Z",
    )
    (answer,) = run(playbook, *words, "--minutes", "30", *pauses)
    assert answer["due"] == "2026-10-15T18:30:00Z"


def test_the_norwegian_holidays_are_not_false(playbook: str) -> None:
    (answer,) = run(
        playbook, "--calendar", "oslo", "--start", "2026-05-16T10:00Z", "--minutes", "60"
    )
    assert answer["due"] == "2026-05-18T07:00:00Z"
    words = ("--calendar", "oslo", "--start", "2027-05-17T10:00Z", "--minutes", "0")
    (answer,) = run(playbook, *words)
    assert answer["due"] == "2027-05-18T06:00:00Z"


def test_cases_are_answered_in_order(playbook: str) -> None:
    same_day = {"calendar": "us-east", "start": "2026-10-15T12:20Z", "same_business_day": True}
    paused = {**CASE, "hours": "always", "pauses": ["2026-10-15T16:20Z/2026-10-15T16:30Z"]}
    answers, complaint = run_cases(playbook, CASE, same_day, paused)
    assert complaint == ""
    assert [answer["due"] for answer in answers] == [
        "2026-10-15T17:50:00Z",
        "2026-10-15T21:30:00Z",
        "2026-10-15T17:00:00Z",
    ]


def test_a_bad_case_says_why_and_the_others_are_answered(playbook: str) -> None:
    answers, complaint = run_cases(
        playbook,
        "no json",
        "[]",
        {},
        {**CASE, "calendar": "mars"},
        {**CASE, "start": "yesterday"},
        {**CASE, "start": "2026-10-15T12:20:00"},
        {**CASE, "start": 5},
        {**CASE, "minutes": "30"},
        {**CASE, "minutes": None},
        {**CASE, "minutes": -1},
        {**CASE, "same_business_day": True},
        {**CASE, "same_business_day": 1},
        {**CASE, "hours": "weekdays"},
        {**CASE, "pauses": ["2026-10-15T16:20Z"]},
        {**CASE, "pauses": "2026-10-15T16:20Z/2026-10-15T16:30Z"},
        {**CASE, "pauses": [7]},
        {**CASE, "minuets": 5},
        CASE,
    )
    assert "17 of the cases" in complaint
    assert len(answers) == 18
    assert [answer["line"] for answer in answers[:-1]] == list(range(1, 18))
    assert all(answer["error"] for answer in answers[:-1])
    assert answers[-1]["due"] == "2026-10-15T17:50:00Z"


def test_errors_of_a_single_case_and_of_the_files(playbook: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="there is no calendar “mars”; there are oslo, us-east"):
        run(playbook, "--calendar", "mars", "--start", "2026-10-15T12:20Z", "--minutes", "5")
    with pytest.raises(CommandError, match="either minutes or same_business_day"):
        run(playbook, "--calendar", "oslo", "--start", "2026-10-15T12:20Z")
    with pytest.raises(CommandError, match="cannot be read"):
        run(playbook, "--cases", str(tmp_path / "none.jsonl"))
    with pytest.raises(CommandError, match="cannot be opened"):
        run(str(tmp_path / "none.yaml"), "--cases", "x")
    (tmp_path / "bad.yaml").write_text("calendars: [{key: a, timezone: X, hours: {mon: [1]}}]")
    with pytest.raises(CommandError) as caught:
        run(str(tmp_path / "bad.yaml"), "--cases", "x")
    assert "calendars[0].timezone" in str(caught.value)
    assert "calendars[0].hours.mon[0]" in str(caught.value)
    (tmp_path / "empty.yaml").write_text("teams: []")
    with pytest.raises(CommandError, match="the section “calendars” is missing"):
        run(str(tmp_path / "empty.yaml"), "--cases", "x")


def test_other_sections_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(PLAYBOOK + "teams: [{key: broken}]\ndefinition: 7\n")
    assert run(str(path), "--calendar", "oslo", "--start", "2026-10-15T12:20Z", "--minutes", "5")


@pytest.mark.slow
def test_needs_no_database_and_reads_cases_from_a_pipe(playbook: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "due", "--playbook", playbook, "--cases", "-"],
        input=json.dumps(CASE),
        cwd=settings.BASE_DIR,
        env={"PATH": "/usr/bin:/bin", "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
             "SECRET_KEY": "x" * 60},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["due"] == "2026-10-15T17:50:00Z"
