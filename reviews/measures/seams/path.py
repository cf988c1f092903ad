"""What is told of one path: how long each seam took, and the whole wait. Pure."""

from dataclasses import dataclass, field
from functools import cached_property

from reviews.measures.intervals import share
from reviews.measures.ranking import Times

from .steps import BY_KEY, Seam


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
        """How much of the wait lies in a seam, as a part of one; None where it is no part of it, or
        the whole wait is known of too few."""
        is_part = BY_KEY[key].counts and self.wait.is_enough and self.whole
        return self.wall[key].total / self.whole if is_part else None

    def slowest(self) -> list[Seam]:
        """The seams by how much of the wait lies in them; those that are no part of it last."""
        found = (BY_KEY[key] for key in self.wall)
        return sorted(found, key=lambda one: (not one.counts, -self.wall[one.key].total))

    @property
    def worst(self) -> Seam | None:
        """The seam in which most of the wait lies; None where too few passed it, or the whole path,
        to say so."""
        first = self.slowest()[0]
        is_sure = self.part(first.key) is not None and self.wall[first.key].times.is_enough
        return first if is_sure else None


@dataclass(frozen=True, slots=True)
class Told:
    """The path of all together, and of each team, source, …, most hand-overs first."""

    all: Path
    rows: tuple[Path, ...]
