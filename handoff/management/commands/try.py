"""`manage.py try`: what a playbook file would say about given leads. Nothing is kept."""

import datetime as dt
import itertools
import json
import sys
from argparse import ArgumentParser
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.utils import timezone

from handoff import embedded, playbook, rules
from handoff.rules.facts import moment

BATCH = 1000
SECTIONS = ("calendars", "teams", "definition")


class Command(BaseCommand):
    """Reads no table and needs no server: the embedded database is started where it must be."""

    help = "Judge leads of a file by a playbook file: one decision a line, in the same order."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--playbook", required=True, metavar="FILE")
        parser.add_argument(
            "--leads", required=True, metavar="FILE.jsonl", help="one lead a line; - reads stdin"
        )
        parser.add_argument("--as-of", metavar="ISO", help="judge as of this moment; default now")

    def handle(self, *args: Any, **options: Any) -> None:
        as_of = _as_of(options["as_of"])
        definition = self._definition(options["playbook"])
        with ExitStack() as stack:
            try:
                if settings.EMBEDDED is not None:
                    stack.enter_context(embedded.held(settings.EMBEDDED))
                stack.callback(_let_go)
                wrong = self._answer_all(options["leads"], definition, as_of)
            except (embedded.DatabaseError, DatabaseError) as error:
                raise CommandError(f"The database does not answer: {error}") from error
        if wrong:
            raise CommandError(f"{wrong} of the leads could not be judged; each says why.")

    def _definition(self, path: str) -> rules.Definition:
        file = playbook.read(path, needs=SECTIONS)
        for warning in file.warnings:
            self.stderr.write(f"warning: {file.told(warning)}")
        if file.faults:
            raise CommandError("\n".join(file.told(fault) for fault in file.faults))
        if file.definition is None or file.definition.definition is None:
            raise CommandError("the section “definition” is missing")
        return file.definition.definition

    def _answer_all(self, path: str, definition: rules.Definition, as_of: dt.datetime) -> int:
        """Print a decision, or what is wrong, for every line; the number of those wrong."""
        wrong = 0
        try:
            with (
                sys.stdin
                if path == "-"
                else open(path, encoding="utf-8-sig", errors="surrogateescape")
            ) as file:
                lines = ((number, line) for number, line in enumerate(file, 1) if line.strip())
                while batch := list(itertools.islice(lines, BATCH)):
                    wrong += self._answer(batch, definition, as_of)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
        return wrong

    def _answer(
        self, batch: list[tuple[int, str]], definition: rules.Definition, as_of: dt.datetime
    ) -> int:
        rows = [_read(line) for _, line in batch]
        leads = [row for row in rows if not isinstance(row, rules.Unreadable)]
        judged = iter(rules.judge_each(leads, definition, as_of))
        results = [row if isinstance(row, rules.Unreadable) else next(judged) for row in rows]
        said = [_said(result, number) for result, (number, _) in zip(results, batch, strict=True)]
        self.stdout.write("\n".join(json.dumps(line, ensure_ascii=False) for line in said))
        return sum(isinstance(result, rules.Unreadable) for result in results)


def _as_of(text: str | None) -> dt.datetime:
    if text is None:
        return timezone.now()
    try:
        return moment(text)
    except rules.Unreadable as error:
        raise CommandError(f"--as-of: {error}") from error


def _read(line: str) -> Any:
    """The value of a line of JSON, or what is wrong with it."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        return rules.Unreadable(f"this line is no JSON: {error}")


def _said(result: rules.Decision | rules.Unreadable, number: int) -> dict[str, Any]:
    if isinstance(result, rules.Unreadable):
        return {"error": str(result), "line": number}
    return result.as_line()


def _let_go() -> None:
    """Leave no connection behind, so that the database can stop."""
    connection.close()
    if connection.settings_dict["OPTIONS"].get("pool"):
        connection.close_pool()  # type: ignore[attr-defined]
