"""How many passages of one team, source, … or of all together got how far. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from reviews.measures.intervals import Share, share

K = TypeVar("K", int, str)
Counts = Mapping[tuple[int, str, int | None], int]


@dataclass(frozen=True)
class Path:
    """How far the passages of one team, source, … or of all together got: how many by furthest
    step, way and reason of the rejection."""

    counts: Counts = field(default_factory=dict)
    key: str = ""
    name: str = ""

    @cached_property
    def received(self) -> int:
        return sum(self.counts.values())

    def reached(self, place: int) -> int:
        """How many came to a step or past it."""
        return sum(n for (furthest, _, _), n in self.counts.items() if furthest >= place)

    def passed(self, place: int) -> Share:
        """Of those that reached the step before, how many reached this one."""
        return share(self.reached(place), self.reached(place - 1))

    def of_all(self, place: int) -> Share:
        return share(self.reached(place), self.received)

    def stayed(self, place: int) -> dict[str, int]:
        """How many are at a step and no further, by way; most first."""
        return _most((way, n) for (furthest, way, _), n in self.counts.items() if furthest == place)

    def ways(self) -> dict[str, int]:
        """The same of all steps together."""
        return _most((way, n) for (_, way, _), n in self.counts.items())

    def reasons(self) -> dict[int, int]:
        """How many were rejected, by reason (its primary key); most first."""
        given = ((reason, n) for (_, _, reason), n in self.counts.items() if reason is not None)
        return _most(given)


def _most(pairs: Iterable[tuple[K, int]]) -> dict[K, int]:
    found: dict[K, int] = {}
    for key, n in pairs:
        found[key] = found.get(key, 0) + n
    return dict(sorted(found.items(), key=lambda one: (-one[1], str(one[0]))))


def whole(paths: Iterable[Path]) -> Path:
    """All of them together."""
    counts: dict[tuple[int, str, int | None], int] = {}
    for path in paths:
        for key, n in path.counts.items():
            counts[key] = counts.get(key, 0) + n
    return Path(counts)
