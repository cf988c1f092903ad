"""The rows of a question as columns of numbers, read once for all that is counted of them. SQL.

Each row goes over as a few numbers of a fixed width, one after the other, and rows alike in a
dimension as one string of bytes: several processes of the server write them side by side, and
nothing is read from text. What is sorted and counted then, `ranking` and whoever asks say.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handoff import statements

from .dimensions import DIMENSIONS
from .promises import Question

Numbers = NDArray[np.int64]
Which = NDArray[np.bool_]

NONE_OF_IT = -(2**31)
"""Stands for NULL; the seconds of a row never reach it."""

AT_ONCE = 8192
"""So many rows are taken apart at once, as many as stay near the processor."""

STRETCHED = "width_bucket(made_at, %s::timestamptz[])"
"""Between which two moments a row was made, from 1 on."""
ONE = "coalesce({0}, {1})::int4"
PAIR = "int8send((({0})::int8 << 32) | (({1})::int8 & 4294967295))"
"""Two numbers in one: what costs is each string of bytes that is made."""

READ = "SELECT {values}, string_agg({packed}, '') FROM ({rows}) r WHERE {which}{grouped}"
NAMED = """SELECT '{dimension}', g.value, {key}, {name}
FROM unnest(%s::bigint[]) AS g(value) {joined}"""


@dataclass(frozen=True, slots=True)
class Packed:
    """A column of bytes that holds several numbers as they are read, one after the other."""

    column: str
    names: tuple[str, ...]


NOTHING = Packed("", ())


@dataclass(frozen=True, slots=True)
class Columns:
    """What was read. `keys`: of each group its values of the dimensions asked for, None for none;
    `group`: which of them a row is of; `stretch`: after how many of the `edges` it was made;
    `numbers`: of each column, NONE_OF_IT where a row has none."""

    keys: tuple[tuple[Any, ...], ...]
    group: Numbers
    stretch: Numbers
    edges: tuple[dt.datetime, ...]
    numbers: dict[str, Numbers]

    def between(self, since: dt.datetime, until: dt.datetime) -> Which:
        """Which rows were made from `since` until before `until`, both among the edges."""
        return self.place([since, until]) == 0

    def place(self, moments: Sequence[dt.datetime]) -> Numbers:
        """Of each row after which of some moments it was made, all among the edges and in order:
        0 for the first, -1 before it, and from the last one on the number of moments less one."""
        befores = [sum(one <= edge for one in moments) - 1 for edge in self.edges]
        return np.array([-1, *befores], np.int64)[self.stretch]


def read(
    question: Question,
    columns: Mapping[str, str],
    *,
    packed: Packed = NOTHING,
    by: Sequence[str] = (),
    edges: Sequence[dt.datetime] = (),
    which: str = "true",
    values: Sequence[Any] = (),
    at: dt.datetime,
) -> Columns:
    """The rows of a question, in one statement: of each the `columns`, whole numbers of four bytes
    as SQL over a row `r` of `promises.ROWS` with `values` in their places, grouped by dimensions,
    and told apart by moments; only those of them for which the condition `which` holds. What is
    `packed` already is read beside."""
    groups = [f"v{place}" for place, _ in enumerate(by)]
    also = "".join(
        f"{DIMENSIONS[one].column} AS {group}," for one, group in zip(by, groups, strict=True)
    )
    rows, given = question.rows(at=at, also=also)
    sorted_edges = sorted(set(edges))
    text = READ.format(
        values=", ".join(groups) or "NULL",
        packed=" || ".join(filter(None, (_packed([STRETCHED, *columns.values()]), packed.column))),
        rows=rows,
        which=which,
        grouped=f" GROUP BY {', '.join(groups)}" if groups else "",
    )
    asked = [sorted_edges, *values, *given]
    found = [(key, said) for *key, said in statements.take(text, asked) if said]
    return _taken_apart(found, (*columns, *packed.names), tuple(sorted_edges))


def _packed(expressions: Sequence[str]) -> str:
    numbers = [ONE.format(one, NONE_OF_IT) for one in expressions]
    pairs = zip(numbers[::2], numbers[1::2], strict=False)
    parts = [PAIR.format(*pair) for pair in pairs]
    if len(numbers) % 2:
        parts.append(f"int4send({numbers[-1]})")
    return " || ".join(parts)


def _taken_apart(
    found: Sequence[tuple[Sequence[Any], bytes]],
    names: Sequence[str],
    edges: tuple[dt.datetime, ...],
) -> Columns:
    width = 1 + len(names)
    sizes = [len(said) // (4 * width) for _, said in found]
    columns, place = np.empty((width, sum(sizes)), np.int64), 0
    for (_, said), size in zip(found, sizes, strict=True):
        rows = np.frombuffer(said, ">i4").reshape(size, width)
        for start in range(0, size, AT_ONCE):
            some = rows[start : start + AT_ONCE].T
            columns[:, place + start : place + start + some.shape[1]] = some
        place += size
    return Columns(
        tuple(tuple(key) for key, _ in found),
        np.repeat(np.arange(len(found)), np.array(sizes, np.int64)),
        columns[0],
        edges,
        dict(zip(names, columns[1:], strict=True)),
    )


def named(wanted: Mapping[str, Sequence[int]]) -> dict[tuple[str, int], tuple[str, str]]:
    """Key and name of the numbers that stand for something in a dimension, in one statement."""
    parts = list(_names(wanted))
    if not parts:
        return {}
    text = " UNION ALL ".join(part for part, _ in parts)
    found = statements.ask(text, [values for _, values in parts])
    return {(dimension, value): (key, name or "") for dimension, value, key, name in found}


def _names(wanted: Mapping[str, Sequence[int]]) -> Iterator[tuple[str, list[int]]]:
    for dimension, values in wanted.items():
        one = DIMENSIONS[dimension]
        if one.joined and values:
            key, name = one.telling
            text = NAMED.format(dimension=dimension, key=key, name=name, joined=one.joined)
            yield text, list(values)
