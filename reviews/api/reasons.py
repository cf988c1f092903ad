"""For which reasons sales rejected, as its page tells it, for other systems."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from handoff.models import ApiKey
from leads.api.answered import Answer
from leads.api.frame import Call, call, reply
from reviews.asking import Asked
from reviews.measures.intervals import share
from reviews.measures.reasons import FORMULA, TITLE, Mix, Reason, mix

from .measures import NARROWING, ZONE, FigureAnswer, parameters, question_of, told_of

router = Router(tags=["Measures"])


class WeekAnswer(Answer):
    monday: dt.date
    rejected: int


class ReasonAnswer(Answer):
    """One reason: its part of all that was rejected, and how many of each week."""

    key: str
    label: str
    figure: FigureAnswer
    before: FigureAnswer | None
    exceeds_chance: bool | None
    weeks: list[WeekAnswer]


class ReasonsAnswer(Answer):
    """The mix of reasons, those given most often first."""

    title: str
    formula: str
    since: dt.date
    until: dt.date
    rejected: int
    rows: list[ReasonAnswer]


@router.get(
    "/measures/reasons",
    response=ReasonsAnswer,
    operation_id="reasons",
    summary="The mix of rejection reasons",
    openapi_extra=parameters(NARROWING),
)
@call(ApiKey.Scope.READ)
def reasons(request: HttpRequest) -> HttpResponse:
    """The same as on its page: each reason ÷ all rejected of what was handed over in the period,
    and by week; with `compare=1` beside the time before, of the same length. Days and weeks are
    those of UTC.
    """
    return _told(request)  # type: ignore[arg-type]


def _told(request: Call) -> HttpResponse:
    wanted = question_of(request, NARROWING)
    found = mix(wanted.question, at=request.at, zone=ZONE)
    return reply(
        {
            "title": TITLE,
            "formula": FORMULA,
            "since": wanted.since.isoformat(),
            "until": wanted.until.isoformat(),
            "rejected": found.now,
            "rows": [_row(wanted, found, one) for one in found.reasons],
        }
    )


def _row(wanted: Asked, found: Mix, one: Reason) -> dict[str, Any]:
    now, was = found.share(one), share(one.before, found.before)
    moved = found.moved(one) if wanted.compares and now.is_enough and was.is_enough else None
    return {
        "key": one.key,
        "label": one.label,
        "figure": told_of(now),
        "before": told_of(was) if wanted.compares else None,
        "exceeds_chance": moved.is_sure if moved is not None else None,
        "weeks": [
            {"monday": f"{monday:%Y-%m-%d}", "rejected": one.weeks.get(place, 0)}
            for place, monday in enumerate(found.mondays, 1)
        ],
    }
