"""What a trend stands on: the hand-overs it counts, and what a clause would have kept back of them.

Counted are the hand-overs of the ninety days until the meeting, as a backtest judges them: those of
two weeks are too few to tell a clause from chance. Kept back is what would not be sales ready any
more. That is judged by the whole definition with the clause, on what was known then: another rule
may still let a lead in. The imported past counts too, as it does in a backtest.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from handoff import statements
from handoff.labels import document_of
from handoff.models import DefinitionVersion, Reason
from handoff.models.definition import Document
from handoff.rules.faults import Faulty
from leads.journey.law import law_of
from reviews.backtesting.finding import READY
from reviews.backtesting.statement import GIVEN_FACTS, GIVEN_TOUCHES, WHOLE_JOINS, judged
from reviews.measures.dimensions import NONE
from reviews.measures.intervals import Share, confidence_of, difference, share
from reviews.measures.promises import EVERYBODYS, Question
from reviews.models import Meeting

from .telling_apart import NUMBERS, VALUES, Case, Clause, changed, clauses

LOOKED_AT = dt.timedelta(days=90)
MOST = 4000
"""So many hand-overs are looked at, the newest."""
LEAST = 20
"""Under so many rejected, or accepted, no clause is proposed; in the rule it is for as well."""
SHOWN = 4
NARROWED = ("source", "fit", "intent")
"""By what a trend may be narrowed: a source, or a band of ten of a score."""
BANDS = frozenset(["", NONE, *(str(tens) for tens in range(0, 100, 10))])

CASES = """SELECT * FROM (
    SELECT DISTINCT ON (h.lead_id) h.lead_id, h.id AS handoff_id, j.id AS judgement_id, j.rule,
        r.answer, reason.key, r.made_at, {fields}
    FROM ({rows}) r
    JOIN leads_handoff h ON h.id = r.id
    JOIN leads_judgement j ON j.id = h.judgement_id
    LEFT JOIN handoff_reason reason ON reason.id = r.reason_id
    WHERE r.answer IN ('accepted', 'rejected')
    ORDER BY h.lead_id, r.made_at DESC, h.id DESC
) c ORDER BY c.made_at DESC, c.lead_id LIMIT {most}"""
FIELDS = (*NUMBERS, *VALUES)
OTHERS = 7
"""Columns before those of the fields."""

SAYS = "WITH seen AS MATERIALIZED ({facts}), said AS ({said}) SELECT id, status FROM said"


@dataclass(frozen=True)
class Trend:
    """What is rejected more: for a reason, of a source, in a band of a score; any may be none."""

    reason: Reason | None = None
    source: str = ""
    fit: str = ""
    intent: str = ""

    def asked(self, meeting: Meeting) -> Question:
        """The hand-overs it is looked for in."""
        narrowed = {name: getattr(self, name) for name in NARROWED}
        since, until = meeting.until - LOOKED_AT, meeting.until
        return Question(since, until, EVERYBODYS, with_past=True, **narrowed)


@dataclass(frozen=True)
class Proposal:
    """A clause with what it keeps back: of the rejected and of the accepted, LEAST of each, whom
    its rule let in and who are sales ready by the live version. `is_sure`: more of the rejected
    than chance explains, a try for each field."""

    clause: Clause
    rejected: Share
    accepted: Share
    is_sure: bool


@dataclass(frozen=True)
class Found:
    """So many rejected and accepted were looked at, and what would tell them apart."""

    rejected: int
    accepted: int
    proposals: tuple[Proposal, ...]

    @property
    def is_enough(self) -> bool:
        return min(self.rejected, self.accepted) >= LEAST


@dataclass(frozen=True, slots=True)
class _Row:
    lead: int
    judgement: int
    case: Case


def found(meeting: Meeting, trend: Trend, *, at: dt.datetime) -> Found:
    """What tells the rejected of a trend from the accepted beside them, by one clause more. About
    one statement a proposal, each over all the hand-overs looked at."""
    rows = _rows(meeting, trend, at=at)
    counts = _counts(rows)
    live = DefinitionVersion.objects.live().values_list("pk", flat=True).first()
    if live is None or min(counts) < LEAST:
        return Found(*counts, ())
    document = document_of(live)
    passed = _ready(document, rows)
    let_in = _by_rule([one for one in rows if one.lead in passed])
    told = [
        proposal
        for one in clauses(document, [row.case for of_rule in let_in.values() for row in of_rule])
        if (proposal := _counted(document, one, let_in[one.rule])) is not None
    ]
    told.sort(key=lambda one: (not one.is_sure, -_gain(one)))
    return Found(*counts, tuple(told[:SHOWN]))


def _rows(meeting: Meeting, trend: Trend, *, at: dt.datetime) -> list[_Row]:
    """The accepted, and of the rejected those of the trend's reason."""
    sql, values = trend.asked(meeting).rows(at=at)
    text = CASES.format(rows=sql, fields=", ".join(f"j.{one}" for one in FIELDS), most=MOST)
    wanted = trend.reason.key if trend.reason else None
    found = []
    for row in statements.fetch(text, values):
        lead, handoff, judgement, rule, answer, reason = row[: OTHERS - 1]
        if answer == "rejected" and wanted not in (None, reason):
            continue
        values_ = dict(zip(FIELDS, row[OTHERS:], strict=True))
        found.append(_Row(lead, judgement, Case(handoff, rule, answer == "rejected", values_)))
    return found


def _by_rule(rows: Iterable[_Row]) -> dict[str, list[_Row]]:
    """Whom each rule let in, of those rules that let in enough of both to tell them apart."""
    found: defaultdict[str, list[_Row]] = defaultdict(list)
    for one in rows:
        found[one.case.rule].append(one)
    return {rule: of_rule for rule, of_rule in found.items() if min(_counts(of_rule)) >= LEAST}


def _counts(rows: Sequence[_Row]) -> tuple[int, int]:
    """The rejected and the accepted."""
    rejected = sum(one.case.rejected for one in rows)
    return rejected, len(rows) - rejected


def _counted(document: Document, clause: Clause, here: Sequence[_Row]) -> Proposal | None:
    """What a clause keeps back of those whom its rule let in (`here`), as the definition is."""
    put = changed(document, clause)
    if put is None:
        return None
    place, row = put
    decide = [row if n == place else one for n, one in enumerate(document["decide"])]
    try:
        passes = _ready({**document, "decide": decide}, here)
    except Faulty:
        return None
    kept = [one.case.rejected for one in here if one.lead not in passes]
    rejected, accepted = _counts(here)
    if not any(kept):
        return None
    confidence = confidence_of(len(FIELDS))
    of_accepted = share(len(kept) - sum(kept), accepted, confidence=confidence)
    of_rejected = share(sum(kept), rejected, confidence=confidence)
    moved = difference(of_accepted, of_rejected)
    return Proposal(clause, of_rejected, of_accepted, bool(moved and moved.low > 0))


def _gain(proposal: Proposal) -> float:
    return (proposal.rejected.value or 0.0) - (proposal.accepted.value or 0.0)


def _ready(document: Document, rows: Sequence[_Row]) -> set[int]:
    """The leads that are sales ready by a definition, on what their judgements saw. Raises
    Faulty."""
    definition = law_of({**document, "examples": []}, version_id=0, number=0).definition
    sql = SAYS.format(facts=GIVEN_FACTS, said=judged(definition, "seen", GIVEN_TOUCHES))
    ids = {"leads": [one.lead for one in rows], "judgements": [one.judgement for one in rows]}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(WHOLE_JOINS)
        cursor.execute(sql, ids)
        return {lead for lead, status in cursor.fetchall() if status == READY}
