"""Where the time goes between the steps, as its page tells it, for other systems."""

import datetime as dt
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router

from handoff.models import ApiKey
from leads.api.answered import Answer
from leads.api.frame import Call, call, reply
from reviews.measures.figuring import moved
from reviews.measures.seams import counting
from reviews.measures.seams.path import Path
from reviews.measures.seams.steps import BY_KEY, Seam
from reviews.measures.spans import WEEK

from .measures import FILTERS, FigureAnswer, parameters, question_of, told_of

router = Router(tags=["Measures"])


class SeamAnswer(Answer):
    """One seam: seconds on the wall and in working time, and the part of the whole wait up to the
    first touch that lies in it; null where it is no part of that, or that wait is known of too
    few."""

    key: str
    since: str
    until: str
    kind: Literal["waiting", "working"]
    part: float | None
    wall: FigureAnswer
    worked: FigureAnswer
    before: FigureAnswer | None
    exceeds_chance: bool | None


class PathAnswer(Answer):
    """The seams in the order of the path. `wait`: of how many hand-overs the whole wait is known;
    `wait_seconds` and `unopened_seconds`: its average, and that of the time before anybody looked;
    null where there are too few."""

    key: str
    name: str
    handed_over: int
    wait: int
    wait_seconds: float | None
    unopened_seconds: float | None
    seams: list[SeamAnswer]


class SeamsAnswer(Answer):
    """The path of all together, and by what was asked."""

    since: dt.date
    until: dt.date
    all: PathAnswer
    by: str
    rows: list[PathAnswer]


@router.get(
    "/measures/seams",
    response=SeamsAnswer,
    operation_id="seams",
    summary="Where the time goes between the steps",
    openapi_extra=parameters(FILTERS),
)
@call(ApiKey.Scope.READ)
def seams(request: HttpRequest) -> HttpResponse:
    """The same as on its page. `by` a dimension; with `compare=1` all together beside the time
    before, of the same length. Days are those of UTC.
    """
    return _told(request)  # type: ignore[arg-type]


def _told(request: Call) -> HttpResponse:
    by = request.GET.get("by", "")
    wanted = question_of(request, FILTERS, by or WEEK)
    by = "" if by == WEEK else by
    found = counting.told(wanted.question, by=by, at=request.at)
    before = None
    if wanted.compares:
        before = counting.told(wanted.question.before, at=request.at).all
    return reply(
        {
            "since": wanted.since.isoformat(),
            "until": wanted.until.isoformat(),
            "all": _path(found.all, "", before),
            "by": by,
            "rows": [_path(one, wanted.names.of(by, one.key, one.name)) for one in found.rows],
        }
    )


def _path(path: Path, name: str, before: Path | None = None) -> dict[str, Any]:
    enough = path.wait.is_enough
    return {
        "key": path.key,
        "name": name,
        "handed_over": path.handed,
        "wait": path.wait.n,
        "wait_seconds": path.wait.average if enough else None,
        "unopened_seconds": path.wait.average_alone if enough else None,
        "seams": [_seam(BY_KEY[key], path, before) for key in path.wall],
    }


def _seam(seam: Seam, path: Path, before: Path | None) -> dict[str, Any]:
    now = path.wall[seam.key].times
    was = before.wall[seam.key].times if before else None
    difference = moved(was, now) if was and was.is_enough and now.is_enough else None
    return {
        "key": seam.key,
        "since": seam.since,
        "until": seam.title,
        "kind": seam.kind,
        "part": path.part(seam.key),
        "wall": told_of(now),
        "worked": told_of(path.worked[seam.key].times),
        "before": told_of(was) if was else None,
        "exceeds_chance": difference.is_sure if difference else None,
    }
