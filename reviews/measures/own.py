"""How one rep answers, beside the team: shares, the time to the first touch, and what became of it.

Counted over the rows of `promises`, by the shares of the `catalogue` where it has them. Another
clock of sales is `missed` where it ran out before it was met, or has run out by now; `kept` where
it was met and never ran out; it is `open`, and counts for nothing, until either is so. Of accept,
which starts anew with each change of hands, the newest counts.
"""

import datetime as dt
import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .behind import Behind, handoffs
from .catalogue import (
    ACCEPTANCE,
    IN_TIME,
    IS_WORKED,
    NO_RESPONSE,
    OPPORTUNITY,
    REJECTION,
    Rate,
)
from .intervals import Share, share
from .promises import Question
from .ranking import Times, ranked
from .reading import NONE_OF_IT, Columns, Numbers, read
from .stands import ASPECTS, NUMBER, Aspects, count_of, judged_of, number_of

CLOCKS = {"accept": "answered_late", "follow_up": "follow_up_late", "next_step": "next_step_late"}
"""Kinds of clock, and which column of a row `r` of `promises.ROWS` says of those that are over
whether they ran out."""

VERDICT = """CASE WHEN r.{late} OR r.id IN (SELECT c.handoff_id FROM leads_clock c
        WHERE c.kind = '{kind}' AND c.state = 'running' AND c.breached_at IS NULL
            AND c.due_at < %s)
    THEN 'missed' WHEN NOT r.{late} THEN 'kept' ELSE 'open' END"""
"""What ran out a moment ago has no breach written yet; such clocks are few."""
VERDICTS = {kind: VERDICT.format(kind=kind, late=late) for kind, late in CLOCKS.items()}

ROWS = "SELECT r.*, {} FROM ({{rows}}) r".format(
    ", ".join(f"{verdict} AS {kind}" for kind, verdict in VERDICTS.items())
)

SAID = ("open", "kept", "missed")
OF_CLOCKS: Aspects = dict.fromkeys(CLOCKS, SAID)
STAND, CLOCKED, TOUCH = "stand", "clocked", "touch"
COLUMNS = {
    STAND: NUMBER,
    CLOCKED: number_of(dict.fromkeys(VERDICTS.values(), SAID)),
    TOUCH: "to_touch",
}

JUDGED = "{0} IN ('kept', 'missed')"


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure: its name, of which hand-overs it is a part (`among`, and in words `of`), and
    which of them it counts; both SQL over `ROWS`."""

    key: str
    label: str
    of: str
    among: str
    counts: str


def _known(key: str, label: str, one: Rate, of: str) -> Measure:
    """A share of the catalogue, as these pages call it."""
    return Measure(key, label, of, one.among, one.counts)


def _clocked(kind: str, label: str) -> Measure:
    return Measure(kind, label, "with a verdict", JUDGED.format(kind), f"{kind} = 'kept'")


SHARES = (
    _known("accepted", "Accepted", ACCEPTANCE, "answered"),
    _known("rejected", "Rejected", REJECTION, "answered"),
    _known("no_response", "Never responded", NO_RESPONSE, "answered"),
    _clocked("accept", "Answered in time"),
    _known("first_touch", "First touch in time", IN_TIME, "with a verdict"),
    _clocked("follow_up", "Followed up in time"),
    _clocked("next_step", "Next step done in time"),
    Measure("dealt", "Became an opportunity", "worked", IS_WORKED, OPPORTUNITY.counts),
)
TOUCHED = Measure("touched", "Half were touched within", "touched", "to_touch IS NOT NULL", "true")
HANDED = Measure("handed", "Handed over", "handed over", "true", "true")
BY_KEY = {one.key: one for one in (*SHARES, TOUCHED, HANDED)}
COUNTED = {
    STAND: (ASPECTS, [one for one in SHARES if one.key not in CLOCKS]),
    CLOCKED: (OF_CLOCKS, [one for one in SHARES if one.key in CLOCKS]),
}
"""By the number that tells all of them: what it looks at, and the shares that look at nothing else.
"""


@dataclass(frozen=True)
class Standing:
    """The figures of a person or a team: a share by measure, the time to the first touch in
    seconds, and how many hand-overs there were."""

    handed: int
    shares: dict[str, Share]
    touch: Times


NOBODY = Standing(0, {one.key: share(0, 0) for one in SHARES}, Times(0))


@dataclass(frozen=True)
class Standings:
    """The figures of a question as a whole, and of each owner (by primary key) by themselves."""

    all: Standing
    by_owner: dict[int, Standing]


def standings(question: Question, *, at: dt.datetime) -> Standings:
    """All figures of a question; its rows are read once."""
    rows = read(question, COLUMNS, by=["rep"], values=[at] * len(CLOCKS), at=at)
    (whole,) = _standings(rows, np.zeros_like(rows.group), 1)
    each = _standings(rows, rows.group, len(rows.keys))
    owners = (owner for (owner,) in rows.keys)
    by_owner = {pk: one for pk, one in zip(owners, each, strict=True) if pk is not None}
    return Standings(whole, by_owner)


def _standings(rows: Columns, groups: Numbers, count: int) -> list[Standing]:
    """Those of each of `count` groups, numbered from 0 on."""
    seconds = rows.numbers[TOUCH]
    is_touched = seconds != NONE_OF_IT
    touches = ranked(groups[is_touched], seconds[is_touched], count)
    handed = np.bincount(groups, minlength=count).tolist()
    told: list[dict[str, Share]] = [{} for _ in range(count)]
    for column, (aspects, measures) in COUNTED.items():
        sums = _alike(rows.numbers[column], count_of(aspects), groups, count) @ _judged(column)
        for place, line in enumerate(sums.tolist()):
            pairs = zip(measures, line[::2], line[1::2], strict=True)
            told[place].update((one.key, share(counted, n)) for one, counted, n in pairs)
    return [
        Standing(n, {one.key: shares[one.key] for one in SHARES}, touch)
        for n, shares, touch in zip(handed, told, touches, strict=True)
    ]


@functools.cache
def _judged(column: str) -> NDArray[np.int64]:
    """For each number of a column a line: of each share whether it counts it, and is of it. It is
    the same for the life of the process."""
    aspects, measures = COUNTED[column]
    return judged_of(
        aspects, [part for one in measures for part in (f"{one.among} AND {one.counts}", one.among)]
    )


def _alike(numbers: Numbers, kinds: int, groups: Numbers, count: int) -> NDArray[np.int64]:
    """How many of each group have each number, a line for each group."""
    found = np.bincount(groups * kinds + numbers, minlength=count * kinds)
    return found.reshape(count, kinds)


def behind(
    question: Question, measure: Measure, *, all_of_them: bool, at: dt.datetime
) -> Behind[int]:
    """The hand-overs (by primary key) that a figure counts, or with `all_of_them` those it is a
    part of, the newest first."""
    rows, values = question.rows(at=at)
    wanted = measure.among if all_of_them else f"{measure.among} AND {measure.counts}"
    text = f"SELECT * FROM ({ROWS.format(rows=rows)}) counted WHERE {wanted}"
    return handoffs(text, [*[at] * len(CLOCKS), *values])
