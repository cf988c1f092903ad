"""What is answered when a call cannot be done: problem documents after RFC 9457."""

import logging
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import orjson
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpResponse, UnreadablePostError
from pydantic import ValidationError

from leads.journey.checking import Lacking
from leads.journey.intake import Refused
from leads.journey.states import Conflict, Invalid, NotAllowed

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

Fault = tuple[str, str]
"""A place in the request, such as `touchpoints[2].occurred_at`, and what is wrong there."""


class Refusal(Exception):
    """A call that is answered with a problem.

    `keep` says that its body goes into quarantine, so that nothing a known sender sent is lost.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        faults: Iterable[Fault] = (),
        headers: Mapping[str, str] | None = None,
        keep: bool = False,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.faults = tuple(faults)
        self.headers = dict(headers or {})
        self.keep = keep


def document(status: int, detail: str, faults: Iterable[Fault] = ()) -> dict[str, Any]:
    """The problem as JSON; `errors` names each place that has to be mended."""
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    errors = [{"place": place, "message": message} for place, message in faults]
    return {**problem, "errors": errors} if errors else problem


def answer(
    status: int,
    detail: str,
    faults: Iterable[Fault] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The problem as a response."""
    content = orjson.dumps(document(status, detail, faults))
    return HttpResponse(content, status=status, content_type=MEDIA_TYPE, headers=headers)


def refusal_for(error: Exception) -> Refusal:
    """How the caller is told of `error`. What we did not foresee is logged and says little."""
    match error:
        case Refusal():
            return error
        case Refused():
            faults = [(problem.place, problem.message) for problem in error.problems]
            return Refusal(422, str(error), faults=faults)
        case Lacking():
            faults = [(f"answers.{item.key}", f"{item.label}: unanswered") for item in error.items]
            shape = ", ".join(f'"{item.key}": "…"' for item in error.items)
            how = f"Send what you know with this call, as “answers”: {{{shape}}}."
            return Refusal(422, f"{error} {how}", faults=faults)
        case Invalid():
            return Refusal(422, str(error), faults=[(error.field, str(error))])
        case NotAllowed():
            return Refusal(403, str(error) or "This person may not do that.")
        case Conflict():
            return Refusal(409, str(error))
        case Http404():
            return Refusal(404, str(error) or "There is nothing here.")
        case ValidationError():
            return invalid(error)
        case DataError():
            logger.warning("A value that the database refused", exc_info=error)
            return Refusal(422, "A value is too large or cannot be stored.")
        case UnreadablePostError():
            return Refusal(422, "The body ended before it was whole.")
        case OperationalError() | InterfaceError():
            logger.error("The database did not answer", exc_info=error)
            again = {"Retry-After": "5"}
            return Refusal(503, "The database does not answer. Try again.", headers=again)
    logger.error("An API call failed", exc_info=error)
    return Refusal(500, "This call failed on our side; it is noted. Try again later.")


def invalid(error: ValidationError) -> Refusal:
    """A body that does not have the shape it must have."""
    faults = [(place_of(fault["loc"]), fault["msg"]) for fault in error.errors(include_url=False)]
    place, message = faults[0]
    detail = f"{place}: {message}" if place else message
    if len(faults) > 1:
        detail += f" ({len(faults) - 1} more)"
    return Refusal(422, detail, faults=faults)


def place_of(parts: Iterable[str | int]) -> str:
    """`("leads", 2, "email")` as `leads[2].email`."""
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text
