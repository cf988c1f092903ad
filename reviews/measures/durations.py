"""How long half of many hand-overs took at most, and nine in ten, for several times at once."""

import datetime as dt
from collections.abc import Sequence

from .promises import Question
from .ranking import Times, ranked
from .reading import NONE_OF_IT, read


def durations(question: Question, seconds: Sequence[str], *, at: dt.datetime) -> list[Times]:
    """Of each expression over a row of `promises.ROWS`, in order and in whole seconds; those that
    have none of it, NULL, are left out."""
    columns = {f"c{place}": one for place, one in enumerate(seconds)}
    rows = read(question, columns, at=at)
    told = []
    for name in columns:
        has_one = rows.numbers[name] != NONE_OF_IT
        told += ranked(rows.group[has_one], rows.numbers[name][has_one], 1)
    return told
