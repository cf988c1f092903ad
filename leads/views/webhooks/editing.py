"""Adding and changing a webhook. Its secret is shown once, on the answer that made it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from handoff.views.signed_in import SignedIn
from leads.models import Webhook
from leads.models.webhook import new_secret

from .access import frame, only_administrators, webhook_of
from .forms import WebhookForm


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def add(request: SignedIn) -> HttpResponse:
    """A new webhook; a signed one is answered with its secret."""
    only_administrators(request.user)
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made: Webhook = form.save(commit=False)
        made.created_by = request.user
        made.secret = "" if made.is_chat else new_secret()
        made.save()
        if made.is_chat:
            messages.success(request, f"{made} is told from now on.")
            return redirect("leads:webhook", pk=made.pk)
        return secret_once(request, made, made.secret)
    context = {**frame("webhooks"), "form": form}
    return render(request, "leads/webhooks/edit.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit(request: SignedIn, pk: int) -> HttpResponse:
    """Change where it goes and what it is told of; what waits goes to the new address."""
    webhook = webhook_of(request.user, pk)
    form = WebhookForm(request.POST or None, instance=webhook)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("leads:webhook", pk=pk)
    shown = Webhook.objects.get(pk=pk)
    context = {**frame("webhooks"), "form": form, "webhook": shown}
    return render(request, "leads/webhooks/edit.html", context, status=422 if form.errors else 200)


def secret_once(request: SignedIn, webhook: Webhook, secret: str) -> HttpResponse:
    """The only page that shows a secret."""
    context = {**frame("webhooks"), "webhook": webhook, "secret": secret}
    return render(request, "leads/webhooks/secret.html", context)
