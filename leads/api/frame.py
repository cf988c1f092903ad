"""What every call has in common: its key, its size, its speed, its one answer, its faults."""

import datetime as dt
import uuid
from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import orjson
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from pydantic import BaseModel

from handoff.models import ApiKey
from leads.models import Delivery

from . import idempotency, throttling
from .auth import Caller, caller_of
from .problems import Refusal, answer, refusal_for

MIB = 1024 * 1024
SINGLE = 1 * MIB
BULK = 16 * MIB
LONGEST_SWALLOWED = 64 * MIB

P = ParamSpec("P")
Body = TypeVar("Body", bound=BaseModel)


class Call(HttpRequest):
    """A request that has passed the frame. `at` is when it came; `seed` makes delivery keys."""

    caller: Caller
    at: dt.datetime
    raw: bytes
    seed: str


View = Callable[Concatenate[Call, P], HttpResponse]


def call(
    scope: ApiKey.Scope,
    *,
    limit: int = SINGLE,
    keep: Delivery.Kind | None = None,
    whole: bool = False,
) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """Make a view a call of the API that needs `scope`.

    `limit` is the largest body in bytes. `keep` names what an unreadable body was meant to be: it
    is put into quarantine as that. `whole`: with an Idempotency-Key, what the call does and its
    answer are committed together.
    """

    def around(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def answered(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            passed: Call = request  # type: ignore[assignment]

            def attempt(seed: str) -> HttpResponse:
                passed.seed = seed
                try:
                    with transaction.atomic() if whole else nullcontext():
                        return view(passed, *args, **kwargs)
                except Exception as error:
                    return _refused(passed, refusal_for(error), keep)

            passed.at = timezone.now()
            try:
                passed.caller = caller_of(request, scope=scope, at=passed.at)
                throttling.take(passed.caller)
                passed.raw = b"" if request.method == "GET" else _body(request, limit)
                key = request.headers.get("Idempotency-Key", "").strip()
                if not key or request.method != "POST":
                    return attempt(uuid.uuid4().hex)
                question = idempotency.Question(passed.caller, request.path, key, passed.raw)
                return idempotency.once(question, attempt, at=passed.at, whole=whole)
            except _TooLarge as error:
                passed.seed, passed.raw = uuid.uuid4().hex, error.beginning
                return _refused(passed, error.refusal, keep)
            except Exception as error:
                return _refused(passed, refusal_for(error), None)

        return answered  # type: ignore[return-value]

    return around


class _TooLarge(Exception):
    """A body above the limit, and the part of it that is kept."""

    def __init__(self, beginning: bytes, limit: int) -> None:
        super().__init__()
        self.beginning = beginning
        self.refusal = Refusal(413, f"The body is larger than {limit // MIB} MiB.", keep=True)


def _body(request: HttpRequest, limit: int) -> bytes:
    """The body, which may come in chunks of unknown number, for which Django reads nothing."""
    chunked = "chunked" in request.headers.get("Transfer-Encoding", "").lower()
    stream = request.META["wsgi.input"] if chunked else request
    raw: bytes = stream.read(limit + 1)
    if len(raw) <= limit:
        return raw
    swallowed = len(raw)
    while swallowed < LONGEST_SWALLOWED and (chunk := stream.read(MIB)):
        swallowed += len(chunk)
    raise _TooLarge(raw[:SINGLE], limit)


def _refused(request: Call, refusal: Refusal, keep: Delivery.Kind | None) -> HttpResponse:
    if refusal.keep and keep is not None:
        Delivery.objects.create(
            source=request.caller.name,
            key=request.seed,
            channel=Delivery.Channel.API,
            kind=keep,
            raw=request.raw[:SINGLE],
            received_at=request.at,
            state=Delivery.State.QUARANTINED,
            error=refusal.detail,
            api_key_id=request.caller.key_id,
        )
    return answer(refusal.status, refusal.detail, refusal.faults, refusal.headers)


def reply(data: Any, status: int = 200) -> HttpResponse:
    """`data` as JSON; times in UTC with a Z."""
    content = orjson.dumps(data, default=str, option=orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC)
    return HttpResponse(content, status=status, content_type="application/json")


def open_body(request: Call) -> Any:
    """The body as it came, whatever its keys. Refuses, and keeps, what is no JSON."""
    try:
        return orjson.loads(request.raw.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise Refusal(422, f"The body is no JSON: {error}.", keep=True) from error


def body_as(request: Call, shape: type[Body]) -> Body:
    """The body read strictly as `shape`. Raises pydantic's ValidationError."""
    return shape.model_validate_json(request.raw.removeprefix(b"\xef\xbb\xbf"))
