"""The leads behind a figure of a study, and its figures as a file."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.labels import humanise, labels_of
from handoff.tables import PER_PAGE, CappedPaginator
from handoff.views.signed_in import SignedIn
from leads.views import downloads
from leads.views.places import only_seers
from reviews.lifting import rows, saying
from reviews.measures.lift.results import Clause, Row
from reviews.models import LiftStudy

from .pages import study_or_404

HEADS = (
    "outcome", "section", "clause", "points", "with_yes", "with_n", "without_yes", "without_n",
    "times_as_often", "times_low", "times_high", "odds_held_still", "odds_low", "odds_high",
    "verdict", "suggested_points", "why_not",
)  # fmt: skip
LEFT = {"young": "Too young to tell", "undecided": "Open still"}
HELD = {"yes": "Held", "no": "Did not hold"}


@login_required
@require_GET
@never_cache
def leads(request: SignedIn, pk: int) -> HttpResponse:
    """The hand-overs that the address asks for, as many as the figure says."""
    only_seers(request.user)
    found = _done_or_404(pk)
    clauses = _clauses(found)
    asked = {name: request.GET[name] for name in rows.FILTERS if name in request.GET}
    listed = rows.find(found, clauses, asked)
    page = CappedPaginator(listed, PER_PAGE).get_page(request.GET.get("page"))
    labels = labels_of(found.version_id).decide
    context = {
        "section": "measures",
        "study": found,
        "count": listed.count(),
        "page": page,
        "rows": [(row, labels.get(row.rule) or humanise(row.rule)) for row in page.object_list],
        "chips": list(_chips(clauses, labels, asked)),
        "now": timezone.now(),
    }
    return render(request, "reviews/lift/leads.html", context)


@login_required
@require_GET
@never_cache
def as_csv(request: SignedIn, pk: int) -> HttpResponse:
    """Every clause with every outcome, as a file."""
    only_seers(request.user)
    found = _done_or_404(pk)
    every = saying.outcomes_of(found)
    lines = (_line(outcome, row) for outcome, one in every.items() for row in one.rows)
    return downloads.whole(f"lift-{found.pk}.csv", HEADS, lines)


def _line(outcome: str, row: Row) -> tuple[Any, ...]:
    clause, one, held = row.clause, row.relative, row.adjusted
    times = (one.value, one.low, one.high) if one.value is not None else (None,) * 3
    odds = (held.value, held.low, held.high) if held else (None,) * 3
    return (
        outcome,
        clause.section,
        clause.label,
        f"{clause.points:g}",
        one.with_yes,
        one.with_n,
        one.without_yes,
        one.without_n,
        *(_rounded(value) for value in (*times, *odds)),
        held.verdict if held else "",
        "" if row.suggested is None else row.suggested,
        row.why,
    )


def _rounded(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _done_or_404(pk: int) -> LiftStudy:
    found = study_or_404(pk)
    if found.state != LiftStudy.State.DONE:
        raise Http404
    return found


def _clauses(found: LiftStudy) -> list[Clause]:
    every = saying.outcomes_of(found).values()
    return next(([row.clause for row in one.rows] for one in every), [])


def _chips(
    clauses: list[Clause], labels: dict[str, str], asked: dict[str, str]
) -> Iterator[tuple[str, str, str]]:
    """(name, label, value in words) of everything the list is narrowed by."""
    outcome = asked.get("outcome", "")
    names = {f"{clause.section}.{clause.key}": clause.label for clause in clauses}
    points, _, band = asked.get("band", "").partition(".")
    words = {
        "outcome": ("Told of", saying.NAMES.get(outcome, "")),
        "is": ("Came to it", {"yes": "Yes", "no": "No"}.get(asked.get("is", ""), "")),
        "clause": ("Clause", names.get(asked.get("clause", ""), "")),
        "held": ("It", HELD.get(asked.get("held", ""), "")),
        "band": (f"Band by {points} points", str(int(band) + 1) if band.isdecimal() else ""),
        "rule": ("Decided by", labels.get(asked.get("rule", "")) or humanise(asked.get("rule"))),
        "left": ("Left out", LEFT.get(asked.get("left", ""), "")),
    }
    for name in asked:
        label, value = words[name]
        yield name, label, value or "unknown"
