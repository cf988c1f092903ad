"""The lengths of the seams of many hand-overs, read once and ranked. SQL."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from reviews.measures.figuring import keys_of
from reviews.measures.promises import Question
from reviews.measures.ranking import ranked_parts
from reviews.measures.reading import NONE_OF_IT, Numbers, Packed, read

from .path import Length, Path, Split, Told
from .steps import SEAMS, Seam, seams_of

PACKED = Packed("seams", (*(one.took for one in SEAMS), *(one.worked for one in SEAMS)))
"""The lengths of all seams, as a row has them."""


def told(question: Question, *, by: str = "", at: dt.datetime) -> Told:
    """The path of its hand-overs, and by a dimension where one is named. All seams are looked at
    together, so that one of them moves by chance no more than one figure would."""
    rows = read(question, {}, packed=PACKED, by=[by] if by else [], at=at)
    parted = [Parted([len(rows.group)], [("", "")])]
    if by:
        sizes = np.bincount(rows.group, minlength=len(rows.keys))
        parted.append(Parted(np.cumsum(sizes).tolist(), keys_of(rows.keys, by)))
    (whole,), *parts = _paths(seams_of(question.step), rows.numbers, parted)
    found = (path for some in parts for path in some)
    return Told(whole, tuple(sorted(found, key=lambda one: (-one.handed, one.key))))


@dataclass(frozen=True, slots=True)
class Parted:
    """How the rows that were read are parted: where each part `ends`, one after the other, and key
    and name of each."""

    ends: Sequence[int]
    called: Sequence[tuple[str, str]]

    def among(self, chosen: NDArray[np.intp]) -> list[int]:
        """Where each ends among some of the rows, told by their places in order."""
        found: list[int] = np.searchsorted(chosen, self.ends).tolist()
        return found


def _paths(
    asked: Sequence[Seam], numbers: Mapping[str, Numbers], parted: Sequence[Parted]
) -> list[list[Path]]:
    """The path of each part."""
    names = [name for one in asked for name in (one.took, one.worked)]
    lengths = {name: _lengths(numbers[name], parted, looked_at=len(asked)) for name in names}
    wait, worked = (_waits(prefix, asked, numbers, parted) for prefix in ("took", "worked"))
    return [
        [
            Path(
                handed,
                {one.key: lengths[one.took][way][place] for one in asked},
                {one.key: lengths[one.worked][way][place] for one in asked},
                wait[way][place],
                worked[way][place],
                *some.called[place],
            )
            for place, handed in enumerate(np.diff(some.ends, prepend=0).tolist())
        ]
        for way, some in enumerate(parted)
    ]


def _lengths(numbers: Numbers, parted: Sequence[Parted], *, looked_at: int) -> list[list[Length]]:
    has_one = np.flatnonzero(numbers != NONE_OF_IT)
    seconds, made = numbers[has_one], []
    for some in parted:
        ends = some.among(has_one)
        times = ranked_parts(seconds, ends, looked_at=looked_at)
        made.append(list(map(Length, times, _sums(seconds, ends))))
    return made


def _waits(
    prefix: str,
    asked: Sequence[Seam],
    numbers: Mapping[str, Numbers],
    parted: Sequence[Parted],
) -> list[list[Split]]:
    """The whole wait on the wall (`took`) or in working time (`worked`)."""
    which = numbers["took_touch"] != NONE_OF_IT
    if any(one.key == "judge" for one in asked):
        which &= numbers["took_judge"] != NONE_OF_IT
    if prefix == "worked":
        which &= numbers["worked_touch"] != NONE_OF_IT
        which &= numbers["worked_open"] != NONE_OF_IT
    chosen = np.flatnonzero(which)
    seconds = np.zeros(len(chosen), np.int64)
    alone = seconds.copy()
    for one in asked:
        if one.counts:
            some = numbers[f"{prefix}_{one.key}"][chosen]
            some[some == NONE_OF_IT] = 0
            seconds += some
            if one.kind == "waiting":
                alone += some
    made = []
    for parts in parted:
        ends = parts.among(chosen)
        counts = np.diff(ends, prepend=0).tolist()
        made.append(list(map(Split, counts, _sums(seconds, ends), _sums(alone, ends))))
    return made


def _sums(seconds: Numbers, ends: Sequence[int]) -> list[int]:
    return [int(seconds[start:end].sum()) for start, end in pairwise((0, *ends))]
