"""Tells the database who is changing something, for its history tables.

The triggers of `handoff.models.history` copy `pghistory.context_metadata` into `pgh_context`:
`{"user": primary key, "url": path}` for a signed-in person. Work that no person started (a sweep,
an API key) has none; the lead's own events say who that was.
"""

import json
from collections.abc import Callable
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
        who = {"user": request.user.pk, "url": request.path}
        token = _told.set(json.dumps(who))
        try:
            with pghistory.context(**who):
                return self.get_response(request)
        finally:
            _told.reset(token)


def tell(cursor: psycopg.Cursor[object]) -> None:
    """Say it on a cursor that goes past Django's; for this transaction, nothing where no person."""
    if who := _told.get():
        cursor.execute("SELECT set_config('pghistory.context_metadata', %s, true)", (who,))
