"""Actions from joint reviews: what is open, what is done, and changing one."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from handoff.tables import CappedPaginator
from handoff.views.sent import way_back
from handoff.views.signed_in import SignedIn
from leads.journey.states import Conflict, Invalid, NotAllowed
from reviews.meetings import noting
from reviews.models import Action

from .closed_pages import closed_to
from .forms import ActionForm

PER_PAGE = 50


@login_required
@require_GET
@never_cache
def actions(request: SignedIn) -> HttpResponse:
    """The open ones, the first due first; with `?done=1` those that are done, the latest first."""
    at = timezone.now()
    is_done = request.GET.get("done") == "1"
    seen = Action.objects.visible_to(request.user).select_related("owner", "meeting", "done_by")
    done = seen.standing().exclude(done_at=None).order_by("-done_at", "-pk")
    page = CappedPaginator(done if is_done else seen.open(), PER_PAGE).get_page(
        request.GET.get("page")
    )
    rows = [(one, noting.may_change(one, request.user)) for one in page.object_list]
    context = {
        "section": "reviews",
        "here": "actions",
        "is_done": is_done,
        "page": page,
        "rows": rows,
        "closed": closed_to(request.user, [one.path for one, _ in rows]),
        "now": at,
        "today": timezone.localtime(at).date(),
    }
    return render(request, "reviews/series/actions.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def change(request: SignedIn, pk: int) -> HttpResponse:
    """Another text, owner or day."""
    action = _mine_or_404(request, pk)
    form = ActionForm.of(action, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            noting.change(pk, form.asked(), actor=request.user, at=timezone.now())
            messages.success(request, "Saved.")
            return redirect("reviews:actions")
        except Invalid as refused:
            form.add_error(refused.field, str(refused))
        except Conflict as refused:
            form.add_error(None, str(refused))
    context = {
        "section": "reviews",
        "meeting": action.meeting,
        "form": form,
        "title": "Change an action",
        "back": reverse("reviews:actions"),
    }
    status = 422 if form.errors else 200
    return render(request, "reviews/meeting/write.html", context, status=status)


@login_required
@require_POST
def done(request: SignedIn, pk: int) -> HttpResponse:
    """It is done."""
    _mine_or_404(request, pk)

    def act() -> Any:
        return noting.done(pk, actor=request.user, at=timezone.now())

    return _said(request, act, "Done. It can be opened again among those that are done.")


@login_required
@require_POST
def not_done(request: SignedIn, pk: int) -> HttpResponse:
    """It is open again."""
    _mine_or_404(request, pk)

    def act() -> Any:
        return noting.not_done(pk, actor=request.user)

    return _said(request, act, "It is open again.")


def _mine_or_404(request: SignedIn, pk: int) -> Action:
    """An action that this person may change. Raises Http404."""
    seen = Action.objects.visible_to(request.user).standing().select_related("meeting", "owner")
    action = get_object_or_404(seen, pk=pk)
    if not noting.may_change(action, request.user):
        raise Http404
    return action


def _said(request: SignedIn, act: Callable[[], Any], said: str) -> HttpResponse:
    try:
        act()
    except (Conflict, NotAllowed) as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, said)
    return redirect(way_back(request, reverse("reviews:actions")))
