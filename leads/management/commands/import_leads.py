"""Import a file of leads, as in the browser: `manage.py import_leads FILE --mapping FILE`."""

import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from leads.journey import importing
from leads.journey.law import NoLaw, live_law
from leads.models import Delivery, ImportBatch


class Command(BaseCommand):
    """Prints progress and what is wrong on stderr, the counts on the last line."""

    help = "Import a CSV or XLSX file of leads; the last line counts what became of its rows."
    of = ImportBatch.Of.LEADS

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", type=Path, required=True, help="A YAML file.")

    def handle(self, *, file: Path | str, mapping: Path | str, **options: Any) -> None:
        batch = self._open(Path(file), Path(mapping))
        while not importing.run(batch.pk, at=timezone.now(), progress=self._tell):
            time.sleep(1)
        batch.refresh_from_db()
        if batch.state == ImportBatch.State.FAILED:
            raise CommandError(batch.error)
        left = self._report(batch)
        self.stdout.write(
            f"created {batch.created}, updated {batch.updated}, repeated {batch.repeated},"
            f" quarantined {batch.quarantined}"
        )
        if batch.quarantined or left:
            self.stdout.flush()
            sys.exit(1)

    def _open(self, file: Path, mapping: Path) -> ImportBatch:
        try:
            live_law()
            read = importing.read_mapping(mapping.read_bytes())
            if read.of != self.of:
                raise CommandError(f"This mapping is of {read.of}: use manage.py import_{read.of}.")
            with file.open("rb") as opened:
                begun = importing.unfinished(opened, file.name, read)
                batch = begun or importing.open_batch(opened, file.name, of=self.of)
            if begun is None:
                importing.start(batch, read)
        except (OSError, NoLaw, importing.MappingFaults, importing.Unreadable) as error:
            raise CommandError(str(error)) from error
        return batch

    def _tell(self, batch: ImportBatch) -> None:
        if self.stderr.isatty():
            done = batch.created + batch.updated + batch.repeated + batch.quarantined
            self.stderr.write(f"\r{done} of {batch.rows} rows", ending="")

    def _report(self, batch: ImportBatch) -> int:
        """Say what went wrong row by row; how many rows are left for another try."""
        wrong = Delivery.objects.quarantined().filter(batch=batch).order_by("row")
        for line, error in wrong.values_list("row", "error").iterator():
            self.stderr.write(f"line {line}: {error}")
        left = Delivery.objects.filter(batch=batch, state=Delivery.State.STORED).count()
        if left:
            self.stderr.write(f"{left} rows are kept for another try: {batch.error}")
        return left
