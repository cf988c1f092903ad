"""How long half of many hand-overs took at most, and nine in ten."""

import datetime as dt
from collections.abc import Sequence

from .promises import Question
from .ranking import Times, ranked
from .reading import NONE_OF_IT, Numbers, Which, read


def durations(question: Question, seconds: Sequence[str], *, at: dt.datetime) -> list[Times]:
    """Of each expression over a row of `promises.ROWS`, in order and in whole seconds; those that
    have none of it, NULL, are left out."""
    columns = {f"c{place}": one for place, one in enumerate(seconds)}
    rows = read(question, columns, at=at)
    return [one for name in columns for one in ranked_times(rows.numbers[name], rows.group, 1)]


def ranked_times(
    seconds: Numbers, groups: Numbers, count: int, *, which: Which | None = None
) -> list[Times]:
    """The times of each of `count` groups of rows that were read, or of those of them that are
    chosen (see `ranked`); rows that have none are left out."""
    has_one = seconds != NONE_OF_IT
    if which is not None:
        has_one &= which
    return ranked(groups[has_one], seconds[has_one], count)
