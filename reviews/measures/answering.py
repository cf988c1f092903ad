"""How each hand-over of the path is answered: acceptance, reasons and clocks, each step by itself.

Counted over the rows of `leads_promise`, so that a step has as many hand-overs as on the page of
both halves; answers as `answers` means them. A hand-over that was given back once counts as `back`
besides its answer.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from handoff import statements
from handoff.checklists import FIRST_STEP
from handoff.models import Reason

from .answers import ANSWER_KEPT
from .behind import Behind, handoffs
from .catalogue import ACCEPTANCE, NO_RESPONSE, REJECTION
from .intervals import Share, share
from .promises import Question
from .ranking import ranked
from .reading import NONE_OF_IT, PAIR, Numbers
from .stands import ASPECTS as OF_SHARES
from .stands import Aspects, judged_of, number_of

ROWS = f"""
    SELECT p.handoff_id AS id, p.made_at, p.step, {ANSWER_KEPT} AS answer, p.to_accept,
        CASE WHEN p.step <> '{FIRST_STEP}' THEN p.incomplete
            ELSE p.returned OR p.state = 'returned' END AS back,
        p.answered_late, p.reason_id, p.back_reason_id
    FROM leads_promise p
    WHERE p.made_at >= %s AND p.made_at < %s AND {{conditions}}"""
"""A row was last answered with the one reason, and given back for the last time with the other."""

KINDS = {
    "made": "true",
    "accepted": ACCEPTANCE.counts,
    "rejected": REJECTION.counts,
    "no_response": NO_RESPONSE.counts,
    "back": "back",
    "waiting": "answer = 'waiting'",
    "in_time": "NOT answered_late",
    "late": "answered_late",
}
"""What a figure counts, over a row of ROWS."""
GIVEN_WITH = {"rejected": "reason_id", "back": "back_reason_id"}
"""Which reason belongs to it."""

ASPECTS: Aspects = {
    "answer": OF_SHARES["answer"],
    "back": (False, True),
    "answered_late": (None, False, True),
}
PACKED = PAIR.format(number_of(ASPECTS), f"coalesce(to_accept, {NONE_OF_IT})")
SHAPE = np.dtype([("stand", ">i4"), ("seconds", ">i4")])
COUNTED = f"""
SELECT step, reason_id, back_reason_id, string_agg({PACKED}, '') FROM ({{rows}}) r
GROUP BY step, reason_id, back_reason_id"""
"""Of each row how it stands to every figure, and how long it took to be accepted."""


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


@dataclass(frozen=True, slots=True)
class _Part:
    """Hand-overs of a step with the same reasons (their primary keys, as GIVEN_WITH has them): how
    many each figure counts, and the seconds to a yes of those that had one."""

    reasons: Mapping[str, int | None]
    counts: Mapping[str, int]
    seconds: Numbers


def answers(question: Question) -> list[Answers]:
    """Every step that has hand-overs, marketing's first, whatever step the question names."""
    rows, values = _rows(question)
    kinds = judged_of(ASPECTS, tuple(KINDS.values()))
    parts: dict[str, list[_Part]] = {}
    for step, *reasons, said in statements.take(COUNTED.format(rows=rows), values):
        numbers = np.frombuffer(said, SHAPE)
        counts = np.bincount(numbers["stand"], minlength=len(kinds)) @ kinds
        seconds = numbers["seconds"].astype(np.int64)
        part = _Part(
            dict(zip(GIVEN_WITH, reasons, strict=True)),
            dict(zip(KINDS, counts.tolist(), strict=True)),
            seconds[seconds != NONE_OF_IT],
        )
        parts.setdefault(step, []).append(part)
    given = {pk for some in parts.values() for one in some for pk in one.reasons.values() if pk}
    reasons_by_pk = Reason.objects.in_bulk(given)
    steps = sorted(parts, key=lambda step: (step != FIRST_STEP, step))
    return [_told(step, parts[step], reasons_by_pk) for step in steps]


def _told(step: str, parts: Sequence[_Part], reasons: Mapping[int, Reason]) -> Answers:
    counts, given = Counter[str](), Counter[tuple[int, str]]()
    for part in parts:
        counts.update(part.counts)
        for kind, pk in part.reasons.items():
            if pk is not None and pk in reasons and part.counts[kind]:
                given[pk, kind] += part.counts[kind]
    seconds = np.concatenate([part.seconds for part in parts])
    (times,) = ranked(np.zeros_like(seconds), seconds, 1)
    why = [
        Why(reasons[pk].key, reasons[pk].label, given[pk, "rejected"], given[pk, "back"])
        for pk in {pk for pk, _ in given}
    ]
    why.sort(key=lambda one: (-one.rejected - one.back, one.label))
    figures = {kind: counts[kind] for kind in KINDS}
    return Answers(step=step, **figures, median=times.median, reasons=tuple(why))


def behind(question: Question, step: str, kind: str, reason: str = "") -> Behind[int]:
    """The hand-overs that a figure of a step counts, the newest first; with `reason`, only those
    it was given for. Raises KeyError for a figure there is not."""
    rows, values = _rows(question)
    also, given = "", [*values, step]
    if reason:
        column = GIVEN_WITH.get(kind, "reason_id")
        also = f" AND {column} = (SELECT x.id FROM handoff_reason x WHERE x.key = %s)"
        given.append(reason)
    return handoffs(f"SELECT * FROM ({rows}) r WHERE step = %s AND {KINDS[kind]}{also}", given)


def _rows(question: Question) -> tuple[str, list[Any]]:
    conditions, values = question.narrowing(every_step=True)
    return ROWS.format(conditions=conditions), [question.since, question.until, *values]
