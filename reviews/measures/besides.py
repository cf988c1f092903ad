"""What marketing promises besides the hand-over: missing context, and answers to sales.

Counted by hand-over, over the rows of `promises`: one on which such a promise was missed once is
missed; kept where it was met and never missed; while it runs it counts for nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from .intervals import Share, share

KINDS = {
    "context": "Missing context completed in time",
    "returned": "Returned leads answered in time",
}


@dataclass(frozen=True)
class Besides:
    """One of these promises: how many hand-overs it was kept and missed on."""

    kind: str
    label: str
    kept: int
    missed: int

    @property
    def counted(self) -> int:
        return self.kept + self.missed

    @property
    def share(self) -> Share:
        return share(self.kept, self.counted)


def told(counts: Sequence[int]) -> tuple[Besides, ...]:
    """Those that some hand-over has a verdict on, of how many each was kept and missed on, in the
    order of KINDS."""
    pairs = zip(KINDS, counts[::2], counts[1::2], strict=True)
    return tuple(Besides(kind, KINDS[kind], *two) for kind, *two in pairs if any(two))
