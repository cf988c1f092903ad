"""For which reasons sales rejected, now and before, and how that moves from week to week. SQL.

The mix is of the rejected: a reason ÷ all rejected, of what was handed over in the period.
"""

import datetime as dt
from dataclasses import dataclass, field

from handoff import statements

from .behind import Behind, handoffs
from .catalogue import REJECTION
from .intervals import Difference, Share, confidence_of, difference, share
from .promises import Question
from .spans import OF_WEEK, SIDE, weeks_of

KEY, TITLE = "rejection_reasons", "Reason mix"
FORMULA = "Rejected for a reason ÷ rejected, of what was handed over in the period."

COUNTED = """
SELECT g.side, g.week, reason.key, reason.label, g.n FROM (
    SELECT side, week, reason_id, count(*) AS n FROM ({rows}) r
    WHERE {rejected} AND reason_id IS NOT NULL GROUP BY 1, 2, 3) g
JOIN handoff_reason reason ON reason.id = g.reason_id"""


@dataclass
class Reason:
    """How often one reason was given: now, before, and by place of the week."""

    key: str
    label: str
    now: int = 0
    before: int = 0
    weeks: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Mix:
    """All of them, most first. `mondays` of the weeks."""

    reasons: tuple[Reason, ...]
    mondays: tuple[dt.datetime, ...]

    @property
    def now(self) -> int:
        return sum(one.now for one in self.reasons)

    @property
    def before(self) -> int:
        return sum(one.before for one in self.reasons)

    def week(self, place: int) -> int:
        """How many were rejected in the week at a place, from 1 on."""
        return sum(one.weeks.get(place, 0) for one in self.reasons)

    def share(self, reason: Reason) -> Share:
        return share(reason.now, self.now)

    def moved(self, reason: Reason) -> Difference | None:
        """How far its part moved; one of so many reasons looked at, so that chance has as many
        tries and the interval is as much wider."""
        sure = confidence_of(max(len(self.reasons), 1))
        was = share(reason.before, self.before, confidence=sure)
        return difference(was, share(reason.now, self.now, confidence=sure))


def mix(question: Question, *, at: dt.datetime, zone: str) -> Mix:
    """The reasons of a question, in one statement; weeks begin on Monday in `zone`."""
    mondays, before = weeks_of(question, zone=zone), question.before
    whole = question.within(min(mondays[0], before.since), question.until)
    rows, values = whole.rows(at=at, also=f"{SIDE} AS side, {OF_WEEK} AS week,")
    sides = [question.since, question.until, before.since, before.until]
    text = COUNTED.format(rows=rows, rejected=REJECTION.counts)
    found: dict[str, Reason] = {}
    for side, week, key, label, count in statements.ask(text, [*sides, mondays, *values]):
        one = found.setdefault(key, Reason(key, label))
        one.now += count if side == "now" else 0
        one.before += count if side == "before" else 0
        if week is not None:
            one.weeks[week] = one.weeks.get(week, 0) + count
    told = sorted(found.values(), key=lambda one: (-one.now, -one.before, one.label))
    return Mix(tuple(told), tuple(mondays))


def behind(question: Question, reason: str, *, at: dt.datetime) -> Behind[int]:
    """The hand-overs (by primary key) rejected for a reason, or for any where none is named."""
    rows, values = question.rows(at=at)
    also, given = "reason_id IS NOT NULL", values
    if reason:
        also = "reason_id = (SELECT x.id FROM handoff_reason x WHERE x.key = %s)"
        given = [*values, reason]
    return handoffs(f"SELECT * FROM ({rows}) r WHERE {REJECTION.counts} AND {also}", given)
