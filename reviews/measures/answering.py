"""How each hand-over of the path is answered: acceptance, reasons and clocks, each step by itself.

Counted over the rows of `leads_promise`, so that a step has as many hand-overs as on the page of
both halves; answers as `answers` means them. A hand-over that was given back once counts as `back`
besides its answer.
"""

from dataclasses import dataclass, replace
from typing import Any

from handoff import statements

from .answers import ANSWER_KEPT
from .behind import Behind, handoffs
from .catalogue import ACCEPTANCE, NO_RESPONSE, REJECTION
from .intervals import Share, share
from .promises import Question

ROWS = f"""
    SELECT h.id, h.lead_id, h.made_at, p.step, {ANSWER_KEPT} AS answer, p.reason_id,
        p.to_accept AS to_answer,
        CASE WHEN p.step <> 'sdr' THEN p.incomplete ELSE h.state = 'returned' OR EXISTS (
            SELECT FROM leads_clock c WHERE c.handoff_id = h.id
                AND c.kind IN ('returned', 'handover') AND c.started_at > h.made_at) END AS back,
        (SELECT CASE WHEN c.breached_at IS NOT NULL THEN 'late' WHEN c.state = 'met' THEN 'in_time'
            END FROM leads_clock c WHERE c.handoff_id = h.id AND c.kind = 'accept'
            ORDER BY c.id DESC LIMIT 1) AS answered_in
    FROM leads_promise p JOIN leads_handoff h ON h.id = p.handoff_id
    WHERE p.made_at >= %s AND p.made_at < %s AND {{conditions}}"""

COUNTED = """
SELECT step, count(*), {answers}, count(*) FILTER (WHERE back),
    count(*) FILTER (WHERE answer = 'waiting'), count(*) FILTER (WHERE answered_in = 'in_time'),
    count(*) FILTER (WHERE answered_in = 'late'),
    percentile_disc(0.5) WITHIN GROUP (ORDER BY to_answer)
FROM ({rows}) r GROUP BY step ORDER BY step <> 'sdr', step"""

GIVEN_WITH = """SELECT e.body ->> 'reason' AS key FROM leads_event e
        WHERE e.lead_id = r.lead_id AND e.handoff_id = r.id AND e.kind IN ('returned', 'sent_back')
        ORDER BY e.seq DESC LIMIT 1"""
"""The reason a row was given back for the last time; its own is that of its last answer."""

REASONS = f"""
WITH r AS MATERIALIZED ({{rows}}), given AS (
    SELECT r.step, reason.key, 1 AS rejected, 0 AS back FROM r
    JOIN handoff_reason reason ON reason.id = r.reason_id WHERE r.answer = 'rejected'
    UNION ALL
    SELECT r.step, e.key, 0, 1 FROM r CROSS JOIN LATERAL ({GIVEN_WITH}) e WHERE r.back)
SELECT given.step, reason.key, reason.label, sum(given.rejected)::int, sum(given.back)::int
FROM given JOIN handoff_reason reason ON reason.key = given.key
GROUP BY 1, 2, 3 ORDER BY 1, count(*) DESC, 3"""

KINDS = {
    "made": "true",
    "accepted": ACCEPTANCE.counts,
    "rejected": REJECTION.counts,
    "no_response": NO_RESPONSE.counts,
    "back": "back",
    "waiting": "answer = 'waiting'",
    "in_time": "answered_in = 'in_time'",
    "late": "answered_in = 'late'",
}
"""What a figure counts, over a row of ROWS."""


ANSWERS = ", ".join(
    f"count(*) FILTER (WHERE {KINDS[kind]})" for kind in ("accepted", "rejected", "no_response")
)


@dataclass(frozen=True)
class Why:
    """A reason and how often it was given with a no, and with a lead given back."""

    key: str
    label: str
    rejected: int
    back: int


@dataclass(frozen=True)
class Answers:
    """How one step is answered. `median`: seconds on the wall from the hand-over to a yes."""

    step: str
    made: int
    accepted: int
    rejected: int
    no_response: int
    back: int
    waiting: int
    in_time: int
    late: int
    median: float | None
    reasons: tuple[Why, ...] = ()

    @property
    def acceptance(self) -> Share:
        return share(self.accepted, self.answered)

    @property
    def answered(self) -> int:
        return self.accepted + self.rejected + self.no_response

    @property
    def sent_back(self) -> Share:
        return share(self.back, self.made)

    @property
    def punctual(self) -> Share:
        return share(self.in_time, self.in_time + self.late)


def answers(question: Question) -> list[Answers]:
    """Every step that has hand-overs, marketing's first, whatever step the question names."""
    rows, values = _rows(question)
    counted = statements.fetch(COUNTED.format(rows=rows, answers=ANSWERS), values)
    why: dict[str, list[Why]] = {}
    for step, *reason in statements.fetch(REASONS.format(rows=rows), values):
        why.setdefault(step, []).append(Why(*reason))
    return [replace(Answers(*row), reasons=tuple(why.get(row[0], ()))) for row in counted]


def behind(question: Question, step: str, kind: str, reason: str = "") -> Behind[int]:
    """The hand-overs that a figure of a step counts, the newest first; with `reason`, only those
    it was given for. Raises KeyError for a figure there is not."""
    rows, values = _rows(question)
    also, given = "", [*values, step]
    if reason:
        own = "(SELECT key FROM handoff_reason WHERE id = r.reason_id)"
        also = f" AND {f'({GIVEN_WITH})' if kind == 'back' else own} = %s"
        given.append(reason)
    return handoffs(f"SELECT * FROM ({rows}) r WHERE step = %s AND {KINDS[kind]}{also}", given)


def _rows(question: Question) -> tuple[str, list[Any]]:
    conditions, values = question.narrowing(every_step=True)
    return ROWS.format(conditions=conditions), [question.since, question.until, *values]
