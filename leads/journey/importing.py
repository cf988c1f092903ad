"""A file of leads or opportunities: staged row by row as deliveries, then taken in batch by batch.

Staging and taking in each commit their progress with their work, so that an import killed at any
row carries on and ends with the same counts. See docs/importing.md.
"""

import csv
import datetime as dt
import hashlib
import io
import itertools
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import F, Q

from handoff import statements
from handoff.models import User
from leads.models import Delivery, ImportBatch

from . import settling
from .files import ADDED, Row, Unreadable, guarded, read_table
from .guessing import guess_mapping
from .intake import Envelope, Refused, store, understand
from .mapping import Map, MappingFaults, mapping_of, read_mapping
from .outcome import Outcome
from .states import Conflict, Invalid, NotAllowed
from .story import take_in

__all__ = [
    "Map",
    "MappingFaults",
    "Preview",
    "Unreadable",
    "failures",
    "guess_mapping",
    "mapping_of",
    "open_batch",
    "preview",
    "read_mapping",
    "recount",
    "run",
    "samples",
    "start",
    "unfinished",
]

CHUNK = 1024 * 1024
STAGED = 1000
TAKEN = 500
LOCK_SPACE = 0x1F11E
LONGEST_NAME = 120

KINDS = {
    ImportBatch.Of.LEADS: Delivery.Kind.LEAD,
    ImportBatch.Of.OPPORTUNITIES: Delivery.Kind.OPPORTUNITY,
}

Progress = Callable[[ImportBatch], None]


@dataclass(frozen=True)
class PreviewRow:
    """A row as it would be taken in: the lead request, or what is wrong with it."""

    line: int
    payload: dict[str, Any]
    error: str


@dataclass(frozen=True)
class Preview:
    """The first rows of a file. `missing`: columns the mapping names and the file lacks."""

    headers: tuple[str, ...]
    rows: tuple[PreviewRow, ...]
    missing: tuple[str, ...]


def preview(
    file: IO[bytes],
    mapping: Map | None,
    *,
    at: dt.datetime,
    rows: int = 20,
    of: str = ImportBatch.Of.LEADS,
) -> Preview:
    """How the first rows would be read, by a guess if no mapping is given. Raises Unreadable."""
    table = read_table(file)
    mapping = mapping or guess_mapping(table.headers, of=of)
    missing = tuple(mapping.missing(table.headers))
    read = tuple(
        _previewed(row, mapping, table.headers, at) for row in itertools.islice(table.rows, rows)
    )
    return Preview(table.headers, read, missing)


def samples(file: IO[bytes], *, rows: int) -> list[list[str]]:
    """What the first rows hold, column by column. Raises Unreadable."""
    table = read_table(file)
    whole = [row.cells for row in itertools.islice(table.rows, rows) if not row.error]
    return [
        [str(cells[place]) for cells in whole if cells[place] not in (None, "")]
        for place in range(len(table.headers))
    ]


def _previewed(row: Row, mapping: Map, headers: tuple[str, ...], at: dt.datetime) -> PreviewRow:
    payload, error = _payload(row, mapping, headers)
    if not error:
        try:
            _check(payload, mapping, at)
        except (Refused, Invalid, Conflict, NotAllowed) as refused:
            error = str(refused)
    return PreviewRow(row.line, payload, error)


def _check(payload: dict[str, Any], mapping: Map, at: dt.datetime) -> None:
    """Raises Refused, Invalid, Conflict or NotAllowed for what would go to quarantine."""
    if mapping.of == ImportBatch.Of.OPPORTUNITIES:
        settling.check(payload, system=mapping.system, historical=mapping.history)
    else:
        understand(payload, received_at=at)


def open_batch(
    file: IO[bytes],
    name: str,
    *,
    actor: User | None = None,
    of: str = ImportBatch.Of.LEADS,
) -> ImportBatch:
    """Keep a file until its mapping is known. Raises Unreadable where it is no table."""
    read_table(file)
    file.seek(0)
    batch = ImportBatch(file_name=name[-255:], started_by=actor, of=of)
    batch.file.save(name[-80:], File(file), save=False)
    batch.save()
    return batch


def start(batch: ImportBatch, mapping: Map) -> None:
    """Say how a kept file is read, and let it begin; `run` (or the worker) does the rest.

    Raises MappingFaults where the file lacks a column that the mapping names.
    """
    with batch.file.open("rb") as file:
        missing = mapping.missing(read_table(file).headers)
    if missing:
        raise MappingFaults([f"columns: the file has no column “{name}”." for name in missing])
    batch.mapping = mapping.document()
    batch.historical = mapping.history
    batch.state = ImportBatch.State.STAGING
    batch.save(update_fields=["mapping", "historical", "state"])


def unfinished(file: IO[bytes], name: str, mapping: Map) -> ImportBatch | None:
    """The import of this very file by this mapping that was begun and has not ended, if any."""
    begun = ImportBatch.objects.filter(
        state__in=(ImportBatch.State.STAGING, ImportBatch.State.RUNNING),
        file_name=name[-255:],
        mapping=mapping.document(),
    )
    return next((batch for batch in begun if _holds(batch, file)), None)


def _holds(batch: ImportBatch, file: IO[bytes]) -> bool:
    file.seek(0)
    with batch.file.open("rb") as kept:
        while (chunk := kept.read(CHUNK)) == file.read(CHUNK):
            if not chunk:
                return True
    return False


def run(batch_id: int, *, at: dt.datetime, progress: Progress | None = None) -> bool:
    """Carry an import on to its end, from wherever it stands; `at` is now.

    False: somebody else is at it just now. Rows that met a fault stay behind and are tried again
    by the next run. A file that cannot be read makes the batch failed.
    """
    if not statements.fetch("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, batch_id])[0][0]:
        return False
    try:
        _carry_on(ImportBatch.objects.get(pk=batch_id), at, progress or (lambda _: None))
    finally:
        statements.fetch("SELECT pg_advisory_unlock(%s, %s)", [LOCK_SPACE, batch_id])
    return True


def _carry_on(batch: ImportBatch, at: dt.datetime, progress: Progress) -> None:
    started = time.monotonic()
    if batch.state == ImportBatch.State.STAGING:
        try:
            _stage(batch, at, progress)
        except (Unreadable, MappingFaults, OSError) as error:
            _end(batch, ImportBatch.State.FAILED, at, error=str(error))
            return
    if batch.state == ImportBatch.State.RUNNING:
        recount(batch)
        if _take_in(batch, at, started, progress):
            recount(batch)
            _end(
                batch, ImportBatch.State.DONE, at + dt.timedelta(seconds=time.monotonic() - started)
            )
            progress(batch)


def _end(batch: ImportBatch, state: str, at: dt.datetime, *, error: str = "") -> None:
    batch.state, batch.finished_at, batch.error = state, at, error
    batch.save(update_fields=["state", "finished_at", "error"])


def _stage(batch: ImportBatch, at: dt.datetime, progress: Progress) -> None:
    mapping = mapping_of(batch.mapping)
    with batch.file.open("rb") as file:
        table = read_table(file)
        rows = itertools.islice(table.rows, batch.rows, None)
        while chunk := list(itertools.islice(rows, STAGED)):
            envelopes = [_envelope(batch, mapping, table.headers, row) for row in chunk]
            with transaction.atomic():
                stored = store(envelopes, at=at)
                batch.rows += len(chunk)
                batch.repeated += sum(one.repeated for one in stored)
                batch.save(update_fields=["rows", "repeated"])
            progress(batch)
    batch.state = ImportBatch.State.RUNNING
    batch.save(update_fields=["state"])


def _payload(row: Row, mapping: Map, headers: tuple[str, ...]) -> tuple[dict[str, Any], str]:
    if row.error:
        return {"line": row.line, "cells": [str(cell) for cell in row.cells]}, row.error
    return mapping.payload(headers, row.cells)


def _envelope(batch: ImportBatch, mapping: Map, headers: tuple[str, ...], row: Row) -> Envelope:
    payload, error = _payload(row, mapping, headers)
    return Envelope(
        source=mapping.system,
        key=row_key(payload, row.cells),
        payload=payload,
        channel=Delivery.Channel.IMPORT,
        kind=KINDS[ImportBatch.Of(batch.of)],
        origin=mapping.origin,
        historical=mapping.history,
        batch_id=batch.pk,
        row=row.line,
        error=error,
    )


def row_key(payload: dict[str, Any], cells: tuple[Any, ...]) -> str:
    """What makes a row the same row again: its external id or ref, else its cells, and what it
    says."""
    called = payload.get("external_id") or payload.get("ref")
    name = str(called or "").strip() or _digest(list(map(str, cells)))
    if len(name) > LONGEST_NAME:
        name = _digest(name)
    return f"{name}:{_digest({key: payload[key] for key in payload if key != 'line'})}"


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _take_in(batch: ImportBatch, at: dt.datetime, started: float, progress: Progress) -> bool:
    """Take in what is staged; whether nothing is left for another try."""
    while True:
        now = at + dt.timedelta(seconds=time.monotonic() - started)
        waiting = Delivery.objects.filter(batch=batch, state=Delivery.State.STORED)
        due = waiting.filter(Q(retry_at=None) | Q(retry_at__lte=now))
        ids = list(due.order_by("row", "pk").values_list("pk", flat=True)[:TAKEN])
        if not ids:
            return not waiting.exists()
        is_of_deals = batch.of == ImportBatch.Of.OPPORTUNITIES
        outcomes = (settling.take_in if is_of_deals else take_in)(ids, at=now)
        _count(batch, outcomes)
        progress(batch)
        if all(one.state == Delivery.State.STORED for one in outcomes):
            batch.error = next((one.error for one in outcomes if one.error), "")
            batch.save(update_fields=["error"])
            return False


def _count(batch: ImportBatch, outcomes: list[Outcome]) -> None:
    """Add to the figures shown meanwhile; `recount` makes them true at the end."""
    ended = Counter(
        one.outcome if one.state == Delivery.State.DONE else str(one.state) for one in outcomes
    )
    for name in ("created", "updated", "quarantined"):
        setattr(batch, name, getattr(batch, name) + ended[name])
    ImportBatch.objects.filter(pk=batch.pk).update(
        **{name: F(name) + ended[name] for name in ("created", "updated", "quarantined")}
    )


def recount(batch: ImportBatch) -> None:
    """Set the figures from what became of the batch's rows."""
    rows = statements.fetch(
        "SELECT CASE WHEN state = 'done' THEN outcome ELSE state END, count(*)"
        " FROM leads_delivery WHERE batch_id = %s GROUP BY 1",
        [batch.pk],
    )
    counts = dict(rows)
    batch.created, batch.updated = counts.get("created", 0), counts.get("updated", 0)
    batch.quarantined = counts.get("quarantined", 0)
    batch.save(update_fields=["created", "updated", "quarantined"])


def failures(batch: ImportBatch) -> Iterator[str]:
    """The rows that went to quarantine, as lines of a CSV: what is wrong, then the row as it came.

    Mended, the file can be imported again: `read_table` leaves out the two columns added here.
    """
    wrong = dict(Delivery.objects.quarantined().filter(batch=batch).values_list("row", "error"))
    with batch.file.open("rb") as file:
        table = read_table(file)
        yield _csv_line([*ADDED, *table.headers])
        for row in table.rows:
            if row.line in wrong:
                yield _csv_line([row.line, wrong[row.line], *row.cells])


def _csv_line(cells: list[Any]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([guarded(str(cell)) for cell in cells])
    return line.getvalue()
