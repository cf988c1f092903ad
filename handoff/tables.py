"""The one kind of table: declared columns, calm look, ordering that ends in the primary key."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import django_tables2 as tables
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.urls import get_script_prefix, reverse
from django.utils.functional import cached_property
from django_tables2.rows import BoundRows

PER_PAGE = 50
COUNTED = 1000
ANY = 1_234_567_890
"""A number that no other part of an address holds."""


class BaseTable(tables.Table):
    """A list in the house look. Columns declare; `icon_name`, `empty_title` and `empty_says` tell
    what would fill it."""

    icon_name = "inbox"
    empty_title = "Nothing here yet"
    empty_says = ""

    class Meta:
        template_name = "parts/table.html"
        attrs: dict[str, Any] = {"class": "calm cards pairs"}  # noqa: RUF012
        order_by_field = "sort"

    def turn_to(self, number: str) -> None:
        """Show page `number`, as it stands in an address; the nearest one where there is none."""
        self.paginator = CappedPaginator(self.rows, PER_PAGE)
        self.page = self.paginator.get_page(number)

    def drawn(self) -> Iterator[list[tuple[str, str, Any]]]:
        """The rows of the page, each as (class, heading, cell) by column; the classes and headings
        are read once."""
        said = [
            (one.column.attrs.get("td", {}).get("class", ""), str(one.header), one.name)
            for one in self.columns
        ]
        for row in self.paginated_rows:
            yield [(css, heading, row.get_cell(name)) for css, heading, name in said]


class CappedPaginator(Paginator):
    """Counts no further than COUNTED rows, so that a long list costs what a short one does; whoever
    needs a row beyond them narrows the list."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        if isinstance(rows, BoundRows):
            rows = rows.data.data
        if isinstance(rows, QuerySet):
            return rows.order_by()[: COUNTED + 1].count()
        return len(rows)

    @property
    def total(self) -> str:
        """The count in words: “38”, or “more than 1,000”."""
        return f"{self.count:,}" if self.count <= COUNTED else f"more than {COUNTED:,}"


def address_of(route: str, pk: int) -> str:
    """What `reverse` gives for a route of one number, for the rows of a list: the route is looked
    up once, not once a row."""
    return _pattern(route, get_script_prefix()) % pk


@cache
def _pattern(route: str, _prefix: str) -> str:
    """The addresses of a route, `%d` for the number."""
    return reverse(route, args=[ANY]).replace("%", "%%").replace(str(ANY), "%d")
