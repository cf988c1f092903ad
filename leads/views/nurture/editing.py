"""Adding and changing a track."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from handoff import history
from handoff.models import Track, User
from handoff.permissions import may_edit_agreement
from handoff.views.signed_in import SignedIn

from .forms import TrackForm


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def add(request: SignedIn) -> HttpResponse:
    """A new track."""
    _only_editors(request.user)
    return _edited(request, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit(request: SignedIn, key: str) -> HttpResponse:
    """What a track is called, what it is about, whose it is and how long leads rest on it."""
    _only_editors(request.user)
    return _edited(request, get_object_or_404(Track, key=key))


def _edited(request: SignedIn, track: Track | None) -> HttpResponse:
    shown = Track.objects.get(pk=track.pk) if track else None
    form = TrackForm(request.POST or None, instance=track)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, f"Saved. {saved} is offered wherever a lead goes to nurture.")
        return redirect("leads:track", key=saved.key)
    context = {
        "section": "leads",
        "form": form,
        "track": shown,
        "changes": history.changes_of(shown) if shown else [],
        "most": history.MOST,
    }
    status = 422 if form.errors else 200
    return render(request, "leads/nurture/edit.html", context, status=status)


def _only_editors(user: User) -> None:
    if not may_edit_agreement(user):
        raise Http404
