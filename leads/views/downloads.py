"""Tables to keep as CSV files: one shape for every list of the house.

Text that a spreadsheet would take for a formula is guarded, whoever wrote it.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from typing import Any, TypeVar, cast

from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from leads.journey.files import guarded

View = TypeVar("View", bound=Callable[..., HttpResponse])

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


def refused(form: forms.Form) -> HttpResponse:
    """Why no file is made of a question that cannot be read, one line for each thing in it."""
    said = [
        f"{form.fields[name].label or name}: {error}" if name in form.fields else str(error)
        for name, errors in form.errors.items()
        for error in errors
    ]
    text = "\n".join(["There is no file: the address asks for what cannot be read.", *said, ""])
    return HttpResponse(text, content_type="text/plain; charset=utf-8", status=422)


def only_readable(asking: type[forms.Form]) -> Callable[[View], View]:
    """Make no file where the form of its question cannot be read: a page shows the usual question
    and says so, a file could not."""

    def wrap(view: View) -> View:
        @wraps(view)
        def readable(request: HttpRequest, *args: Any, **given: Any) -> HttpResponse:
            form = asking(request.GET)
            return view(request, *args, **given) if form.is_valid() else refused(form)

        return cast(View, readable)

    return wrap


def _called(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
