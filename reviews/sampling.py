"""Which hand-overs a joint review looks at: drawn by lot, the same ones for the same seed. Pure.

A hand-over's lot is a digest of the seed and its number, so that neither the order of the rows, nor
the machine, nor the version of Python moves it. Places are shared out evenly among the strata; what
a stratum cannot fill goes to those that have fewest. Within a stratum the least drawn source comes
first, then the least drawn rep, then the lot; afterwards leads change places until no source or rep
has more than its share where another lead of the same stratum could stand for it.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from handoff.words import count_of

REJECTED, ACCEPTED, LATE = "rejected", "accepted", "late"
NO_RESPONSE, CONVERTED = "no_response", "converted"

STRATA = {
    REJECTED: "rejected by sales",
    ACCEPTED: "accepted by sales",
    LATE: "touched late",
    NO_RESPONSE: "closed without a response",
    CONVERTED: "converted after nurture",
}
"""What a sample is made of, as a sentence calls each. Where places do not divide evenly, the first
ones get one more."""

SIZE = 10


@dataclass(frozen=True, slots=True)
class Candidate:
    """A hand-over that may be drawn. `rep`: who owned it (a primary key), None for nobody;
    `source` may be empty, which is a source like others."""

    handoff: int
    stratum: str
    source: str
    rep: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A hand-over in the sample, and why it is there. Hidden until its reveal."""

    candidate: Candidate
    why: str


@dataclass(frozen=True, slots=True)
class Draw:
    """What was drawn for a seed, in the order in which it is looked at; `among`: of how many."""

    seed: str
    places: tuple[Place, ...]
    among: int


def draw(
    candidates: Iterable[Candidate],
    *,
    seed: str,
    size: int = SIZE,
    reviewers: Collection[int] | None = None,
    kept: Sequence[Candidate] = (),
    excluded: Collection[int] = (),
) -> Draw:
    """So many hand-overs, fewer where there are not enough.

    `reviewers`: who will look at them; a hand-over of which only its owner would is left out.
    `kept`: drawn already, and counted when places are shared out; only the others are in the
    answer. `excluded`: hand-overs that may not come (again). Raises ValueError for a stratum that
    there is not, and for a hand-over that comes twice.
    """
    pool = sorted(candidates, key=lambda one: _lot(seed, one.handoff))
    _refuse(pool)
    gone = {one.handoff for one in kept}.union(excluded)
    pool = [one for one in pool if one.handoff not in gone and _has_reviewer(one, reviewers)]
    counts = Counter(one.stratum for one in pool)
    wanted = _shared_out(counts, kept, size)
    drawn = _filled(_nearest(pool, size), wanted, kept, _Shares.of([*pool, *kept], size))
    return Draw(seed, tuple(_in_order(drawn, counts, kept, size, seed)), len(pool))


def _lot(seed: str, handoff: int, of: str = "") -> str:
    return hashlib.sha256(f"{seed}:{of}{handoff}".encode()).hexdigest()


def _refuse(pool: Sequence[Candidate]) -> None:
    unknown = {one.stratum for one in pool} - STRATA.keys()
    if unknown:
        raise ValueError(f"No stratum is called {', '.join(sorted(unknown))}.")
    if len({one.handoff for one in pool}) < len(pool):
        raise ValueError("A hand-over can be drawn once; it came twice.")


def _has_reviewer(candidate: Candidate, reviewers: Collection[int] | None) -> bool:
    """Whether somebody besides its owner will look at it."""
    return reviewers is None or any(one != candidate.rep for one in reviewers)


def _nearest(pool: Sequence[Candidate], size: int) -> dict[str, list[Candidate]]:
    """By stratum, in the order of their lots, those that can be drawn at all: of one source and rep
    no more than the sample has places."""
    there: dict[str, list[Candidate]] = {name: [] for name in STRATA}
    seen: Counter[tuple[str, str, int | None]] = Counter()
    for one in pool:
        alike = (one.stratum, one.source, one.rep)
        seen[alike] += 1
        if seen[alike] <= size:
            there[one.stratum].append(one)
    return there


def _shared_out(there: Mapping[str, int], kept: Sequence[Candidate], size: int) -> dict[str, int]:
    """How many each stratum gets besides what is kept: one at a time, to the one with fewest that
    has any left."""
    has = Counter(one.stratum for one in kept)
    given = dict.fromkeys(STRATA, 0)
    for _ in range(size - len(kept)):
        left = [name for name in STRATA if given[name] < there[name]]
        if not left:
            break
        given[min(left, key=lambda name: has[name] + given[name])] += 1
    return given


@dataclass(frozen=True, slots=True)
class _Shares:
    """How many of a sample may come of one source, and of one rep, where others could."""

    source: int
    rep: int

    @classmethod
    def of(cls, pool: Sequence[Candidate], size: int) -> "_Shares":
        sources = {one.source for one in pool}
        reps = {one.rep for one in pool if one.rep is not None}
        return cls(-(-size // max(1, len(sources))), -(-size // max(1, len(reps))))

    def excess(self, drawn: Iterable[Candidate]) -> int:
        """By how many leads sources and reps have more than their shares."""
        sources, reps = _counts(drawn)
        over = sum(max(0, n - self.source) for n in sources.values())
        return over + sum(max(0, n - self.rep) for n in reps.values())


def _counts(drawn: Iterable[Candidate]) -> tuple[Counter[str], Counter[int]]:
    listed = list(drawn)
    reps = Counter(one.rep for one in listed if one.rep is not None)
    return Counter(one.source for one in listed), reps


def _filled(
    there: dict[str, list[Candidate]],
    wanted: dict[str, int],
    kept: Sequence[Candidate],
    shares: _Shares,
) -> list[Candidate]:
    """The places of each stratum filled, strata with least choice first; then spread."""
    drawn: list[Candidate] = []
    for name in sorted(STRATA, key=lambda name: len(there[name]) - wanted[name]):
        for _ in range(wanted[name]):
            left = [one for one in there[name] if one not in drawn]
            drawn.append(min(left, key=_least([*kept, *drawn])))
    return _spread(drawn, there, kept, shares)


def _least(drawn: Sequence[Candidate]) -> Callable[[Candidate], tuple[int, int]]:
    """Ranks by how often a source, then a rep, was drawn; of equal ones the first lot comes."""
    sources, reps = _counts(drawn)
    return lambda one: (sources[one.source], reps[one.rep] if one.rep is not None else 0)


def _spread(
    drawn: list[Candidate],
    there: dict[str, list[Candidate]],
    kept: Sequence[Candidate],
    shares: _Shares,
) -> list[Candidate]:
    """The same strata, leads exchanged as long as that lessens what is above a share."""
    while True:
        excess = shares.excess([*kept, *drawn])
        better = next(
            (one for one in _exchanged(drawn, there) if shares.excess([*kept, *one]) < excess), None
        )
        if not excess or better is None:
            return drawn
        drawn = better


def _exchanged(
    drawn: list[Candidate], there: dict[str, list[Candidate]]
) -> Iterator[list[Candidate]]:
    """The sample with one lead exchanged for another of its stratum, one source and rep once."""
    for place, one in enumerate(drawn):
        tried = set()
        for other in there[one.stratum]:
            if other not in drawn and (other.source, other.rep) not in tried:
                tried.add((other.source, other.rep))
                yield [*drawn[:place], other, *drawn[place + 1 :]]


def _in_order(
    drawn: Sequence[Candidate],
    there: Mapping[str, int],
    kept: Sequence[Candidate],
    size: int,
    seed: str,
) -> Iterator[Place]:
    """The places in an order of its own, which tells nothing of strata."""
    count = Counter(one.stratum for one in kept)
    quota = {name: (size + len(STRATA) - 1 - n) // len(STRATA) for n, name in enumerate(STRATA)}
    why: dict[int, str] = {}
    for one in drawn:
        count[one.stratum] += 1
        of = count_of(there[one.stratum], "lead")
        why[one.handoff] = f"Drawn by lot among {of} {STRATA[one.stratum]}"
        if count[one.stratum] > quota[one.stratum]:
            why[one.handoff] += ", as other kinds had too few"
    for one in sorted(drawn, key=lambda one: _lot(seed, one.handoff, "place:")):
        yield Place(one, f"{why[one.handoff]}.")
