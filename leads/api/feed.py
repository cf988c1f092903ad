"""The change feed: every hand-over once, at the place of its latest change, none skipped.

A change is placed by the number of its transaction. Numbers are given out in order but commit in
any order, so only what lies before the oldest transaction still running is told.
"""

import base64
import binascii

from django.http import HttpRequest, HttpResponse
from ninja import Router

from handoff import statements
from handoff.models import ApiKey
from leads.models import Handoff

from .answered import FeedAnswer
from .frame import call, reply
from .problems import Refusal
from .rendering import as_json, with_parts

PAGE = 200
AFTER = """
SELECT id, changed_in FROM leads_handoff
WHERE (changed_in, id) > (%s, %s)
  AND changed_in < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
ORDER BY changed_in, id LIMIT %s
"""

router = Router(tags=["Hand-overs"])


@router.get(
    "/handoffs",
    response=FeedAnswer,
    operation_id="handoff_feed",
    summary="What changed in hand-overs",
)
@call(ApiKey.Scope.READ)
def handoff_feed(request: HttpRequest, after: str | None = None) -> HttpResponse:
    """Hand-overs in the order of their latest change, after a cursor; from the beginning without.

    `next` is always a cursor. `items` is empty at the end: keep the cursor and ask again later.
    """
    start = read_cursor(after) if after is not None else (0, 0)
    places = statements.fetch(AFTER, (*start, PAGE))
    found = with_parts(Handoff.objects.all()).in_bulk([handoff_id for handoff_id, _ in places])
    items = [as_json(found[handoff_id]) for handoff_id, _ in places if handoff_id in found]
    end = (places[-1][1], places[-1][0]) if places else start
    return reply({"items": items, "next": cursor(*end)})


def cursor(changed_in: int, handoff_id: int) -> str:
    """An opaque place in the feed."""
    return base64.urlsafe_b64encode(f"1.{changed_in}.{handoff_id}".encode()).decode().rstrip("=")


def read_cursor(text: str) -> tuple[int, int]:
    """The place that a cursor stands for. Refuses with 422 what is none."""
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        plain = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
        kind, changed_in, handoff_id = plain.split(".")
        place = int(changed_in), int(handoff_id)
        known = kind == "1" and cursor(*place) == text and max(place) < 2**63 and min(place) >= 0
    except (ValueError, binascii.Error):
        known = False
    if not known:
        wrong = "This is no cursor. Take it from `next` of an earlier answer."
        raise Refusal(422, wrong, faults=[("after", wrong)])
    return place
