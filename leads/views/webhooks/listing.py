"""Webhooks, and what each was sent and answered."""

import datetime as dt
import json

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff import history
from handoff.views.signed_in import SignedIn
from leads import catalogue
from leads.counting import LIMIT
from leads.models import Message, Webhook

from .access import frame, only_administrators, webhook_of
from .filters import SentFilters
from .tables import SentTable, WebhookTable, host_of


@login_required
@require_GET
@never_cache
def webhooks(request: SignedIn) -> HttpResponse:
    """Every webhook and chat channel, with what waits for each and what it never took."""
    only_administrators(request.user)
    rows = (
        Webhook.objects.shared()
        .select_related("team", "responsible")
        .annotate(
            waiting=Count("messages", filter=Q(messages__state=Message.State.WAITING)),
            dead=Count("messages", filter=Q(messages__state=Message.State.DEAD)),
        )
    )
    table = WebhookTable(rows, order_by=request.GET.get("sort") or "name")
    table.turn_to(request.GET.get("page", "1"))
    return render(request, "leads/webhooks/webhooks.html", {**frame("webhooks"), "table": table})


@login_required
@require_GET
@never_cache
def webhook(request: SignedIn, pk: int) -> HttpResponse:
    """One webhook: where to, of what, and its log."""
    found = webhook_of(request.user, pk)
    mine = Message.objects.filter(webhook=found)
    filters = SentFilters(request.GET, queryset=mine.select_related("lead"))
    table = SentTable(filters.qs, order_by=request.GET.get("sort") or "-written_at")
    table.turn_to(request.GET.get("page", "1"))
    context = {
        **frame("webhooks"),
        "webhook": found,
        "kinds": [one for one in catalogue.TYPES if one.key in found.kinds],
        "filters": filters,
        "table": table,
        "changes": history.changes_of(found, hiding={"url": host_of}),
        "most": history.MOST,
        "dead": mine.dead().order_by()[:LIMIT].count(),
        "now": timezone.now(),
    }
    return render(request, "leads/webhooks/webhook.html", context)


@login_required
@require_GET
@never_cache
def message(request: SignedIn, pk: int, message: str) -> HttpResponse:
    """One message: what was sent, and every answer. Asks again while it waits."""
    found = webhook_of(request.user, pk)
    sent = get_object_or_404(Message.objects.filter(webhook=found), pk=message)
    context = {
        **frame("webhooks"),
        "webhook": found,
        "sent": sent,
        "body": json.dumps(sent.body, indent=2, ensure_ascii=False),
        "attempts": [
            {**one, "at": dt.datetime.fromisoformat(one["at"])} for one in reversed(sent.log)
        ],
        "waits": sent.state == Message.State.WAITING and found.active,
        "now": timezone.now(),
    }
    part = request.htmx and not request.htmx.boosted
    name = "leads/webhooks/_message.html" if part else "leads/webhooks/message.html"
    return render(request, name, context)
