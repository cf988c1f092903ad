"""Querysets whose statement is written once and prepared.

Django takes longer to write a wide join than PostgreSQL to answer it. A page's fixed statements are
written at their first use; afterwards only their parameters change, and the server keeps the plan.
"""

import copy
import datetime as dt
import functools
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler
from psycopg import sql as psql
from psycopg.types.numeric import Int2, Int4, Int8

from handoff import statements

Row = TypeVar("Row")
Kept = TypeVar("Kept")

PLACE = re.compile("%s|%%")


class Statement:
    """A statement with places for the arguments; what else was a parameter is written out, so that
    the planner knows it and may use an index on part of a table."""

    def __init__(self, sql: str, params: Iterable[Any], marks: Sequence[Any]) -> None:
        self.places: list[tuple[int, Callable[[Any], Any]]] = []
        self.sql = PLACE.sub(functools.partial(self._place, iter(params), marks), sql)
        asked = {n for n, mark in enumerate(marks) if mark is not None}
        if unused := asked - {n for n, _ in self.places}:
            raise TypeError(f"Arguments {sorted(unused)} are no parameter of the statement: {sql}")

    def _place(self, params: Any, marks: Sequence[Any], found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%%"
        value = next(params)
        argument = next((n for n, mark in enumerate(marks) if _is(value, mark)), None)
        if argument is None:
            text = psql.Literal(value).as_string(connections[DEFAULT_DB_ALIAS].connection)
            return text.replace("%", "%%")
        self.places.append((argument, type(value) if type(value) in NUMBERS else _as_it_is))
        return "%s"

    def fetch(self, arguments: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Its rows for these arguments."""
        return statements.fetch(self.sql, [kind(arguments[n]) for n, kind in self.places])


class _Query:
    """A queryset, its compiler after it wrote the statement, and the statement."""

    def __init__(self, queryset: QuerySet[Any, Any], marks: Sequence[Any]) -> None:
        self.queryset = queryset
        self.compiler: SQLCompiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = self.compiler.as_sql()
        self.statement = Statement(sql, params, marks)

    def rows(self, arguments: Sequence[Any]) -> list[Any]:
        compiler = copy.copy(self.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        width = compiler.col_count if compiler.has_extra_select else None
        found = [row[:width] for row in self.statement.fetch(arguments)]
        compiler.execute_sql = lambda *_, **__: [found]  # type: ignore
        queryset = self.queryset.all()
        queryset.query.get_compiler = lambda *_, **__: compiler  # type: ignore
        return list(queryset)


NUMBERS = (Int2, Int4, Int8)
MARKS: dict[type, Callable[[int], Any]] = {
    type(None): lambda _: None,
    int: lambda n: 4_611_686_018_427_387_000 + n,
    str: lambda n: f"\ue000 argument {n}",
    dt.datetime: lambda n: dt.datetime(9998, 12, 1 + n, tzinfo=dt.UTC),
}
"""A value that stands for an argument while the statement is written."""


def _is(value: Any, mark: Any) -> bool:
    return mark is not None and isinstance(value, type(mark)) and value == mark


def _as_it_is(value: Any) -> Any:
    return value


def kept(make: Callable[..., Kept]) -> Callable[..., Kept]:
    """`make(marks, **shape)`, once for each kind of arguments and each shape; the function returned
    is given the arguments themselves."""

    @functools.lru_cache(maxsize=256)
    def found(kinds: tuple[type, ...], shape: tuple[tuple[str, Any], ...]) -> Kept:
        connections[DEFAULT_DB_ALIAS].ensure_connection()
        return make([MARKS[kind](n) for n, kind in enumerate(kinds)], **dict(shape))

    def get(arguments: Sequence[Any], **shape: Any) -> Kept:
        return found(tuple(map(type, arguments)), tuple(sorted(shape.items())))

    return get


def prepared(build: Callable[..., QuerySet[Any, Row]]) -> Callable[..., list[Row]]:
    """Call `build` once and keep its statement; the function then answers with the rows.

    Positional arguments (numbers, texts, moments) are the parameters of the statement: `build` must
    not look at them, except for None, which is none. Arguments by name may shape it; there is a
    statement for each of their values. Raises TypeError at first use where an argument is no
    parameter of the statement.
    """
    query_of = kept(lambda marks, **shape: _Query(build(*marks, **shape), marks))

    @functools.wraps(build)
    def rows(*arguments: Any, **shape: Any) -> list[Row]:
        return query_of(arguments, **shape).rows(arguments)

    return rows
