"""`manage.py playbook load FILE [--publish]` and `manage.py playbook export [--version N]`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from handoff import changes, playbook, publishing


class Command(BaseCommand):
    """The agreement in and out as one file."""

    help = "Load the agreement from a YAML file, or print it as one."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        load = actions.add_parser("load", help="bring the tables to what the file says")
        load.add_argument("file")
        load.add_argument("--publish", action="store_true", help="make its definition the law")
        export = actions.add_parser("export", help="print the agreement")
        export.add_argument("--version", type=int, dest="number", metavar="N")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "export":
            self._export(options["number"])
        else:
            self._load(options["file"], publish=options["publish"])

    def _load(self, path: str, *, publish: bool) -> None:
        file = playbook.read(path, known=playbook.known())
        try:
            with changes.by("manage.py playbook load"):
                report = playbook.load(file, actor=None, at=timezone.now(), publish=publish)
        except (playbook.Faulty, publishing.Refused) as error:
            raise CommandError(f"Nothing was loaded.\n{error}") from error
        for warning in report.warnings:
            self.stderr.write(f"Warning: {warning}")
        for sentence in report.sentences:
            self.stdout.write(sentence)

    def _export(self, number: int | None) -> None:
        try:
            self.stdout.write(playbook.export(number), ending="")
        except playbook.NoSuchVersion as error:
            raise CommandError(str(error)) from error
