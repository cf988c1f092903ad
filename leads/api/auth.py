"""Who calls: the API key in the Authorization header, and what it may do."""

import datetime as dt
from dataclasses import dataclass

from django.http import HttpRequest

from handoff import statements
from handoff.models import ApiKey

from .problems import Refusal

USABLE_KEY = (
    "SELECT id, name, scopes, last_used_at FROM handoff_apikey"
    " WHERE digest = %s AND revoked_at IS NULL"
)
NOTE_USE = (
    "UPDATE handoff_apikey SET last_used_at = %s"
    " WHERE id = %s AND (last_used_at IS NULL OR last_used_at < %s)"
)
NOTED_EVERY = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Caller:
    """The system that calls, as its key names it."""

    key_id: int
    name: str
    scopes: tuple[str, ...]

    @property
    def by(self) -> str:
        """How history names this caller."""
        return f"API key {self.name}"


def caller_of(request: HttpRequest, *, scope: ApiKey.Scope, at: dt.datetime) -> Caller:
    """The caller, who may do `scope`. Refuses with 401 or 403.

    The key is looked up on every call, so that a revoked one is refused at once.
    """
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise Refusal(
            401,
            "Send an API key: “Authorization: Bearer KEY”.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    found = statements.fetch(USABLE_KEY, (ApiKey.digest_of(key.strip()),))
    if not found:
        raise Refusal(
            401,
            "This API key is not known, or it was revoked.",
            headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
        )
    key_id, name, scopes, last_used_at = found[0]
    if scope not in scopes:
        raise Refusal(
            403,
            f"The key “{name}” may not do this: it lacks the scope “{scope}”.",
            headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'},
        )
    if last_used_at is None or at - last_used_at > NOTED_EVERY:
        statements.execute(NOTE_USE, (at, key_id, at - NOTED_EVERY))
    return Caller(key_id, name, tuple(scopes))
