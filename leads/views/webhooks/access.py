"""Who may look after webhooks, and what every one of these pages shows."""

import uuid
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from handoff.models import User
from handoff.permissions import may_administer
from leads.models import Webhook


def only_administrators(user: User) -> None:
    """For everybody else these pages are not there."""
    if not may_administer(user):
        raise Http404


def webhook_of(user: User, pk: int) -> Webhook:
    """A webhook of the house, for an administrator; 404 for everybody else and where there is
    none."""
    only_administrators(user)
    rows = Webhook.objects.shared().select_related("team", "responsible", "created_by")
    return get_object_or_404(rows, pk=pk)


def frame(current: str) -> dict[str, Any]:
    """What the shell of these pages needs."""
    return {"section": "webhooks", "current": current}


def keys_of(texts: Iterable[str]) -> list[uuid.UUID]:
    """The keys of messages among what a form sent; what is none is passed over."""
    found = []
    for text in texts:
        with suppress(ValueError):
            found.append(uuid.UUID(text))
    return found
