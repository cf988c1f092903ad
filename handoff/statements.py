"""Prepared statements on Django's own connection, inside Django's own transaction.

Django binds parameters in the client, so the server plans every statement anew. The journey's few
statements run for every lead and some are long; here they are bound by the server and prepared
once per connection. Errors are Django's (`django.db.IntegrityError`, …).
"""

import datetime as dt
import functools
import itertools
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

from handoff import changes


def _run(sql: str, params: Sequence[Any]) -> psycopg.Cursor[Any]:
    """Lists go as array literals: a list's guessed type would vary with its values (one without a
    number, one with a large one), and with it the prepared statement. Django's connections refuse
    to prepare until their threshold is set; Django's own cursors never do, whatever it is."""
    params = [literal(param) if isinstance(param, list) else param for param in params]
    django = connections[DEFAULT_DB_ALIAS]
    django.ensure_connection()
    django.connection.prepare_threshold = 0
    cursor: psycopg.Cursor[Any] = psycopg.RawCursor(django.connection)
    numbered, reads = _numbered(sql)
    started = time.monotonic()
    with django.wrap_database_errors:
        if django.in_atomic_block and not reads:
            changes.tell(django.connection)
        cursor.execute(numbered, params, prepare=True)
    if django.queries_logged:
        django.queries_log.append({"sql": sql, "time": f"{time.monotonic() - started:.3f}"})
    return cursor


@functools.lru_cache(maxsize=512)
def _numbered(sql: str) -> tuple[bytes, bool]:
    """The statement with the server's own places, `$1`, `$2`, …, and whether it begins as one that
    only reads. psycopg would look for the places of a long statement each time."""
    count = itertools.count(1)
    places = re.compile("%s|%%")
    numbered = places.sub(lambda found: f"${next(count)}" if found[0] == "%s" else "%", sql)
    return numbered.encode(), sql.lstrip().startswith("SELECT")


def fetch(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of a statement with `%s` places. JSON columns come as text; see `loads`."""
    with _run(sql, params) as cursor:
        return cursor.fetchall()


def ask(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows, as `fetch`, of a statement that is planned anew for these values: for what reads
    few rows or a million of them, as the days go that are asked for."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def take(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows, as `ask`, sent as the server keeps them: for long strings of bytes, which written
    as text would be twice as long."""
    django = connections[DEFAULT_DB_ALIAS]
    django.ensure_connection()
    started = time.monotonic()
    with django.wrap_database_errors, psycopg.RawCursor(django.connection) as cursor:
        written = psycopg.ClientCursor(django.connection).mogrify(sql, params)
        found = cursor.execute(written.encode(), binary=True, prepare=False).fetchall()
    if django.queries_logged:
        django.queries_log.append({"sql": sql, "time": f"{time.monotonic() - started:.3f}"})
    return found


def execute(sql: str, params: Sequence[Any] = ()) -> int:
    """Run a statement without rows; the number of rows it touched, -1 inside `together`."""
    with _run(sql, params) as cursor:
        return cursor.rowcount


@contextmanager
def together() -> Iterator[None]:
    """Inside, statements that return nothing are sent without waiting for the one before; whatever
    fetches waits for all. What one of them did wrong is raised at the next fetch, or at the end."""
    django = connections[DEFAULT_DB_ALIAS]
    django.ensure_connection()
    with django.wrap_database_errors, django.connection.pipeline():
        yield


def insert(
    table: str,
    columns: Mapping[str, str],
    rows: Iterable[Sequence[Any]],
    *,
    on_conflict: str = "",
    returning: str = "",
) -> list[tuple[Any, ...]]:
    """Insert any number of rows in one statement, `INSERT … SELECT … FROM unnest(…)`.

    `columns` names each column and its SQL type; array and jsonb columns are given as text (an
    array literal, JSON). Returns what `returning` asks for, else nothing. No rows: no statement.
    """
    listed = list(rows)
    if not listed:
        return []
    if len(listed) == 1:
        sql = _insert_one_sql(table, tuple(columns.items()), on_conflict, returning)
        params: list[Any] = [_as_text(value) for value in listed[0]]
    else:
        sql = insert_sql(table, tuple(columns.items()), on_conflict, returning)
        params = [list(column) for column in zip(*listed, strict=True)]
    if returning:
        return fetch(sql, params)
    execute(sql, params)
    return []


@functools.lru_cache(maxsize=128)
def _insert_one_sql(
    table: str, columns: tuple[tuple[str, str], ...], on_conflict: str, returning: str
) -> str:
    """A single row needs no arrays, which both sides would have to take apart."""
    names = ", ".join(f'"{name}"' for name, _ in columns)
    places = ", ".join(f"%s::{kind}" for _, kind in columns)
    return f"INSERT INTO {table} ({names}) VALUES ({places})" + _ending(on_conflict, returning)


def _as_text(value: Any) -> str | None:
    """A scalar as the server reads it, whatever its type: a number's guessed type would vary."""
    if value is None or type(value) is str:
        return value
    if type(value) is bool:
        return "t" if value else "f"
    return f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)


@functools.lru_cache(maxsize=128)
def insert_sql(
    table: str, columns: tuple[tuple[str, str], ...], on_conflict: str = "", returning: str = ""
) -> str:
    """The text of `insert`, for use inside a longer statement."""
    names = ", ".join(f'"{name}"' for name, _ in columns)
    casts = ", ".join(f'"{name}"::{kind}' for name, kind in columns)
    places = ", ".join(f"%s::{_carrier(kind)}[]" for _, kind in columns)
    sql = f"INSERT INTO {table} ({names}) SELECT {casts} FROM unnest({places}) AS given ({names})"
    return sql + _ending(on_conflict, returning)


def _ending(on_conflict: str, returning: str) -> str:
    conflict = f" ON CONFLICT {on_conflict}" if on_conflict else ""
    return conflict + (f" RETURNING {returning}" if returning else "")


def _carrier(kind: str) -> str:
    """The element type that carries a column through `unnest`: arrays and JSON go as text."""
    return "text" if kind.endswith("[]") or kind == "jsonb" else kind


MANY = 8
"""From so many values on it pays to look for a quicker way to write them."""


def literal(values: Iterable[Any]) -> str:
    """A one-dimensional array of scalars as PostgreSQL writes it, None as NULL."""
    listed = values if isinstance(values, list) else list(values)
    if len(listed) >= MANY and (quick := _alike(listed)) is not None:
        return quick
    return "{" + ",".join([_WRITTEN.get(type(value), _quoted)(value) for value in listed]) + "}"


def _alike(values: list[Any]) -> str | None:
    """The literal of values of one kind; None where they are not, or of a kind that is rare."""
    kinds = set(map(type, values))
    if kinds == {int}:
        return "{" + ",".join(map(str, values)) + "}"
    if kinds <= {str, type(None)}:
        return _texts(values)
    if kinds <= {dt.datetime, type(None)}:
        return "{" + ",".join(["NULL" if at is None else f'"{at}"' for at in values]) + "}"
    return None


def _texts(values: list[str | None]) -> str | None:
    """Texts quoted all at once, put together by NUL, which no text may hold; None where one does,
    for the database to refuse."""
    joined = "\0,".join(["\0N" if value is None else value for value in values])
    if joined.count("\0") != len(values) - 1 + values.count(None):
        return None
    quoted = joined.replace("\\", "\\\\").replace('"', '\\"').replace("\0,", '","')
    return f'{{"{quoted}"}}'.replace('"\0N"', "NULL")


def _quoted(value: Any) -> str:
    text = str(value)
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


_WRITTEN: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "NULL",
    bool: lambda value: "t" if value else "f",
    int: str,
    float: repr,
    bytes: lambda value: f'"\\\\x{value.hex()}"',
}


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else str(value)


_ENCODER = json.JSONEncoder(
    default=_plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")
)


def dumps(value: Any) -> str:
    """JSON text for a jsonb column of `insert`, the same for the same value; times as ISO-8601."""
    return _ENCODER.encode(value)


def loads(text: Any) -> Any:
    """The value of a jsonb column from `fetch`."""
    return json.loads(text) if isinstance(text, str) else text
