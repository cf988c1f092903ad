"""The funnel: how far what came in got, where the rest stayed, and how each week came along."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.models import Reason
from handoff.views.signed_in import SignedIn
from leads.views import downloads
from reviews.asking import Asked, Asking, asked
from reviews.measures import cohorts
from reviews.measures.funnel.counting import Told, told
from reviews.measures.funnel.passages import first_place
from reviews.measures.funnel.path import Path
from reviews.measures.funnel.steps import STEPS, WAYS, Step
from reviews.measures.intervals import Difference, Share, difference
from reviews.measures.ranking import Times
from reviews.views.measures.narrowing import chosen_dimension, narrowing, table_by

SHOWN = 100
USUAL_REACH = "opportunity"
SINCE = {
    "handed": "from its last enquiry",
    "accepted": "from the hand-over",
    "touched": "from the hand-over",
    "opportunity": "from the hand-over",
    "won": "from the opportunity",
}


@dataclass(frozen=True)
class Line:
    """A step of the page. `passed`: of the step before; `stayed`: (way, its name, how many)."""

    step: Step
    place: int
    reached: int
    of_all: Share
    passed: Share | None
    moved: Difference | None
    stayed: list[tuple[str, str, int]]
    time: Times | None
    since: str

    @property
    def left(self) -> int:
        """How many came no further and are not under way any more, nor won."""
        return sum(n for way, _, n in self.stayed if way not in ("open", "won"))


@login_required
@require_GET
@never_cache
def funnel(request: SignedIn) -> HttpResponse:
    """Every step with its drop-off, the ways out, a table by what is chosen, and the weeks."""
    at, zone = timezone.now(), timezone.get_current_timezone_name()
    wanted = asked(request.GET, request.user, at=at, zone=zone)
    by = chosen_dimension(request.GET.get("by", ""))
    reach = request.GET.get("reach", "") or USUAL_REACH
    if reach not in cohorts.REACHES:
        raise Http404
    found = told(wanted.question, by=by, compares=wanted.compares, at=at)
    first = first_place(wanted.question)
    lines = list(_lines(found, first))
    context = {
        **narrowing(wanted, "funnel"),
        **table_by(wanted, by),
        "path": found.all,
        "lines": lines,
        "tells_all": first == 1,
        "worst": _worst(lines),
        "ways": [(key, WAYS[key], n) for key, n in found.all.ways().items()],
        "reasons": _reasons(found.all),
        "rows": list(_rows(wanted, found.rows[:SHOWN], by, first)) if by else [],
        "left_out": max(0, len(found.rows) - SHOWN) if by else 0,
        "cohorts": list(_weeks(wanted, reach, at=at, zone=zone)),
        "reach": reach,
        "reaches": [(key, title) for key, (title, _) in cohorts.REACHES.items()],
        "reach_title": cohorts.REACHES[reach][0],
        "within": cohorts.WITHIN,
    }
    return render(request, "reviews/funnel/funnel.html", context)


@login_required
@require_GET
@never_cache
@downloads.only_readable(Asking)
def as_csv(request: SignedIn) -> HttpResponse:
    """How many are at each step and no further, by way, and by what is chosen."""
    at, zone = timezone.now(), timezone.get_current_timezone_name()
    wanted = asked(request.GET, request.user, at=at, zone=zone)
    by = chosen_dimension(request.GET.get("by", ""))
    rows = told(wanted.question, by=by, at=at).rows
    first = first_place(wanted.question)
    written = [
        [by, row.key, row.name, step.key, row.reached(place), way, n]
        for row in rows
        for place, step in enumerate(STEPS[first - 1 :], first)
        for way, n in (row.stayed(place) or {"": 0}).items()
    ]
    heads = ["by", "key", "name", "step", "reached", "way", "stayed"]
    return downloads.whole(f"funnel-{wanted.since}-{wanted.until}.csv", heads, written)


def _lines(found: Told, first: int) -> Iterator[Line]:
    path, before = found.all, found.before
    for place, step in enumerate(STEPS, 1):
        if place < first:
            continue
        passed = path.passed(place) if place > first else None
        yield Line(
            step,
            place,
            path.reached(place),
            path.of_all(place),
            passed,
            difference(before.passed(place), passed) if before and passed else None,
            [(way, WAYS[way], n) for way, n in path.stayed(place).items()],
            found.times.get(step.key),
            SINCE.get(step.key, ""),
        )


def _worst(lines: Sequence[Line]) -> tuple[Line, Line] | None:
    """Between which two steps most drop out for good: the one they stay at, and the next."""
    pairs = [(one, after) for one, after in zip(lines, lines[1:], strict=False) if one.left]
    return max(pairs, key=lambda pair: pair[0].left, default=None)


def _reasons(path: Path) -> list[tuple[Reason, int]]:
    given = path.reasons()
    by_id = Reason.objects.in_bulk(list(given))
    return [(by_id[pk], n) for pk, n in given.items() if pk in by_id]


def _rows(wanted: Asked, paths: Sequence[Path], by: str, first: int) -> Iterator[dict[str, Any]]:
    """Each row with name and address, and per step its count and its part of the step before."""
    for path in paths:
        yield {
            "label": wanted.names.of(by, path.key, path.name),
            "href": wanted.address(**{by: path.key}),
            "steps": [
                (step, path.reached(place), path.passed(place) if place > first else None)
                for place, step in enumerate(STEPS, 1)
                if place >= first
            ],
        }


def _weeks(
    wanted: Asked, reach: str, *, at: dt.datetime, zone: str
) -> Iterator[tuple[str, str, cohorts.Cohort, list[tuple[int, Share | None, int]]]]:
    """Each week's name and address, and per number of days its share and how dark it is drawn."""
    for one in cohorts.cohorts(wanted.question, reach, at=at, zone=zone):
        monday = one.monday.date()
        last = min(monday + dt.timedelta(days=6), wanted.until)
        href = wanted.address(since=monday.isoformat(), until=last.isoformat(), period="")
        cells = [
            (days, share, _shade(share))
            for days, share in zip(cohorts.WITHIN, one.shares, strict=True)
        ]
        yield f"{monday.day} {monday:%b}", href, one, cells


def _shade(share: Share | None) -> int:
    """0 to 4, by fifths; 0 too where there is too little to say."""
    if share is None or not share.is_enough or share.value is None:
        return 0
    return min(int(share.value * 5), 4)
