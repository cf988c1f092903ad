"""What is done to a webhook: on and off, another secret, a test, sending again, removing."""

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from handoff.templatetags.parts import count_of
from handoff.views.signed_in import SignedIn
from leads import sending, tasks
from leads.journey import relaying
from leads.models import Message, Webhook

from .access import keys_of, webhook_of
from .editing import secret_once


def hurry() -> None:
    """Wake the worker once this is committed; it would find it by itself."""
    transaction.on_commit(tasks.post_webhooks.delay, robust=True)


@login_required
@require_POST
def switch(request: SignedIn, pk: int) -> HttpResponse:
    """On or off. While it is off nothing new is written for it; what waits goes out when it is on
    again."""
    webhook = webhook_of(request.user, pk)
    on = request.POST.get("on") == "1"
    why = "" if on else f"Switched off by {request.user}"
    Webhook.objects.filter(pk=webhook.pk).update(active=on, off_because=why)
    messages.success(request, f"{webhook} is {'on' if on else 'off'}.")
    return redirect("leads:webhook", pk=pk)


@login_required
@require_POST
@never_cache
def rotate(request: SignedIn, pk: int) -> HttpResponse:
    """Another secret, shown once; the former signs beside it for a day, or stops at once where it
    leaked."""
    webhook = webhook_of(request.user, pk)
    if webhook.is_chat:
        messages.warning(request, "A chat channel has no secret.")
        return redirect("leads:webhook", pk=pk)
    at = timezone.now()
    leaked = request.POST.get("leaked") == "1"
    secret = webhook.rotate(at=at, overlap=dt.timedelta()) if leaked else webhook.rotate(at=at)
    return secret_once(request, webhook, secret)


@login_required
@require_POST
def test(request: SignedIn, pk: int) -> HttpResponse:
    """Really send it something; the log shows what it answered."""
    webhook = webhook_of(request.user, pk)
    if not webhook.active:
        messages.warning(request, "It is off. Switch it on, then test it.")
        return redirect("leads:webhook", pk=pk)
    sent = relaying.send_test(webhook, by=request.user.email, at=timezone.now())
    hurry()
    return redirect("leads:webhook-message", pk=pk, message=sent.pk)


@login_required
@require_POST
def resend(request: SignedIn, pk: int) -> HttpResponse:
    """Send again the one that is named, or all that were given up."""
    webhook = webhook_of(request.user, pk)
    mine = Message.objects.filter(webhook=webhook)
    named = request.POST.getlist("message")
    chosen = mine.filter(pk__in=keys_of(named)) if named else mine.dead()
    number = sending.send_again(chosen, at=timezone.now())
    hurry()
    messages.success(request, f"{count_of(number, 'message')} on the way again.")
    return redirect("leads:webhook", pk=pk)


@login_required
@require_POST
def remove(request: SignedIn, pk: int) -> HttpResponse:
    """Take it away with its log. It must be off first, so that nobody does so by a slip."""
    webhook = webhook_of(request.user, pk)
    if webhook.active:
        messages.warning(request, "Switch it off first.")
        return redirect("leads:webhook", pk=pk)
    webhook.delete()
    messages.success(request, f"{webhook} was removed, with what it was sent.")
    return redirect("leads:webhooks")
