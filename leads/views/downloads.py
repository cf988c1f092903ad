"""Tables to keep as CSV files: one shape for every list of the house.

Text that a spreadsheet would take for a formula is guarded, whoever wrote it.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse

from leads.journey.files import guarded

KIND = "text/csv; charset=utf-8"


class _Echo:
    """A file that hands back what is written, so that a line can be sent at once."""

    def write(self, line: str) -> str:
        return line


def lines(heads: Sequence[str], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The lines of a file, its heads first."""
    writer = csv.writer(_Echo())
    yield writer.writerow(heads)
    for row in rows:
        yield writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in row])


def whole(name: str, heads: Sequence[str], rows: Iterable[Iterable[Any]]) -> HttpResponse:
    """A table short enough to be sent at once, as the file `name`."""
    return HttpResponse("".join(lines(heads, rows)), content_type=KIND, headers=_called(name))


def streamed(name: str, text: Iterable[str]) -> StreamingHttpResponse:
    """Lines as the file `name`, each sent as it is made."""
    return StreamingHttpResponse(text, content_type=KIND, headers=_called(name))


def _called(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
