"""What every test can count on."""

import os
from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.core.cache import cache

NO_SKIP = os.environ.get("HANDOFF_NO_SKIP") == "1"


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
