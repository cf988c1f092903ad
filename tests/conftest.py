"""What every test can count on."""

import os
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db.backends.postgresql.operations import DatabaseOperations
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker

from handoff import embedded
from handoff.models.person import ROLES
from tests import template

settings.register_profile(
    "shared machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("shared machine")
NO_SKIP = os.environ.get("HANDOFF_NO_SKIP") == "1"


ON_SERVICES = (
    "test_story.py",
    "leads/test_api_",
    "leads/test_intake_",
    "leads/test_matching",
    "leads/test_many_at_once",
    "leads/test_turns",
    "leads/test_breaches",
    "leads/test_answers",
    "handoff/test_rules_",
    "handoff/test_history",
)
"""What also runs on PostgreSQL 15: what asks it for more than it gives every page."""


ALONE = ("faults/", "leads/test_api_feed.py")
"""What cannot run beside others: it kills processes, measures time, or asks which transactions of
the whole server are over."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        path = item.path.relative_to(here).as_posix()
        if path.startswith(ON_SERVICES):
            item.add_marker("service")
        if path.startswith(ALONE):
            item.add_marker("alone")


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """A running server, and on it a database of this process's own."""
    where = django_settings.EMBEDDED
    server = nullcontext() if where is None else embedded.held(where, embedded.FOR_TESTS)
    with server, django_db_blocker.unblock(), template.copied(), django_db_blocker.block():
        yield


@pytest.fixture(autouse=True, scope="session")
def _history_goes_between_tests() -> Iterator[None]:
    """Tests that commit are cleaned up by TRUNCATE, which the triggers of history refuse; the
    roles, which a migration made, are there again for the next test."""
    flush = DatabaseOperations.sql_flush
    names = ", ".join(f"('{role}')" for role in ROLES)
    roles = f"INSERT INTO auth_group (name) VALUES {names} ON CONFLICT DO NOTHING"

    def unguarded(self: DatabaseOperations, *args: Any, **kwargs: Any) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT format('ALTER TABLE %s %%s TRIGGER %I', tgrelid::regclass, tgname)"
                " FROM pg_trigger WHERE NOT tgisinternal AND tgtype & 32 <> 0"
            )
            guards = [row[0] for row in cursor.fetchall()]
        off, on = ([guard % word for guard in guards] for word in ("DISABLE", "ENABLE"))
        return [*off, *flush(self, *args, **kwargs), *on, roles]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(DatabaseOperations, "sql_flush", unguarded)
        yield


@pytest.fixture(autouse=True)
def _quick_and_quiet(settings: LazySettings, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Cheap password hashes, mail in memory and an empty cache."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.MEDIA_ROOT = tmp_path_factory.getbasetemp() / "uploads"
    cache.clear()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """With HANDOFF_NO_SKIP=1, as in CI, a test that could not run has failed."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if NO_SKIP and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and HANDOFF_NO_SKIP=1: {report.longrepr}"
