"""Values and folding as SQL text. What is written here stands in statements with `%s` places, so a
percent sign is doubled."""

from collections.abc import Iterable
from dataclasses import dataclass

CASEFOLD_SINCE = 180000


@dataclass(frozen=True)
class Folding:
    """How a server folds text over all of Unicode; `template` has one `{}`."""

    template: str

    def __call__(self, sql: str) -> str:
        return self.template.format(sql)


CASEFOLD = Folding('casefold(({}) COLLATE "pg_unicode_fast")')
UPPER_LOWER = Folding(
    "replace(lower(upper(({}) COLLATE \"und-x-icu\") COLLATE \"und-x-icu\"), 'ς', 'σ')"
)
"""For servers without casefold; a final sigma is like any other."""


def folding_of(server_version: int) -> Folding:
    """The folding a server can do; `server_version` as `server_version_num` says it."""
    return CASEFOLD if server_version >= CASEFOLD_SINCE else UPPER_LOWER


def text(value: str) -> str:
    """A text literal, whatever the server's settings. The value holds no NUL."""
    quoted = value.replace("'", "''").replace("%", "%%")
    if "\\" in quoted:
        return " E'" + quoted.replace("\\", "\\\\") + "'"
    return f"'{quoted}'"


def texts(values: Iterable[str]) -> str:
    """A literal array of texts."""
    return f"ARRAY[{', '.join(map(text, values))}]::text[]"


def number(value: float) -> str:
    """A double precision literal of a finite number."""
    return f"'{float(value)!r}'::float8"


def numbers(values: Iterable[float]) -> str:
    """A literal array of double precision numbers."""
    return f"ARRAY[{', '.join(map(number, values))}]::float8[]"


def indented(sql: str) -> str:
    """A nested statement, shifted to the right."""
    return "  " + sql.replace("\n", "\n  ")
