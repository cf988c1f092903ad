"""The figures of the catalogue, as the pages tell them, for other systems."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Router

from handoff.models import ApiKey
from leads.api.answered import Answer
from leads.api.frame import Call, call, reply
from leads.api.problems import Fault, Refusal
from reviews.asking import Asked, Asking, asked
from reviews.measures.catalogue import BY_KEY, Rate
from reviews.measures.dimensions import DIMENSIONS
from reviews.measures.figuring import Figure, Row, moved, told
from reviews.measures.intervals import Share
from reviews.measures.promises import EVERYBODYS
from reviews.measures.spans import WEEK

NARROWING = ("period", "since", "until", "step", *DIMENSIONS, "past", "compare")
FILTERS = (*NARROWING, "by")
ZONE = "UTC"

router = Router(tags=["Measures"])


class FigureAnswer(Answer):
    """A share (`count` of `n`, `low` and `high` as parts of one) or a time (`median` and `ninth` in
    seconds, `low` and `high` the ends of the median's interval). Null where there are too few."""

    n: int
    count: int | None
    value: float | None
    median: int | None
    ninth: int | None
    low: float | None
    high: float | None


class RowAnswer(Answer):
    key: str
    name: str
    handed_over: int
    figure: FigureAnswer
    before: FigureAnswer | None
    exceeds_chance: bool | None


class MeasureAnswer(Answer):
    """One measure, all together, and by what was asked."""

    measure: str
    title: str
    formula: str
    kind: Literal["share", "time"]
    since: dt.date
    until: dt.date
    all: RowAnswer
    by: str
    rows: list[RowAnswer]


def parameters(filters: Sequence[str]) -> dict[str, Any]:
    """The filters, as the description of the API has them."""
    return {
        "parameters": [
            {"name": one, "in": "query", "required": False, "schema": {"type": "string"}}
            for one in filters
        ]
    }


@router.get(
    "/measures/{name}",
    response=MeasureAnswer,
    operation_id="measure",
    summary="One figure of the measures",
    openapi_extra=parameters(FILTERS),
)
@call(ApiKey.Scope.READ)
def measure(request: HttpRequest, name: str) -> HttpResponse:
    """The same figure as on its page. `by` a dimension or `week`; with `compare=1` beside the time
    before, of the same length. Days and weeks are those of UTC.
    """
    return _told(request, name)  # type: ignore[arg-type]


def _told(request: Call, name: str) -> HttpResponse:
    if name not in BY_KEY:
        raise Http404(f"There is no measure “{name[:80]}”. There are: {', '.join(BY_KEY)}.")
    one, by = BY_KEY[name], request.GET.get("by", "") or WEEK
    wanted = question_of(request, FILTERS, by)
    dimension = "" if by == WEEK else by
    found = told(wanted.question, [one], by=dimension, at=request.at, zone=ZONE)
    rows = found.rows if dimension else found.weeks
    return reply(
        {
            "measure": one.key,
            "title": one.title,
            "formula": one.formula,
            "kind": "share" if isinstance(one, Rate) else "time",
            "since": wanted.since.isoformat(),
            "until": wanted.until.isoformat(),
            "all": _row(wanted, name, found.all, found.before),
            "by": by,
            "rows": [
                _row(wanted, name, row, found.rows_before.get(row.key), by=by) for row in rows
            ],
        }
    )


def question_of(request: Call, filters: Sequence[str], by: str = WEEK) -> Asked:
    """What a call asks, over every hand-over. Raises Refusal for what cannot be read."""
    wanted = asked(request.GET, EVERYBODYS, at=request.at, zone=ZONE)
    if faults := list(_faults(request, wanted.form, filters, by)):
        raise Refusal(422, faults[0][1], faults=faults)
    return wanted


def _faults(request: Call, form: Asking, filters: Sequence[str], by: str) -> list[Fault]:
    faults = [
        (given, f"There is no filter “{given[:80]}”. There are: {', '.join(filters)}.")
        for given in request.GET
        if given not in filters
    ]
    if by != WEEK and by not in DIMENSIONS:
        faults.append(("by", f"“by” is week or one of: {', '.join(DIMENSIONS)}."))
    for field, errors in form.errors.items():
        faults += [("since" if field == "__all__" else field, str(error)) for error in errors]
    return faults


def _row(wanted: Asked, name: str, row: Row, before: Row | None, *, by: str = "") -> dict[str, Any]:
    beside = before[name] if before is not None and wanted.compares else None
    enough = beside is not None and beside.is_enough and row[name].is_enough
    difference = moved(beside, row[name]) if enough and beside is not None else None
    called = wanted.names.of(by, row.key, row.name) if by and by != WEEK else row.name
    return {
        "key": row.key,
        "name": called,
        "handed_over": row.handed,
        "figure": told_of(row[name]),
        "before": told_of(beside) if beside is not None else None,
        "exceeds_chance": difference.is_sure if difference is not None else None,
    }


def told_of(figure: Figure) -> dict[str, Any]:
    """A figure as a FigureAnswer; nothing but its counts where there are too few."""
    told: dict[str, Any] = dict.fromkeys(FigureAnswer.model_fields)
    told["n"] = figure.n
    if isinstance(figure, Share):
        told |= {"count": figure.count, "value": figure.value if figure.is_enough else None}
    elif figure.is_enough:
        told |= {"median": figure.median, "ninth": figure.ninth}
    if figure.is_enough:
        told |= {"low": figure.low, "high": figure.high}
    return told
