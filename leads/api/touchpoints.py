"""What known leads did, sent by other systems."""

from django.http import HttpResponse
from ninja import Router

from handoff.models import ApiKey
from leads.journey import touches
from leads.models import Delivery

from .answered import TouchesAnswer
from .frame import BULK, Call, call, open_body, reply
from .leads import rows_of
from .openapi import takes
from .sent import TouchesIn

router = Router(tags=["Leads"])


@router.post(
    "/touchpoints",
    response=TouchesAnswer,
    openapi_extra=takes(TouchesIn),
    operation_id="post_touchpoints",
    summary="Send touchpoints of known leads",
)
@call(ApiKey.Scope.LEADS, limit=BULK, keep=Delivery.Kind.TOUCHPOINT)
def post_touchpoints(request: Call) -> HttpResponse:
    """Send up to 1000 touchpoints. Each named lead is judged again.

    A row about an unknown person, or one that cannot be read, goes to quarantine; `errors` says
    which and why. The other rows are taken.
    """
    rows = rows_of(open_body(request), "touchpoints")
    report = touches.record(
        rows, source=request.caller.name, api_key_id=request.caller.key_id, at=request.at
    )
    return reply(
        {
            "accepted": report.accepted,
            "repeated": report.repeated,
            "quarantined": len(report.quarantined),
            "judged": report.judged,
            "errors": [
                {"place": problem.place, "message": problem.message}
                for problem in report.quarantined
            ],
        }
    )
