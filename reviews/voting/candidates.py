"""Which hand-overs may be drawn for a meeting, and what kind each is of. SQL.

Leads that marketing handed over as sales ready and to which something happened since the meeting
before: they were handed over, accepted, touched or ended, or a deal was opened or closed. A lead
that another meeting looks at, or looked at, is left out; the imported past counts only where there
is nothing else.

Each is of one kind, the first that holds:

- `converted`: nurtured before this hand-over, and now with a deal;
- `no_response`, `rejected`: as `reviews.measures.answers` counts them;
- `late`: not touched by the deadline;
- `accepted`: sales said yes.

What is not answered and not late yet is of none.
"""

import datetime as dt
from collections.abc import Iterator

from handoff import statements
from handoff.checklists import FIRST_STEP
from reviews.measures.answers import ANSWER, OUTCOME
from reviews.models import Meeting
from reviews.sampling import Candidate

LOOKED_BACK = dt.timedelta(weeks=26)
"""Hand-overs made longer ago are not recent, whatever happened to them lately."""

NURTURED = """EXISTS (SELECT FROM leads_judgement n
            WHERE n.lead_id = h.lead_id AND n.id < h.judgement_id AND n.status = 'nurture')"""

WITH_DEAL = f"(h.disposition = 'converted' OR EXISTS ({OUTCOME}))"

KINDS = f"""
    SELECT h.id, h.historical, j.source, h.owner_id,
        CASE WHEN {NURTURED} AND {WITH_DEAL} THEN 'converted'
            WHEN h.disposition = 'no_response' THEN 'no_response'
            WHEN h.state = 'rejected' THEN 'rejected'
            WHEN p.missed OR p.due_at < %s THEN 'late'
            WHEN {ANSWER} = 'accepted' THEN 'accepted' END AS kind
    FROM leads_handoff h
    JOIN leads_judgement j ON j.id = h.judgement_id
    LEFT JOIN leads_promise p ON p.handoff_id = h.id
    WHERE h.made_at >= %s AND h.made_at < %s AND h.step = %s AND h.status = 'sales_ready'
        AND greatest(h.made_at, h.accepted_at, h.last_touch_at, h.ended_at, h.outcome_at) >= %s
        AND NOT EXISTS (SELECT FROM reviews_sampled s WHERE s.handoff_id = h.id
            AND s.meeting_id <> %s AND s.replaced_at IS NULL)"""

FOUND = f"""
SELECT id, kind, coalesce(source, ''), owner_id FROM (
    SELECT k.*, bool_and(k.historical) OVER () AS only_past FROM ({KINDS}) k WHERE kind IS NOT NULL
) f WHERE NOT historical OR only_past"""


def candidates(meeting: Meeting, *, at: dt.datetime) -> Iterator[Candidate]:
    """Every hand-over that may be drawn for a meeting, as it stands `at`; those that were drawn for
    it already are among them."""
    until = min(meeting.until, at)
    params = [at, until - LOOKED_BACK, until, FIRST_STEP, meeting.since, meeting.pk]
    for handoff, kind, source, owner in statements.fetch(FOUND, params):
        yield Candidate(handoff, kind, source, owner)
