"""`manage.py due`: when something is due by a calendar of a playbook file, and why."""

import datetime as dt
import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError

from handoff import business_time, playbook

CASE_KEYS = frozenset({"calendar", "start", "minutes", "same_business_day", "hours", "pauses"})


class Command(BaseCommand):
    """Reads no table and needs no server."""

    help = "Print the deadline and its receipt, for one case or one a line of a file."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--playbook", required=True, metavar="FILE")
        parser.add_argument("--cases", metavar="FILE.jsonl", help="one case a line; - reads stdin")
        parser.add_argument("--calendar", metavar="KEY")
        parser.add_argument("--start", metavar="ISO", help="with an offset, or Z")
        parser.add_argument("--minutes", type=float)
        parser.add_argument("--same-business-day", action="store_true")
        parser.add_argument("--hours", choices=("business", "always"), default="business")
        parser.add_argument("--pause", action="append", default=[], metavar="ISO/ISO")

    def handle(self, *args: Any, **options: Any) -> None:
        calendars = _calendars(options["playbook"])
        if options["cases"]:
            self._answer_cases(calendars, options["cases"])
            return
        case = {
            name: options[name]
            for name in ("calendar", "start", "minutes")
            if options[name] is not None
        }
        if options["same_business_day"]:
            case["same_business_day"] = True
        try:
            answer = _answer(
                calendars, case | {"hours": options["hours"], "pauses": options["pause"]}
            )
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_line(answer))

    def _answer_cases(self, calendars: dict[str, business_time.Calendar], path: str) -> None:
        try:
            with sys.stdin if path == "-" else open(path, encoding="utf-8-sig") as file:
                wrong = sum(self._answer_line(calendars, line, n) for n, line in _filled(file))
        except (OSError, UnicodeError) as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
        if wrong:
            raise CommandError(f"{wrong} of the cases could not be answered; each says why.")

    def _answer_line(
        self, calendars: dict[str, business_time.Calendar], line: str, number: int
    ) -> bool:
        """Print one answer; whether it is an error."""
        try:
            case = json.loads(line)
            if not isinstance(case, dict):
                raise ValueError("a case is an object")
            answer = _answer(calendars, case)
        except json.JSONDecodeError as error:
            self.stdout.write(_line({"error": f"the line is no JSON: {error}", "line": number}))
            return True
        except (ValueError, RecursionError) as error:
            self.stdout.write(_line({"error": str(error), "line": number}))
            return True
        self.stdout.write(_line(answer))
        return False


def _calendars(path: str) -> dict[str, business_time.Calendar]:
    file = playbook.read(path, needs=("calendars",), only=("calendars",))
    if file.faults:
        raise CommandError("\n".join(file.told(fault) for fault in file.faults))
    return file.calendars


def _filled(file: TextIO) -> Iterator[tuple[int, str]]:
    """The lines that hold something, numbered as an editor does."""
    return ((number, line) for number, line in enumerate(file, 1) if line.strip())


def _line(answer: dict[str, Any]) -> str:
    return json.dumps(answer, ensure_ascii=False)


def _answer(calendars: dict[str, business_time.Calendar], case: dict[str, Any]) -> dict[str, Any]:
    """`{due, receipt}` of a case. Raises ValueError with what is wrong with it."""
    if unknown := sorted(case.keys() - CASE_KEYS):
        raise ValueError(
            f"unknown key {', '.join(unknown)}; a case has {', '.join(sorted(CASE_KEYS))}"
        )
    calendar = calendars.get(str(case.get("calendar")))
    if calendar is None:
        there = ", ".join(sorted(calendars))
        raise ValueError(f"there is no calendar “{case.get('calendar')}”; there are {there}")
    start = _moment(case.get("start"), "start")
    minutes, same_day = case.get("minutes"), case.get("same_business_day") or False
    if not isinstance(same_day, bool) or (minutes is None) != same_day:
        raise ValueError("give either minutes or same_business_day")
    if same_day:
        made = business_time.same_business_day(calendar, start)
    else:
        hours, pauses = case.get("hours") or "business", _pauses(case.get("pauses") or [])
        made = business_time.due(calendar, start, _number(minutes), hours=hours, pauses=pauses)
    return {"due": made.due.isoformat().replace("+00:00", "Z"), "receipt": made.receipt_rows()}


def _number(minutes: Any) -> float:
    if isinstance(minutes, bool) or not isinstance(minutes, int | float):
        raise ValueError(f"minutes must be a number, not {json.dumps(minutes)}")
    return minutes


def _pauses(texts: Iterable[Any]) -> list[business_time.Pause]:
    if not isinstance(texts, list):
        raise ValueError("pauses is a list of ISO/ISO")
    pauses = []
    for text in texts:
        start, slash, end = text.partition("/") if isinstance(text, str) else ("", "", "")
        if not slash:
            raise ValueError(
                f"“{text}” is no pause; write it as 2026-03-02T10:00Z/2026-03-02T11:00Z"
            )
        pauses.append((_moment(start, "pause"), _moment(end, "pause")))
    return pauses


def _moment(text: Any, name: str) -> dt.datetime:
    if not isinstance(text, str):
        raise ValueError(f"{name} must be an ISO time such as 2026-03-02T10:00:00-05:00")
    try:
        moment = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"“{text}” is no ISO time for {name}") from None
    if moment.utcoffset() is None:
        raise ValueError(f"{name} needs an offset or Z: “{text}”")
    return moment
