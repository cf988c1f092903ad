"""The lengths of the seams of many hand-overs, read once and ranked. SQL."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from reviews.measures.figuring import keys_of
from reviews.measures.promises import Question
from reviews.measures.ranking import ranked
from reviews.measures.reading import NONE_OF_IT, Numbers, Packed, read

from .path import Length, Path, Split, Told
from .steps import SEAMS, Seam, seams_of

PACKED = Packed("seams", (*(one.took for one in SEAMS), *(one.worked for one in SEAMS)))
"""The lengths of all seams, as a row has them."""


def told(question: Question, *, by: str = "", at: dt.datetime) -> Told:
    """The path of its hand-overs, and by a dimension where one is named. All seams are looked at
    together, so that one of them moves by chance no more than one figure would."""
    rows = read(question, {}, packed=PACKED, by=[by] if by else [], at=at)
    sortings = [Sorting(np.zeros_like(rows.group), [("", "")])]
    if by:
        sortings.append(Sorting(rows.group, keys_of(rows.keys, by)))
    (whole,), *parts = _paths(seams_of(question.step), rows.numbers, sortings)
    found = (path for some in parts for path in some)
    return Told(whole, tuple(sorted(found, key=lambda one: (-one.handed, one.key))))


@dataclass(frozen=True, slots=True)
class Sorting:
    """Which group each row that was read is of, from 0 on; `called`: key and name of each."""

    groups: Numbers
    called: Sequence[tuple[str, str]]


def _paths(
    asked: Sequence[Seam], numbers: Mapping[str, Numbers], sortings: Sequence[Sorting]
) -> list[list[Path]]:
    """Of each sorting the path of each of its groups."""
    names = [name for one in asked for name in (one.took, one.worked)]
    lengths = {name: _lengths(numbers[name], sortings, looked_at=len(asked)) for name in names}
    wait, worked = (_waits(prefix, asked, numbers, sortings) for prefix in ("took", "worked"))
    return [
        [
            Path(
                handed,
                {one.key: lengths[one.took][sorting][place] for one in asked},
                {one.key: lengths[one.worked][sorting][place] for one in asked},
                wait[sorting][place],
                worked[sorting][place],
                *one.called[place],
            )
            for place, handed in enumerate(_counts(one.groups, len(one.called)))
        ]
        for sorting, one in enumerate(sortings)
    ]


def _lengths(
    numbers: Numbers, sortings: Sequence[Sorting], *, looked_at: int
) -> list[list[Length]]:
    has_one = numbers != NONE_OF_IT
    seconds, made = numbers[has_one], []
    for one in sortings:
        groups, count = one.groups[has_one], len(one.called)
        times = ranked(groups, seconds, count, looked_at=looked_at)
        made.append(list(map(Length, times, _sums(seconds, groups, count))))
    return made


def _waits(
    prefix: str,
    asked: Sequence[Seam],
    numbers: Mapping[str, Numbers],
    sortings: Sequence[Sorting],
) -> list[list[Split]]:
    """The whole wait on the wall (`took`) or in working time (`worked`)."""
    which = numbers["took_touch"] != NONE_OF_IT
    if any(one.key == "judge" for one in asked):
        which &= numbers["took_judge"] != NONE_OF_IT
    if prefix == "worked":
        which &= numbers["worked_touch"] != NONE_OF_IT
        which &= numbers["worked_open"] != NONE_OF_IT
    seconds = np.zeros(np.count_nonzero(which), np.int64)
    alone = seconds.copy()
    for one in asked:
        if one.counts:
            some = numbers[f"{prefix}_{one.key}"][which]
            some[some == NONE_OF_IT] = 0
            seconds += some
            if one.kind == "waiting":
                alone += some
    made = []
    for sorting in sortings:
        groups, count = sorting.groups[which], len(sorting.called)
        sums = (_sums(numbers, groups, count) for numbers in (seconds, alone))
        made.append(list(map(Split, _counts(groups, count), *sums)))
    return made


def _counts(groups: Numbers, count: int) -> list[int]:
    found: list[int] = np.bincount(groups, minlength=count).tolist()
    return found


def _sums(seconds: Numbers, groups: Numbers, count: int) -> list[int]:
    return [int(one) for one in np.bincount(groups, seconds, count)]
