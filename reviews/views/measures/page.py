"""All figures on one page, one figure by itself, and both as files."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.views.signed_in import SignedIn
from leads.views import downloads
from reviews.asking import Asked, Asking, Names, asked
from reviews.measures.catalogue import BY_KEY, MEASURES, Rate, Time
from reviews.measures.figuring import Row, Told, told
from reviews.measures.intervals import Share
from reviews.measures.spans import WEEK

from .narrowing import chosen_dimension, narrowing, table_by

SHOWN = 100
"""So many rows of a table are shown; the file has all."""


@dataclass(frozen=True)
class Line:
    """One row of a table: the figures, those of the time before, what it is called, and the address
    that narrows to it."""

    row: Row
    before: Row | None
    label: str
    href: str


@login_required
@require_GET
@never_cache
def measures(request: SignedIn) -> HttpResponse:
    """Every figure of the catalogue, by week, and by what is chosen."""
    at, zone = timezone.now(), timezone.get_current_timezone_name()
    wanted = asked(request.GET, request.user, at=at, zone=zone)
    by = chosen_dimension(request.GET.get("by", ""))
    found = told(wanted.question, MEASURES, by=by, at=at, zone=zone)
    context = _context(wanted, found, by, "measures") | {"measures": MEASURES}
    return render(request, "reviews/measures/measures.html", context)


@login_required
@require_GET
@never_cache
def measure(request: SignedIn, key: str) -> HttpResponse:
    """One figure: its formula, its trend, and what it is by anything."""
    one = measure_or_404(key)
    at, zone = timezone.now(), timezone.get_current_timezone_name()
    wanted = asked(request.GET, request.user, at=at, zone=zone)
    by = chosen_dimension(request.GET.get("by", "")) or "source"
    found = told(wanted.question, [one], by=by, at=at, zone=zone)
    context = _context(wanted, found, by, one.key) | {"measure": one, "measures": MEASURES}
    return render(request, "reviews/measures/measure.html", context)


@login_required
@require_GET
@never_cache
@downloads.only_readable(Asking)
def as_csv(request: SignedIn, key: str = "") -> HttpResponse:
    """Every figure, or one, as a file: all together, by week, and by what is chosen."""
    wanted_measures: Sequence[Rate | Time] = [measure_or_404(key)] if key else MEASURES
    at, zone = timezone.now(), timezone.get_current_timezone_name()
    wanted = asked(request.GET, request.user, at=at, zone=zone)
    by = chosen_dimension(request.GET.get("by", ""))
    found = told(wanted.question, wanted_measures, by=by, at=at, zone=zone)
    lines: list[list[Any]] = [
        ["all", "", "", *_cells(found.all, wanted_measures)],
        ["all, time before", "", "", *_cells(found.before, wanted_measures)],
    ]
    lines += [[WEEK, row.key, "", *_cells(row, wanted_measures)] for row in found.weeks]
    lines += [
        [by, line.row.key, line.label, *_cells(line.row, wanted_measures)]
        for line in lines_of(wanted, by, found)
    ]
    name = f"{key or 'measures'}-{wanted.since}-{wanted.until}.csv"
    return downloads.whole(name, _heads(wanted_measures), lines)


def measure_or_404(key: str) -> Rate | Time:
    """The figure of that key. Raises Http404."""
    if key not in BY_KEY:
        raise Http404
    return BY_KEY[key]


def _context(wanted: Asked, found: Told, by: str, here: str) -> dict[str, Any]:
    lines = list(lines_of(wanted, by, found))
    return {
        **narrowing(wanted, here),
        **table_by(wanted, by),
        "found": found,
        "weeks": list(weeks_named(found.weeks)),
        "week_lines": list(week_lines(wanted, found.weeks)),
        "lines": lines[:SHOWN],
        "left_out": max(0, len(lines) - SHOWN),
    }


def lines_of(wanted: Asked, by: str, found: Told) -> Iterator[Line]:
    """The rows by a dimension, each with its name and the question narrowed to it."""
    names: Names = wanted.names
    for row in found.rows:
        label = names.of(by, row.key, row.name)
        href = wanted.address(**{by: row.key})
        yield Line(row, found.rows_before.get(row.key), label, href)


def weeks_named(rows: Iterable[Row]) -> Iterator[Row]:
    """The weeks, called by their Mondays: “5 Oct”."""
    for row in rows:
        monday = dt.date.fromisoformat(row.key)
        yield replace(row, name=f"{monday.day} {monday:%b}")


def week_lines(wanted: Asked, rows: Iterable[Row]) -> Iterator[Line]:
    """The weeks as lines of a table."""
    for row in weeks_named(rows):
        monday = dt.date.fromisoformat(row.key)
        last = min(monday + dt.timedelta(days=6), wanted.until)
        href = wanted.address(since=monday.isoformat(), until=last.isoformat(), period="")
        yield Line(row, None, row.name, href)


def _heads(measures: Sequence[Rate | Time]) -> list[str]:
    heads = ["by", "key", "name", "handed_over"]
    for one in measures:
        ends = ("count", "n", "low", "high") if isinstance(one, Rate) else TIMED
        heads += [f"{one.key}_{end}" for end in ends]
    return heads


TIMED = ("n", "median_s", "p90_s", "low_s", "high_s")


def _cells(row: Row, measures: Sequence[Rate | Time]) -> list[Any]:
    cells: list[Any] = [row.handed]
    for one in measures:
        figure = row[one.key]
        if isinstance(figure, Share):
            ends = (f"{figure.low:.4f}", f"{figure.high:.4f}") if figure.is_enough else ("", "")
            cells += [figure.count, figure.n, *ends]
        else:
            cells += [figure.n, figure.median, figure.ninth, figure.low, figure.high]
    return cells
