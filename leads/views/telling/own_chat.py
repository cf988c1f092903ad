"""One's own chat: giving its address, trying it, taking it away."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from handoff.views.signed_in import SignedIn
from leads import sending
from leads.models import Webhook

from .choosing import own_chat_of, page
from .forms import OwnChatForm

LETTERS = "letters"
"""What an own chat is told of: no event, but the letters to its person."""


def _back() -> HttpResponse:
    return redirect(f"{reverse('leads:messages')}#chat")


@login_required
@require_POST
def save(request: SignedIn) -> HttpResponse:
    """Give an address, or another one, which also switches it on again."""
    form = OwnChatForm(request.POST)
    if not form.is_valid():
        return page(request, chat_form=form, status=422)
    values = {
        "url": form.cleaned_data["url"],
        "active": True,
        "off_because": "",
        "failing_since": None,
        "form": Webhook.Form.CHAT,
        "kinds": [LETTERS],
    }
    with transaction.atomic():
        mine, made = Webhook.objects.update_or_create(
            person=request.user,
            defaults=values,
            create_defaults={**values, "name": f"{request.user}’s own chat"[:100]},
        )
    said = "Your chat is told from now on." if made else "Your chat has another address now."
    messages.success(request, f"{said} Send a test to see whether it listens.")
    return _back()


@login_required
@require_POST
def test(request: SignedIn) -> HttpResponse:
    """Really post to it, and say what it answered."""
    chat = own_chat_of(request.user)
    if chat is None:
        raise Http404
    answer = sending.try_chat(chat, at=timezone.now())
    if answer.is_taken:
        messages.success(request, "It took the test: look into your chat.")
    else:
        messages.warning(request, f"It did not take the test. {answer.error}")
    return _back()


@login_required
@require_POST
def remove(request: SignedIn) -> HttpResponse:
    """Take it away, with what still waited for it; the same letters go by email as chosen."""
    chat = own_chat_of(request.user)
    if chat is None:
        messages.info(request, "It was removed already.")
        return _back()
    chat.delete()
    messages.success(request, "Your chat is told nothing any more.")
    return _back()
