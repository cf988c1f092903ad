"""What a passage is, how far it got and in which way; and those behind a figure. SQL."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from handoff.checklists import FIRST_STEP
from reviews.measures.behind import Behind
from reviews.measures.catalogue import IS_WORKED
from reviews.measures.dimensions import DIMENSIONS
from reviews.measures.promises import Question
from reviews.measures.stands import ASPECTS as OF_SHARES
from reviews.measures.stands import Aspects

from .steps import HANDED, PLACES

ASPECTS: Aspects = {
    "answer": OF_SHARES["answer"],
    "outcome": OF_SHARES["outcome"],
    "qualified": OF_SHARES["qualified"],
    "disposition": ("", "nurture", "recycled", "bad_fit", "duplicate"),
    "is_touched": (False, True),
    "said_yes": (False, True),
    "is_closed": (False, True),
}
"""What is looked at, of a hand-over, to say how far it got; in words of a row of HANDED_OVER."""
SAID_OF = {
    "is_touched": "to_touch IS NOT NULL",
    "said_yes": "to_accept IS NOT NULL",
    "is_closed": "state = 'closed'",
}
"""What a row of `promises.ROWS` does not say in one word itself."""

FURTHEST = f"""CASE WHEN outcome = 'won' THEN {PLACES["won"]}
        WHEN outcome <> '' THEN {PLACES["opportunity"]} WHEN qualified THEN {PLACES["qualified"]}
        WHEN answer = 'rejected' THEN {HANDED} WHEN is_touched THEN {PLACES["touched"]}
        WHEN {IS_WORKED} OR said_yes THEN {PLACES["accepted"]} ELSE {HANDED} END"""
WAY = """CASE WHEN outcome <> '' THEN outcome
        WHEN answer IN ('rejected', 'returned', 'no_response') THEN answer
        WHEN qualified THEN 'open' WHEN disposition IN ('nurture', 'recycled') THEN 'nurture'
        WHEN disposition = 'bad_fit' THEN 'disqualified'
        WHEN disposition = 'duplicate' THEN 'duplicate'
        WHEN is_closed THEN 'ended' ELSE 'open' END"""
HANDED_OVER = f"""SELECT id, NULL::bigint AS lead_id, ({FURTHEST})::int AS furthest, {WAY} AS way,
        CASE WHEN {WAY} = 'rejected' THEN reason_id END AS reason_id, made_at AS at
    FROM (SELECT r.*, {", ".join(f"{said} AS {name}" for name, said in SAID_OF.items())}
        FROM ({{rows}}) r) r"""

KEPT = f"""SELECT {{also}} p.lead_id, CASE WHEN p.status = '' THEN {PLACES["received"]}
        WHEN p.status IN ('sales_ready', 'needs_qualification', 'existing_account')
            AND NOT p.merged THEN {PLACES["fit"]} ELSE {PLACES["judged"]} END AS furthest,
        CASE WHEN p.merged THEN 'duplicate' WHEN p.status = '' THEN 'unjudged'
            WHEN p.status IN ('nurture', 'disqualified', 'duplicate') THEN p.status
            ELSE 'held' END AS way, p.first_seen_at AS at
    FROM (SELECT n.*, NULL::bigint AS team_id, NULL::bigint AS owner_id
        FROM leads_nothandedover n) p
    WHERE p.first_seen_at >= %s AND p.first_seen_at < %s AND (%s OR NOT p.historical)
        AND {{conditions}}"""
"""What never was handed over; its facts are those that its last judgement saw. `also`: further
columns, each with its comma."""


def first_place(question: Question) -> int:
    """The place of the first step that is told: who sees only some leads, or asks of a later
    hand-over, knows of nothing before it."""
    tells_all = question.sees_all and question.step in ("", FIRST_STEP)
    return 1 if tells_all else HANDED


def kept(question: Question, *, also: str = "") -> tuple[str, list[Any]]:
    """The statement that gives what never was handed over, and its values; those of the columns
    `also` are to be put before them."""
    conditions, narrowed = ["true"], list[Any]()
    for key, asked in question.narrowed.items():
        condition, given = DIMENSIONS[key].narrowing(asked)
        conditions.append(condition)
        narrowed += given
    text = KEPT.format(also=also, conditions=" AND ".join(conditions))
    return text, [question.since, question.until, question.with_past, *narrowed]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which passages of a question: those that reached the step at `place`, or `stays` there; in a
    `way`, for a `reason` (primary key)."""

    place: int = 1
    stays: bool = False
    way: str = ""
    reason: int | None = None

    def condition(self) -> tuple[str, list[Any]]:
        wanted = [f"furthest {'=' if self.stays else '>='} {self.place:d}"]
        values: list[Any] = []
        if self.way:
            wanted.append("way = %s")
            values.append(self.way)
        if self.reason is not None:
            wanted.append("reason_id = %s")
            values.append(self.reason)
        return " AND ".join(wanted), values


@dataclass(frozen=True, slots=True)
class Passage:
    """One of them: a hand-over (`handoff_id`) or a lead that never had one (`lead_id`)."""

    handoff_id: int | None
    lead_id: int | None
    furthest: int
    way: str
    at: dt.datetime


def behind(question: Question, wanted: Wanted, *, at: dt.datetime) -> Behind[Passage]:
    """The passages behind a figure, the newest first."""
    condition, given = wanted.condition()
    rows, values = question.rows(at=at)
    parts = [(HANDED_OVER.format(rows=rows), values)]
    if first_place(question) == 1 and wanted.place < HANDED and wanted.reason is None:
        text, values = kept(question)
        parts.append(
            (f"SELECT NULL::bigint AS id, k.*, NULL::bigint AS reason_id FROM ({text}) k", values)
        )
    shown = "id, lead_id, furthest, way, at"
    text = " UNION ALL ".join(
        f"SELECT {shown} FROM ({text}) p WHERE {condition}" for text, _ in parts
    )
    every = [value for _, values in parts for value in (*values, *given)]
    return Behind(text, every, Passage, order="at DESC, id DESC NULLS LAST, lead_id DESC")
