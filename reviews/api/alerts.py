"""The alerts between meetings, for other systems: to be read only."""

import datetime as dt
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router

from handoff.models import ApiKey
from leads.api.answered import Answer
from leads.api.frame import Call, call, reply
from leads.api.problems import Refusal
from reviews.models import Alert

MOST = 200
STATES = ("open", "closed")

router = Router(tags=["Measures"])


class ShareAnswer(Answer):
    """`rejected` of `answered`; `low` and `high`, the ends of the interval, as parts of one."""

    rejected: int
    answered: int
    low: float
    high: float
    threshold: float
    days: int


class AlertAnswer(Answer):
    """One alert: `dimension` and `key` are null of all hand-overs together."""

    id: int
    dimension: str | None
    key: str | None
    name: str
    state: Literal["open", "closed"]
    opened_at: dt.datetime
    opened: ShareAnswer
    definition: int | None
    looked_at: dt.datetime
    now: ShareAnswer
    closed_at: dt.datetime | None
    closed_because: Literal["below", "few", "unwatched"] | None
    acknowledged_at: dt.datetime | None
    acknowledged_by: str | None
    note: str | None


class AlertsAnswer(Answer):
    items: list[AlertAnswer]


@router.get(
    "/alerts",
    response=AlertsAnswer,
    operation_id="alerts",
    summary="Alerts between meetings",
    openapi_extra={
        "parameters": [
            {
                "name": "state",
                "in": "query",
                "required": False,
                "schema": {"type": "string", "enum": list(STATES)},
            }
        ]
    },
)
@call(ApiKey.Scope.READ)
def alerts(request: HttpRequest) -> HttpResponse:
    """Where sales rejects more than agreed: the latest 200, or those that are `open` or `closed`.

    Figures are those of the moment it opened, and of the worker's latest look.
    """
    return _told(request)  # type: ignore[arg-type]


def _told(request: Call) -> HttpResponse:
    state = request.GET.get("state", "")
    if state and state not in STATES:
        raise Refusal(422, "“state” is open or closed.")
    found = Alert.objects.select_related("version", "acknowledged_by")
    if state:
        found = found.filter(closed_at__isnull=state == "open")
    return reply({"items": [_row(one) for one in found[:MOST]]})


def _row(alert: Alert) -> dict[str, Any]:
    return {
        "id": alert.pk,
        "dimension": alert.dimension or None,
        "key": alert.key or None,
        "name": alert.name,
        "state": "open" if alert.is_open else "closed",
        "opened_at": alert.opened_at,
        "opened": _share(alert, "opened_"),
        "definition": alert.version.number if alert.version else None,
        "looked_at": alert.looked_at,
        "now": _share(alert, ""),
        "closed_at": alert.closed_at,
        "closed_because": alert.closed_because or None,
        "acknowledged_at": alert.acknowledged_at,
        "acknowledged_by": alert.acknowledged_by.email if alert.acknowledged_by else None,
        "note": alert.note or None,
    }


def _share(alert: Alert, which: str) -> dict[str, Any]:
    kept = {name: getattr(alert, f"{which}{name}") for name in ShareAnswer.model_fields}
    return {**kept, "threshold": kept["threshold"] / 100}
