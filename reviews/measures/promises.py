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

from handoff.checklists import FIRST_STEP
from handoff.models import SEERS, User
from leads.models import Handoff

from .answers import answer_of
from .behind import Behind
from .dimensions import DIMENSIONS, NONE

__all__ = ["NONE", "Question"]

EVERYBODYS = User(is_superuser=True, is_active=True)
"""Asks for what everybody has; never saved."""

HALVES = ("sales", "marketing")
VERDICTS = ("kept", "missed", "open", "counted", "late", "incomplete")
"""What a figure may count. `counted`: kept or missed. Of marketing's half, `late` were handed over
after the deadline and `incomplete` lacked something."""


def verdicts(row: str, *, said_yes: str, missed: str) -> str:
    """What sales answered, whether the lead was found to be worth it, and how sales stands to its
    half, of a hand-over told by `row`; as columns. It was worth it where it was handed on to the
    next step, converted, or became an opportunity."""
    return f"""{answer_of(row, said_yes)} AS answer,
        {row}.state = 'advanced' OR {row}.disposition = 'converted' OR {row}.outcome <> ''
            AS qualified,
        CASE WHEN {missed} THEN 'missed' WHEN {row}.met THEN 'kept' ELSE 'open' END AS sales"""


KEPT = verdicts("p", said_yes="p.to_accept IS NOT NULL", missed="p.missed OR p.due_at < {at}")

ROWS = f"""
    SELECT {{also}} p.*, p.handoff_id AS id, {KEPT},
        CASE WHEN p.late OR p.incomplete THEN 'missed' ELSE 'kept' END AS marketing
    FROM leads_promise p
    WHERE p.made_at >= {{since}} AND p.made_at < {{until}} AND {{conditions}}"""
"""`also`: further columns, each with its comma."""

OF_STEP = "p.step = %s"


@dataclass(frozen=True)
class Question:
    """Which hand-overs are asked for: made from `since` until before `until`, and only those of a
    team, tier, source, owner, … where one is named (`NONE`: that have none; see `dimensions`).
    `viewer` sees no others than those they may; the imported past counts only where it is asked
    for. `step`: of which step, marketing's hand-over where none is named."""

    since: dt.datetime
    until: dt.datetime
    viewer: User
    team: str = ""
    tier: str = ""
    source: str = ""
    rep: str = ""
    version: str = ""
    campaign: str = ""
    offer: str = ""
    trigger: str = ""
    landing_page: str = ""
    motion: str = ""
    fit: str = ""
    intent: str = ""
    seniority: str = ""
    function: str = ""
    country: str = ""
    region: str = ""
    industry: str = ""
    size: str = ""
    step: str = ""
    with_past: bool = False

    def within(self, since: dt.datetime, until: dt.datetime) -> "Question":
        """The same question about another time."""
        return replace(self, since=since, until=until)

    @property
    def before(self) -> "Question":
        """The same question about the time just before, of the same length."""
        return self.within(self.since - (self.until - self.since), self.since)

    @property
    def sees_all(self) -> bool:
        """Whether the viewer may know of every hand-over."""
        return self.viewer.has_role(*SEERS)

    @property
    def narrowed(self) -> dict[str, str]:
        """What is named, by dimension."""
        return {key: asked for key in DIMENSIONS if (asked := getattr(self, key))}

    def rows(self, *, at: dt.datetime, also: str = "") -> tuple[str, list[Any]]:
        """The statement that gives its rows, and its values; those of the columns `also` are to be
        put before them."""
        narrowed, values = self.narrowing()
        sql = ROWS.format(also=also, at="%s", since="%s", until="%s", conditions=narrowed)
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
        if not self.sees_all:
            yield (
                "(p.owner_id = %s OR p.team_id IN (SELECT m.team_id FROM handoff_membership m"
                " WHERE m.user_id = %s AND m.active))",
                [self.viewer.pk, self.viewer.pk],
            )
        for key, asked in self.narrowed.items():
            yield DIMENSIONS[key].narrowing(asked)


BESIDES = {
    f"{kind}_{verdict}": condition.format(f"{kind}_late")
    for kind in ("context", "returned")
    for verdict, condition in (("kept", "NOT {}"), ("missed", "{}"))
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
    to_touch: int | None


def found(question: Question, half: str, verdict: str, *, at: dt.datetime) -> Behind[Verdict]:
    """The hand-overs that a figure counts, the newest first."""
    sql, values = question.rows(at=at)
    return verdicts_of(f"SELECT * FROM ({sql}) r WHERE {condition_of(half, verdict)}", values)


def verdicts_of(text: str, values: Sequence[Any]) -> Behind[Verdict]:
    """The verdicts of such rows as `Question.rows` gives, the newest first."""
    shown = "id, sales, marketing, late, incomplete, to_touch"
    return Behind(f"SELECT {shown} FROM ({text}) behind", values, Verdict)


def told(verdicts: Sequence[Verdict]) -> list[tuple[Handoff, Verdict]]:
    """Each with its hand-over, as a list shows it."""
    shown = Handoff.objects.select_related("lead", "team", "owner", "version")
    by_id = shown.in_bulk([one.handoff_id for one in verdicts])
    return [(by_id[one.handoff_id], one) for one in verdicts if one.handoff_id in by_id]
