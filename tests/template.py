"""The database of tests, made once and copied by whoever runs them.

A hundred migrations take half a minute, a copy takes a second. It is made anew once a migration or
a pinned package changes; what an earlier one left is dropped.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

BEGINS = "handoff_template_"
LOCK = 2_026_11
"""Of whoever makes it; the others wait."""

END_OWN = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = %s AND usename = current_user AND pid <> pg_backend_pid()"""


@contextmanager
def copied() -> Iterator[None]:
    """Inside, the connection leads to a database of one's own, as all migrations leave one."""
    own = connection.settings_dict["NAME"]
    name = connection.settings_dict["TEST"]["NAME"] or f"test_{own}"
    _drop(name)
    _tell(f'CREATE DATABASE "{name}" TEMPLATE "{_ready()}"')
    _lead_to(name)
    yield
    _lead_to(own)
    _drop(name)


def _ready() -> str:
    """The name of the template, which is there."""
    name = BEGINS + _fingerprint()
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{BEGINS}%"])
        there = [row[0] for row in cursor.fetchall()]
        if name not in there:
            for old in there:
                _drop(old)
            _make(name)
    return name


def _fingerprint() -> str:
    root = Path(settings.BASE_DIR)
    said = hashlib.sha256((root / "requirements.txt").read_bytes())
    for path in sorted(root.glob("*/migrations/*.py")):
        said.update(f"{path.relative_to(root)}\n".encode() + path.read_bytes())
    return said.hexdigest()[:16]


def _make(name: str) -> None:
    """Under another name first: half a template is none."""
    own, of_tests = connection.settings_dict["NAME"], connection.settings_dict["TEST"]
    was, of_tests["NAME"] = of_tests["NAME"], f"{name}_new"
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    finally:
        of_tests["NAME"] = was
        _lead_to(own)
    _tell(f'ALTER DATABASE "{name}_new" RENAME TO "{name}"')


def _lead_to(name: str) -> None:
    connection.close()
    settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = name


def _drop(name: str) -> None:
    """Not by force: that fails while the server's own vacuum is there, for which a plain drop waits
    once it has asked it to go."""
    _tell(END_OWN, name)
    _tell(f'DROP DATABASE IF EXISTS "{name}"')


def _tell(statement: str, *values: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement, values or None)
