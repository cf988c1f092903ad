"""Item 2, disposition trends: how what was handed over since the last meeting was answered,
against the time before, and what of it moved beyond chance. An answer is what
`reviews.measures.answers` means by it.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from handoff import statements
from handoff.labels import humanise
from reviews.alerting import since as alerting
from reviews.measures.answers import ANSWERED
from reviews.measures.dimensions import NONE
from reviews.measures.intervals import Share, share
from reviews.measures.promises import Question

from .shares import Kept, question_of, row, sentence

COUNTED = """
SELECT r.answer, coalesce(reason.label, ''), r.source, count(*)
FROM ({rows}) r
LEFT JOIN handoff_reason reason ON reason.id = r.reason_id AND r.answer = 'rejected'
GROUP BY 1, 2, 3"""

ANSWERS = {"accepted": "Accepted", "rejected": "Rejected", "no_response": "Never responded"}
MOST = 5
UNKNOWN = "Source not known"
NOTHING = "nothing was answered"


@dataclass
class Span:
    """How the hand-overs of a time were answered: by answer, the rejected by reason, and of each
    source the rejected and the answered."""

    answers: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)

    @property
    def n(self) -> int:
        return sum(self.answers[answer] for answer in ANSWERED)

    def of(self, answer: str) -> Share:
        return share(self.answers[answer], self.n)

    def with_reason(self, label: str) -> Share:
        return share(self.reasons[label], self.n)

    def from_source(self, source: str) -> Share:
        return share(self.rejected[source], self.answered[source])


def figures(since: dt.datetime, until: dt.datetime, *, at: dt.datetime) -> Kept:
    """What the item shows, as it is kept. The reasons and sources are those with most rejections
    in both times together."""
    question = question_of(since, until)
    now, before = _span(question, at), _span(question.before, at)
    reasons = [label for label, _ in (now.reasons + before.reasons).most_common(MOST)]
    sources = [source for source, _ in (now.rejected + before.rejected).most_common(MOST)]
    return {
        "answered": now.n,
        "before_answered": before.n,
        "waiting": now.answers["waiting"],
        "returned": now.answers["returned"],
        "with_past": question.with_past,
        "alerts": alerting.opened(since, until),
        "answers": [
            row(label, now.of(answer), before.of(answer), looked_at=len(ANSWERS))
            for answer, label in ANSWERS.items()
        ],
        "reasons": [
            row(label, now.with_reason(label), before.with_reason(label), looked_at=len(reasons))
            for label in reasons
        ],
        "sources": [
            row(_name(one), now.from_source(one), before.from_source(one), looked_at=len(sources))
            | {"key": one or NONE}
            for one in sources
        ],
    }


def _name(source: str) -> str:
    return humanise(source) if source else UNKNOWN


def _span(question: Question, at: dt.datetime) -> Span:
    rows, values = question.rows(at=at)
    found = Span()
    sql = COUNTED.format(rows=rows)
    for answer, reason, source, count in statements.fetch(sql, values):
        found.answers[answer] += count
        if answer in ANSWERED:
            found.answered[source or ""] += count
        if answer == "rejected":
            found.rejected[source or ""] += count
            found.reasons[reason] += count
    return found


def moved(figures: dict[str, Any]) -> list[Kept]:
    """What moved beyond chance: kept rows whose labels stand by themselves."""
    parts = {"answers": "", "reasons": "Rejected as", "sources": "Rejected from"}
    return [
        one if part == "answers" else {**one, "label": f"{name} {one['label']}"}
        for part, name in parts.items()
        for one in figures.get(part, ())
        if one["sure"]
    ]


def sentences(figures: dict[str, Any]) -> list[str]:
    """The item as the minutes say it."""
    if not figures:
        return []
    said = [sentence(one, nothing=NOTHING) for one in figures["answers"]]
    said += [f"Rejected as “{one['label']}”: {_of_answered(one)}." for one in figures["reasons"]]
    said += [f"Rejected from {one['label']}: {_of_answered(one)}." for one in figures["sources"]]
    return [*said, *(f"Alert. {one['says']} {one['stands']}." for one in figures.get("alerts", ()))]


def _of_answered(one: Kept) -> str:
    """“3 of 14 answered, may be chance, −3 to +9 points”."""
    share = one["now"]
    now = f"{share['count']:,} of {share['n']:,} answered" if share["n"] else NOTHING
    return f"{now}, {one['said']}"
