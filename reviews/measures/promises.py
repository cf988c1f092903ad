"""Whether each side kept its promise to the other, hand-over by hand-over. SQL.

One row for each first hand-over that marketing made, or of a later step, the step before; in it
two verdicts, told here of the first step:

- sales kept its half where the first touch came by its deadline, and missed it where the deadline
  passed before; until either is so, and where the hand-over ended untouched before its deadline, it
  is `open` and counts for nothing;
- marketing kept its half where the lead was handed over by the deadline of the hand-over clock and
  nothing that the definition requires was missing; it missed it otherwise.

Of a later step the giving side is the step before; it kept its half where nothing was sent back.

Whoever counts, lists or explains these counts over `ROWS`, so that a figure and its leads agree.
The rows are `leads_promise`, which the database keeps beside the hand-overs and their clocks.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from handoff import statements
from handoff.checklists import FIRST_STEP
from handoff.models import SEERS, User
from leads.models import Handoff

NONE = "-"
"""In an address: those that have none of it."""

HALVES = ("sales", "marketing")
VERDICTS = ("kept", "missed", "open", "counted", "late", "incomplete")
"""What a figure may count. `counted`: kept or missed. Of marketing's half, `late` were handed over
after the deadline and `incomplete` lacked something."""

ROWS = """
    SELECT p.handoff_id AS id, p.made_at, p.tier, p.team_id, p.owner_id, p.version_id, p.source,
        p.incomplete, p.late, p.to_touch, p.to_hand_over,
        CASE WHEN p.missed OR p.due_at < {at} THEN 'missed' WHEN p.met THEN 'kept'
            ELSE 'open' END AS sales,
        CASE WHEN p.late OR p.incomplete THEN 'missed' ELSE 'kept' END AS marketing
    FROM leads_promise p
    WHERE p.made_at >= {since} AND p.made_at < {until} AND {conditions}"""


OF_STEP = "p.step = %s"
VERSION_NAMED = "(SELECT v.id FROM handoff_definitionversion v WHERE v.number::text = %s)"


@dataclass(frozen=True)
class Question:
    """Which hand-overs are asked for: made from `since` until before `until`, and only those of a
    team, tier, source, owner or version where one is named (`NONE`: that have none). `viewer` sees
    no others than those they may; the imported past counts only where it is asked for. `step`: of
    which step, marketing's hand-over where none is named."""

    since: dt.datetime
    until: dt.datetime
    viewer: User
    team: str = ""
    tier: str = ""
    source: str = ""
    rep: str = ""
    version: str = ""
    step: str = ""
    with_past: bool = False

    def within(self, since: dt.datetime, until: dt.datetime) -> "Question":
        """The same question about another time."""
        return replace(self, since=since, until=until)

    @property
    def before(self) -> "Question":
        """The same question about the time just before, of the same length."""
        return self.within(self.since - (self.until - self.since), self.since)

    def rows(self, *, at: dt.datetime) -> tuple[str, list[Any]]:
        """The statement that gives its rows, and its values."""
        narrowed, values = self.narrowing()
        sql = ROWS.format(at="%s", since="%s", until="%s", conditions=narrowed)
        return sql, [at, self.since, self.until, *values]

    def narrowing(self, *, every_step: bool = False) -> tuple[str, list[Any]]:
        """What a row of `leads_promise` has to be, and the values; the days apart."""
        conditions, values = ["true"], []
        for condition, given in self._conditions():
            if not (every_step and condition == OF_STEP):
                conditions.append(condition)
                values += given
        return " AND ".join(conditions), values

    def _conditions(self) -> Iterator[tuple[str, list[Any]]]:
        yield OF_STEP, [self.step or FIRST_STEP]
        if not self.with_past:
            yield "NOT p.historical", []
        if not self.viewer.has_role(*SEERS):
            yield (
                "(p.owner_id = %s OR p.team_id IN (SELECT m.team_id FROM handoff_membership m"
                " WHERE m.user_id = %s AND m.active))",
                [self.viewer.pk, self.viewer.pk],
            )
        for column, named, asked in (
            ("p.team_id", "(SELECT t.id FROM handoff_team t WHERE t.key = %s)", self.team),
            ("p.tier", "%s", self.tier),
            ("p.source", "%s", self.source),
            ("p.owner_id", "(SELECT u.id FROM handoff_user u WHERE u.email = %s)", self.rep),
            ("p.version_id", VERSION_NAMED, self.version),
        ):
            if asked == NONE:
                yield f"nullif({column}::text, '') IS NULL", []
            elif asked:
                yield f"{column} = {named}", [asked]


CLOCK_OF = "EXISTS (SELECT FROM leads_clock c WHERE c.handoff_id = r.id AND c.kind = '{}' AND {})"
LATE, MET = "c.breached_at IS NOT NULL", "c.state = 'met'"
BESIDES = {
    f"{kind}_{verdict}": condition
    for kind in ("context", "returned")
    for verdict, condition in (
        ("kept", f"NOT {CLOCK_OF.format(kind, LATE)} AND {CLOCK_OF.format(kind, MET)}"),
        ("missed", CLOCK_OF.format(kind, LATE)),
    )
}
"""What marketing promises besides (see `besides`), as a figure of a row `r` may count it."""


def condition_of(half: str, verdict: str) -> str:
    """What a row must be for a figure to count it, as an expression. Raises ValueError for a figure
    there is not."""
    if half == "marketing" and verdict in BESIDES:
        return BESIDES[verdict]
    if half not in HALVES or verdict not in VERDICTS:
        raise ValueError(f"There is no figure {half} {verdict}.")
    if verdict == "counted":
        return f"{half} <> 'open'"
    return verdict if verdict in ("late", "incomplete") else f"{half} = '{verdict}'"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One hand-over and how each side stands to its promise; `to_touch` in seconds."""

    handoff_id: int
    sales: str
    marketing: str
    late: bool
    incomplete: bool
    to_touch: float | None


def found(question: Question, half: str, verdict: str, *, at: dt.datetime) -> list[Verdict]:
    """The hand-overs that a figure counts, the newest first."""
    sql, values = question.rows(at=at)
    wanted = condition_of(half, verdict)
    text = (
        "SELECT r.id, r.sales, r.marketing, r.late, r.incomplete, r.to_touch"
        f" FROM ({sql}) r WHERE {wanted} ORDER BY r.made_at DESC, r.id DESC"
    )
    return [Verdict(*row) for row in statements.fetch(text, values)]


def told(verdicts: Sequence[Verdict]) -> list[tuple[Handoff, Verdict]]:
    """Each with its hand-over, as a list shows it."""
    shown = Handoff.objects.select_related("lead", "team", "owner", "version")
    by_id = shown.in_bulk([one.handoff_id for one in verdicts])
    return [(by_id[one.handoff_id], one) for one in verdicts if one.handoff_id in by_id]
