"""The broker that needs no installing: a queue in the PostgreSQL that is there anyway.

Celery only wakes work up, so a lost message costs the seconds to the next sweep. The queue's
tables belong to the application's role, in the embedded database in a database of their own.
"""

import psycopg
from django.conf import settings
from pgmq import get_embedded_install_sql

from handoff import embedded

URL = "pgmq://localhost/"


def conninfo() -> str:
    """How to connect to the queue's database, as libpq's `key=value`."""
    if settings.EMBEDDED is not None:
        return str(settings.EMBEDDED.conninfo(embedded.BROKER, embedded.APP))
    database = settings.DATABASES["default"]
    options = {
        "host": database.get("HOST"),
        "port": database.get("PORT"),
        "dbname": database.get("NAME"),
        "user": database.get("USER"),
        "password": database.get("PASSWORD"),
        "sslmode": database.get("OPTIONS", {}).get("sslmode"),
    }
    return psycopg.conninfo.make_conninfo(**{k: str(v) for k, v in options.items() if v})


def options() -> dict[str, object]:
    """Transport options for kombu: woken by NOTIFY, schema made by `prepare`, not by the worker."""
    return {
        "conn_string": conninfo(),
        "init_extension": False,
        "use_notify": True,
        "visibility_timeout": 3600,
        "wait_time_seconds": 0,
        "polling_interval": 1.0,
        "pool_size": 4,
    }


def prepare() -> None:
    """Make the queue's schema where it is missing."""
    with psycopg.connect(conninfo(), autocommit=True) as connection:
        found = connection.execute("SELECT to_regclass('pgmq.meta')").fetchone()
        if found is None or found[0] is None:
            with connection.transaction():
                connection.execute("SELECT pg_advisory_xact_lock(hashtext('handoff.broker'))")
                connection.execute(get_embedded_install_sql())
