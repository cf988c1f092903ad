"""Many small counts in one statement, which is written once."""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from handoff import statements
from handoff.prepared import Statement, kept

LIMIT = 1000
"""No count looks further than this many rows: a badge saying “999+” needs no more."""


def capped_counts(
    build: Callable[..., Mapping[str, QuerySet[Any]]],
) -> Callable[..., dict[str, int]]:
    """How many rows each queryset of `build` has, at most LIMIT, by name.

    Arguments are as those of `handoff.prepared.prepared`.
    """

    def write(marks: list[Any], **shape: Any) -> tuple[list[str], Statement]:
        parts: list[str] = []
        params: list[Any] = []
        querysets = build(*marks, **shape)
        for rows in querysets.values():
            sql, values = rows.order_by().values("pk")[:LIMIT].query.sql_with_params()
            parts.append(f"(SELECT count(*) FROM ({sql}) AS counted)")
            params.extend(values)
        return list(querysets), Statement(f"SELECT {', '.join(parts)}", params, marks)

    written = kept(write)

    @functools.wraps(build)
    def counts(*arguments: Any, **shape: Any) -> dict[str, int]:
        names, statement = written(arguments, **shape)
        return dict(zip(names, statement.fetch(arguments)[0], strict=True))

    return counts


def counts_of(querysets: Sequence[QuerySet[Any]], *, most: int) -> list[int]:
    """How many rows each has, at most `most`, in one statement; in none where there are none."""
    parts: list[str] = []
    params: list[Any] = []
    for rows in querysets:
        try:
            sql, values = rows.order_by().values("pk")[:most].query.sql_with_params()
        except EmptyResultSet:
            sql, values = "SELECT 1 WHERE false", ()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS counted)")
        params += values
    return list(statements.fetch(f"SELECT {', '.join(parts)}", params)[0]) if parts else []


def badge(count: int, *, most: int = 0) -> str:
    """A count as a badge shows it: “38”, “999+”; `most`: how far was counted, usually LIMIT."""
    most = most or LIMIT
    return f"{count}" if count < most else f"{most - 1}+"
