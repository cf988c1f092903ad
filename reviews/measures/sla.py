"""Both halves of the agreement: how many promises were kept, by whom, and how long it took.

The verdicts are those of `promises`. A share is kept ÷ (kept + missed). Times are by the clock on
the wall, nights and weekends included: first touch less hand-over, hand-over less trigger.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

import numpy as np

from . import besides
from .besides import Besides
from .durations import ranked_times
from .intervals import Difference, Share, difference, share
from .promises import NONE, Question
from .reading import NONE_OF_IT, Columns, Numbers, Which, named
from .spans import WEEKS, spans
from .stands import ASPECTS as OF_SHARES
from .stands import Aspects, count_of, number_of

ALIKE: Aspects = {
    "returned_late": (None, False, True),
    "context_late": (None, False, True),
    "incomplete": (False, True),
    "late": (False, True),
    "sales": OF_SHARES["sales"],
}
"""What is looked at, to say how a hand-over stands to what both sides promised."""
KINDS = count_of(ALIKE)
FIGURES = np.array(
    [
        (
            *(sales == "kept", sales == "missed", sales == "open"),
            *(not (late or lacks), late or lacks, late, lacks),
            *(context is False, context is True, back is False, back is True),
        )
        for back, context, lacks, late, sales in product(*ALIKE.values())
    ],
    np.int64,
)
"""Of each of these numbers whether it counts as kept, missed and open by sales, as kept and missed
by marketing, as late and as incomplete, and as kept and missed of each promise of `besides`."""

NUMBERED = {"team": "team_id", "rep": "owner_id", "version": "version_id"}
SAID = ("tier", "source")
TIMES = ("to_touch", "to_hand_over")
COLUMNS = {"alike": number_of(ALIKE), **NUMBERED, **{name: name for name in TIMES}}
DIMENSIONS = ("tier", "team", "rep", "source", "version")


@dataclass(frozen=True)
class Half:
    """One side's half for some hand-overs: how many it kept and missed, how many are open yet, and
    within how many seconds half of what came had come, and nine in ten."""

    kept: int = 0
    missed: int = 0
    open: int = 0
    median: float | None = None
    ninth: float | None = None

    @cached_property
    def share(self) -> Share:
        return share(self.kept, self.counted)

    @property
    def counted(self) -> int:
        return self.kept + self.missed


@dataclass(frozen=True)
class Row:
    """Both halves for one tier, team, owner, source, version or week; `key` is how an address names
    it. `late` and `incomplete`: why marketing missed its half, perhaps both of one."""

    key: str = ""
    label: str = ""
    sales: Half = Half()
    marketing: Half = Half()
    late: int = 0
    incomplete: int = 0

    @property
    def handed(self) -> int:
        """How many hand-overs there were."""
        return self.marketing.counted

    @property
    def is_none(self) -> bool:
        return self.key == NONE


@dataclass(frozen=True)
class Figures:
    """Everything that is counted of a question, each row list with most hand-overs first. `before`
    is of the time just before, of the same length; the weeks are in order, none left out."""

    all: Row
    before: Row
    weeks: tuple[Row, ...]
    by: dict[str, tuple[Row, ...]]
    besides: tuple[Besides, ...]

    @property
    def sales_moved(self) -> Difference | None:
        return difference(self.before.sales.share, self.all.sales.share)

    @property
    def marketing_moved(self) -> Difference | None:
        return difference(self.before.marketing.share, self.all.marketing.share)


def figures(question: Question, *, at: dt.datetime, zone: str) -> Figures:
    """All figures of one reading; weeks begin on Monday in `zone`. The time before is told by its
    counts alone, and so is a week."""
    found = spans(question, COLUMNS, by=SAID, at=at, zone=zone)
    rows, together = found.rows, np.zeros_like(found.rows.group)
    (all_now,) = _timed(rows, found.now, together, 1)
    (was,) = _counted(rows, found.before, together, 1)
    weeks = _counted(rows, found.week >= 0, found.week, WEEKS)
    return Figures(
        all=all_now,
        before=was,
        weeks=tuple(replace(row, key=key) for row, key in zip(weeks, found.weeks, strict=True)),
        by=dict(_by_dimensions(rows, found.now)),
        besides=besides.told(_sums(rows, found.now, together, 1)[0][7:]),
    )


def _by_dimensions(rows: Columns, which: Which) -> Iterator[tuple[str, tuple[Row, ...]]]:
    known = {name: np.unique(rows.numbers[name][which]) for name in NUMBERED}
    names = named(
        {name: [int(one) for one in ids if one != NONE_OF_IT] for name, ids in known.items()}
    )
    for dimension in DIMENSIONS:
        if dimension in SAID:
            values = [key[SAID.index(dimension)] for key in rows.keys]
            there = sorted(set(values), key=str)
            groups = np.array([there.index(value) for value in values], np.int64)[rows.group]
            called = [(NONE if value is None else value, "") for value in there]
        else:
            groups = np.searchsorted(known[dimension], rows.numbers[dimension])
            called = [names.get((dimension, int(one)), (NONE, "")) for one in known[dimension]]
        found = zip(called, _timed(rows, which, groups, len(called)), strict=True)
        told = [replace(row, key=key, label=name) for (key, name), row in found if row.handed]
        yield dimension, tuple(sorted(told, key=lambda row: (-row.handed, row.key)))


def _counted(rows: Columns, which: Which, groups: Numbers, count: int) -> list[Row]:
    """A row for each of `count` groups, numbered from 0 on, of the hand-overs that are chosen."""
    return [
        Row("", "", Half(kept, missed, still), Half(held, broken), late, lacks)
        for kept, missed, still, held, broken, late, lacks, *_ in _sums(rows, which, groups, count)
    ]


def _sums(rows: Columns, which: Which, groups: Numbers, count: int) -> list[list[int]]:
    """Of each of them how many count as what, in the order of FIGURES."""
    alike = groups[which] * KINDS + rows.numbers["alike"][which]
    counts = np.bincount(alike, minlength=count * KINDS).reshape(count, KINDS) @ FIGURES
    found: list[list[int]] = counts.tolist()
    return found


def _timed(rows: Columns, which: Which, groups: Numbers, count: int) -> list[Row]:
    """The same with their times."""
    touched, handed = (
        ranked_times(rows.numbers[name], groups, count, which=which) for name in TIMES
    )
    return [
        replace(
            row,
            sales=replace(row.sales, median=touched[place].median, ninth=touched[place].ninth),
            marketing=replace(
                row.marketing, median=handed[place].median, ninth=handed[place].ninth
            ),
        )
        for place, row in enumerate(_counted(rows, which, groups, count))
    ]
