"""Statements are planned once per connection, not once per lead."""

import pytest

from handoff import statements

pytestmark = [pytest.mark.django_db, pytest.mark.service]

PREPARED = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s"


def test_a_statement_is_prepared_at_its_first_use() -> None:
    for number in range(3):
        assert statements.fetch("SELECT %s::int + 1 AS once_prepared", (number,)) == [(number + 1,)]
    assert statements.fetch(PREPARED, ("%once_prepared%",)) == [(1,)]
