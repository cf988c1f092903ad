#!/usr/bin/env python
"""Django's command line, with a database behind it."""

import os
import sys
from contextlib import ExitStack

from django.conf import settings
from django.core.management import execute_from_command_line

from handoff import embedded

NEED_NO_DATABASE = {"due", "help", "version", "up", "makemessages", "collectstatic", "findstatic"}
"""Commands that read no table, and `up`, which minds its database itself."""

OWN_THE_TABLES = {
    "migrate",
    "makemigrations",
    "sqlmigrate",
    "createcachetable",
    "flush",
    "dbshell",
    "pgtrigger",
}
"""Commands that run as the database's owner; all others as the role that cannot rewrite history."""


def main() -> None:
    """Run one command; start the embedded database for it if nothing else has."""
    command = next((word for word in sys.argv[1:] if not word.startswith("-")), "help")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "handoff.settings")
    os.environ.setdefault("DATABASE_POOL", "0")
    if command in OWN_THE_TABLES:
        os.environ.setdefault("DATABASE_ROLE", "owner")
    with ExitStack() as stack:
        if command not in NEED_NO_DATABASE and settings.EMBEDDED is not None:
            stack.enter_context(embedded.held(settings.EMBEDDED))
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
