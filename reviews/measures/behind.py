"""What is behind a figure: how many is one statement, a page of them another. SQL."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar, overload

from handoff import statements

Found = TypeVar("Found")
NEWEST_FIRST = "made_at DESC, id DESC"


class Behind(Sequence[Found], Generic[Found]):
    """The rows of a statement in an `order`, each as `made` makes it of its columns. Only what is
    asked for is read; whoever goes through all of them reads all at once."""

    def __init__(
        self,
        text: str,
        values: Sequence[Any],
        made: Callable[..., Found],
        *,
        order: str = NEWEST_FIRST,
    ) -> None:
        self._text, self._values, self._made, self._order = text, list(values), made, order

    @cached_property
    def _length(self) -> int:
        ((length,),) = statements.ask(f"SELECT count(*) FROM ({self._text}) n", self._values)
        return int(length)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Found]:
        return iter(self._read("", ()))

    @overload
    def __getitem__(self, part: int) -> Found: ...
    @overload
    def __getitem__(self, part: slice) -> list[Found]: ...
    def __getitem__(self, part: int | slice) -> Found | list[Found]:
        if isinstance(part, int):
            return self[part : part + 1][0]
        start, stop = part.start or 0, len(self) if part.stop is None else part.stop
        return self._read(" LIMIT %s OFFSET %s", (max(stop - start, 0), start))

    def _read(self, page: str, given: Sequence[int]) -> list[Found]:
        text = f"{self._text} ORDER BY {self._order}{page}"
        return [self._made(*row) for row in statements.ask(text, [*self._values, *given])]


def handoffs(text: str, values: Sequence[Any]) -> Behind[int]:
    """The hand-overs (by primary key) of rows that have `id` and `made_at`, the newest first."""
    return Behind(f"SELECT id FROM ({text}) behind", values, int)
