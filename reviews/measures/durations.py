"""How long half of many hand-overs took at most, and nine in ten."""

from .ranking import Times, ranked
from .reading import NONE_OF_IT, Numbers, Which


def ranked_times(
    seconds: Numbers, groups: Numbers, count: int, *, which: Which | None = None
) -> list[Times]:
    """The times of each of `count` groups of rows that were read, or of those of them that are
    chosen (see `ranked`); rows that have none are left out."""
    has_one = seconds != NONE_OF_IT
    if which is not None:
        has_one &= which
    return ranked(groups[has_one], seconds[has_one], count)
