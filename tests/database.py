"""The tests' database and environment; loaded by pytest before Django reads its settings.

Without DATABASE_URL the suite runs on an embedded database in DATA_DIR (`var/test`), started for
the run and stopped afterwards. Tests connect as the tables' owner, so that they can make them;
what the application's own role may do has tests of its own.
"""

import os
from collections.abc import Iterator

import pytest
from django.conf import settings

from handoff import embedded

os.environ.setdefault("DATA_DIR", "var/test")
os.environ["DATABASE_ROLE"] = "owner"
os.environ["DATABASE_POOL"] = "0"
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> Iterator[None]:
    """Have a server running before the test database is made."""
    if settings.EMBEDDED is None:
        yield
        return
    with embedded.held(settings.EMBEDDED, embedded.FOR_TESTS):
        yield
