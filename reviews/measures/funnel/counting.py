"""The passages of a question, read once and counted. SQL."""

import datetime as dt
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from handoff import statements
from reviews.measures.catalogue import IS_WORKED
from reviews.measures.dimensions import DIMENSIONS
from reviews.measures.durations import ranked_times
from reviews.measures.figuring import keys_of
from reviews.measures.promises import Question
from reviews.measures.ranking import Times
from reviews.measures.reading import NONE_OF_IT, Columns, Which, read
from reviews.measures.stands import number_of, said_of

from .passages import ASPECTS, FURTHEST, SAID_OF, WAY, first_place, kept
from .path import Path, whole

STAND, REASON = "stand", "reason"
NUMBER = number_of({SAID_OF.get(name, name): values for name, values in ASPECTS.items()})
COLUMNS = {
    STAND: NUMBER,
    REASON: "reason_id",
    **{name: name for name in ("from_received", "to_accept", "to_touch", "to_deal", "to_close")},
}
TIMES = {
    "handed": ("from_received", "true"),
    "accepted": ("to_accept", IS_WORKED),
    "touched": ("to_touch", "true"),
    "opportunity": ("to_deal", "outcome <> ''"),
    "won": ("to_close", "outcome = 'won'"),
}
"""Of the step by its key: which seconds of a row say when it came, and what else it has to be; of
what was won they are told from the opportunity on."""

KEPT = """SELECT furthest, way, {value}count(*) FILTER (WHERE at >= %s),
    count(*) FILTER (WHERE at < %s) FROM ({kept}) k GROUP BY {grouped}"""
"""Not by the moment: the server would expect a group for each, and go through them alone."""

Stand = tuple[int, str, int | None]
Counts = dict[tuple[Any, ...], dict[Stand, int]]
"""By the value of a dimension where one is asked for."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a question comes to. `rows`: by the dimension asked for, most first; `before`: of the
    time just before, of the same length, None where it was not asked for; `times` to a step, by its
    key, of those that a time is told of."""

    all: Path
    rows: tuple[Path, ...]
    before: Path | None
    times: dict[str, Times]


def told(question: Question, *, by: str = "", compares: bool = False, at: dt.datetime) -> Told:
    """How far its passages came, by a dimension where one is named, and the time that steps took
    whoever was handed over; `compares`: beside the time before."""
    compared = question.before
    asked = question.within(compared.since, question.until) if compares else question
    edges = [compared.since, question.since, question.until]
    rows = read(asked, COLUMNS, by=[by] if by else [], edges=edges, at=at)
    now = rows.between(question.since, question.until)
    counts = {True: _handed_over(rows, now), False: _handed_over(rows, ~now)}
    if first_place(question) == 1:
        for key, stand, *sizes in _kept(asked, by, since=question.since):
            for is_now, n in zip((True, False), sizes, strict=True):
                _add(counts[is_now], key, stand, n)
    paths = _paths(counts[True], by)
    return Told(
        whole(paths),
        tuple(sorted(paths, key=lambda one: (-one.received, one.key))),
        whole(map(Path, counts[False].values())) if compares else None,
        dict(_times(rows, now)),
    )


def _handed_over(rows: Columns, which: Which) -> Counts:
    """How many of those that were read and are chosen stand how."""
    of, has_reason = _said(), np.array([way == "rejected" for _, way, *_ in _said()])
    stands = rows.numbers[STAND][which]
    reasons = np.where(has_reason[stands], rows.numbers[REASON][which] + 1, 0)
    most = int(reasons.max(initial=0)) + 1
    alike, sizes = np.unique(
        (rows.group[which] * len(of) + stands) * most + reasons, return_counts=True
    )
    counts: Counts = {}
    for number, n in zip(alike.tolist(), sizes.tolist(), strict=True):
        rest, reason = divmod(number, most)
        group, stand = divmod(rest, len(of))
        furthest, way, *_ = of[stand]
        _add(counts, rows.keys[group], (furthest, way, reason - 1 if reason else None), n)
    return counts


@functools.cache
def _said() -> list[tuple[Any, ...]]:
    """For each number a line: how far, in which way, and whether it has each of the times. It is
    the same for the life of the process."""
    return said_of(ASPECTS, [FURTHEST, WAY, *(condition for _, condition in TIMES.values())])


def _kept(question: Question, by: str, *, since: dt.datetime) -> Iterator[tuple[Any, ...]]:
    """Of what never was handed over its value, how it stands, and how many came `since` then, and
    before."""
    value = f"{DIMENSIONS[by].column} AS value," if by else ""
    text, values = kept(question, also=value)
    asked = KEPT.format(
        value="value, " if by else "", kept=text, grouped="1, 2, 3" if by else "1, 2"
    )
    for furthest, way, *key, now, before in statements.ask(asked, [since, since, *values]):
        yield tuple(key), (furthest, way, None), now, before


def _add(counts: Counts, key: tuple[Any, ...], stand: Stand, n: int) -> None:
    if n:
        found = counts.setdefault(key, {})
        found[stand] = found.get(stand, 0) + n


def _paths(counts: Counts, by: str) -> list[Path]:
    """One for each key: what was handed over and what never was together."""
    keys = keys_of(list(counts), by) if by else [("", "")] * len(counts)
    found: Counts = {}
    for called, group in zip(keys, counts.values(), strict=True):
        for stand, n in group.items():
            _add(found, called, stand, n)
    return [Path(one, *called) for called, one in found.items()]


def _times(rows: Columns, which: Which) -> Iterator[tuple[str, Times]]:
    """The time to each step that has one, of those that are chosen."""
    stands, one = rows.numbers[STAND], np.zeros_like(rows.group)
    for place, (step, (column, _)) in enumerate(TIMES.items(), 2):
        has_it = np.array([bool(line[place]) for line in _said()])[stands]
        seconds = rows.numbers[column]
        if step == "won":
            deal = rows.numbers["to_deal"]
            has_it &= deal != NONE_OF_IT
            seconds = np.where(seconds == NONE_OF_IT, NONE_OF_IT, seconds - deal)
        (times,) = ranked_times(seconds, one, 1, which=which & has_it)
        yield step, times
