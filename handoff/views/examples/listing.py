"""The examples of a version, and what became of each."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.models import DefinitionVersion, User
from handoff.permissions import may_edit_agreement
from handoff.views import taken_out
from handoff.views.agreement.overview import navigation
from handoff.views.signed_in import SignedIn
from handoff.views.versions import version_or_404

from .showing import board_of

FEW = 5
"""How many of those that come out right stand in the aside."""


@login_required
@require_GET
@never_cache
def examples(request: SignedIn, number: int) -> HttpResponse:
    """Every example, run as of now; those who may edit a draft add, change, move and remove."""
    version = version_or_404(number, request.user)
    at = timezone.now()
    context = {
        **navigation(at=at),
        **about(version, request.user),
        "board": board_of(version, at=at),
        "removed": taken_out.offered(request, version),
    }
    return render(request, "handoff/examples/examples.html", context)


@login_required
@require_GET
@never_cache
def aside(request: SignedIn, number: int) -> HttpResponse:
    """The card beside a version's rules: what differs, and some of what comes out right."""
    version = version_or_404(number, request.user)
    board = board_of(version, at=timezone.now())
    context = {
        **about(version, request.user),
        "board": board,
        "passing": board.passing[:FEW],
        "more": max(len(board.passing) - FEW, 0),
    }
    return render(request, "handoff/examples/_aside.html", context)


def about(version: DefinitionVersion, user: User) -> dict[str, Any]:
    """What every page of examples knows: the version, and whether this person may change it."""
    return {
        "section": "definition",
        "version": version,
        "here": "examples",
        "may_edit": may_edit_agreement(user) and version.is_editable,
    }
