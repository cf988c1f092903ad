"""Taking a checklist out of use, and back: nothing that was answered is lost either way."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from handoff.models import Checklist
from handoff.permissions import may_edit_agreement
from handoff.views.signed_in import SignedIn


@login_required
@require_POST
def retire(request: SignedIn, key: str) -> HttpResponse:
    """Ask its questions nowhere any more."""
    return _turn(
        request, key, said="“{}” is asked no more. Answers that were given stay.", to=False
    )


@login_required
@require_POST
def restore(request: SignedIn, key: str) -> HttpResponse:
    """Ask its questions again, in the steps that had it."""
    return _turn(request, key, said="“{}” is asked again.", to=True)


def _turn(request: SignedIn, key: str, *, said: str, to: bool) -> HttpResponse:
    if not may_edit_agreement(request.user):
        raise Http404
    found = get_object_or_404(Checklist, key=key)
    if found.active != to:
        found.active = to
        found.save(update_fields=["active"])
    messages.success(request, said.format(found.label))
    return redirect("checklists")
