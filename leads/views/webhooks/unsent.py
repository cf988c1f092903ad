"""What could not be sent, over every channel: sent again, or discarded with a reason."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from handoff.templatetags.parts import count_of
from handoff.views.signed_in import SignedIn
from leads import sending, tasks
from leads.models import Message
from leads.models.message import MessageQuerySet

from .access import frame, keys_of, only_administrators
from .acting import hurry
from .filters import UnsentFilters
from .tables import UnsentTable

LONGEST_REASON = 500


@login_required
@require_GET
@never_cache
def unsent(request: SignedIn) -> HttpResponse:
    """Everything that was given up, newest first; or what was discarded."""
    only_administrators(request.user)
    discarded = request.GET.get("state") == Message.State.DISCARDED
    rows = Message.objects.filter(
        state=Message.State.DISCARDED if discarded else Message.State.DEAD
    )
    related = ("recipient", "webhook", "discarded_by")
    filters = UnsentFilters(request.GET, queryset=rows.select_related(*related))
    table = UnsentTable(filters.qs, order_by=request.GET.get("sort") or "-written_at")
    table.turn_to(request.GET.get("page", "1"))
    context = {**frame("unsent"), "filters": filters, "table": table}
    return render(request, "leads/webhooks/unsent.html", context)


@login_required
@require_POST
def answer(request: SignedIn) -> HttpResponse:
    """Send again, or discard, what was picked, or all."""
    only_administrators(request.user)
    chosen = _chosen(request)
    if chosen is None:
        messages.warning(request, "Pick at least one message first.")
    elif request.POST.get("do") == "discard":
        _discard(request, chosen)
    else:
        number = sending.send_again(chosen, at=timezone.now())
        hurry()
        transaction.on_commit(tasks.send_messages.delay, robust=True)
        messages.success(request, f"{count_of(number, 'message')} on the way again.")
    return redirect("leads:unsent")


def _chosen(request: SignedIn) -> MessageQuerySet | None:
    """What was given up among those picked; all of it where that was asked for, None for none."""
    dead = Message.objects.dead()
    if request.POST.get("all") == "1":
        return dead
    named = keys_of(request.POST.getlist("pick"))
    return dead.filter(pk__in=named) if named else None


def _discard(request: SignedIn, chosen: MessageQuerySet) -> None:
    why = request.POST.get("because", "").strip()[:LONGEST_REASON]
    if not why:
        messages.warning(request, "Say why they need not be sent; nothing was discarded.")
        return
    number = chosen.discard(because=why, actor=request.user, at=timezone.now())
    messages.success(request, f"{count_of(number, 'message')} discarded. The reason is kept.")
