"""The lengths of the seams of many hand-overs, read once and ranked. SQL."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from reviews.measures.figuring import keys_of
from reviews.measures.promises import Question
from reviews.measures.ranking import ranked
from reviews.measures.reading import NONE_OF_IT, Columns, Numbers, Packed, read

from .path import Length, Path, Split, Told
from .steps import SEAMS, Seam, seams_of

PACKED = Packed("seams", (*(one.took for one in SEAMS), *(one.worked for one in SEAMS)))
"""The lengths of all seams, as a row has them."""


def told(question: Question, *, by: str = "", at: dt.datetime) -> Told:
    """The path of its hand-overs, and by a dimension where one is named. All seams are looked at
    together, so that one of them moves by chance no more than one figure would."""
    asked = seams_of(question.step)
    rows = read(question, {}, packed=PACKED, by=[by] if by else [], at=at)
    (whole,) = _paths(asked, rows, np.zeros_like(rows.group), [("", "")])
    parts = _paths(asked, rows, rows.group, keys_of(rows.keys, by)) if by else ()
    return Told(whole, tuple(sorted(parts, key=lambda one: (-one.handed, one.key))))


def _paths(
    asked: Sequence[Seam], rows: Columns, groups: Numbers, called: Sequence[tuple[str, str]]
) -> Iterator[Path]:
    numbers = {name: rows.numbers[name] for one in asked for name in (one.took, one.worked)}
    lengths = {
        name: _lengths(some, groups, len(called), looked_at=len(asked))
        for name, some in numbers.items()
    }
    wait, worked = _waits(asked, numbers, groups, len(called))
    for place, handed in enumerate(np.bincount(groups, minlength=len(called)).tolist()):
        yield Path(
            handed,
            {one.key: lengths[one.took][place] for one in asked},
            {one.key: lengths[one.worked][place] for one in asked},
            wait[place],
            worked[place],
            *called[place],
        )


def _lengths(numbers: Numbers, groups: Numbers, count: int, *, looked_at: int) -> list[Length]:
    has_one = numbers != NONE_OF_IT
    those, seconds = groups[has_one], numbers[has_one]
    totals = _sums(seconds, those, count)
    found = ranked(those, seconds, count, looked_at=looked_at)
    return [Length(times, total) for times, total in zip(found, totals, strict=True)]


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
