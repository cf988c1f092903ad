"""Many small counts in one statement, which is written once."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet

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


def badge(count: int) -> str:
    """A count as a badge shows it: “38”, “999+”."""
    return f"{count}" if count < LIMIT else f"{LIMIT - 1}+"
