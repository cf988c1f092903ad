"""What was sent, read without trusting it."""

import datetime as dt
import json
import uuid
from typing import Any

from django.http import HttpRequest
from django.utils.dateparse import parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

LONGEST = 9
"""Digits; every place, number and revision of ours has fewer."""


def whole(text: str) -> int | None:
    """A whole number, not below 0; None for anything else."""
    sound = text.isascii() and text.isdecimal() and len(text) <= LONGEST
    return int(text) if sound else None


def moment(text: str) -> dt.datetime | None:
    """A moment with its offset; None for anything else."""
    try:
        at = parse_datetime(text)
    except ValueError:
        return None
    return at if at and at.tzinfo else None


def way_back(request: HttpRequest, otherwise: str) -> str:
    """The address a form says it was pressed at (`next`), where it is one of ours."""
    back = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return back if ours else otherwise


def press_of(request: HttpRequest) -> uuid.UUID:
    """By what one press of a drawn form (`{% press %}`) is known: the same where the same person
    sends the same form, filled in the same way, once more. A new one without such a form."""
    try:
        drawn = uuid.UUID(request.POST.get("press", ""))
    except ValueError:
        return uuid.uuid4()
    said = [row for row in sorted(request.POST.lists()) if row[0] != "csrfmiddlewaretoken"]
    return uuid.uuid5(drawn, f"{request.user.pk} {request.path} {urlencode(said, doseq=True)}")


def pasted(text: str) -> Any:
    """JSON that somebody typed or a form sent back. Raises ValueError, saying what is wrong."""
    try:
        value = json.loads(text)
        json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except UnicodeEncodeError:
        raise ValueError("it holds half a character") from None
    return value
