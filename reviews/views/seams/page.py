"""Where the time goes: the map of the path, its seams ranked, and by what is chosen."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.views.signed_in import SignedIn
from leads.views import downloads
from reviews.asking import Asked, Asking, asked
from reviews.measures.seams.counting import told
from reviews.measures.seams.path import Length, Path
from reviews.measures.seams.standing import queues
from reviews.measures.seams.steps import Seam, seams_of
from reviews.views.measures.narrowing import chosen_dimension, narrowing, table_by
from reviews.views.measures.page import SHOWN

HEADS = (
    *("by", "key", "name", "seam", "kind", "n", "median_s", "p90_s", "low_s", "high_s", "part"),
    *("worked_n", "worked_median_s", "worked_p90_s", "standing_now"),
)


@dataclass(frozen=True)
class Line:
    """A seam of the page; `before`: how long it took in the time before, where that is asked."""

    seam: Seam
    wall: Length
    worked: Length
    part: float | None
    standing: int
    since: dt.datetime | None
    before: Length | None


@login_required
@require_GET
@never_cache
def seams(request: SignedIn) -> HttpResponse:
    """Every seam on the map and in order of the time that lies in it."""
    at, zone = timezone.now(), timezone.get_current_timezone_name()
    wanted = asked(request.GET, request.user, at=at, zone=zone)
    by = chosen_dimension(request.GET.get("by", ""))
    found = told(wanted.question, by=by, at=at)
    before = told(wanted.question.before, at=at).all if wanted.compares else None
    path, rows = found.all, found.rows
    lines = {one.seam.key: one for one in _lines(wanted, path, before, at=at)}
    context = {
        **narrowing(wanted, "seams"),
        **table_by(wanted, by),
        "path": path,
        "lines": list(lines.values()),
        "ranked": [lines[one.key] for one in path.slowest()],
        "worst": lines[path.worst.key] if path.worst else None,
        "rows": list(_rows(wanted, rows[:SHOWN], by)),
        "left_out": max(0, len(rows) - SHOWN),
    }
    return render(request, "reviews/seams/seams.html", context)


@login_required
@require_GET
@never_cache
@downloads.only_readable(Asking)
def as_csv(request: SignedIn) -> HttpResponse:
    """Every seam of all together, and by what is chosen, in seconds."""
    at, zone = timezone.now(), timezone.get_current_timezone_name()
    wanted = asked(request.GET, request.user, at=at, zone=zone)
    by = chosen_dimension(request.GET.get("by", ""))
    found = told(wanted.question, by=by, at=at)
    there = queues(wanted.question, at=at)
    written = [
        ["all", "", "", *_cells(found.all, one), there.get(one.key, (0,))[0]]
        for one in seams_of(wanted.question.step)
    ]
    for row in found.rows:
        name = wanted.names.of(by, row.key, row.name)
        written += [[by, row.key, name, *_cells(row, one), ""] for one in row.slowest()]
    return downloads.whole(f"seams-{wanted.since}-{wanted.until}.csv", HEADS, written)


def _cells(path: Path, seam: Seam) -> list[Any]:
    wall, worked, part = path.wall[seam.key], path.worked[seam.key], path.part(seam.key)
    times = wall.times
    return [
        *(seam.key, seam.kind, times.n, times.median, times.ninth, times.low, times.high),
        "" if part is None else f"{part:.4f}",
        *(worked.times.n, worked.times.median, worked.times.ninth),
    ]


def _lines(wanted: Asked, path: Path, before: Path | None, *, at: dt.datetime) -> Iterator[Line]:
    there = queues(wanted.question, at=at)
    for seam in seams_of(wanted.question.step):
        standing, since = there.get(seam.key, (0, None))
        yield Line(
            seam,
            path.wall[seam.key],
            path.worked[seam.key],
            path.part(seam.key),
            standing,
            since,
            before.wall[seam.key] if before else None,
        )


def _rows(wanted: Asked, paths: Iterable[Path], by: str) -> Iterator[dict[str, Any]]:
    """Each with its name and address, and its seams in the order of the path."""
    for one in paths:
        seams = seams_of(wanted.question.step)
        yield {
            "path": one,
            "label": wanted.names.of(by, one.key, one.name),
            "href": wanted.address(**{by: one.key}),
            "slowest": one.worst,
            "seams": [(seam, one.wall[seam.key]) for seam in seams],
        }
