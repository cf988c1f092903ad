"""Somebody else at the same moment: a call on its own connection, until it waits for a lock."""

import threading
import time
from collections.abc import Callable

from django.db import connection

from handoff import statements

PATIENCE = 60
"""Seconds."""
WAITS = "SELECT cardinality(pg_blocking_pids(%s)) > 0"


class Beside(threading.Thread):
    """Does something on a connection of its own; `raised` is what came of it."""

    def __init__(self, does: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self.does, self.connected = does, threading.Event()
        self.raised: Exception | None = None

    def run(self) -> None:
        try:
            ((self.backend,),) = statements.fetch("SELECT pg_backend_pid()")
            self.connected.set()
            self.does()
        except Exception as error:
            self.raised = error
        finally:
            connection.close()

    def begin_and_wait(self) -> None:
        """Start it; back once it waits for somebody's lock."""
        self.start()
        assert self.connected.wait(PATIENCE)
        deadline = time.monotonic() + PATIENCE
        while not statements.fetch(WAITS, [self.backend])[0][0]:
            assert self.is_alive() and time.monotonic() < deadline, self.raised
            time.sleep(0.01)

    def has_ended_well(self) -> bool:
        """Whether it came to its end, nothing raised; waits for it."""
        self.join(PATIENCE)
        return self.raised is None and not self.is_alive()
