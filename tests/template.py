"""The database of tests, made once and copied by whoever runs them.

A hundred migrations take half a minute, a copy takes a second. It is made anew once a migration or
a pinned package changes; what an earlier one left is dropped.

Each process copies it for itself, so that several runs, and the workers of one, do not meet. A copy
goes with its process; that of one which was killed goes with the next run.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

BEGINS = "handoff_template_"
LOCK = 2_026_11
"""Of whoever makes or copies it; the others wait."""
IN_USE = 2_026_12
"""With a copy's name: held by its process for as long as that lives."""

COPIES = "SELECT datname FROM pg_database WHERE datname ~ %s"
END_OWN = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = %s AND usename = current_user AND pid <> pg_backend_pid()"""


@contextmanager
def copied() -> Iterator[None]:
    """Inside, the connection leads to a database of this process's own, as all migrations leave
    one."""
    own = connection.settings_dict["NAME"]
    name = f"test_{own}_{os.getpid()}"
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [IN_USE, name])
        try:
            copy(name, f"test_{own}")
            _lead_to(name)
            yield
        finally:
            _lead_to(own)
            drop(name)


def copy(name: str, house: str) -> None:
    """The template as `name`; copies of the same `house` that nobody uses any more go."""
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute(COPIES, [f"^{re.escape(house)}_[0-9]+$"])
        for left in [row[0] for row in cursor.fetchall()]:
            cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [IN_USE, left])
            if left == name or cursor.fetchone()[0]:
                drop(left)
        _tell(f'CREATE DATABASE "{name}" TEMPLATE "{_ready(cursor)}"')


def _ready(cursor: CursorWrapper) -> str:
    """The name of the template, which is there."""
    name = BEGINS + _fingerprint()
    cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{BEGINS}%"])
    there = [row[0] for row in cursor.fetchall()]
    if name not in there:
        for old in there:
            drop(old)
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


def drop(name: str) -> None:
    """Not by force: that fails while the server's own vacuum is there, for which a plain drop waits
    once it has asked it to go."""
    _tell(END_OWN, name)
    _tell(f'DROP DATABASE IF EXISTS "{name}"')


def _tell(statement: str, *values: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement, values or None)
