"""Tells the database who is changing something, for its history tables.

The triggers of `handoff.models.history` copy `pghistory.context_metadata` into `pgh_context`:
`{"user": primary key, "url": path}` for a signed-in person, `{"by": name}` where `by` was called.
Other work (a sweep, an enquiry that arrives) has none; the lead's own events say who that was.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar

import pghistory
import psycopg
from django.http import HttpRequest, HttpResponse

_told: ContextVar[str] = ContextVar("told", default="")

READING = frozenset({"GET", "HEAD", "OPTIONS"})


class Changes:
    """Names the signed-in person as the one who changes what this request changes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in READING or not request.user.is_authenticated:
            return self.get_response(request)
        with _told_as(user=request.user.pk, url=request.path):
            return self.get_response(request)


def by(name: str) -> AbstractContextManager[None]:
    """Name who changes something where no person is signed in: “API key crm”, a command.

    An empty name leaves things as they are.
    """
    return _told_as(by=name) if name else nullcontext()


@contextmanager
def _told_as(**who: object) -> Iterator[None]:
    token = _told.set(json.dumps(who))
    try:
        with pghistory.context(**who):
            yield
    finally:
        _told.reset(token)


def tell(connection: psycopg.Connection[object]) -> None:
    """Say it where statements go past Django's cursors; for this transaction, nothing where no
    person."""
    if who := _told.get():
        connection.execute("SELECT set_config('pghistory.context_metadata', %s, true)", (who,))
