"""The tests' environment; loaded by pytest before Django reads its settings.

Without DATABASE_URL the suite runs on an embedded server in DATA_DIR (`var/test`), started for the
run and stopped after the last of several; each process has a database of its own there. Tests
connect as the tables' owner, so that they can make them; what the application's own role may do
has tests of its own.
"""

import os

os.environ.setdefault("DATA_DIR", "var/test")
os.environ["DATABASE_ROLE"] = "owner"
os.environ["DATABASE_POOL"] = "0"
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
