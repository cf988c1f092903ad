"""`manage.py api_key NAME --scope leads,handoffs,read`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from handoff.models import ApiKey


class Command(BaseCommand):
    """Makes an API key and prints it, alone, on the last line. It cannot be read again."""

    help = "Make an API key. The key is printed once, alone on the last line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="The system that will use it; its leads carry this name.")
        parser.add_argument(
            "--scope",
            required=True,
            help=f"What it may do, separated by commas: {', '.join(ApiKey.Scope.values)}.",
        )

    def handle(self, *args: Any, name: str, scope: str, **options: Any) -> None:
        name = name.strip()
        if not name or len(name) > 100:
            raise CommandError("A key needs a name of 1 to 100 characters.")
        scopes = list(dict.fromkeys(part.strip() for part in scope.split(",") if part.strip()))
        unknown = [part for part in scopes if part not in ApiKey.Scope.values]
        if unknown or not scopes:
            wrong = f"No such scope: {', '.join(unknown)}." if unknown else "No scope given."
            raise CommandError(f"{wrong} There are: {', '.join(ApiKey.Scope.values)}.")
        _, text = ApiKey.make(name, scopes)
        self.stdout.write(
            f"A key for “{name}” that may: {', '.join(scopes)}. Keep it; it is shown once."
        )
        self.stdout.write(text)
