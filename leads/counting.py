"""Many small counts in one statement."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import QuerySet

LIMIT = 1000
"""No count looks further than this many rows: a badge saying “999+” needs no more."""


def capped_counts(querysets: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """How many rows each queryset has, at most LIMIT, in one statement."""
    if not querysets:
        return {}
    parts: list[str] = []
    params: list[Any] = []
    for rows in querysets.values():
        sql, values = rows.order_by().values("pk")[:LIMIT].query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS counted)")
        params.extend(values)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        return dict(zip(querysets, cursor.fetchone(), strict=True))


def badge(count: int) -> str:
    """A count as a badge shows it: “38”, “999+”."""
    return f"{count}" if count < LIMIT else f"{LIMIT - 1}+"
