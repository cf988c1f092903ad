"""Where the time goes between the steps of the path: each seam once. SQL.

A seam ends with a step and begins with the last step before it that is known, so that every second
between the enquiry and the first touch lies in one seam and in no other. Whoever answered a lead
has seen it by then, and has been told. What has not passed a seam counts for nothing in it; it
stands in the one that it is in. The database works the lengths out when a step is made and keeps
them in `leads_promise`, on the wall and in working time; here they are read once and ranked.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np

from handoff import statements
from handoff.checklists import FIRST_STEP

from .behind import Behind
from .figuring import keys_of
from .intervals import share
from .promises import Question
from .ranking import Times, ranked
from .reading import NONE_OF_IT, Columns, Numbers, read

Kind = Literal["waiting", "working"]


@dataclass(frozen=True, slots=True)
class Seam:
    """One of them: from the step called `since` to the one called `title`. `counts`: whether it is
    a part of the wait from the enquiry to the first touch. A row that passed it has its seconds in
    `took`, and those of them that were working time in `worked`."""

    key: str
    since: str
    title: str
    kind: Kind
    means: str
    counts: bool = True

    @property
    def name(self) -> str:
        return f"{self.since} to {self.title[:1].lower()}{self.title[1:]}"

    @property
    def took(self) -> str:
        return f"took_{self.key}"

    @property
    def worked(self) -> str:
        return f"worked_{self.key}"


SEAMS = (
    Seam(
        *("receive", "Form sent", "Received", "waiting"),
        "From the moment that the form says it was sent until it came in. Known where the form says"
        " so, and not of an imported past.",
        counts=False,
    ),
    Seam(
        *("judge", "Received", "Judged", "waiting"),
        "From the last enquiry until the judgement by which it was handed over. A lead that ripened"
        " later counts from that enquiry too, and a few of them weigh heavily.",
    ),
    Seam(
        *("hand_over", "Judged", "Handed over", "waiting"),
        "Until it was handed over to sales; where an approval is asked for, until it was given.",
    ),
    Seam(
        *("assign", "Handed over", "Assigned", "waiting"),
        "Until somebody owned it for the first time.",
    ),
    Seam(
        *("notify", "Assigned", "Owner told", "waiting"),
        "Until the first mail or chat about it was really sent to its owner; the note in Handoff"
        " where there was none. Not of an imported past, of which nobody was told.",
    ),
    Seam(
        *("open", "Owner told", "Opened", "waiting"),
        "Until its owner looked at it for the first time, or answered it without. Where nobody"
        " knows when they were told, from when they got it.",
    ),
    Seam(
        *("accept", "Opened", "Accepted", "working"),
        "Until sales said yes. What was answered without being opened here is not counted.",
    ),
    Seam(
        *("touch", "Accepted", "First touch", "working"),
        "Until the first logged touch. Nobody can see how much of it was work; somebody had it.",
    ),
    Seam(
        *("end", "First touch", "Outcome", "working"),
        "Until the hand-over ended: handed on, converted, or given up.",
        counts=False,
    ),
)
BY_KEY = {one.key: one for one in SEAMS}
BEFORE = ("receive", "judge", "hand_over")
"""Seams before the hand-over; a later step has none of them."""

STANDS = """CASE WHEN historical OR state NOT IN ('waiting', 'accepted') THEN NULL
        WHEN to_touch IS NOT NULL THEN 'end' WHEN to_accept IS NOT NULL THEN 'touch'
        WHEN to_open IS NOT NULL THEN 'accept' WHEN to_assign IS NOT NULL THEN 'open'
        ELSE 'assign' END"""
"""The seam that an open hand-over is in; none for what waits for marketing."""
SINCE = """made_at + make_interval(secs => coalesce(to_touch, to_accept, to_open, to_notify,
        to_assign, 0))"""
STANDING = f"""
SELECT stands, count(*), min(since) FROM (
    SELECT {STANDS} AS stands, {SINCE} AS since FROM ({{rows}}) r WHERE to_end IS NULL) s
WHERE stands IS NOT NULL GROUP BY stands"""


@dataclass(frozen=True, slots=True)
class Length:
    """How long a seam took; `total`: the seconds of all that passed it."""

    times: Times = Times(0)
    total: int = 0


@dataclass(frozen=True, slots=True)
class Split:
    """The wait of `n` hand-overs from the enquiry to the first touch: all their `seconds`, and
    those of them in which nobody had opened the lead yet (`alone`)."""

    n: int = 0
    seconds: int = 0
    alone: int = 0

    @property
    def is_enough(self) -> bool:
        """Whether there are enough cases to say anything."""
        return share(0, self.n).is_enough

    @property
    def average(self) -> float:
        return self.seconds / max(self.n, 1)

    @property
    def average_alone(self) -> float:
        return self.alone / max(self.n, 1)

    @property
    def part_alone(self) -> float | None:
        return self.alone / self.seconds if self.seconds else None


@dataclass(frozen=True)
class Path:
    """The seams of one team, source, … or of all together, each by its key: on the wall and in
    working time; and the whole wait of what was touched, in both. `handed`: its hand-overs."""

    handed: int = 0
    wall: dict[str, Length] = field(default_factory=dict)
    worked: dict[str, Length] = field(default_factory=dict)
    wait: Split = Split()
    wait_worked: Split = Split()
    key: str = ""
    name: str = ""

    @cached_property
    def whole(self) -> int:
        """All seconds in the seams that are a part of the wait."""
        return sum(one.total for key, one in self.wall.items() if BY_KEY[key].counts)

    def part(self, key: str) -> float | None:
        """How much of the wait lies in a seam, as a part of one; None where it is no part of it."""
        is_part = BY_KEY[key].counts and self.whole
        return self.wall[key].total / self.whole if is_part else None

    def slowest(self) -> list[Seam]:
        """The seams by how much of the wait lies in them; those that are no part of it last."""
        found = (BY_KEY[key] for key in self.wall)
        return sorted(found, key=lambda one: (not one.counts, -self.wall[one.key].total))

    @property
    def worst(self) -> Seam | None:
        """The seam in which most of the wait lies; None where too few passed it to say so."""
        first = self.slowest()[0]
        return first if self.whole and self.wall[first.key].times.is_enough else None


def seams_of(question: Question) -> tuple[Seam, ...]:
    """Those that its hand-overs pass: a later step has none before the hand-over."""
    if question.step in ("", FIRST_STEP):
        return SEAMS
    return tuple(one for one in SEAMS if one.key not in BEFORE)


@dataclass(frozen=True, slots=True)
class Told:
    """The path of all together, and of each team, source, …, most hand-overs first."""

    all: Path
    rows: tuple[Path, ...]


def told(question: Question, *, by: str = "", at: dt.datetime) -> Told:
    """The path of its hand-overs, and by a dimension where one is named."""
    asked = seams_of(question)
    columns = {name: name for one in asked for name in (one.took, one.worked)}
    rows = read(question, columns, by=[by] if by else [], at=at)
    (whole,) = _paths(asked, rows, np.zeros_like(rows.group), [("", "")])
    parts = _paths(asked, rows, rows.group, keys_of(rows, by)) if by else ()
    return Told(whole, tuple(sorted(parts, key=lambda one: (-one.handed, one.key))))


def _paths(
    asked: Sequence[Seam], rows: Columns, groups: Numbers, called: Sequence[tuple[str, str]]
) -> Iterator[Path]:
    lengths = {
        name: _lengths(numbers, groups, len(called)) for name, numbers in rows.numbers.items()
    }
    wait, worked = _waits(asked, rows.numbers, groups, len(called))
    for place, handed in enumerate(np.bincount(groups, minlength=len(called)).tolist()):
        yield Path(
            handed,
            {one.key: lengths[one.took][place] for one in asked},
            {one.key: lengths[one.worked][place] for one in asked},
            wait[place],
            worked[place],
            *called[place],
        )


def _lengths(numbers: Numbers, groups: Numbers, count: int) -> list[Length]:
    has_one = numbers != NONE_OF_IT
    those, seconds = groups[has_one], numbers[has_one]
    totals = _sums(seconds, those, count)
    return [
        Length(times, total)
        for times, total in zip(ranked(those, seconds, count), totals, strict=True)
    ]


def _waits(
    asked: Sequence[Seam], numbers: Mapping[str, Numbers], groups: Numbers, count: int
) -> Iterator[list[Split]]:
    """The whole wait on the wall and in working time, group by group."""
    touched = numbers["took_touch"] != NONE_OF_IT
    if "took_judge" in numbers:
        touched &= numbers["took_judge"] != NONE_OF_IT
    known = touched & (numbers["worked_touch"] != NONE_OF_IT)
    known &= numbers["worked_open"] != NONE_OF_IT
    for prefix, which in (("took", touched), ("worked", known)):
        those = groups[which]
        parts = {one: numbers[f"{prefix}_{one.key}"][which] for one in asked if one.counts}
        gone = {one: np.where(some == NONE_OF_IT, 0, some) for one, some in parts.items()}
        alone = sum((some for one, some in gone.items() if one.kind == "waiting"), 0 * those)
        seconds = sum(gone.values(), 0 * those)
        sides = np.bincount(those, minlength=count).tolist(), _sums(seconds, those, count)
        yield [Split(*one) for one in zip(*sides, _sums(alone, those, count), strict=True)]


def _sums(seconds: Numbers, groups: Numbers, count: int) -> list[int]:
    return [int(one) for one in np.bincount(groups, seconds, count)]


def queues(question: Question, *, at: dt.datetime) -> dict[str, tuple[int, dt.datetime]]:
    """By key of a seam how many are in it now, and since when the first of them is."""
    rows, values = question.rows(at=at)
    found = statements.ask(STANDING.format(rows=rows), values)
    return {key: (n, since) for key, n, since in found}


def passed(question: Question, seam: Seam, *, at: dt.datetime) -> Behind[int]:
    """The hand-overs (by primary key) that passed a seam, those it took longest first."""
    return _behind(question, f"{seam.took} IS NOT NULL", f"-{seam.took}", at=at)


def standing(question: Question, seam: Seam, *, at: dt.datetime) -> Behind[int]:
    """The hand-overs (by primary key) in a seam, the one that has been there longest first."""
    return _behind(question, f"to_end IS NULL AND {STANDS} = '{seam.key}'", SINCE, at=at)


def _behind(question: Question, which: str, order: str, *, at: dt.datetime) -> Behind[int]:
    rows, values = question.rows(at=at)
    text = f"SELECT id, {order} AS place FROM ({rows}) r WHERE {which}"
    return Behind(f"SELECT id FROM ({text}) behind", values, int, order="place, id DESC")
