"""Fill the demo, or remove it."""

import argparse
import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from leads.demo import cast, past, present, removal

NICENESS = 10
"""The past is told in the background: whoever works meanwhile goes first."""


class Command(BaseCommand):
    """`demo fill --today` (seconds), `demo fill --history` (minutes), `demo remove`."""

    help = "Fill a believable company's leads, by running the real journey, or remove them again."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        fill = verbs.add_parser("fill", help="Fill today, the ninety days before, or both.")
        fill.add_argument("--today", action="store_true", help="Today's queues, in seconds.")
        fill.add_argument("--history", action="store_true", help="The ninety days before.")
        fill.add_argument("--again", action="store_true", help="Also where it was removed.")
        verbs.add_parser("remove", help="Remove everything of the demo, and nothing else.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "remove":
            leads, companies, people = removal.remove(at=timezone.now())
            self.stdout.write(
                f"Removed {leads} leads and {companies} companies; "
                f"{people} people of the demo can no longer sign in."
            )
            return
        if not settings.DEMO:
            raise CommandError("DEMO=0 is set: this installation has no demo.")
        both = not (options["today"] or options["history"])
        try:
            if options["today"] or both:
                self._fill_today(again=options["again"])
            if options["history"] or both:
                self._fill_history()
        except cast.NoCast as error:
            raise CommandError(str(error)) from error

    def _fill_today(self, *, again: bool) -> None:
        made = present.fill(at=timezone.now(), again=again)
        if made is None:
            self.stdout.write("The demo was filled before, or removed; see --again.")
        else:
            self.stdout.write(f"Today: {made} leads. Password of all: {cast.PASSWORD}")

    def _fill_history(self) -> None:
        os.nice(NICENESS)
        for fill in past.tell(at=timezone.now()):
            if fill.told % 100 < past.PORTION or not fill.is_filling:
                self.stdout.write(f"History: {fill.told} of {fill.stories} people told.")
